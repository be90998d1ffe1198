import { useCallback, useEffect, useEffectEvent, useMemo, useState, type ReactNode } from 'react'
import { startOf } from '#shared/offsets/plan-sentence.ts'
import { Badge } from '../../ui/badge.tsx'
import type { GridColumn } from '../../ui/data-grid/grid-columns.ts'
import { DataGrid } from '../../ui/data-grid/data-grid.tsx'
import { formatGrouped } from '../../ui/format.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { cx } from '../../ui/class-names.ts'
import { type DiffRow } from './diff-rows.ts'
import { outcomeLabel, outcomeTone } from './apply-outcome.ts'
import { meaningCell, type ShownMeaning } from './meaning-cells.tsx'
import { NextCell } from './next-cell.tsx'
import type { NextRecords } from './next-store.ts'
import s from './position-diff.module.css'

export interface DiffTableProps {
  label: string
  rows: readonly DiffRow[]
  /** The new offsets as typed; makes the column editable. */
  edit?: { textOf: (row: DiffRow) => string; errorOf: (row: DiffRow) => string | undefined; onChange: (row: DiffRow, text: string) => void } | undefined // oxfmt-ignore
  isEditDisabled?: boolean | undefined
  /** A past change: no glyph and no cost, because the log has changed since. */
  isPast?: boolean | undefined
  /** What the group would read next at each position; loaded for the visible rows. */
  next?: { found: NextRecords; want: (rows: readonly DiffRow[]) => void; zone: string } | undefined
  /** The meaning of rows, as far as it is known. */
  meaning?: ShownMeaning | undefined
  menu?: ((row: DiffRow) => readonly MenuEntry[]) | undefined
  onOpen?: ((row: DiffRow) => void) | undefined
  empty?: ReactNode
}

/** Old and new positions side by side, with the cost of the move and its outcome. */
export function DiffTable(props: DiffTableProps) {
  const { label, rows, edit, isPast = false, next, meaning, menu, onOpen, empty } = props
  const hasTopics = new Set(rows.map((row) => row.topic)).size > 1
  const hasGroups = rows.some((row) => row.group !== undefined)
  const hasOutcome = rows.some((row) => row.outcome !== undefined)
  const isEditable = edit !== undefined
  const hasNext = next !== undefined
  const hasMeaning = meaning !== undefined
  const hasNotes = !hasMeaning || rows.some(({ note, status }) => note !== null || status === 'same')
  const columns = useMemo(
    () => columnsOf({ hasGroups, hasTopics, isPast, hasOutcome, isEditable, hasNext, hasMeaning, hasNotes }),
    [hasGroups, hasTopics, isPast, hasOutcome, isEditable, hasNext, hasMeaning, hasNotes],
  )
  const [range, setRange] = useState({ first: 0, last: -1 })
  // A plan that was made again has other rows in the same places.
  const wantVisible = useEffectEvent(() => next?.want(rows.slice(range.first, range.last + 1)))
  useEffect(() => wantVisible(), [rows, range])
  const onRange = useCallback((first: number, last: number) => setRange({ first, last }), [])
  return (
    <DataGrid
      label={label}
      columns={columns}
      columnsId="position-diff"
      rowCount={rows.length}
      renderCell={(index, column) => {
        const row = rows[index]
        if (row === undefined) return null
        if (column === 'new' && edit !== undefined) return <EditCell row={row} edit={edit} props={props} />
        if (column === 'next' && next !== undefined)
          return <NextCell row={row} found={next.found} zone={next.zone} hasTime={meaning === undefined} />
        return (
          (meaning && meaningColumns.has(column) ? meaningCell(row, column, meaning) : undefined) ?? cellOf(row, column)
        )
      }}
      onRange={onRange}
      menu={menu && ((index) => (rows[index] === undefined ? [] : menu(rows[index])))}
      onOpen={
        onOpen &&
        ((index) => {
          const row = rows[index]
          if (row !== undefined) onOpen(row)
        })
      }
      empty={empty}
    />
  )
}

interface Shape {
  hasGroups: boolean
  hasTopics: boolean
  isPast: boolean
  hasOutcome: boolean
  isEditable: boolean
  hasNext: boolean
  hasMeaning: boolean
  hasNotes: boolean
}

const meaningColumns: ReadonlySet<string> = new Set(['cost', 'age', 'kept'])

