import { startFrameProxy } from './frame-proxy.ts'

const PRODUCE = 0

export interface LossyProxy {
  address: string
  /** The number of Produce requests that were passed on so far. */
  produced(): number
  /** Whether the answer was dropped. */
  lost(): boolean
  close(): Promise<void>
}

/**
 * A proxy between a client and one broker. It passes on the `nth` Produce request, drops its answer and cuts the
 * connection: the client cannot know whether it was written. No real network fails so precisely.
 */
export async function startLossyProxy(broker: string, nth: number): Promise<LossyProxy> {
  const proxy = await startFrameProxy(broker)
  let produced = 0
  let lost = false
  proxy.judge = ({ apiKey }) => {
    if (apiKey !== PRODUCE) return 'pass'
    produced += 1
    if (produced !== nth) return 'pass'
    lost = true
    return 'lose'
  }
  return { address: proxy.address, produced: () => produced, lost: () => lost, close: () => proxy.close() }
}
