import type { UnreadAge } from '#shared/contract/lag.ts'
import type { RetentionOutlook } from '#shared/contract/meaning.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { PlannedLine } from '#shared/offsets/plan-meaning.ts'
import { retentionOutlook, type TopicRetention } from '#shared/offsets/retention-reach.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { logDirs } from '../../kafka/log-dirs.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { retentionOf } from '../topic-retention.ts'

/**
 * The retention of topics, read once; log sizes only if something is deleted by size. What is not known when `late` fires is
 * reported as unknown.
 */
export class KeptUntil {
  readonly #retention: Promise<Map<string, TopicRetention | { why: string }>>
  readonly #sizes: Promise<Map<string, bigint>>
  readonly #late: AbortSignal

  constructor({ cluster }: MessagesAccess, lines: readonly PlannedLine[], caller: AbortSignal, late: AbortSignal) {
    const signal = AbortSignal.any([caller, late])
    this.#late = late
    const topics = [...new Set(lines.map(({ row }) => row.topic))]
    this.#retention = retentionOf(cluster, topics, signal)
    this.#sizes = this.#retention.then(async (all) => {
      const bySize = topics.filter((topic) => {
        const own = all.get(topic)
        return own !== undefined && !('why' in own) && own.bytes !== null
      })
      if (bySize.length === 0) return new Map()
      const { replicas } = await logDirs(cluster, bySize, { signal })
      const leads = (topic: string, partition: number, nodeId: number) =>
        cluster.topic(topic)?.partitions.find((one) => one.partition === partition)?.leader === nodeId
      return new Map(
        replicas
          .filter((one) => !one.future && leads(one.topic, one.partition, one.nodeId))
          .map((one) => [keyOf(one), one.size]),
      )
    })
    // The error is reported to whoever awaits it; this avoids an unhandled rejection before that.
    this.#sizes.catch(() => undefined)
  }

  async of(line: PlannedLine, age: UnreadAge | null, readAt: bigint): Promise<RetentionOutlook> {
    if (age === null) return { kind: 'unknown', why: 'There is no position then.' }
    try {
      return await this.#outlook(line, age, readAt)
    } catch (error) {
      if (!isCancelled(error) || !this.#late.aborted) throw error
      return { kind: 'unknown', why: 'The topic’s settings did not come in time.' }
    }
  }

  async #outlook({ row }: PlannedLine, age: UnreadAge, readAt: bigint): Promise<RetentionOutlook> {
    const retention = (await this.#retention).get(row.topic)
    if (retention === undefined || 'why' in retention) {
      return { kind: 'unknown', why: retention?.why ?? 'The topic’s settings were not told.' }
    }
    const bytes = (await this.#sizes).get(keyOf(row))
    const { bounds, after } = row
    const size =
      bytes === undefined || bounds === null || after === null ? null : { offset: after.offset, bounds, bytes }
    return retentionOutlook(age, retention, readAt, size)
  }
}
