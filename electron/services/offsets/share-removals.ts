import type { PlanRow } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import { keyOf, splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { FoundPositions, GroupPort } from '../groups/group-port.ts'

// Kafka deletes a share group's start offsets only for whole topics (DeleteShareGroupOffsets): if a plan names some partitions
// of a topic, the others would be deleted as well without notice.

/** Refuses rows that delete a start offset if their topic has others that the plan does not delete. */
export async function wholeTopics(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  signal: AbortSignal,
): Promise<PlanRow[]> {
  const removals = rows.filter(isRemoval)
  if (removals.length === 0) return [...rows]
  const lost = Map.groupBy(beside(removals, await port.positions(group, 'all', signal)), (at) => at.topic)
  return rows.map((row): PlanRow => {
    const others = lost.get(row.topic)
    if (!isRemoval(row) || others === undefined) return row
    const named = others.slice(0, 5).map((at) => at.partition).join(', ') // oxfmt-ignore
    const more = others.length > 5 ? ` and ${others.length - 5} more` : ''
    const note = `Kafka removes start offsets of whole topics only, and that of partition ${named}${more} is not meant to go.`
    return { ...row, after: row.before, skips: 0n, repeats: 0n, status: 'refused', note }
  })
}

/** Throws if more would be deleted than the plan showed. */
export async function requireWholeTopics(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  signal: AbortSignal,
): Promise<void> {
  const removals = rows.filter(isRemoval)
  if (removals.length === 0) return
  const [first] = beside(removals, await port.positions(group, 'all', signal))
  if (first === undefined) return
  const message = `${group} has a start offset in ${first.topic}[${first.partition}] that the plan does not show; Kafka would remove it as well.`
  throw new SeeklineError('plan.stale', message, { hint: 'Make the plan again.' })
}

const isRemoval = ({ status, after }: PlanRow): boolean => status === 'change' && after === null

function beside(removals: readonly TopicPartition[], held: FoundPositions): TopicPartition[] {
  const topics = new Set(removals.map((row) => row.topic))
  const known = new Set(removals.map(keyOf))
  const isHeld = ([key, found]: [string, { value: unknown } | { error: unknown }]) =>
    !known.has(key) && ('error' in found || found.value !== null)
  return [...held].filter(isHeld).map(([key]) => splitKey(key)).filter((at) => topics.has(at.topic)) // oxfmt-ignore
}
