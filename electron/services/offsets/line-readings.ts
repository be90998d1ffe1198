import type { RangeRecords } from '#shared/contract/meaning.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { rangeOfLine, type PlannedLine } from '#shared/offsets/plan-meaning.ts'
import { asSeeklineError, isCancelled } from '../../kafka/cancellation.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { byTopic } from '../../kafka/routing.ts'
import { countRanges, type RangeCount } from '../messages/count-ranges.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'

/** Limits on ranges that are counted completely: for each, and for all together, in offsets. */
const MOST_OFFSETS = 100_000n
const MOST_TOGETHER = 1_000_000n
/**
 * Of a large range at most this many stretches are read, as far as the limits for everything allow, and each up to this many
 * offsets or bytes.
 */
const MOST_STRETCHES = 8
const STRETCH_OFFSETS = 2_000n
const STRETCH_BYTES = 128 << 10
const SAMPLE_FETCH = 64 << 10
const TOPICS_AT_ONCE = 4

/** Which ranges are counted completely: the smallest, so that most are. */
export function smallOnes(lines: readonly PlannedLine[]): ReadonlySet<PlannedLine> {
  let left = MOST_TOGETHER
  const spans = lines.map((line) => ({ line, span: spanOf(line) })).toSorted((a, b) => (a.span < b.span ? -1 : 1))
  return new Set(
    spans.flatMap(({ line, span }) => {
      if (span > MOST_OFFSETS || span > left) return []
      left -= span
      return [line]
    }),
  )
}

function spanOf({ row }: PlannedLine): bigint {
  const { from, to } = rangeOfLine(row)
  return to - from
}

/** What was read of a row's range: `read` of `of` offsets. */
export interface LineReading {
  records: bigint
  bytes: bigint
  read: bigint
  error: SeeklineError | null
}

interface Stretch {
  partition: number
  from: bigint
  to: bigint
  lines: PlannedLine[]
}

/**
 * Reads small ranges completely, and of large ones stretches spread evenly. The same range of several groups is read once.
 * Nothing is read after `limits.until` (by `performance.now()`): ranges that were not read by then have no count, or a partial
 * one.
 */
export async function readLines(
  access: MessagesAccess,
  lines: readonly PlannedLine[],
  counted: ReadonlySet<PlannedLine>,
  limits: { bytes: number; until: number },
  signal: AbortSignal,
): Promise<{ counts: Map<PlannedLine, LineReading>; received: number }> {
  const counts = new Map<PlannedLine, LineReading>()
  let received = 0
  const items = lines.filter((line) => spanOf(line) > 0n).map((line) => ({ ...line.row, line }))
  const large = items.filter(({ line }) => !counted.has(line)).length
  const affordable = Math.floor(limits.bytes / 2 / (Math.max(large, 1) * SAMPLE_FETCH))
  const stretches = Math.min(MOST_STRETCHES, Math.max(1, affordable))
  const topics = byTopic(items)
  let waiting = topics.length
  await mapLimited(topics, TOPICS_AT_ONCE, async ({ topic, items: own }) => {
    // Each topic leaves enough time for those that still wait.
    const left = (limits.until - performance.now()) * Math.min(1, TOPICS_AT_ONCE / waiting)
    waiting -= 1
    if (left <= 0) return
    const until = performance.now() + left
    const { topicId } = own[0]! // Map.groupBy makes no empty group
    const share = own.length / items.length
    const whole = stretchesOf(
      own.filter(({ line }) => counted.has(line)),
      'whole',
    )
    const parts = stretchesOf(
      own.filter(({ line }) => !counted.has(line)),
      stretches,
    )
    const turns = whole.length === 0 || parts.length === 0 ? 1 : 2
    const bytes = (limits.bytes * share) / turns
    const half = performance.now() + left / turns
    try {
      for (const [some, end, more] of [
        [whole, half, {}],
        [parts, until, { rangeBytes: STRETCH_BYTES, partitionBytes: SAMPLE_FETCH }],
      ] as const) {
        if (some.length === 0) continue
        const ms = end - performance.now()
        const read = await countRanges(access, { topic, topicId }, some, { bytes, ms, ...more }, signal)
        received += read.received
        for (const [{ lines: of }, count] of read.counts)
          for (const line of of) counts.set(line, sum(counts.get(line), count))
      }
    } catch (error) {
      if (isCancelled(error) && signal.aborted) throw error
      const failed = { records: 0n, bytes: 0n, read: 0n, error: asSeeklineError(error) }
      for (const { line } of own) if (!counts.has(line)) counts.set(line, failed)
    }
  })
  return { counts, received }
}

const sum = (before: LineReading | undefined, more: RangeCount): LineReading => ({
  records: (before?.records ?? 0n) + more.records,
  bytes: (before?.bytes ?? 0n) + more.bytes,
  read: (before?.read ?? 0n) + more.read,
  error: before?.error ?? more.error,
})

/** For each row's range all of it, or stretches at even distances. */
function stretchesOf(items: readonly { partition: number; line: PlannedLine }[], most: number | 'whole'): Stretch[] {
  const all = new Map<string, Stretch>()
  for (const { partition, line } of items) {
    const { from, to } = rangeOfLine(line.row)
    const n = most === 'whole' || to - from <= BigInt(most) * STRETCH_OFFSETS ? 0n : BigInt(most)
    const ranges = Array.from({ length: Number(n) }, (_, i) => from + ((to - from) * BigInt(2 * i + 1)) / (2n * n))
    for (const at of n === 0n ? [from] : ranges) {
      const end = n === 0n || at + STRETCH_OFFSETS > to ? to : at + STRETCH_OFFSETS
      const key = `${partition}:${at}:${end}`
      const known = all.get(key)
      if (known === undefined) all.set(key, { partition, from: at, to: end, lines: [line] })
      else known.lines.push(line)
    }
  }
  return [...all.values()]
}

export function recordsOf(line: PlannedLine, reading: LineReading | undefined): RangeRecords {
  const span = spanOf(line)
  if (span === 0n) return { kind: 'counted', records: 0n, bytes: 0n, passed: 0n }
  if (reading === undefined)
    return { kind: 'at-most', records: span, why: 'It was not read: that would have taken too long.' }
  const { records, bytes, read, error } = reading
  if (read >= span) return { kind: 'counted', records, bytes, passed: span - records }
  if (read > 0n) {
    return { kind: 'estimate', records: (records * span) / read, bytes: (bytes * span) / read, read, of: span }
  }
  return { kind: 'at-most', records: span, why: error === null ? 'Nothing of it came in time.' : error.message }
}
