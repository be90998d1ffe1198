import type { ReadCounts } from '#shared/contract/messages.ts'
import type { Hole } from '#shared/model/hole.ts'
import type { CountedHole } from '../../kafka/records/column-types.ts'

export function decodedHole(partition: number, hole: CountedHole): Hole {
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

export const noCounts = (): ReadCounts => ({ records: 0n, aborted: 0n, markers: 0n, missing: 0n, bytes: 0n })

export function countHole(counts: ReadCounts, hole: Hole): void {
  counts.aborted += hole.aborted
  counts.markers += hole.markers
  counts.missing += hole.missing
}
