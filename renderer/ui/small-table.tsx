import { useMemo, useState, type ReactNode, type Ref } from 'react'
import { DataGrid, type DataGridHandle } from './data-grid/data-grid.tsx'
import type { GridColumn } from './data-grid/grid-columns.ts'
import type { GridSort } from './data-grid/grid-head.tsx'
import { emptyCursor, type GridCursor, type SelectionMode } from './data-grid/grid-keys.ts'
import { eachRow, rangesOf } from './data-grid/row-ranges.ts'
import type { MenuEntry } from './menu.tsx'
import { useSorted } from './use-sorted.ts'

export type SortValue = string | number | bigint | boolean | null | undefined

export interface TableColumn<Row> extends GridColumn {
  /**
   * The value used for sorting and, if it is a string or number, for filtering. Numbers and bigints sort as numbers, text by
   * locale.
   */
  value: (row: Row) => SortValue
  /** What the cell shows; without it the value as text. */
  cell?: ((row: Row) => ReactNode) | undefined
}

export interface SmallTableProps<Row> {
  label: string
  columns: readonly TableColumn<Row>[]
  rows: readonly Row[]
  /**
   * Identifies a row when the table is refreshed, so that selection and cursor stay with the same thing, not the same place.
   */
  rowId: (row: Row) => string
  /** The name under which widths and hidden columns are stored. */
  columnsId?: string | undefined
  filter?: string | undefined
  initialSort?: GridSort | undefined
  selectionMode?: SelectionMode | undefined
  selected?: readonly string[] | undefined
  onSelectionChange?: ((ids: string[]) => void) | undefined
  onOpen?: ((row: Row) => void) | undefined
  menu?: ((row: Row) => readonly MenuEntry[]) | undefined
  tone?: ((row: Row) => 'warn' | 'bad' | undefined) | undefined
  /** The visible rows after sorting and filtering; for data that is fetched only for those. */
  onVisible?: ((rows: readonly Row[]) => void) | undefined
  empty?: ReactNode
  handle?: Ref<DataGridHandle> | undefined
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Ascending order. Missing values come last, so that "none" is not hidden among zeros. */
export function compareValues(a: SortValue, b: SortValue): number {
  const missing = (value: SortValue) => value === undefined || value === null || value === ''
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b))
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b))
  return a! < b! ? -1 : a! > b! ? 1 : 0 // missing values were handled above
}

/**
 * A table of things that are all in memory (topics, groups, positions, settings). They are filtered and sorted here and drawn
 * by the record grid.
 */
export function SmallTable<Row>(props: SmallTableProps<Row>) {
  const { columns, rows, rowId, filter = '', initialSort, selectionMode = 'single', selected } = props
  const [sort, setSort] = useState(initialSort)
  const [focus, setFocus] = useState<{ id: string | undefined; column: number; anchor: string | undefined }>()
  const [ownSelected, setOwnSelected] = useState<readonly string[]>([])
  const needle = filter.trim().toLowerCase()
  const found = useMemo(
    () =>
      needle === '' ? rows : rows.filter((row) => columns.some(({ value }) => searchText(value(row)).includes(needle))),
    [rows, columns, needle],
  )
  const sortedBy = sort === undefined ? undefined : columns.find((column) => column.id === sort.column)?.value
  const model = useSorted(found, sortedBy, compareValues, sort?.direction === 'descending')
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])

  const chosen = selected ?? ownSelected
  const places = placesOf(model, rowId, [focus?.id, focus?.anchor, ...chosen])
  const cursor: GridCursor = {
    row: focus?.id === undefined ? -1 : (places.get(focus.id) ?? -1),
    column: focus?.column ?? 0,
    anchor: focus?.anchor === undefined ? emptyCursor.anchor : (places.get(focus.anchor) ?? -1),
    selected: rangesOf(chosen.flatMap((id) => places.get(id) ?? [])),
  }
  const onCursorChange = (next: GridCursor) => {
    const idAt = (index: number) => ifRow(model[index], rowId)
    setFocus({ id: idAt(next.row), column: next.column, anchor: idAt(next.anchor) })
    const ids = [...eachRow(next.selected)].map(idAt).filter((id) => id !== undefined)
    const before = new Set(chosen)
    if (ids.length === chosen.length && ids.every((id) => before.has(id))) return
    setOwnSelected(ids)
    props.onSelectionChange?.(ids)
  }
  const { onOpen, menu, tone, onVisible } = props
  return (
    <DataGrid
      label={props.label}
      columns={columns}
      columnsId={props.columnsId}
      rowCount={model.length}
      selectionMode={selectionMode}
      cursor={cursor}
      onCursorChange={onCursorChange}
      renderCell={(row, id) => {
        const item = model[row]
        const column = byId.get(id)
        if (item === undefined || column === undefined) return null
        return column.cell === undefined ? textOf(column.value(item)) : column.cell(item)
      }}
      sort={sort}
      onSort={(id) => setSort((before) => nextSort(before, id))}
      onOpen={onOpen && ((row) => ifRow(model[row], onOpen))}
      menu={menu && ((row) => ifRow(model[row], menu) ?? [])}
      tone={tone && ((row) => ifRow(model[row], tone))}
      onRange={onVisible && ((first, last) => onVisible(model.slice(first, last + 1)))}
      readsWhole
      empty={props.empty}
      handle={props.handle}
    />
  )
}

/** Ascending, descending, then the original order. */
function nextSort(before: GridSort | undefined, column: string): GridSort | undefined {
  if (before?.column !== column) return { column, direction: 'ascending' }
  return before.direction === 'ascending' ? { column, direction: 'descending' } : undefined
}

const ifRow = <Row, Result>(row: Row | undefined, then: (row: Row) => Result): Result | undefined =>
  row === undefined ? undefined : then(row)

/** The row numbers of these names. It is called for few names, among any number of rows. */
function placesOf<Row>(
  rows: readonly Row[],
  rowId: (row: Row) => string,
  wanted: readonly (string | undefined)[],
): ReadonlyMap<string, number> {
  const missing = new Set(wanted)
  missing.delete(undefined)
  const places = new Map<string, number>()
  for (let at = 0; at < rows.length && missing.size > 0; at += 1) {
    const id = rowId(rows[at]!) // the table draws only rows of this list
    if (missing.delete(id)) places.set(id, at)
  }
  return places
}

const textOf = (value: SortValue): string => (value === null || value === undefined ? '' : String(value))
const searchText = (value: SortValue): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value).toLowerCase() : ''
