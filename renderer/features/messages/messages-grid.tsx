import { useEffect, useMemo, useRef, type ReactNode, type RefObject } from 'react'
import { rowFlags } from '#shared/model/rows.ts'
import { useZone } from '../../app/services.ts'
import { Badge } from '../../ui/badge.tsx'
import type { GridColumn } from '../../ui/data-grid/column-widths.ts'
import { DataGrid, type DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { eachRow, type RowRanges } from '../../ui/data-grid/row-ranges.ts'
import { formatGrouped, formatTimestampShort } from '../../ui/format.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import type { RowView } from '../../api/ring-buffer.ts'
import { holeText, keyText, markText, sizeText, valueText } from './cell-text.ts'
import { Marked } from './marked.tsx'
import type { Line, RowLines } from './row-lines.ts'
import s from './messages.module.css'

const columns: readonly GridColumn[] = [
  { id: 'partition', title: 'P', width: 44, align: 'end', mono: true },
  { id: 'offset', title: 'Offset', width: 104, align: 'end', mono: true },
  { id: 'timestamp', title: 'Timestamp', width: 176, mono: true },
  { id: 'key', title: 'Key', width: 132, mono: true },
  { id: 'value', title: 'Value', width: 320, flex: 1, mono: true },
  { id: 'headers', title: 'Headers', width: 80, align: 'end', mono: true },
  { id: 'size', title: 'Size', width: 72, align: 'end' },
]

/** More than a cell can show; a value of one endless line costs no more than this. */
const CELL = 400

export interface MessagesGridProps {
  topic: string
  rows: RowLines
  /** Which lines to show; undefined = all. */
  only: readonly number[] | undefined
  version: number
  cursor: GridCursor
  onCursor: (cursor: GridCursor) => void
  onOpen: (line: number) => void
  menu: (line: number) => readonly MenuEntry[]
  onCopy: (lines: Line[]) => void
  needle: string
  /** A tail keeps its newest row in sight while the view is at the end. */
  isFollowing: boolean
  grid: RefObject<DataGridHandle | null>
  empty: ReactNode
}

export function MessagesGrid(props: MessagesGridProps) {
  const { topic, rows, only, version, cursor, onCursor, onOpen, menu, onCopy, needle, isFollowing, grid, empty } = props
  const zone = useZone()
  const lineOf = (index: number) => (only === undefined ? index : (only[index] ?? -1))
  const count = only?.length ?? rows.count
  const wasAtEnd = useRef(true)
  useEffect(() => {
    if (isFollowing && wasAtEnd.current && count > 0) grid.current?.scrollToRow(count - 1, 'end')
  }, [isFollowing, count, version, grid])
  const render = useMemo(() => renderer(zone, needle), [zone, needle])
  return (
    <DataGrid
      label={`Messages of ${topic}`}
      columns={columns}
      rowCount={count}
      renderCell={(index, column) => {
        const line = rows.at(lineOf(index))
        return line?.kind === 'row' ? render(line.row, column) : null
      }}
      hole={(index) => {
        const line = rows.at(lineOf(index))
        return line?.kind === 'hole' ? <SafeText text={holeText(line.hole)} limit={300} /> : undefined
      }}
      tone={(index) => {
        const line = rows.at(lineOf(index))
        if (line?.kind !== 'row') return undefined
        if ((line.row.flags & rowFlags.badCrc) !== 0) return 'bad'
        return (line.row.flags & (rowFlags.aborted | rowFlags.open)) === 0 ? undefined : 'warn'
      }}
      selectionMode="multiple"
      cursor={cursor}
      onCursorChange={onCursor}
      onRange={() => {
        wasAtEnd.current = grid.current?.isAtEnd() ?? true
      }}
      onOpen={(index) => onOpen(lineOf(index))}
      menu={(index) => menu(lineOf(index))}
      onCopy={(ranges) => onCopy(linesOf(rows, ranges, lineOf))}
      handle={grid}
      empty={empty}
    />
  )
}

/** At most this many rows are copied at once: a clipboard is no export. */
const MOST_COPIED = 1_000

export function linesOf(rows: RowLines, ranges: RowRanges, lineOf: (index: number) => number): Line[] {
  const found: Line[] = []
  for (const index of eachRow(ranges)) {
    if (found.length >= MOST_COPIED) break
    const line = rows.at(lineOf(index))
    if (line !== undefined) found.push(line)
  }
  return found
}

export function cursorAt(index: number): GridCursor {
  return { ...emptyCursor, row: index, anchor: index, selected: [{ start: index, end: index }] }
}

function renderer(zone: string, needle: string) {
  return (row: RowView, column: string): ReactNode => {
    switch (column) {
      case 'partition':
        return row.partition
      case 'offset':
        return formatGrouped(row.offset)
      case 'timestamp':
        return <Timestamp row={row} zone={zone} />
      case 'key':
        return text(keyText(row), needle)
      case 'value': {
        const mark = markText(row.flags)
        return (
          <>
            {mark !== '' && <Badge tone={(row.flags & rowFlags.badCrc) === 0 ? 'warn' : 'bad'}>{mark}</Badge>}
            {text(valueText(row), needle)}
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

function text(found: string | null, needle: string): ReactNode {
  if (found === null) return <span className={s.faint}>null</span>
  if (found === '') return <span className={s.faint}>empty</span>
  return needle === '' ? <SafeText text={found} limit={CELL} /> : <Marked text={found} needle={needle} limit={CELL} />
}
