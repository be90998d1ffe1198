import { cancelledError } from '../../electron/kafka/cancellation.ts'

/** Never answers: ends with its signal alone. */
export const never = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise<never>((_resolve, reject) => {
    if (signal?.aborted === true) reject(cancelledError())
    signal?.addEventListener('abort', () => reject(cancelledError()))
  })

/** Reads of records from brokers that answer nothing: a real one does not hold back on demand what is read. */
export const silentColumns = ({ signal }: { signal: AbortSignal }) => ({
  bytes: 0,
  [Symbol.asyncIterator]: () => ({ next: () => never(signal) }),
})
