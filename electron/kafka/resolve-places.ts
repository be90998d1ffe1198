import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { CommitPoint, SearchedCommits } from '#shared/model/commit-history.ts'
import type { FoundPlace, Place } from '#shared/model/place.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { placeOfPosition } from '#shared/offsets/missing-place.ts'
import { positionsAt, positionThen } from '#shared/offsets/positions-then.ts'
import type { KafkaCluster } from './cluster.ts'
import { searchCommits, type HistoryAccess } from './commit-history.ts'
import { listOffsets } from './list-offsets.ts'
import { fetchPositions } from './group-positions.ts'
import type { PositionOutcome } from './position-change.ts'
import type { RouteOptions } from './routing.ts'

/** Finds the offset of a place in one partition, given its bounds; the brokers were asked before. */
export type PlaceFinder = (at: TopicPartition, log: LogBounds) => FoundPlace

/**
 * Asks the brokers for everything that a place needs, for these partitions together. An offset beyond the log's bounds is
 * returned as it is: the caller clamps, refuses or counts it. Throws errors that concern the place as a whole.
 */
export async function findPlace(
  access: HistoryAccess,
  place: Place,
  partitions: readonly TopicPartition[],
  options: RouteOptions = {},
): Promise<PlaceFinder> {
  const { cluster } = access
  switch (place.at) {
    case 'log-start':
      return (_, log) => ({ offset: log.logStart })
    case 'last-stable':
      return (_, log) => ({ offset: log.lastStable })
    case 'high-watermark':
      return (_, log) => ({ offset: log.highWatermark })
    case 'offset':
      return () => ({ offset: place.offset })
    case 'offsets':
      return await namedOffsets(cluster, place.offsets, options)
    case 'timestamp':
      return await firstSince(cluster, place.timestamp, partitions, options)
    case 'ago':
      return await firstSince(cluster, before(BigInt(Date.now()), place.ms), partitions, options)
    case 'group':
      return await positionsOf(cluster, place, partitions, options)
    case 'group-then':
      return await groupThen(access, place, partitions, options)
  }
}

async function namedOffsets(
  cluster: KafkaCluster,
  offsets: Extract<Place, { at: 'offsets' }>['offsets'],
  { signal }: RouteOptions,
): Promise<PlaceFinder> {
  const named = new Map(offsets.map(({ topic = '', partition, ...at }) => [keyOf({ topic, partition }), at]))
  // Only anchors have a topic id: offsets that were typed in are meant for the current topic.
  const noted = offsets.flatMap(({ topic, topicId }) => (topic !== undefined && topicId != null ? [topic] : []))
  if (noted.length > 0) {
    await cluster.refresh({ topics: [...new Set(noted)], ...(signal === undefined ? {} : { signal }) })
  }
  return (at) => {
    const found = named.get(keyOf(at)) ?? named.get(keyOf({ topic: '', partition: at.partition }))
    if (found === undefined) return { missing: { why: 'not-named' } }
    const isAnew = found.topicId != null && cluster.topic(at.topic)?.topicId !== found.topicId
    return isAnew ? { missing: { why: 'topic-anew' } } : { offset: found.offset }
  }
}

const before = (now: bigint, ms: bigint): bigint => (ms > now ? 0n : now - ms)

async function firstSince(
  cluster: KafkaCluster,
  timestamp: bigint,
  partitions: readonly TopicPartition[],
  options: RouteOptions,
): Promise<PlaceFinder> {
  if (timestamp < 0n) {
    throw new SeeklineError('call.invalid', 'A timestamp before 1970 cannot be looked up.', {
      hint: 'Kafka takes milliseconds since 1970. For the log start choose "log-start".',
    })
  }
  const questions = partitions.map(({ topic, partition }) => ({ topic, partition, at: timestamp }))
  const answers = await listOffsets(cluster, questions, options)
  return told(
    answers.map(({ question, outcome }): [string, FoundPlace] => {
      if (!outcome.ok) return [keyOf(question), notAsked(outcome.error)]
      const { offset } = outcome.value
      return [keyOf(question), offset === null ? { missing: { why: 'none-that-new' } } : { offset }]
    }),
  )
}

async function positionsOf(
  cluster: KafkaCluster,
  { group, shift = 0n }: Extract<Place, { at: 'group' }>,
  partitions: readonly TopicPartition[],
  options: RouteOptions,
): Promise<PlaceFinder> {
  const found = (await fetchPositions(cluster, [group], partitions, options)).get(group)
  if (found?.ok === false) throw found.error
  const positions = (found?.value ?? []).map(({ outcome, ...at }: PositionOutcome): [string, FoundPlace] => [
    keyOf(at),
    outcome.ok ? placeOfPosition(group, outcome.value, shift) : notAsked(outcome.error),
  ])
  return told(positions, { missing: { why: 'no-position', group } })
}

/** Reads back only as far as needed to know the group's position in all these partitions, or until the time limit. */
async function groupThen(
  access: HistoryAccess,
  { group, moment }: Extract<Place, { at: 'group-then' }>,
  partitions: readonly TopicPartition[],
  { signal }: RouteOptions,
): Promise<PlaceFinder> {
  const late = AbortSignal.timeout(SEARCH_MS)
  const over = signal === undefined ? late : AbortSignal.any([signal, late])
  let known = new Map<string, CommitPoint>()
  let searched: SearchedCommits | undefined
  try {
    for await (const found of searchCommits(access, { group, moment, signal: over })) {
      searched = found.searched
      known = positionsAt([...known.values(), ...found.points], moment)
      if (partitions.every((at) => known.has(keyOf(at))) || found.bytes > SEARCH_BYTES) break
    }
  } catch (error) {
    // What was found before the time limit is valid.
    if (searched === undefined || signal?.aborted === true || !late.aborted) throw error
  }
  return (at) => {
    const then = searched === undefined ? { missing: 'not-searched' as const } : positionThen(at, known, searched)
    const because = 'missing' in then ? then.missing : 'none'
    const missing = { why: 'no-position', group, then: { moment, because } } as const
    const found = 'point' in then ? placeOfPosition(group, then.point.position) : { missing }
    // Some clients commit −1.
    return 'offset' in found ? found : { missing }
  }
}

const SEARCH_MS = 20_000
const SEARCH_BYTES = 256 << 20

function told(
  answers: readonly (readonly [string, FoundPlace])[],
  others: FoundPlace = notAsked(new SeeklineError('internal', 'The broker left this partition out of its answer.')),
): PlaceFinder {
  const byPartition = new Map(answers)
  return (at) => byPartition.get(keyOf(at)) ?? others
}

const notAsked = (error: unknown): FoundPlace => ({ missing: { why: 'failed', error: toErrorValue(error) } })
