import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { UnreadAge } from '#shared/contract/lag.ts'
import type { LineMeaning, meaning } from '#shared/contract/meaning.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { meaningSentence, utcWords } from '#shared/offsets/meaning-sentence.ts'
import { plannedLines, rangeOfLine, type PlannedLine } from '#shared/offsets/plan-meaning.ts'
import { ageOf } from '../groups/unread-age.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { KeptUntil } from './kept-until.ts'
import { readLines, recordsOf, smallOnes } from './line-readings.ts'
import { peekUntil } from './next-of-group.ts'

type MeaningDef = (typeof meaning)['offsets.meaning']

/** Rows that are reported together. The first few come soon, because they are visible. */
const FIRST_CHUNK = 30
const CHUNK = 150
/** For everything: bounded so that nobody waits long for a number, and no cluster notices. */
const MOST_BYTES = 64 << 20
const MOST_MS = 15_000
/** The share of what is left that a chunk gets at least: a few rows must not get little because many follow. */
const LEAST_SHARE = 0.25

/** What the rows of plans mean, reported chunk by chunk in the plans' order. */
export async function tellMeaning(
  access: MessagesAccess,
  { plans }: Pick<Input<MeaningDef>, 'plans'>,
  sink: StreamSink<MeaningDef>,
  signal: AbortSignal,
  mostMs = MOST_MS,
): Promise<Done<MeaningDef>> {
  const lines = plannedLines(plans)
  const counted = smallOnes(lines)
  const kept = new KeptUntil(access, lines, signal, await access.reader.timeLimit(mostMs, signal))
  const until = performance.now() + mostMs
  const found: LineMeaning[] = []
  let received = 0
  for (let at = 0; at < lines.length;) {
    const chunk = lines.slice(at, at + (at === 0 ? FIRST_CHUNK : CHUNK))
    const left = { bytes: MOST_BYTES - received, ms: until - performance.now() }
    const isOver = left.bytes <= 0 || left.ms <= 0
    const share = Math.max(chunk.length / (lines.length - at), LEAST_SHARE)
    const limits = { bytes: left.bytes * share, until: performance.now() + left.ms * share }
    const [ageAt, read] = await Promise.all([
      agesOf(access, isOver ? [] : chunk, signal, left.ms * share),
      readLines(access, isOver ? [] : chunk, counted, limits, signal),
    ])
    received += read.received
    const readAt = BigInt(Date.now())
    const told: LineMeaning[] = []
    for (const line of chunk) {
      const { topic, partition, before, after } = line.row
      const { way, undecided } = rangeOfLine(line.row)
      const records = recordsOf(line, read.counts.get(line))
      const age = ageAt(line, after?.offset, readAt)
      const retention = await kept.of(line, age, readAt)
      const then = ageAt(line, before?.offset, readAt)
      told.push({ plan: line.plan, topic, partition, way, records, undecided, before: then, after: age, retention })
    }
    found.push(...told)
    await sink.batch(told)
    at += chunk.length
    sink.progress({ lines: at, of: lines.length })
  }
  const readAt = BigInt(Date.now())
  return {
    sentence: meaningSentence(plans, found, { ...utcWords, now: readAt }),
    readAt,
    lines: lines.length,
    unread: found.filter(({ records }) => records.kind === 'at-most').length,
    bytes: BigInt(received),
  }
}

type AgeAt = (line: PlannedLine, offset: bigint | undefined, readAt: bigint) => UnreadAge | null

const TOO_LATE = 'It was not read: there are too many partitions to read in a few seconds.'

/** The age of what is read next, at both ends of these rows, as far as it can be read in the given milliseconds. */
async function agesOf(
  access: MessagesAccess,
  lines: readonly PlannedLine[],
  signal: AbortSignal,
  ms: number,
): Promise<AgeAt> {
  const asked = new Map<string, { topic: string; partition: number; topicId: string | null; offset: bigint }>()
  const keyAt = (line: PlannedLine, offset: bigint) => `${keyOf(line.row)}@${offset}`
  for (const line of lines) {
    const { topic, topicId, partition, before, after } = line.row
    for (const end of [before, after]) {
      // Some clients commit −1 or −2 to mean "none"; there is no record there.
      if (end === null || end.offset < 0n) continue
      asked.set(keyAt(line, end.offset), { topic, topicId, partition, offset: end.offset })
    }
  }
  const late = asked.size === 0 ? undefined : AbortSignal.timeout(Math.max(1, Math.ceil(ms)))
  const answers = await peekUntil(access, [...asked.values()], signal, late)
  const found = new Map([...answers].map(([item, next]) => [`${keyOf(item)}@${item.offset}`, next]))
  return (line, offset, readAt) => {
    if (offset === undefined || offset < 0n) return null
    const next = found.get(keyAt(line, offset))
    return next === undefined ? { kind: 'unknown', why: TOO_LATE } : ageOf(next, readAt)
  }
}
