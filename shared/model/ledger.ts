import { z } from 'zod'
import { PartitionId } from './ids.ts'

/** `to` is exclusive. */
export const OffsetRange = z.strictObject({ partition: PartitionId, from: z.bigint(), to: z.bigint() })
export type OffsetRange = z.infer<typeof OffsetRange>

/** Offsets that a scan is done with: everything in them that it looks for was handed over with them, or before. */
export const Covered = z.strictObject({
  ...OffsetRange.shape,
  /** `gone`: deleted before they could be read, so nobody knows what was there. */
  why: z.enum(['read', 'gone']),
})
export type Covered = z.infer<typeof Covered>

/**
 * What a scan has done and has left: a value, kept by whoever scans and given back to go on exactly there. Of each partition
 * the offsets [from, next) are covered and [next, to) are left.
 */
export const ScanLedger = z.strictObject({
  /** null: not known, or a broker that has none. Records of another cluster or topic are refused. */
  clusterId: z.string().nullable(),
  topic: z.string().min(1),
  topicId: z.string().nullable(),
  parts: z
    .array(z.strictObject({ ...OffsetRange.shape, next: z.bigint() }))
    .min(1)
    .max(10_000),
})
export type ScanLedger = z.infer<typeof ScanLedger>

/** One that has everything left. One range a partition. */
export function newLedger(at: Omit<ScanLedger, 'parts'>, ranges: readonly OffsetRange[]): ScanLedger {
  return { ...at, parts: ranges.map((range) => ({ ...range, next: range.from })) }
}

/** The ledger once these are covered too. They come in order, so each begins where its partition stands. */
export function advanced(ledger: ScanLedger, covered: readonly Covered[]): ScanLedger {
  const next = new Map<number, bigint>()
  for (const { partition, to } of covered) next.set(partition, to)
  return { ...ledger, parts: ledger.parts.map((part) => ({ ...part, next: next.get(part.partition) ?? part.next })) }
}

/** What is left, by partition. */
export function rangesLeft({ parts }: ScanLedger): OffsetRange[] {
  return parts.flatMap(({ partition, next, to }) => (next < to ? [{ partition, from: next, to }] : []))
}
