import { startFrameProxy } from './frame-proxy.ts'

const PRODUCE = 0

export interface LossyProxy {
  address: string
  /** Produce requests that went through so far. */
  produced(): number
  /** Whether the answer was swallowed. */
  lost(): boolean
  close(): Promise<void>
}

/**
 * Stands between a client and one broker. The `nth` Produce request is passed on, its answer is swallowed and the
 * connection cut: the client cannot know whether it was written. No real network loses so exactly.
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
