import type { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { initProducerIdApi } from './protocol/init-producer-id.ts'
import type { RouteOptions } from './routing.ts'
import { asSeeklineError, isCancelled, sleep } from './cancellation.ts'
import { backOff } from './back-off.ts'

const ATTEMPTS = 6

/** A producer id for idempotent writing. Requesting it twice is harmless, so it is retried. */
export async function initProducerId(
  cluster: KafkaCluster,
  options: RouteOptions & { topic?: string } = {},
): Promise<{ producerId: bigint; producerEpoch: number }> {
  for (let attempt = 0; ; attempt++) {
    const call = {
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      channel: options.channel ?? 'produce',
    } as const
    let error: SeeklineError
    try {
      const answer = await cluster.call('any', initProducerIdApi, {}, call)
      if (answer.errorCode === 0) return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
      error = kafkaError(answer.errorCode, 'Producer id', { asked: { api: 'InitProducerId', topic: options.topic } })
    } catch (thrown) {
      if (isCancelled(thrown)) throw thrown
      error = asSeeklineError(thrown)
    }
    if (!error.retryable || attempt + 1 >= ATTEMPTS) throw error
    await sleep(backOff(attempt), options.signal)
  }
}
