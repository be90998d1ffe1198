import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react' // oxfmt-ignore
import { flushSync } from 'react-dom'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { rowFlags, type RowView } from '#shared/model/rows.ts'
import { useZone } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { cx } from '../../ui/class-names.ts'
import type { GridColumn } from '../../ui/data-grid/grid-columns.ts'
import { DataGrid, type DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { eachRow, type RowRanges } from '../../ui/data-grid/row-ranges.ts'
import { formatGrouped, formatTimestampShort } from '../../ui/format.ts'
import { Marked } from '../../ui/marked.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { lineJson, lineText, ValueLine } from '../../shared-views/value/value-line.tsx'
import { holeText, keyText, markText, pauseText, sizeText, valueText } from './cell-text.ts'
import { fieldName, fieldTitle } from './field-columns.ts'
import type { RowFieldText } from './held-rows.ts'
import type { Line, Lines, ShownLines } from './grid-lines.ts'
import { useShown, type ShownList } from './shown-list.ts'
import s from './messages.module.css'

const topicColumn: GridColumn = { id: 'topic', title: 'Topic', width: 150 }
const columns: readonly GridColumn[] = [
  { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true },
  { id: 'offset', title: 'Offset', width: 104, align: 'end', mono: true },
  { id: 'timestamp', title: 'Timestamp', width: 176, mono: true },
  { id: 'key', title: 'Key', width: 132, mono: true },
  { id: 'value', title: 'Value', width: 320, flex: 1, mono: true },
  { id: 'headers', title: 'Headers', width: 80, align: 'end', mono: true },
  { id: 'size', title: 'Size', width: 76, align: 'end', mono: true },
]

const ROW = 28

/** More characters than a cell can show; a very long value costs no more than this. */
const CELL = 400

/** Up to this many rows per second, the previews of a Follow are coloured. */
const COLOURED_PER_SECOND = 100

export interface MessagesGridProps {
  topic: string
  list: ShownList
  /** For a list of several topics: the topic of the record on a line. */
  topicOf?: ((line: number) => string | undefined) | undefined
  /** While its tab is hidden, no line counts as in view. */
  isActive: boolean
  cursor: GridCursor
  /** The cursor stays on its row, which has moved. */
  onCursor: (cursor: GridCursor) => void
  /** The user moved the cursor or selected rows. */
  onMove: (cursor: GridCursor) => void
  onOpen: (line: number) => void
  menu: (line: number, column: string | undefined) => readonly MenuEntry[]
  onCopy: (ranges: RowRanges) => void
  /** By a key: `[` and `]`, or moving past the first or last line. */
  onPage: (way: 'older' | 'newer') => void
  /** Finds the matches to be marked in the cells. */
  marker: MarkFinder | undefined
  /** Names of fields that the search looks at: the values in their columns are why a row is here. */
  named: ReadonlySet<string>
  /** The columns of fields, as contained in the rows. */
  fields: readonly RowField[]
  /** The entries of the header's menu besides the columns. */
  headMenu: readonly MenuEntry[]
  grid: RefObject<DataGridHandle | null>
  empty: ReactNode
}

// oxlint-disable-next-line max-lines-per-function -- keeping the newest row in view, the keys, and the columns: all of one grid
export function MessagesGrid(props: MessagesGridProps) {
  const {
    topic,
    list,
    topicOf,
    isActive,
    cursor,
    onCursor,
    onMove,
    onOpen,
    menu,
    onCopy,
    onPage,
    marker,
    named,
    grid,
    empty,
    fields,
    headMenu,
  } = props
  const rows = list.lines
  // Lines are kept outside React: this renders again when they change.
  useShown(list, (state) => state.version)
  /** A Follow keeps its newest row in view while the view is at the end. */
  const isFollowing = useShown(list, ({ reading, isPaused }) => reading === 'tail' && !isPaused)
  const isBusy = useShown(
    list,
    ({ reading, ratePerSecond }) => reading === 'tail' && ratePerSecond > COLOURED_PER_SECOND,
  )
  const zone = useZone()
  const { count, shift, epoch, isNewestFirst } = rows
  const isAtNewest = () => (isNewestFirst ? grid.current?.isAtStart() : grid.current?.isAtEnd()) ?? true
  const frame = useRef<HTMLDivElement>(null)
  /** As of the last scroll: rows that arrive below move the end away without a scroll. */
  const [wasAtNewest, setAtNewest] = useState(true)
  const staysAtNewest = isFollowing && wasAtNewest
  const seen = useRef({ shift, epoch, cursor })
  /** Rows that are added or removed at the front must move neither the visible rows nor the cursor. */
  const keepPlace = useEffectEvent(() => {
    const by = seen.current.epoch === epoch ? shift - seen.current.shift : 0
    const isOther = seen.current.epoch !== epoch
    // A cursor that was set together with the new list is meant for it; an earlier one points at rows that are gone.
    const isOld = cursor === seen.current.cursor
    seen.current = { shift, epoch, cursor }
    if (isOther && isOld && cursor.row !== -1) onCursor(emptyCursor)
    if (by === 0) return
    const scroller = frame.current?.querySelector('[role="grid"]')
    if (scroller !== null && scroller !== undefined && !staysAtNewest) scroller.scrollTop += by * ROW
    if (cursor.row !== -1) onCursor(movedCursor(cursor, by))
  })
  useLayoutEffect(() => keepPlace(), [shift, epoch])
  useEffect(() => {
    seen.current.cursor = cursor
  }, [cursor])
  const look = (at: 'newest' | { first: number; last: number }) => {
    if (!isActive) return
    const before = rows.behind
    rows.look(at)
    if (rows.behind !== before) list.refresh()
  }
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (!(event.target instanceof Element) || event.target.getAttribute('role') !== 'grid') return
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const isFirst = cursor.row === 0 && (event.key === 'ArrowUp' || event.key === 'PageUp')
    const isLast = count > 0 && cursor.row === count - 1 && (event.key === 'ArrowDown' || event.key === 'PageDown')
    if (event.key === '[' || (isNewestFirst ? isLast : isFirst)) onPage('older')
    else if (event.key === ']' || (isNewestFirst ? isFirst : isLast)) onPage('newer')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const { key: keyShown, value: valueShown } = rows.shown
  const ends = fields.map((_, at) => sideOf(rows, at)).join(' ')
  const hasTopics = topicOf !== undefined
  const allColumns = useMemo(
    () => [...(hasTopics ? [topicColumn] : []), ...withFields(fields, ends.split(' '))],
    [hasTopics, fields, ends],
  )
  const render = useMemo(
    () => renderer(zone, marker, { key: keyShown, value: valueShown }, isBusy),
    [zone, marker, keyShown, valueShown, isBusy],
  )
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the grid inside, which has the role
    <div
      ref={frame}
      className={s.fill}
      onKeyDownCapture={onKeyDownCapture}
      onScrollCapture={() => {
        const isThere = isAtNewest()
        // At once: otherwise the grid would scroll back to the end that it keeps in view.
        if (isThere !== wasAtNewest) flushSync(() => setAtNewest(isThere))
        if (isThere) look('newest')
      }}
    >
      <DataGrid
        label={`Messages of ${topic}`}
        columns={allColumns}
        headMenu={headMenu}
        columnsId="messages"
        rowCount={count}
        renderCell={(index, column) => {
          const line = rows.at(index)
          if (line?.kind !== 'row') return null
          if (column === topicColumn.id) return <SafeText text={topicOf?.(index) ?? ''} limit={249} />
          const at = fields.findIndex((field) => fieldName(field) === column)
          return at === -1 ? render(line.row, column) : fieldCell(rows.field(index, at), marker, named.has(column))
        }}
        hole={(index) => {
          const line = rows.at(index)
          if (line === undefined || line.kind === 'row') return undefined
          return (
            <SafeText text={line.kind === 'hole' ? holeText(line.hole) : pauseText(line.pause, zone)} limit={300} />
          )
        }}
        tone={(index) => {
          const line = rows.at(index)
          if (line?.kind !== 'row') return undefined
          if ((line.row.flags & rowFlags.badCrc) !== 0) return 'bad'
          return (line.row.flags & (rowFlags.aborted | rowFlags.open)) === 0 ? undefined : 'warn'
        }}
        selectionMode="multiple"
        cursor={cursor}
        onCursorChange={onMove}
        keeps={staysAtNewest ? (isNewestFirst ? 'start' : 'end') : undefined}
        onRange={(first, last) => look(isAtNewest() ? 'newest' : { first, last })}
        onOpen={onOpen}
        menu={menu}
        onCopy={onCopy}
        handle={grid}
        empty={empty}
      />
    </div>
  )
}

