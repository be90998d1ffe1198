import type { Covered } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { PartitionHits } from './search-state.ts'

/** The most rows of a frame that are marked one by one; for more, the ranges in which they were read are enough. */
const MOST_ROWS = 50
/** The most marks on one seekline: more could not be told apart. */
const MOST_MARKS = 400

/** The places of the rows; if more matched than rows arrived, the ranges in which they were found. */
export function withHits(
  hits: PartitionHits,
  { count, partition, offset }: RowColumns,
  covered: readonly Covered[],
): PartitionHits {
  const places = covered.filter(({ matched }) => matched > 0n)
  if (places.length === 0 && count === 0) return hits
  const more = new Map(hits)
  const mark = (at: number, place: bigint): void => {
    const known = more.get(at) ?? []
    if (known.length < MOST_MARKS) more.set(at, [...known, place])
  }
  if (count === 0 || count > MOST_ROWS) for (const { partition: at, from, to } of places) mark(at, (from + to) / 2n)
  else for (let i = 0; i < count; i += 1) mark(partition[i]!, offset[i]!) // i < count, and the columns are that long
  return more
}
