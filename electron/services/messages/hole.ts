import type { ReadCounts } from '#shared/contract/messages.ts'
import type { Hole } from '#shared/model/rows.ts'
import type { Hole as DecodedHole } from '../../kafka/records/column-types.ts'

const kinds = ['markers', 'aborted', 'open', 'missing', 'oldFormat', 'corrupt'] as const

/** A hole of one kind; `first` to `last`, inclusive. */
export function holeOf(
  partition: number,
  first: bigint,
  last: bigint,
  kind: (typeof kinds)[number],
  problem?: string,
): Hole {
  const none = { markers: 0n, aborted: 0n, open: 0n, missing: 0n, oldFormat: 0n, corrupt: 0n }
  return { partition, first, last, ...none, [kind]: last - first + 1n, ...(problem === undefined ? {} : { problem }) }
}

export function decodedHole(partition: number, hole: DecodedHole): Hole {
  return {
    partition,
    first: hole.first,
    last: hole.last,
    markers: BigInt(hole.markers),
    aborted: BigInt(hole.aborted),
    open: 0n,
    missing: BigInt(hole.missing),
    oldFormat: BigInt(hole.oldFormat),
    corrupt: BigInt(hole.corrupt),
    ...(hole.reason === null ? {} : { problem: hole.reason }),
  }
}

/** One hole of two neighbours, the lower first. */
export function joinHoles(a: Hole, b: Hole): Hole {
  const joined: Hole = { ...a, last: b.last }
  for (const kind of kinds) joined[kind] = a[kind] + b[kind]
  const problem = a.problem ?? b.problem
  return problem === undefined ? joined : { ...joined, problem }
}

export const noCounts = (): ReadCounts => ({ records: 0n, aborted: 0n, markers: 0n, missing: 0n, bytes: 0n })

export function countHole(counts: ReadCounts, hole: Hole): void {
  counts.aborted += hole.aborted
  counts.markers += hole.markers
  counts.missing += hole.missing
}
