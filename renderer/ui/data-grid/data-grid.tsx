import {
  useCallback,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { cx } from '../class-names.ts'
import { formatGrouped } from '../format.ts'
import { IconButton } from '../button.tsx'
import { ColumnsIcon } from '../icons.ts'
import { ContextMenu, Menu, type MenuEntry } from '../menu.tsx'
import { SafeText } from '../safe-text.tsx'
import { maxRows, VirtualRows, type VirtualRowsHandle } from '../virtual-rows.tsx'
import { resized, templateOf, totalWidth, type GridColumn } from './grid-columns.ts'
import { GridHead, type GridSort } from './grid-head.tsx'
import { cursorAfterClick, cursorAfterKey, emptyCursor, type GridCursor, type SelectionMode } from './grid-keys.ts'
import { useKeptColumns } from './kept-columns.ts'
import { hasRow, type RowRanges } from './row-ranges.ts'
import s from './data-grid.module.css'

const ROW = 28
/** The menu was opened on the header. */
const HEAD = -1

export interface DataGridHandle {
  scrollToRow: (row: number, align?: 'start' | 'center' | 'end' | 'auto') => void
  /** Moves the cursor (and a following selection) there, as if clicked. */
  goToRow: (row: number) => void
  isAtStart: () => boolean
  isAtEnd: () => boolean
  focus: () => void
}

export interface DataGridProps {
  label: string
  columns: readonly GridColumn[]
  rowCount: number
  /** Called for rows in the window only. Read columns by index here; nothing is kept per row. */
  renderCell: (row: number, column: string) => ReactNode
  /**
   * A sentence for a row that stands for offsets without visible records. The row is hatched, and the sentence spans all
   * columns.
   */
  hole?: ((row: number) => ReactNode | undefined) | undefined
  tone?: ((row: number) => 'warn' | 'bad' | undefined) | undefined
  selectionMode?: SelectionMode | undefined
  /** Controlled cursor and selection; without it the grid keeps its own. */
  cursor?: GridCursor | undefined
  onCursorChange?: ((cursor: GridCursor) => void) | undefined
  /** Enter, or a double click. */
  onOpen?: ((row: number) => void) | undefined
  /** Ctrl+C with the selected rows (or the current one). */
  onCopy?: ((rows: RowRanges) => void) | undefined
  /** `column`: the one under the pointer, or the one of the keyboard cursor. */
  menu?: ((row: number, column: string | undefined) => readonly MenuEntry[]) | undefined
  sort?: GridSort | undefined
  onSort?: ((column: string) => void) | undefined
  /** The name under which widths and hidden columns are stored. Tables with the same name share them. */
  columnsId?: string | undefined
  /** Entries of the columns' menu besides showing and hiding columns. */
  headMenu?: readonly MenuEntry[] | undefined
  onRange?: ((first: number, last: number) => void) | undefined
  /** The end that stays in view while rows are added. */
  keeps?: 'start' | 'end' | undefined
  /** A StateView, shown below the head when there are no rows. */
  empty?: ReactNode
  /** Shows the whole text of the current cell below the list where the cell cuts it off. */
  readsWhole?: boolean | undefined
  handle?: Ref<DataGridHandle> | undefined
}

/**
 * The tooltip of a cell that cuts its text off. It is set when the pointer enters the cell, because measuring every cell is
 * expensive. Cells are reused for other rows: a tooltip that no longer matches its cell is removed.
 */
function useTooltips(): (event: MouseEvent<HTMLElement>) => void {
  const told = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (told.current !== null && told.current.title !== told.current.textContent) told.current.removeAttribute('title')
  })
  return useCallback((event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="gridcell"]') : null
    if (cell === null) return
    const isTold = cell.querySelector('[title]') !== null
    const isCut = !isTold && [cell, ...cell.children].some((one) => one.scrollWidth > one.clientWidth)
    if (isCut) cell.title = cell.textContent
    else cell.removeAttribute('title')
    told.current = cell
  }, [])
}

