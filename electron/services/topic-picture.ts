import type { Failure } from '#shared/contract/common.ts'
import type { Input, Output } from '#shared/contract/define.ts'
import { MOST_STEP_QUESTIONS, type GroupInTopic, type topics } from '#shared/contract/topics.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { splitKey } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from '../kafka/cluster.ts'
import { listOffsets } from '../kafka/list-offsets.ts'
import type { GroupsPort } from './groups/group-port.ts'

type Written = (typeof topics)['topics.written']
type Positions = (typeof topics)['topics.positions']

/** The positions of groups in a topic: one request per coordinator. */
export async function positionsIn(
  port: Pick<GroupsPort, 'positionsOf'>,
  { topic, groups }: Input<Positions>,
  signal: AbortSignal,
): Promise<Output<Positions>> {
  const found = await port.positionsOf([...new Set(groups)], signal)
  const items = groups.map((group): GroupInTopic => {
    const own = found.get(group)
    if (own === undefined) return { group, positions: [] }
    if ('error' in own) return { group, positions: [], error: own.error }
    let error: ErrorValue | undefined
    const positions = [...own.value].flatMap(([key, one]) => {
      const at = splitKey(key)
      if (at.topic !== topic) return []
      if ('error' in one) error = one.error
      // Some clients commit −1 to mean "none".
      return 'error' in one || one.value === null || one.value.offset < 0n
        ? []
        : [{ partition: at.partition, offset: one.value.offset }]
    })
    return { group, positions, ...(error === undefined ? {} : { error }) }
  })
  return { items, readAt: BigInt(Date.now()) }
}

/**
 * The ends of the logs at some times, and what was written between them. One request per leader and time, one after the other.
 */
export async function writtenOver(
  cluster: KafkaCluster,
  { topic, from, to, steps }: Input<Written>,
  signal: AbortSignal,
): Promise<Output<Written>> {
  await cluster.refresh({ topics: [topic], signal })
  const { partitions } = await cluster.requireTopic(topic, signal)
  const most = Math.max(1, Math.min(steps, Math.floor(MOST_STEP_QUESTIONS / Math.max(1, partitions.length)) - 1))
  const times = Array.from({ length: most + 1 }, (_, i) => from + ((to - from) * BigInt(i)) / BigInt(most))
  const ask = async (at: bigint | 'latest') => {
    const questions = partitions.map(({ partition }) => ({ topic, partition, at }))
    return (await listOffsets(cluster, questions, { signal, channel: 'browse' })).map(({ outcome }) => outcome)
  }
  const ends = await ask('latest')
  const failures = ends.flatMap(
    (end, i): Failure[] =>
      end.ok ? [] : [{ what: `Partition ${partitions[i]!.partition}`, error: toErrorValue(end.error) }], // the list has an entry per partition
  )
  const offsets: bigint[] = []
  let before: bigint[] | undefined
  for (const time of times) {
    const found = await ask(time)
    const now = found.map((one, i) => {
      const end = ends[i]!.ok ? ends[i]!.value.offset : null // the list has an entry per partition
      // No record is that new: all of the log is older.
      const at = one.ok ? (one.value.offset ?? end) : null
      const last = before?.[i] ?? 0n
      // Timestamps need not grow with offsets; the number of a step must not be negative.
      return at === null || at < last ? last : at
    })
    const written = before?.map((at, i) => (now[i] ?? at) - at)
    if (written !== undefined) offsets.push(written.reduce((sum, of) => sum + of, 0n))
    before = now
  }
  return { times, offsets, failures }
}
