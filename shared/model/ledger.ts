import { z } from 'zod'
import { cannotReasons } from '../filters/predicate.ts'
import { PartitionId } from './ids.ts'

/** `to` is exclusive. */
export const OffsetRange = z.strictObject({ partition: PartitionId, from: z.bigint(), to: z.bigint() })
export type OffsetRange = z.infer<typeof OffsetRange>

/**
 * How a scan dealt with offsets. `gone`: deleted before they could be read, so it is unknown what was there. `time`: in batches
 * whose headers say that all their records are outside the wanted time; they were not decompressed. `mixed`: some of each, used
 * where a ledger would become too long.
 */
const coveredWhys = ['read', 'gone', 'time', 'mixed'] as const

/** Why it is not known whether a record matches: the filter cannot decide, or the record could not be read. */
export const notJudgedReasons = [...cannotReasons, 'damaged'] as const
export type NotJudgedReason = (typeof notJudgedReasons)[number]

/** How many records could not be judged, by reason; a reason that is left out counts zero. */
export const NotJudged = z.partialRecord(z.enum(notJudgedReasons), z.bigint())
export type NotJudged = z.infer<typeof NotJudged>

/** What was found in a range: records read, records that match, and records that could not be judged. */
export const Tally = z.strictObject({ records: z.bigint(), matched: z.bigint(), notJudged: NotJudged })
export type Tally = z.infer<typeof Tally>

/** Offsets that a scan has finished: all matches in them were sent with them, or before. */
export const Covered = z.strictObject({ ...OffsetRange.shape, why: z.enum(coveredWhys), ...Tally.shape })
export type Covered = z.infer<typeof Covered>

/** For one partition: the wanted ranges, the covered ones, in order and without overlap, and what was found there. */
const LedgerPart = z.strictObject({
  ...OffsetRange.shape,
  covered: z.array(z.strictObject({ from: z.bigint(), to: z.bigint(), why: z.enum(coveredWhys) })).max(1_000),
  ...Tally.shape,
})
export type LedgerPart = z.infer<typeof LedgerPart>

/**
 * What a scan has done and has left, as a value: kept by the client and given back to continue exactly there, in either
 * direction and after a restart. It can also be widened (`widened`): only what is not covered is read.
 */
export const ScanLedger = z.strictObject({
  /** null: not known, or a broker without an id. A ledger of another cluster or topic is refused. */
  clusterId: z.string().nullable(),
  topic: z.string().min(1),
  topicId: z.string().nullable(),
  parts: z.array(LedgerPart).min(1).max(10_000),
})
export type ScanLedger = z.infer<typeof ScanLedger>

/** How many ranges a ledger keeps per partition; if there are more, the shortest neighbours are merged. */
const MOST_RANGES = 100

export const noTally = (): Tally => ({ records: 0n, matched: 0n, notJudged: {} })

/** A ledger of which everything is left. One range per partition. */
export function newLedger(at: Omit<ScanLedger, 'parts'>, ranges: readonly OffsetRange[]): ScanLedger {
  return { ...at, parts: ranges.map((range) => ({ ...range, covered: [], ...noTally() })) }
}

/** The ledger after these ranges are covered as well. */
export function advanced(ledger: ScanLedger, covered: readonly Covered[]): ScanLedger {
  const byPartition = Map.groupBy(covered, ({ partition }) => partition)
  return {
    ...ledger,
    parts: ledger.parts.map((part) => {
      const more = byPartition.get(part.partition)
      if (more === undefined) return part
      const ranges = joined([...part.covered, ...more.map(({ from, to, why }) => ({ from, to, why }))])
      return more.reduce<LedgerPart>((sum, one) => ({ ...sum, ...addedTallies(sum, one) }), {
        ...part,
        covered: ranges,
      })
    }),
  }
}

export function addedTallies(a: Tally, b: Tally): Tally {
  return {
    records: a.records + b.records,
    matched: a.matched + b.matched,
    notJudged: addedReasons(a.notJudged, b.notJudged),
  }
}

export function addedReasons(a: NotJudged, b: NotJudged): NotJudged {
  const sum = { ...a }
  for (const reason of notJudgedReasons) {
    const more = b[reason]
    if (more !== undefined) sum[reason] = (sum[reason] ?? 0n) + more
  }
  return sum
}

/** What is left, by partition, from the lowest offset up. */
export function rangesLeft({ parts }: ScanLedger): OffsetRange[] {
  return parts.flatMap(({ partition, from, to, covered }) => {
    const left: OffsetRange[] = []
    let at = from
    for (const one of covered) {
      if (one.from > at) left.push({ partition, from: at, to: one.from < to ? one.from : to })
      if (one.to > at) at = one.to
      if (at >= to) break
    }
    if (at < to) left.push({ partition, from: at, to })
    return left
  })
}

/**
 * The same search over more: what is covered stays covered, and the rest of these ranges is left. Wanted ranges never shrink.
 */
export function widened(ledger: ScanLedger, ranges: readonly OffsetRange[]): ScanLedger {
  const parts = new Map(ledger.parts.map((part) => [part.partition, part]))
  for (const { partition, from, to } of ranges) {
    const part = parts.get(partition) ?? { partition, from, to, covered: [], ...noTally() }
    parts.set(partition, { ...part, from: from < part.from ? from : part.from, to: to > part.to ? to : part.to })
  }
  return { ...ledger, parts: [...parts.values()].toSorted((a, b) => a.partition - b.partition) }
}

/** How many offsets are covered and left, over all partitions. */
export function coverageOf({ parts }: Pick<ScanLedger, 'parts'>): { covered: bigint; left: bigint } {
  let covered = 0n
  let all = 0n
  for (const part of parts) {
    all += part.to - part.from
    for (const { from, to } of part.covered) covered += to - from
  }
  return { covered, left: all - covered }
}

/** What was found in all partitions. */
export function tallyOf({ parts }: Pick<ScanLedger, 'parts'>): Tally {
  return parts.reduce<Tally>(addedTallies, noTally())
}

type Range = LedgerPart['covered'][number]

/** Sorted, with neighbours of one kind joined. */
function joined(ranges: Range[]): Range[] {
  const made: Range[] = []
  for (const range of ranges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = made.at(-1)
    if (last !== undefined && last.to >= range.from && last.why === range.why) {
      if (range.to > last.to) last.to = range.to
    } else if (range.to > range.from) made.push({ ...range })
  }
  while (made.length > MOST_RANGES && joinShortest(made));
  return made
}

/** Merges the shortest neighbours that touch; false: none do. */
function joinShortest(ranges: Range[]): boolean {
  let best = -1
  let length = 0n
  for (let i = 0; i + 1 < ranges.length; i += 1) {
    const [a, b] = [ranges[i]!, ranges[i + 1]!] // i + 1 < ranges.length
    if (a.to !== b.from) continue
    if (best < 0 || b.to - a.from < length) [best, length] = [i, b.to - a.from]
  }
  if (best < 0) return false
  ranges.splice(best, 2, { from: ranges[best]!.from, to: ranges[best + 1]!.to, why: 'mixed' }) // best + 1 < ranges.length
  return true
}
