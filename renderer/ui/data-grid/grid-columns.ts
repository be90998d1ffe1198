export interface GridColumn {
  id: string
  /** The heading; also what a screen reader says before each cell. */
  title: string
  /** Pixels; for a flexible column its minimum width. */
  width: number
  /** The column's share of the remaining width, until somebody drags the column to a fixed width. */
  flex?: number | undefined
  minWidth?: number | undefined
  align?: 'start' | 'end' | 'center' | undefined
  mono?: boolean | undefined
  isSortable?: boolean | undefined
  isResizable?: boolean | undefined
}

export type ColumnWidths = Readonly<Record<string, number>>

const NARROWEST = 32

/** The `grid-template-columns` value shared by head and rows, so that they cannot disagree. */
export function templateOf(columns: readonly GridColumn[], widths: ColumnWidths): string {
  const hasFlex = columns.some((column) => widths[column.id] === undefined && column.flex !== undefined)
  const tracks = columns.map((column) => {
    const set = widths[column.id]
    if (set !== undefined) return `${set}px`
    return column.flex === undefined ? `${column.width}px` : `minmax(${column.width}px, ${column.flex}fr)`
  })
  // Once every flexible column has been dragged, an empty track takes the remaining width, so that rows still reach the edge.
  return hasFlex ? tracks.join(' ') : [...tracks, 'minmax(0, 1fr)'].join(' ')
}

export function totalWidth(columns: readonly GridColumn[], widths: ColumnWidths): number {
  return columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0)
}

export function resized(column: GridColumn, width: number): number {
  return Math.round(Math.min(Math.max(width, column.minWidth ?? NARROWEST), 4000))
}
