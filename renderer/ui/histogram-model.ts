/** What lies in one stretch of what is drawn: [start, end). */
export interface HistogramBar {
  readonly start: bigint
  readonly end: bigint
  readonly total: number
  readonly hits: number
  /** Of `total`, how much has been gone through: 0 to 1. */
  readonly read: number
  /** `hits` by series, in the order of the legend; left out: there is one series. */
  readonly parts?: readonly number[]
}

/** Numbers of the first and the last bar that are chosen. */
export interface HistogramBrush {
  readonly first: number
  readonly last: number
}

export type BrushEnd = 'first' | 'last'

const PAGE = 10

/** Where a key moves one end of the brush; undefined: the key means nothing here. The ends never pass each other. */
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

/** From where the mouse went down to where it is. */
export function brushOf(from: number, to: number, count: number): HistogramBrush {
  const inside = (at: number) => Math.min(Math.max(0, at), count - 1)
  return { first: inside(Math.min(from, to)), last: inside(Math.max(from, to)) }
}

/** How high a bar stands, 0 to 1. What there is at all is seen: one hit among a million records, too. */
export function heightOf(count: number, most: number, least: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.max(least, count / most)
}