/** The text of a cell that cuts it off. For the keyboard, which has no pointer. */
function cutWords(cell: HTMLElement | null): string | undefined {
  if (cell === null) return undefined
  const isCut = [cell, ...cell.querySelectorAll('*')].some((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth) // oxfmt-ignore
  return isCut ? cell.textContent : undefined
}

/**
 * The record grid. The grid itself holds the focus and names the current cell (aria-activedescendant): with focus on
 * a row, scrolling that row out of the window would drop the focus to the page.
 */
// oxlint-disable-next-line max-lines-per-function -- one focus in the grid: keys, pointer, menu and scrolling all move the same cursor
export function DataGrid(props: DataGridProps) {
  const { label, rowCount, renderCell, hole, tone, selectionMode = 'single', onOpen, menu, empty } = props
  const id = useId()
  const rows = useRef<VirtualRowsHandle>(null)
  const [ownCursor, setOwnCursor] = useState<GridCursor>(emptyCursor)
  const arranged = useKeptColumns(props.columnsId, props.columns)
  const { columns, widths } = arranged
  const columnsMenu = (): MenuEntry[] => [...arranged.menu(), ...(props.headMenu ?? [])]
  const [menuAt, setMenuAt] = useState<{ x: number; y: number; row: number; column?: number }>()
  const cursor = props.cursor ?? ownCursor
  // Of the row as it was when the menu opened: rows that come or are sorted meanwhile change nothing of what it acts on.
  const rowMenu = useMemo(
    () =>
      menuAt === undefined || menuAt.row === HEAD
        ? []
        : (menu?.(menuAt.row, columns[menuAt.column ?? cursor.column]?.id) ?? []),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- kept while the menu is open, see above
    [menuAt],
  )
  const shown = Math.min(rowCount, maxRows(ROW))
  const [whole, setWhole] = useState<string>()
  const tellWhole = useTooltips()

  const change = (next: GridCursor, scroll = true) => {
    if (props.cursor === undefined) setOwnCursor(next)
    props.onCursorChange?.(next)
    // Once the row is drawn as the current one.
    if (props.readsWhole === true)
      requestAnimationFrame(() => setWhole(cutWords(document.getElementById(`${id}-cell`))))
    if (scroll && next.row !== cursor.row) rows.current?.scrollToIndex(next.row)
  }
  useImperativeHandle(props.handle, () => ({
    scrollToRow: (row, align) => rows.current?.scrollToIndex(row, align),
    goToRow: (row) => {
      change(cursorAfterClick(cursor, row, cursor.column, { shift: false, mod: false }, selectionMode))
      rows.current?.scrollToIndex(row, 'auto')
    },
    isAtStart: () => rows.current?.isAtStart() ?? true,
    isAtEnd: () => rows.current?.isAtEnd() ?? true,
    focus: () => rows.current?.element?.focus(),
  }))

  const openMenuAtCursor = () => {
    const row = document.getElementById(`${id}-${cursor.row}`)?.getBoundingClientRect()
    if (menu !== undefined && row !== undefined)
      setMenuAt({ x: row.left + 24, y: row.bottom, row: cursor.row, column: cursor.column })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // Buttons in the header handle their own keys.
    if (event.target !== event.currentTarget) return
    const mod = event.ctrlKey || event.metaKey
    const column = columns[cursor.column]
    if (event.altKey && column !== undefined && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      arranged.setWidth(column.id, resized(column, (widths[column.id] ?? column.width) + (event.key === 'ArrowLeft' ? -16 : 16))) // oxfmt-ignore
    } else if (event.key === 'Enter' && cursor.row >= 0 && onOpen !== undefined) onOpen(cursor.row)
    else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && menu !== undefined)
      openMenuAtCursor()
    else if (event.key === 'c' && mod && props.onCopy !== undefined && cursor.row >= 0) {
      props.onCopy(cursor.selected.length > 0 ? cursor.selected : [{ start: cursor.row, end: cursor.row }])
    } else {
      const size = { rows: shown, columns: columns.length, page: rows.current?.pageSize() ?? 1 }
      const next = cursorAfterKey(cursor, { key: event.key, shift: event.shiftKey, mod }, size, selectionMode)
      if (next === undefined) return
      change(next)
    }
    event.preventDefault()
    event.stopPropagation()
  }
  const placeOf = (event: MouseEvent): { row: number; column: number } | undefined => {
    if (!(event.target instanceof Element)) return undefined
    const row = event.target.closest<HTMLElement>('[data-row]')?.dataset['row']
    const column = event.target.closest<HTMLElement>('[data-column]')?.dataset['column']
    return row === undefined ? undefined : { row: Number(row), column: Number(column ?? 0) }
  }
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event)
    if (place === undefined) return
    const stroke = { shift: event.shiftKey, mod: event.ctrlKey || event.metaKey }
    change(cursorAfterClick(cursor, place.row, place.column, stroke, selectionMode), false)
  }
  const renderRow = (row: number, slot: number) => {
    const gap = hole?.(row)
    const isCurrent = row === cursor.row
    return (
      <div
        key={slot}
        role="row"
        id={`${id}-${row}`}
        data-row={row}
        data-tone={tone?.(row)}
        data-active={isCurrent || undefined}
        aria-rowindex={row + 2}
        aria-selected={selectionMode === 'none' ? undefined : hasRow(cursor.selected, row)}
        className={cx(s.row, gap !== undefined && s.hole)}
      >
        {gap === undefined ? (
          columns.map((column, index) => (
            <div
              key={column.id}
              role="gridcell"
              id={isCurrent && index === cursor.column ? `${id}-cell` : undefined}
              data-column={index}
              data-active={(isCurrent && index === cursor.column) || undefined}
              aria-colindex={index + 1}
              className={cx(
                s.cell,
                column.mono === true && s.mono,
                column.align === 'end' && s.end,
                column.align === 'center' && s.center,
              )}
            >
              {renderCell(row, column.id)}
            </div>
          ))
        ) : (
          <div
            role="gridcell"
            id={isCurrent ? `${id}-cell` : undefined}
            aria-colindex={1}
            aria-colspan={columns.length}
            data-active={isCurrent || undefined}
            className={s.cell}
          >
            {gap}
          </div>
        )}
      </div>
    )
  }
  const style = {
    '--columns': templateOf(columns, widths),
    '--row-width': `${totalWidth(columns, widths)}px`,
  } as CSSProperties
  const closeMenu = useCallback(() => {
    setMenuAt(undefined)
    rows.current?.element?.focus()
  }, [])
  return (
    <div className={s.frame}>
      <VirtualRows
        role="grid"
        className={s.grid}
        style={style}
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        aria-multiselectable={selectionMode === 'multiple' || undefined}
        active={{ index: cursor.row, id: `${id}-cell` }}
        count={shown}
        rowHeight={ROW}
        renderRow={renderRow}
        header={
          <GridHead
            columns={columns}
            onWidth={arranged.setWidth}
            onWidthEnd={arranged.keep}
            sort={props.sort}
            onSort={props.onSort}
          />
        }
        headerHeight={ROW}
        bodyRole="rowgroup"
        onRange={props.onRange}
        keeps={props.keeps}
        handle={rows}
        onKeyDown={onKeyDown}
        // Alt with an arrow key may be held down: the resulting width is stored when the key is released.
        onKeyUp={(event) => {
          if (event.altKey && event.key.startsWith('Arrow')) arranged.keep()
        }}
        // The second press of a double click opens the row; without this it would also select a word.
        onMouseDown={(event) => {
          if (event.detail > 1) event.preventDefault()
        }}
        onClick={onClick}
        onMouseOver={tellWhole}
        onDoubleClick={(event) => {
          const place = placeOf(event)
          if (place !== undefined) onOpen?.(place.row)
        }}
        onContextMenu={(event) => {
          if (event.target instanceof Element && event.target.closest('[role="columnheader"]') !== null) {
            event.preventDefault()
            return setMenuAt({ x: event.clientX, y: event.clientY, row: HEAD })
          }
          const place = placeOf(event)
          if (menu === undefined || place === undefined) return
          event.preventDefault()
          if (!hasRow(cursor.selected, place.row)) onClick(event)
          setMenuAt({ x: event.clientX, y: event.clientY, row: place.row, column: place.column })
        }}
      />
      {props.columnsId !== undefined && (
        <div className={s.columns}>
          <Menu
            label="Columns"
            placement="bottom end"
            items={columnsMenu()}
            trigger={
              <IconButton label="Columns" size="small">
                <ColumnsIcon size={13} />
              </IconButton>
            }
          />
        </div>
      )}
      {rowCount === 0 && empty !== undefined && <div className={s.empty}>{empty}</div>}
      {whole !== undefined && cursor.row >= 0 && (
        <div className={s.whole}>
          <SafeText text={whole} limit={4000} />
        </div>
      )}
      {rowCount > shown && (
        <div className={s.foot}>
          The first {formatGrouped(shown)} of {formatGrouped(rowCount)} rows; a taller list cannot be scrolled. Narrow
          the range to see the rest.
        </div>
      )}
      {(menu !== undefined || menuAt?.row === HEAD) && (
        <ContextMenu
          label={menuAt?.row === HEAD ? 'Columns' : `${label}: actions for the row`}
          items={menuAt?.row === HEAD ? columnsMenu() : rowMenu}
          at={menuAt}
          onClose={closeMenu}
        />
      )}
    </div>
  )
}
