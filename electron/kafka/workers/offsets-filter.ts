import type { Predicate } from '#shared/filters/predicate.ts'

/** Selects exactly these records, whatever they contain: those that a search has found. */
export interface OffsetsFilter {
  kind: 'offsets'
  /** By partition, ascending. */
  offsets: ReadonlyMap<number, BigInt64Array>
}

export function compileOffsets({ offsets }: OffsetsFilter): Predicate {
  return {
    literal: null,
    wanted: { key: [], value: [] },
    verdict: ({ partition, offset }) => (isAmong(offsets.get(partition), offset) ? 'match' : 'no'),
  }
}

function isAmong(offsets: BigInt64Array | undefined, wanted: bigint): boolean {
  if (offsets === undefined) return false
  let from = 0
  let to = offsets.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (offsets[middle]! < wanted) from = middle + 1 // middle < to
    else to = middle
  }
  return offsets[from] === wanted
}
