/** Selected rows as sorted, non-touching, inclusive ranges: selecting a million rows costs one object. */
export interface RowRange {
  readonly start: number
  readonly end: number
}
export type RowRanges = readonly RowRange[]

export const noRows: RowRanges = []

export function hasRow(ranges: RowRanges, row: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]! // low <= middle < high
    if (row < range.start) high = middle - 1
    else if (row > range.end) low = middle + 1
    else return true
  }
  return false
}

export function countRows(ranges: RowRanges): number {
  return ranges.reduce((sum, range) => sum + range.end - range.start + 1, 0)
}

export function rangeOf(a: number, b: number): RowRange {
  return { start: Math.min(a, b), end: Math.max(a, b) }
}

/** The ranges of rows given in any order, each once. */
export function rangesOf(rows: readonly number[]): RowRanges {
  const ranges: { start: number; end: number }[] = []
  for (const row of rows.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && row <= last.end + 1) last.end = row
    else ranges.push({ start: row, end: row })
  }
  return ranges
}

export function addRows(ranges: RowRanges, added: RowRange): RowRanges {
  let { start, end } = added
  const kept: RowRange[] = []
  for (const range of ranges) {
    if (range.end < start - 1 || range.start > end + 1) kept.push(range)
    else {
      start = Math.min(start, range.start)
      end = Math.max(end, range.end)
    }
  }
  return [...kept, { start, end }].toSorted((a, b) => a.start - b.start)
}

export function toggleRow(ranges: RowRanges, row: number): RowRanges {
  if (!hasRow(ranges, row)) return addRows(ranges, { start: row, end: row })
  return ranges.flatMap((range) => {
    if (row < range.start || row > range.end) return [range]
    const parts: RowRange[] = []
    if (range.start < row) parts.push({ start: range.start, end: row - 1 })
    if (range.end > row) parts.push({ start: row + 1, end: range.end })
    return parts
  })
}

export function* eachRow(ranges: RowRanges): Generator<number> {
  for (const range of ranges) for (let row = range.start; row <= range.end; row++) yield row
}
