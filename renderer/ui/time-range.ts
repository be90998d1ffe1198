/** The visible period, in seconds since 1970. */
export interface ChartRange {
  readonly from: number
  readonly to: number
}

const PAN = 0.1
const ZOOM = 0.5

/**
 * The visible period after a key: arrows pan, + and − zoom around the middle, Home shows everything. undefined: the key has no
 * effect here; null: everything.
 */
export function rangeAfterKey(range: ChartRange, whole: ChartRange, key: string): ChartRange | null | undefined {
  const span = range.to - range.from
  const middle = (range.from + range.to) / 2
  const around = (width: number) => within({ from: middle - width / 2, to: middle + width / 2 }, whole)
  switch (key) {
    case 'ArrowLeft':
      return within({ from: range.from - span * PAN, to: range.to - span * PAN }, whole)
    case 'ArrowRight':
      return within({ from: range.from + span * PAN, to: range.to + span * PAN }, whole)
    case '+':
    case '=':
    case 'ArrowUp':
      return around(Math.max(1, span * ZOOM))
    case '-':
    case 'ArrowDown':
      return span / ZOOM >= whole.to - whole.from ? null : around(span / ZOOM)
    case 'Home':
    case 'Escape':
      return null
    default:
      return undefined
  }
}

/** Moves the period to where there is data and keeps its length. */
function within({ from, to }: ChartRange, whole: ChartRange): ChartRange {
  const width = Math.min(to - from, whole.to - whole.from)
  const start = Math.min(Math.max(from, whole.from), whole.to - width)
  return { from: start, to: start + width }
}
