/** The counts of one bar, which covers the stretch [start, end). */
export interface HistogramBar {
  readonly start: bigint
  readonly end: bigint
  readonly total: number
  readonly hits: number
  /** How much of `total` has been read: 0 to 1. */
  readonly read: number
  /** `hits` per series, in the order of the legend; omitted when there is only one series. */
  readonly parts?: readonly number[]
}

/** The first and the last selected bar. */
export interface HistogramBrush {
  readonly first: number
  readonly last: number
}

export type BrushEnd = 'first' | 'last'

const PAGE = 10

/** Where a key moves one end of the brush; undefined: the key has no effect here. The ends never cross. */
export function brushAfterKey(
  brush: HistogramBrush,
  end: BrushEnd,
  key: string,
  count: number,
): HistogramBrush | undefined {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -PAGE, PageUp: PAGE }[key]
  const wanted = key === 'Home' ? 0 : key === 'End' ? count - 1 : step === undefined ? undefined : brush[end] + step
  if (wanted === undefined) return undefined
  const at =
    end === 'first' ? Math.min(Math.max(0, wanted), brush.last) : Math.max(Math.min(count - 1, wanted), brush.first)
  return { ...brush, [end]: at }
}

/** The bars between where the mouse button went down and where the pointer is. */
export function brushOf(from: number, to: number, count: number): HistogramBrush {
  const inside = (at: number) => Math.min(Math.max(0, at), count - 1)
  return { first: inside(Math.min(from, to)), last: inside(Math.max(from, to)) }
}

/** The height of a bar, 0 to 1. Anything above zero stays visible, even one hit among a million records. */
export function heightOf(count: number, most: number, least: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.max(least, count / most)
}
