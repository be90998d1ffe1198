import type { Input, Output } from '#shared/contract/define.ts'
import type { lag, ReadableLag, RetentionReach, UnreadAge } from '#shared/contract/lag.ts'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { retentionReach } from '#shared/offsets/retention-reach.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { describeConfigs } from '../../kafka/configs.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { byTopic } from '../../kafka/routing.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { peek } from '../offsets/next-of-group.ts'

type UnreadDef = (typeof lag)['groups.unread']
type AskedPosition = Input<UnreadDef>['positions'][number]

/** Ranges that are counted: of one partition, and of all that one call asks about. A number nobody waits for long. */
const MOST_OFFSETS = 20_000n
const MOST_TOGETHER = 200_000n
const MOST_BYTES = 64 << 20
const MOST_MS = 3_000
const TOPICS_AT_ONCE = 4

/** What stands unread behind each position; the next record by the same way as a plan's. */
export async function readUnread(
  access: MessagesAccess,
  { connectionId, positions }: Input<UnreadDef>,
  signal: AbortSignal,
): Promise<Output<UnreadDef>> {
  const [next, counted, retention] = await Promise.all([
    peek(access, { connectionId, positions }, signal),
    countReadable(access, positions, signal),
    retentionOf(access, [...new Set(positions.map((at) => at.topic))], signal),
  ])
  const readAt = BigInt(Date.now())
  const items = positions.map(({ topic, partition, offset }, i) => {
    const found = next.items[i]!.next // one item per position, in order
    const { readable, undecided } = counted[i]! // one per position, in order
    const age = ageOf(found, readAt)
    return { topic, partition, offset, age, readable, undecided, retention: reachOf(age, retention.get(topic)) }
  })
  return { items, readAt }
}

function ageOf(next: NextForGroup, readAt: bigint): UnreadAge {
  if (next.kind === 'failed') return { kind: 'unknown', why: next.error.message, error: next.error }
  if (next.kind === 'none') {
    if (next.why === 'at-end' || next.why === 'nothing-visible') return { kind: 'nothing' }
    return { kind: 'unknown', why: next.message }
  }
  const { offset, timestamp, timestampType } = next
  // A producer's clock may be ahead of ours.
  const ageMs = timestamp < 0n ? null : timestamp > readAt ? 0n : readAt - timestamp
  return { kind: 'record', offset, timestamp, timestampType, ageMs }
}

function reachOf(age: UnreadAge, retention: Retention | undefined): RetentionReach {
  if (age.kind === 'nothing') return { kind: 'never' }
  if (age.kind === 'unknown') return { kind: 'unknown', why: age.why }
  if (retention === undefined || 'why' in retention) {
    return { kind: 'unknown', why: retention?.why ?? 'The topic’s settings were not told.' }
  }
  return retentionReach(age.timestamp, retention.ms)
}

/** ms; null: deletes nothing by time. */
type Retention = { ms: bigint | null } | { why: string }

async function retentionOf(
  { cluster }: MessagesAccess,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Retention>> {
  const keys = ['retention.ms', 'cleanup.policy']
  const asked = topics.map((name) => ({ kind: 'topic' as const, name, keys }))
  // Without the right to read settings the rest still holds.
  const found = await describeConfigs(cluster, asked, { signal }).catch((error: unknown) => {
    if (isCancelled(error)) throw error
    return []
  })
  return new Map(
    found.map(({ name, outcome }): [string, Retention] => {
      if (!outcome.ok) return [name, { why: outcome.error.message }]
      const valueOf = (key: string) => outcome.value.find((entry) => entry.name === key)?.value ?? null
      const ms = valueOf('retention.ms')
      const policy = valueOf('cleanup.policy')
      if (ms === null || policy === null) return [name, { why: 'The broker does not tell the topic’s retention.' }]
      return [name, { ms: policy.split(',').includes('delete') && BigInt(ms) >= 0n ? BigInt(ms) : null }]
    }),
  )
}

interface Counted {
  readable: ReadableLag
  undecided: bigint | null
}

const unknown = (why: string): Counted => ({ readable: { kind: 'unknown', why }, undecided: null })

/** Counts the records of those ranges that are small enough, up to the last stable offset. */
async function countReadable(
  access: MessagesAccess,
  positions: readonly AskedPosition[],
  signal: AbortSignal,
): Promise<Counted[]> {
  const found = new Map<AskedPosition, Counted>()
  let left = MOST_TOGETHER
  await mapLimited(byTopic(positions), TOPICS_AT_ONCE, async ({ topic, items }) => {
    try {
      const { source } = access.reader
      const { partitions, topicId } = await source.topic(topic, true, signal)
      const there = items.filter((at) => partitions.has(at.partition))
      const bounds = await source.bounds(topic, [...new Set(there.map((at) => at.partition))], signal)
      const small = new Map<number, { at: AskedPosition; to: bigint }>()
      for (const at of items) {
        const one = judge(at, bounds.get(at.partition))
        found.set(at, one)
        if (one.readable.kind !== 'at-most') continue
        const span = one.readable.records
        // A partition that is asked about twice is counted from its first position alone: a read names it once.
        if (span > MOST_OFFSETS || span > left || small.has(at.partition)) continue
        left -= span
        small.set(at.partition, { at, to: at.offset + span })
      }
      for (const [at, one] of await countOf(access, topic, topicId, small, signal)) {
        found.set(at, { ...found.get(at)!, readable: one }) // each was judged
      }
    } catch (error) {
      if (isCancelled(error) && signal.aborted) throw error
      const why = error instanceof Error ? error.message : String(error)
      for (const at of items) if (!found.has(at)) found.set(at, unknown(why))
    }
  })
  return positions.map((at) => found.get(at)!) // each topic gave one for each of its own
}

/** What the edges alone say. */
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
  { reader }: MessagesAccess,
  topic: string,
  topicId: string | null,
  small: ReadonlyMap<number, { at: AskedPosition; to: bigint }>,
  signal: AbortSignal,
): Promise<Map<AskedPosition, ReadableLag>> {
  const counts = new Map<AskedPosition, ReadableLag>()
  if (small.size === 0) return counts
  const records = new Map<number, bigint>()
  const stream = reader.columns({
    topic,
    topicId,
    ranges: [...small].map(([partition, { at, to }]) => ({ partition, from: at.offset, to })),
    signal: AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]),
    giveUpAfterMs: MOST_MS,
    decode: { list: 'none', previewBytes: { key: 0, value: 0 } },
  })
  try {
    for await (const event of stream) {
      if (event.kind === 'rows') {
        const { partition, columns } = event
        const before = records.get(partition) ?? 0n
        records.set(partition, before + BigInt(columns.counts.records))
      } else if (event.kind === 'end') {
        const { at, to } = small.get(event.partition)! // only these are read
        const seen = records.get(event.partition) ?? 0n
        counts.set(at, { kind: 'counted', records: seen, passed: to - at.offset - seen })
      }
      // Those that have not ended keep what their edges say.
      if (stream.bytes > MOST_BYTES) break
    }
  } catch (error) {
    if (signal.aborted || !isCancelled(error)) throw error
  }
  return counts
}