export function linesOf(rows: Lines, ranges: RowRanges): Line[] {
  const found: Line[] = []
  for (const index of eachRow(ranges)) {
    const line = rows.at(index)
    if (line !== undefined) found.push(line)
  }
  return found
}

function movedCursor(cursor: GridCursor, by: number): GridCursor {
  if (cursor.row + by < 0) return emptyCursor
  const selected = cursor.selected
    .map(({ start, end }) => ({ start: Math.max(0, start + by), end: end + by }))
    .filter(({ end }) => end >= 0)
  return { ...cursor, row: cursor.row + by, anchor: Math.max(-1, cursor.anchor + by), selected }
}

export function cursorAt(index: number): GridCursor {
  return { ...emptyCursor, row: index, anchor: index, selected: [{ start: index, end: index }] }
}

/** Placed beside the key: fields that people pick are what they look for. */
function withFields(fields: readonly RowField[], sides: readonly string[]): readonly GridColumn[] {
  const picked = fields.map((field, at) => {
    const align = sides[at] === 'end' ? ('end' as const) : ('start' as const)
    return { id: fieldName(field), title: fieldTitle(field), width: 144, mono: true, align }
  })
  const behindKey = columns.findIndex(({ id }) => id === 'value')
  return [...columns.slice(0, behindKey), ...picked, ...columns.slice(behindKey)]
}

