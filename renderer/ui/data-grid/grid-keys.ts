import { addRows, noRows, rangeOf, toggleRow, type RowRanges } from './row-ranges.ts'

/** Where the keyboard is, and what is selected. `row` is −1 before the grid has been entered. */
export interface GridCursor {
  readonly row: number
  readonly column: number
  /** The fixed end of a shift-selection. */
  readonly anchor: number
  readonly selected: RowRanges
}

export interface GridSize {
  rows: number
  columns: number
  page: number
}

export interface KeyStroke {
  key: string
  shift: boolean
  /** Ctrl, or Cmd on a Mac. */
  mod: boolean
}

export type SelectionMode = 'none' | 'single' | 'multiple'

export const emptyCursor: GridCursor = { row: -1, column: 0, anchor: -1, selected: noRows }

/** The cursor after a key, or `undefined` when the key means nothing to a grid (then it must reach the browser). */
export function cursorAfterKey(
  cursor: GridCursor,
  stroke: KeyStroke,
  size: GridSize,
  mode: SelectionMode,
): GridCursor | undefined {
  if (size.rows === 0) return undefined
  if (stroke.key === 'ArrowLeft' || stroke.key === 'ArrowRight') {
    const step = stroke.key === 'ArrowLeft' ? -1 : 1
    return { ...cursor, row: Math.max(cursor.row, 0), column: clamp(cursor.column + step, size.columns) }
  }
  if (stroke.key === ' ' && mode === 'multiple' && cursor.row >= 0) {
    return stroke.shift
      ? extend(cursor, cursor.row)
      : { ...cursor, anchor: cursor.row, selected: toggleRow(cursor.selected, cursor.row) }
  }
  if (stroke.key === 'a' && stroke.mod && mode === 'multiple') {
    return { ...cursor, selected: [{ start: 0, end: size.rows - 1 }] }
  }
  if (stroke.key === 'Escape' && cursor.selected.length > 0) {
    return mode === 'multiple' ? { ...cursor, anchor: cursor.row, selected: noRows } : undefined
  }
  // First within the row, as the ARIA grid pattern says; a second press, or Ctrl, goes to the first or last row.
  const atEdge = stroke.key === 'Home' ? cursor.column === 0 : cursor.column === size.columns - 1
  if ((stroke.key === 'Home' || stroke.key === 'End') && !stroke.mod && !stroke.shift && !atEdge) {
    return { ...cursor, row: Math.max(cursor.row, 0), column: stroke.key === 'Home' ? 0 : size.columns - 1 }
  }
  const target = targetRow(cursor.row, stroke.key, size)
  return target === undefined ? undefined : moveTo(cursor, clamp(target, size.rows), stroke, mode)
}

function targetRow(row: number, key: string, size: GridSize): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return row + 1
    case 'ArrowUp':
      return row === -1 ? size.rows - 1 : row - 1
    case 'PageDown':
      return row + size.page
    case 'PageUp':
      return row - size.page
    case 'Home':
      return 0
    case 'End':
      return size.rows - 1
    default:
      return undefined
  }
}

/** The selection follows the cursor. Shift extends it from the anchor; Ctrl moves the cursor without selecting. */
export function moveTo(
  cursor: GridCursor,
  row: number,
  stroke: Pick<KeyStroke, 'shift' | 'mod'>,
  mode: SelectionMode,
): GridCursor {
  if (mode === 'none') return { ...cursor, row, anchor: row }
  if (mode === 'multiple' && stroke.shift) return extend(cursor, row)
  if (mode === 'multiple' && stroke.mod) return { ...cursor, row }
  return { ...cursor, row, anchor: row, selected: [{ start: row, end: row }] }
}

/** A click acts like moving the cursor there, except that Ctrl toggles the row. */
export function cursorAfterClick(
  cursor: GridCursor,
  row: number,
  column: number,
  stroke: Pick<KeyStroke, 'shift' | 'mod'>,
  mode: SelectionMode,
): GridCursor {
  const at = { ...cursor, column }
  if (mode === 'multiple' && stroke.mod && !stroke.shift) {
    return { ...at, row, anchor: row, selected: toggleRow(cursor.selected, row) }
  }
  return moveTo(at, row, stroke, mode)
}

function extend(cursor: GridCursor, row: number): GridCursor {
  const anchor = cursor.anchor === -1 ? Math.max(cursor.row, 0) : cursor.anchor
  return { ...cursor, row, anchor, selected: addRows(noRows, rangeOf(anchor, row)) }
}

const clamp = (index: number, count: number): number => Math.min(Math.max(index, 0), count - 1)
