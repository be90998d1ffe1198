import type { Input, Output } from '#shared/contract/define.ts'
import type { lag, ReadableLag, RetentionReach, UnreadAge } from '#shared/contract/lag.ts'
import { SeeklineError } from '#shared/errors.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { retentionReach, type TopicRetention } from '#shared/offsets/retention-reach.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { byTopic } from '../../kafka/routing.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { countRanges } from '../messages/count-ranges.ts'
import { ageOf } from './unread-age.ts'
import { peekUntil } from '../offsets/next-of-group.ts'
import { retentionOf } from '../topic-retention.ts'

type UnreadDef = (typeof lag)['groups.unread']
type AskedPosition = Input<UnreadDef>['positions'][number]

/** Ranges that are counted: the limit for one partition, and for all of a call together, so that it is quick. */
const MOST_OFFSETS = 20_000n
const MOST_TOGETHER = 200_000n
const MOST_BYTES = 64 << 20
const MOST_MS = 3_000
const TOPICS_AT_ONCE = 4
/** For all topics of one call; what was not read by then says so. */
const MOST_MS_TOGETHER = 6_000
const TOO_LATE = 'It was not read in the seconds that one look may take.'

/** What is unread after each position; the next record is read in the same way as for a plan. */
export async function readUnread(
  access: MessagesAccess,
  { positions }: Pick<Input<UnreadDef>, 'positions'>,
  signal: AbortSignal,
  mostMs: number = MOST_MS_TOGETHER,
): Promise<Output<UnreadDef>> {
  const late = await access.reader.timeLimit(mostMs, signal)
  const [next, counted, retention] = await Promise.all([
    peekUntil(access, positions, signal, late),
    countReadable(access, positions, signal, late),
    retentionOf(access.cluster, [...new Set(positions.map((at) => at.topic))], signal),
  ])
  const readAt = BigInt(Date.now())
  const items = positions.map((at, i) => {
    const { topic, partition, offset } = at
    const found = next.get(at)
    const { readable, undecided } = counted[i]! // there is a count per position, in the same order
    const age: UnreadAge = found === undefined ? { kind: 'unknown', why: TOO_LATE } : ageOf(found, readAt)
    return { topic, partition, offset, age, readable, undecided, retention: reachOf(age, retention.get(topic)) }
  })
  return { items, readAt }
}

function reachOf(age: UnreadAge, retention: TopicRetention | { why: string } | undefined): RetentionReach {
  if (age.kind === 'nothing') return { kind: 'never' }
  if (age.kind === 'unknown') return { kind: 'unknown', why: age.why }
  if (retention === undefined || 'why' in retention) {
    return { kind: 'unknown', why: retention?.why ?? 'The topic’s settings were not told.' }
  }
  return retentionReach(age.timestamp, retention.ms)
}

interface Counted {
  readable: ReadableLag
  undecided: bigint | null
}

const unknown = (why: string): Counted => ({ readable: { kind: 'unknown', why }, undecided: null })

/** Counts the records of ranges that are small enough, up to the last stable offset. */
async function countReadable(
  access: MessagesAccess,
  positions: readonly AskedPosition[],
  signal: AbortSignal,
  late: AbortSignal,
): Promise<Counted[]> {
  const over = AbortSignal.any([signal, late])
  const found = new Map<AskedPosition, Counted>()
  let left = MOST_TOGETHER
  await mapLimited(byTopic(positions), TOPICS_AT_ONCE, async ({ topic, items }) => {
    try {
      over.throwIfAborted()
      const { source } = access.reader
      const { partitions, topicId } = await source.topic(topic, true, over)
      const there = items.filter((at) => partitions.has(at.partition))
      const bounds = await source.bounds(topic, [...new Set(there.map((at) => at.partition))], over)
      const small = new Map<number, { at: AskedPosition; to: bigint }>()
      for (const at of items) {
        const one = judge(at, bounds.get(at.partition))
        found.set(at, one)
        if (one.readable.kind !== 'at-most') continue
        const span = one.readable.records
        // A partition that occurs twice is counted from its first position only: a read may name it once.
        if (span > MOST_OFFSETS || span > left || small.has(at.partition)) continue
        left -= span
        small.set(at.partition, { at, to: at.offset + span })
      }
      for (const [at, one] of await countOf(access, topic, topicId, small, over)) {
        found.set(at, { ...found.get(at)!, readable: one }) // every position was given an entry above
      }
    } catch (error) {
      if (isCancelled(error) && signal.aborted) throw error
      const why = late.aborted ? TOO_LATE : error instanceof Error ? error.message : String(error)
      for (const at of items) if (!found.has(at)) found.set(at, unknown(why))
    }
  })
  return positions.map((at) => found.get(at)!) // every position is given an entry, even if it failed
}

/** What follows from the log's bounds alone. */
function judge({ offset }: AskedPosition, bounds: LogBounds | SeeklineError | undefined): Counted {
  if (bounds === undefined) return unknown('There is no such partition.')
  if (bounds instanceof SeeklineError) return unknown(bounds.message)
  const { logStart, lastStable, highWatermark } = bounds
  if (offset < logStart || offset > highWatermark) {
    return unknown('The position lies outside of the log: each client’s auto.offset.reset decides what is read.')
  }
  const undecided = highWatermark - (offset > lastStable ? offset : lastStable)
  if (offset >= lastStable) return { readable: { kind: 'counted', records: 0n, passed: 0n }, undecided }
  return { readable: { kind: 'at-most', records: lastStable - offset }, undecided }
}

async function countOf(
  access: MessagesAccess,
  topic: string,
  topicId: string | null,
  small: ReadonlyMap<number, { at: AskedPosition; to: bigint }>,
  signal: AbortSignal,
): Promise<Map<AskedPosition, ReadableLag>> {
  const ranges = [...small].map(([partition, { at, to }]) => ({ partition, from: at.offset, to, at }))
  const { counts } = await countRanges(access, { topic, topicId }, ranges, { bytes: MOST_BYTES, ms: MOST_MS }, signal)
  // Ranges that were not read to their end keep what follows from the bounds.
  return new Map(
    [...counts].flatMap(([{ at, from, to }, { records, read }]): [AskedPosition, ReadableLag][] =>
      read < to - from ? [] : [[at, { kind: 'counted', records, passed: to - from - records }]],
    ),
  )
}
