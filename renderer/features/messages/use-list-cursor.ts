import { useCallback, useState, type RefObject } from 'react'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { countRows } from '../../ui/data-grid/row-ranges.ts'
import type { Lines } from './grid-lines.ts'
import { cursorAt } from './messages-grid.tsx'
import { useRecordKeys } from './record-keys.ts'

interface ListAndRecord {
  lines: Lines
  grid: RefObject<DataGridHandle | null>
  /** The element that contains the list and the record. */
  body: RefObject<HTMLElement | null>
  isActive: boolean
  isRecordOpen: boolean
  /** Shows the record of a line in the open record pane. */
  passLine: (line: number) => void
  /** Always the same function. */
  closeRecord: () => void
}

export interface ListCursor {
  readonly cursor: GridCursor
  readonly setCursor: (cursor: GridCursor) => void
  /** The user moves it. */
  readonly moveTo: (cursor: GridCursor) => void
  /** Removes the cursor and scrolls to the first line: the list is a different one. */
  readonly toTop: () => void
  /** Moves the focus into the list: to its first line, if there is no cursor yet. */
  readonly intoList: () => void
  /** Moves to the next line that has a record; always the same function. */
  readonly onStep: (way: -1 | 1) => void
  /** Closes the record; the list gets the focus. */
  readonly onClose: () => void
}

/** The cursor of a list, and the record beside it that follows the cursor. */
export function useListCursor(props: ListAndRecord): ListCursor {
  const { lines, grid, body, isActive, isRecordOpen, passLine, closeRecord } = props
  const [cursor, setCursor] = useState(emptyCursor)
  /** In the order of the list as shown, so that a filter limits what the keys step through. */
  const step = (way: -1 | 1) => {
    for (let at = cursor.row + way; at >= 0 && at < lines.count; at += way) {
      const line = lines.at(at)
      if (line !== undefined && line.kind !== 'row') continue
      setCursor(cursorAt(at))
      grid.current?.scrollToRow(at, 'auto')
      return passLine(at)
    }
  }
  const onClose = useCallback(() => {
    closeRecord()
    grid.current?.focus()
  }, [closeRecord, grid])
  const onStep = useRecordKeys({ isActive, isOpen: isRecordOpen, body, step, onClose })
  return {
    cursor,
    setCursor,
    /** The open record follows a single selected row; several rows are selected for other purposes. */
    moveTo: (next) => {
      setCursor(next)
      if (isRecordOpen && next.row !== cursor.row && countRows(next.selected) === 1) passLine(next.row)
    },
    toTop: () => {
      setCursor(emptyCursor)
      grid.current?.scrollToRow(0, 'start')
    },
    intoList: () => {
      if (cursor.row === -1 && lines.count > 0) setCursor(cursorAt(0))
      grid.current?.focus()
    },
    onStep,
    onClose,
  }
}
