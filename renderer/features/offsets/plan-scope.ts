import type { GroupPosition } from '#shared/contract/groups.ts'
import type { PositionWords } from '#shared/offsets/position-words.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { Scope } from '#shared/contract/offsets.ts'

/** The partitions of one topic: those for which the group has a position, all of the topic, or these. */
export type Partitions = 'positioned' | 'all' | readonly number[]

export interface TopicScope {
  readonly topic: string
  readonly partitions: Partitions
}

/**
 * What a plan affects; `undefined` is everything for which the group has a position. It is a value of its own, which only the
 * fields for topics and partitions change: if the group or the target influenced it, a plan for one partition could become one
 * for all partitions unnoticed.
 */
export type PlanScope = readonly TopicScope[] | undefined

export function positioned(positions: readonly GroupPosition[]): GroupPosition[] {
  return positions.filter((at) => at.position !== null)
}

/** The topics concerned: those that are named, or those for which the group has positions. */
export function topicsOf(scope: PlanScope, positions: readonly GroupPosition[]): readonly string[] {
  return scope?.map((one) => one.topic) ?? [...new Set(positioned(positions).map((at) => at.topic))]
}

/**
 * Other topics; those that stay keep their partitions. For a topic in which the group has no position, all partitions are
 * meant.
 */
export function withTopics(
  scope: PlanScope,
  topics: readonly string[],
  positions: readonly GroupPosition[],
): readonly TopicScope[] {
  const standsIn = new Set(positioned(positions).map((at) => at.topic))
  return topics.map(
    (topic) =>
      scope?.find((one) => one.topic === topic) ?? { topic, partitions: standsIn.has(topic) ? 'positioned' : 'all' },
  )
}

/** With these partitions; a topic with all partitions keeps all. */
export function withPartitionsOf(
  scope: readonly TopicScope[],
  partitions: readonly TopicPartition[],
): readonly TopicScope[] {
  const more = Map.groupBy(partitions, (at) => at.topic)
  const kept = scope.map((one): TopicScope => {
    const own = more.get(one.topic)
    if (own === undefined || one.partitions === 'all') return one
    const before = one.partitions === 'positioned' ? [] : one.partitions
    return { topic: one.topic, partitions: ascending([...before, ...own.map((at) => at.partition)]) }
  })
  const named = new Set(scope.map((one) => one.topic))
  const added = [...more].filter(([topic]) => !named.has(topic))
  return [...kept, ...added.map(([topic, own]) => ({ topic, partitions: ascending(own.map((at) => at.partition)) }))]
}

const ascending = (partitions: readonly number[]): number[] => [...new Set(partitions)].toSorted((a, b) => a - b)

/** The same partitions for each topic. */
export function withPartitions(
  scope: PlanScope,
  partitions: Partitions,
  positions: readonly GroupPosition[],
): readonly TopicScope[] {
  return topicsOf(scope, positions).map((topic) => ({ topic, partitions }))
}

/** What all topics have in common, or `mixed`. */
export function commonPartitions(scope: PlanScope): Partitions | 'mixed' {
  const [first, ...others] = scope ?? []
  if (first === undefined) return 'positioned'
  const isCommon = others.every((one) => String(one.partitions) === String(first.partitions))
  return isCommon ? first.partitions : 'mixed'
}

/** "orders 2, 5 · payments all": each topic with its own partitions. */
export function scopeWords(scope: readonly TopicScope[]): string {
  const words = ({ partitions }: TopicScope) =>
    partitions === 'all' ? 'all' : partitions === 'positioned' ? 'with a position' : partitions.join(', ')
  return scope.map((one) => `${one.topic} ${words(one)}`).join(' · ')
}

export function covers(scope: PlanScope, { topic, partition }: { topic: string; partition: number }): boolean {
  if (scope === undefined) return true
  const own = scope.find((one) => one.topic === topic)?.partitions
  return own === 'all' || own === 'positioned' || own?.includes(partition) === true
}

/** The scope in the form that the planner takes, or a sentence that says what is missing. `undefined` positions: not known. */
export function requestedScope(
  group: string,
  scope: PlanScope,
  positions: readonly GroupPosition[] | undefined,
  { one: word, many }: PositionWords,
): Scope | string {
  const needsPositions = scope === undefined || scope.some((one) => one.partitions === 'positioned')
  if (needsPositions && positions === undefined) return `The ${many} of ${group} are not known.`
  const known = positioned(positions ?? [])
  if (scope === undefined && known.length === 0) return `${group} has no ${many} yet: add the topics it will read.` // oxfmt-ignore
  if (scope?.length === 0) return 'Choose a topic.'
  const wanted: { topic: string; partitions?: number[] }[] = []
  for (const { topic, partitions } of scope ?? withPartitions(undefined, 'positioned', known)) {
    const own =
      partitions === 'positioned'
        ? known.filter((at) => at.topic === topic).map((at) => at.partition)
        : partitions === 'all'
          ? undefined
          : [...partitions]
    // Taking all of them instead would be a wider plan than the one asked for.
    if (own?.length === 0)
      return partitions === 'positioned'
        ? `${group} has no ${word} in ${topic}: choose its partitions.`
        : 'Choose a partition.'
    wanted.push(own === undefined ? { topic } : { topic, partitions: own })
  }
  return wanted
}

/** Exactly the partitions of these rows. */
export function scopeOfRows(rows: readonly { topic: string; partition: number }[]) {
  const byTopic = Map.groupBy(rows, (row) => row.topic)
  return [...byTopic].map(([topic, own]) => ({ topic, partitions: own.map((row) => row.partition) }))
}
