import { SeeklineError } from '#shared/errors.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import type { KafkaCluster } from './cluster.ts'
import { listOffsets } from './list-offsets.ts'
import type { Outcome, RouteOptions } from './routing.ts'

const edges = ['earliest', 'lso', 'latest'] as const

/** The three bounds of each partition's log, by `keyOf`, or why they are not known. */
export async function logBounds(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  options: RouteOptions = {},
): Promise<Map<string, Outcome<LogBounds>>> {
  const questions = partitions.flatMap(({ topic, partition }) => edges.map((at) => ({ topic, partition, at })))
  const answers = await listOffsets(cluster, questions, options)
  return new Map(
    partitions.map((at, i): [string, Outcome<LogBounds>] => {
      const [start, stable, end] = answers.slice(3 * i, 3 * i + 3).map(({ outcome }) => outcome)
      for (const edge of [start, stable, end]) if (edge?.ok !== true) return [keyOf(at), edge ?? leftOut()]
      const offset = (edge: typeof start): bigint => (edge?.ok === true ? (edge.value.offset ?? 0n) : 0n)
      const highWatermark = offset(end)
      // Requested together, but not at the same moment: a commit between the two answers could put it above.
      const lastStable = offset(stable) < highWatermark ? offset(stable) : highWatermark
      return [keyOf(at), { ok: true, value: { logStart: offset(start), lastStable, highWatermark } }]
    }),
  )
}

const leftOut = (): Outcome<never> => ({
  ok: false,
  error: new SeeklineError('internal', 'The broker left this partition out of its answer.'),
})