function columnsOf({
  hasGroups,
  hasTopics,
  isPast,
  hasOutcome,
  isEditable,
  hasNext,
  hasMeaning,
  hasNotes,
}: Shape): GridColumn[] {
  const columns: (GridColumn | false)[] = [
    hasGroups && { id: 'group', title: 'Group', width: hasMeaning ? 120 : 140, flex: 2 },
    hasTopics && { id: 'topic', title: 'Topic', width: 150, flex: isPast ? 2 : 1 },
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true },
    {
      id: 'now',
      title: isPast || hasOutcome ? 'Before' : 'Now',
      width: hasMeaning ? 92 : 104,
      align: 'end',
      mono: true,
    },
    {
      id: 'new',
      title: isPast ? 'After' : 'New',
      width: isEditable ? 140 : hasMeaning ? 92 : 104,
      align: 'end',
      mono: true,
    },
    !isPast && { id: 'cost', title: 'Skips or repeats', width: hasMeaning ? 170 : 140, align: 'end', mono: true },
    hasMeaning && { id: 'age', title: 'Age', width: 116, align: 'end', mono: true },
    hasMeaning && { id: 'kept', title: 'Kept until', width: 108, align: 'end', mono: true },
    !isPast && {
      id: 'line',
      title: 'In the log',
      width: hasMeaning ? 92 : 120,
      flex: hasOutcome || hasMeaning ? 1 : 2,
    },
    // Two keys and a time: what the group reads now, what it would read instead, and when that was written.
    hasNext && {
      id: 'next',
      title: 'Next record',
      width: hasGroups ? 190 : hasTopics || hasMeaning ? 220 : 262,
      flex: 3,
      mono: true,
    },
    hasOutcome
      ? { id: 'outcome', title: 'Result', width: hasGroups ? 130 : hasNext ? 200 : 370, flex: 2 }
      : hasNotes && { id: 'note', title: isPast ? '' : 'Note', width: 210, flex: 2 },
  ]
  return columns.filter((column) => column !== false)
}

function cellOf(row: DiffRow, column: string): ReactNode {
  switch (column) {
    case 'group':
      return <SafeText text={row.group ?? ''} />
    case 'topic':
      return <SafeText text={row.topic} />
    case 'partition':
      return row.partition
    case 'now':
      return row.before === null ? <span className={s.none}>none</span> : formatGrouped(row.before.offset)
    case 'new':
      return newCell(row)
    case 'cost':
      return costCell(row)
    case 'line':
      return lineCell(row)
    case 'note':
      return noteCell(row)
    case 'outcome':
      return outcomeCell(row)
    default:
      return null
  }
}

function newCell({ after, status }: DiffRow): ReactNode {
  if (after === undefined || status === 'refused') return <span className={s.none}>–</span>
  return (
    <span className={cx(status === 'change' ? s.changed : s.none)}>
      {after === null ? 'none' : formatGrouped(after.offset)}
    </span>
  )
}

/** In words, with skips in the graver colour: a sign would have to be learnt, and some people read it the other way round. */
function costCell(row: DiffRow): ReactNode {
  const { status, skips, repeats } = row
  if (status === 'left-out') return <span className={s.none}>left out</span>
  if (status !== 'change') return null
  if (skips > 0n) return <span className={s.skips}>skips {formatGrouped(skips)}</span>
  if (repeats > 0n) return <span className={s.repeats}>repeats {formatGrouped(repeats)}</span>
  const start = startOf({ ...row, after: row.after })
  if (start !== null) return <span className={s.repeats}>reads {formatGrouped(start.starts)}</span>
  return <span className={s.none}>nothing</span>
}

function lineCell({ bounds, before, after, status, partition }: DiffRow): ReactNode {
  if (bounds === null) return null
  const target = status === 'change' ? (after === null ? null : after?.offset) : undefined
  return (
    <Seekline
      label={`Partition ${partition}`}
      logStart={bounds.logStart}
      highWatermark={bounds.highWatermark}
      lastStable={bounds.lastStable}
      position={before?.offset ?? null}
      target={target}
    />
  )
}

function noteCell({ note, status }: DiffRow): ReactNode {
  if (note === null) return status === 'same' ? <span className={s.none}>already there</span> : null
  return (
    <span className={s.note}>
      <Badge tone={status === 'refused' ? 'bad' : 'warn'} title={note}>
        <SafeText text={note} limit={300} />
      </Badge>
    </span>
  )
}

function outcomeCell({ outcome, status, note }: DiffRow): ReactNode {
  // Rows that the plan refused or left alone were not part of the apply.
  if (outcome === undefined) return <span className={s.none}>{status === 'same' ? 'already there' : (note ?? '')}</span>
  return (
    <span className={s.outcome} title={outcome.message ?? undefined}>
      <Badge tone={outcomeTone[outcome.status]}>{outcomeLabel(outcome)}</Badge>
      {outcome.message !== null && <SafeText text={outcome.message} limit={400} />}
    </span>
  )
}

function EditCell({
  row,
  edit,
  props,
}: {
  row: DiffRow
  edit: NonNullable<DiffTableProps['edit']>
  props: DiffTableProps
}) {
  return (
    <TextField
      className={s.edit}
      label={`New offset of ${row.topic}, partition ${row.partition}`}
      layout="hidden"
      mono
      placeholder="stays"
      value={edit.textOf(row)}
      error={edit.errorOf(row)}
      isDisabled={props.isEditDisabled}
      onChange={(text) => edit.onChange(row, text)}
    />
  )
}