/** Decided by the first rows that have the field: numbers are aligned at the end of their column. */
function sideOf(rows: ShownLines, field: number): 'start' | 'end' {
  for (let line = 0; line < Math.min(rows.count, 50); line += 1) {
    const kind = rows.field(line, field)?.kind ?? 'absent'
    if (kind !== 'absent' && kind !== 'null')
      return kind === 'integer' || kind === 'float' || kind === 'decimal' ? 'end' : 'start'
  }
  return 'start'
}

function fieldCell(found: RowFieldText | null, marker: MarkFinder | undefined, isNamed: boolean): ReactNode {
  if (found === null || found.kind === 'absent') return null
  if (found.kind === 'null') return <span className={s.faint}>null</span>
  if (!isNamed) return text(found.text, marker)
  return (
    <mark>
      <SafeText text={found.text} limit={CELL} />
    </mark>
  )
}

/** `isPlain`: rows arrive so fast that nobody reads them, and each colour is another node to draw. */
function renderer(zone: string, marker: MarkFinder | undefined, shown: ShownLines['shown'], isPlain: boolean) {
  return (row: RowView, column: string): ReactNode => {
    switch (column) {
      case 'partition':
        return row.partition
      case 'offset':
        return formatGrouped(row.offset)
      case 'timestamp':
        return <Timestamp row={row} zone={zone} />
      case 'key':
        return row.key !== null && shown.key === 'text' && row.keyAs?.form === 'json'
          ? line(lineJson(row.key, (row.flags & rowFlags.keyCut) !== 0, null), keyText(row), marker, isPlain)
          : text(keyText(row, shown.key), marker)
      case 'value': {
        const mark = markText(row.flags)
        return (
          <>
            {mark !== '' && (
              <Badge className={cx(s.mark)} tone={(row.flags & rowFlags.badCrc) === 0 ? 'warn' : 'bad'}>
                {mark}
              </Badge>
            )}
            {row.value !== null && shown.value === 'text' && row.valueAs?.form === 'json'
              ? line(lineJson(row.value, (row.flags & rowFlags.valueCut) !== 0, row.short), valueText(row), marker, isPlain) // oxfmt-ignore
              : text(valueText(row, shown.value), marker)}
          </>
        )
      }
      case 'headers':
        return row.headerCount === 0 ? <span className={s.faint}>0</span> : row.headerCount
      case 'size':
        return sizeText(row)
      default:
        return null
    }
  }
}

function Timestamp({ row, zone }: { row: RowView; zone: string }) {
  if (row.timestamp === -1n) return <span className={s.faint}>none</span>
  const isAppend = (row.flags & rowFlags.logAppendTime) !== 0
  return (
    <span title={isAppend ? 'LogAppendTime: set by the broker' : 'CreateTime: set by the producer'}>
      {formatTimestampShort(row.timestamp, zone)}
      {isAppend && <span className={s.faint}> LA</span>}
    </span>
  )
}

/** JSON in one line. Matches are marked in it, or in the original JSON if the line does not contain them. */
function line(json: string, whole: string | null, marker: MarkFinder | undefined, isPlain: boolean): ReactNode {
  const shown = marker === undefined && !isPlain ? '' : lineText(json)
  if (marker !== undefined && marker(shown).length > 0) return text(shown, marker)
  if (marker !== undefined && whole !== null && marker(whole).length > 0) return text(whole, marker)
  return isPlain ? text(shown, undefined) : <ValueLine json={json} limit={CELL} />
}

function text(found: string | null, marker: MarkFinder | undefined): ReactNode {
  if (found === null) return <span className={s.faint}>null</span>
  if (found === '') return <span className={s.faint}>empty</span>
  return marker === undefined ? (
    <SafeText text={found} limit={CELL} />
  ) : (
    <Marked text={found} marker={marker} limit={CELL} />
  )
}
