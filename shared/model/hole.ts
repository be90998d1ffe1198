import { z } from 'zod'
import { PartitionId } from './ids.ts'

/** A run of offsets of one partition without a visible record, with a count per reason. */
export const Hole = z.strictObject({
  partition: PartitionId,
  first: z.bigint(),
  /** Inclusive. */
  last: z.bigint(),
  /** Commit and abort markers of transactions. */
  markers: z.bigint(),
  aborted: z.bigint(),
  /** In an open transaction, and hidden on request. */
  open: z.bigint(),
  /** No batch or record has the offset any more: compacted away or deleted. */
  missing: z.bigint(),
  /** In message format 0 or 1: present, but not decoded. */
  oldFormat: z.bigint(),
  /** Could not be decoded; `problem` says why. */
  corrupt: z.bigint(),
  problem: z.string().optional(),
})

export type Hole = z.infer<typeof Hole>
const reasons = ['markers', 'aborted', 'open', 'missing', 'oldFormat', 'corrupt'] as const

/** A hole with a single reason; `first` to `last`, inclusive. */
export function holeOf(
  partition: number,
  first: bigint,
  last: bigint,
  reason: (typeof reasons)[number],
  problem?: string,
): Hole {
  const none = { markers: 0n, aborted: 0n, open: 0n, missing: 0n, oldFormat: 0n, corrupt: 0n }
  return { partition, first, last, ...none, [reason]: last - first + 1n, ...(problem === undefined ? {} : { problem }) }
}

/** Joins two neighbouring holes, the lower one first. */
export function joinHoles(a: Hole, b: Hole): Hole {
  const joined: Hole = { ...a, last: b.last }
  for (const reason of reasons) joined[reason] = a[reason] + b[reason]
  const problem = a.problem ?? b.problem
  return problem === undefined ? joined : { ...joined, problem }
}

/** A hole as part of a sentence: "3 aborted records, 1 transaction marker". */
export function holeReasons(hole: Hole): string {
  const parts: string[] = []
  const add = (n: bigint, one: string, many: string) => {
    if (n > 0n) parts.push(`${n} ${n === 1n ? one : many}`)
  }
  add(hole.aborted, 'aborted record', 'aborted records')
  add(hole.markers, 'transaction marker', 'transaction markers')
  add(hole.open, 'record of an open transaction', 'records of open transactions')
  add(hole.missing, 'compacted away or deleted', 'compacted away or deleted')
  add(hole.oldFormat, 'in an old message format, not decoded', 'in an old message format, not decoded')
  add(hole.corrupt, 'not readable', 'not readable')
  const text = parts.join(', ')
  return hole.problem === undefined ? text : `${text} (${hole.problem})`
}
