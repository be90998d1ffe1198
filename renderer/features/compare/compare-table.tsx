import { useMemo, type ReactNode, type Ref } from 'react'
import { lagOf, type ComparedRow, type Measure } from '#shared/offsets/compare-positions.ts'
import type { SnapshotPosition } from '#shared/model/positions-snapshot.ts'
import { NextCell } from '../../shared-views/position-diff/next-cell.tsx'
import type { DiffRow } from '../../shared-views/position-diff/diff-rows.ts'
import type { NextRecords } from '../../shared-views/position-diff/next-store.ts'
import { Badge } from '../../ui/badge.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { formatGrouped, type Zone } from '../../ui/format.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import s from './compare.module.css'

export interface CompareTableProps {
  rows: readonly ComparedRow[]
  /** undefined: there is no other side yet, so no row can be missing on it. */
  measure: Measure | undefined
  /** Whether the rows are of several groups, so that the group needs a column. */
  hasGroups: boolean
  /** The record that would be read next on each side, if the user asked for it. */
  next: { left: NextRecords | undefined; right: NextRecords | undefined; zone: Zone } | undefined
  handle: Ref<DataGridHandle>
  onSelect: (keys: readonly string[]) => void
  onVisible: (rows: readonly ComparedRow[]) => void
  menu: (row: ComparedRow) => readonly MenuEntry[]
  empty: ReactNode
}

export const standingWords: Readonly<Record<ComparedRow['standing'], string>> = {
  differs: 'differs',
  'only-left': 'only on the left',
  'only-right': 'only on the right',
  'topic-anew': 'topic created again',
  unknown: 'not comparable',
  same: 'same',
}

const standingTitles: Readonly<Partial<Record<ComparedRow['standing'], string>>> = {
  'topic-anew': 'The topic was deleted and created again between the two: their offsets have nothing to do with each other.', // oxfmt-ignore
  unknown: 'The lag of one side is not known, or its position is outside the log.',
}

/** Both sides of each partition, and the difference between them. */
export function CompareTable(props: CompareTableProps) {
  const { rows, measure, hasGroups, next, handle, onSelect, onVisible, menu, empty } = props
  const columns = useMemo(() => columnsOf(measure, hasGroups, next), [measure, hasGroups, next])
  return (
    <SmallTable
      handle={handle}
      label="Differences"
      columns={columns}
      columnsId="compare"
      rows={rows}
      rowId={({ key }) => key}
      selectionMode="multiple"
      initialSort={{ column: 'group', direction: 'ascending' }}
      onSelectionChange={onSelect}
      onVisible={onVisible}
      menu={menu}
      empty={empty}
    />
  )
}

function columnsOf(
  measure: Measure | undefined,
  hasGroups: boolean,
  next: CompareTableProps['next'],
): TableColumn<ComparedRow>[] {
  const number = (
    id: string,
    title: string,
    of: (row: ComparedRow) => bigint | null | undefined,
    isQuiet = false,
  ): TableColumn<ComparedRow> => ({
    // oxfmt-ignore
    id,
    title,
    width: 80,
    align: 'end',
    mono: true,
    isSortable: true,
    value: of,
    cell: (row) => numberCell(of(row), isQuiet),
  })
  const isLag = measure === 'lag'
  const { left: leftNext, right: rightNext, zone = '' } = next ?? {}
  const columns: (TableColumn<ComparedRow> | false)[] = [
    hasGroups && { id: 'group', title: 'Group', width: 130, flex: 2, isSortable: true, value: ({ group }) => group, cell: ({ group }) => <SafeText text={group} limit={300} /> }, // oxfmt-ignore
    { id: 'topic', title: 'Topic', width: 110, flex: 2, isSortable: true, value: ({ topic }) => topic, cell: ({ topic }) => <SafeText text={topic} limit={300} /> }, // oxfmt-ignore
    { id: 'partition', title: 'Partition', width: 78, align: 'end', mono: true, isSortable: true, value: ({ partition }) => partition }, // oxfmt-ignore
    number('left', measure === undefined ? 'Position' : 'Left', ({ left }) => left?.offset, isLag),
    measure !== 'offset' && number('left-lag', isLag ? 'Left lag' : 'Lag', ({ left }) => left && lagOf(left), !isLag),
    measure !== undefined && number('right', 'Right', ({ right }) => right?.offset, isLag),
    isLag && number('right-lag', 'Right lag', ({ right }) => right && lagOf(right)),
    measure !== undefined && { id: 'by', title: isLag ? 'Right − left, lag' : 'Right − left', width: 112, align: 'end', mono: true, isSortable: true, value: ({ by }) => by, cell: byCell }, // oxfmt-ignore
    measure !== undefined && { id: 'standing', title: 'Difference', width: 118, flex: 1, isSortable: true, value: ({ standing }) => standingWords[standing], cell: standingCell }, // oxfmt-ignore
    leftNext !== undefined && { id: 'left-next', title: measure === undefined ? 'Next record' : 'Left reads next', width: 140, flex: 2, mono: true, value: () => null, cell: ({ left }) => left && <NextCell row={asDiff(left)} found={leftNext} zone={zone} hasTime /> }, // oxfmt-ignore
    rightNext !== undefined && measure !== undefined && { id: 'right-next', title: 'Right reads next', width: 140, flex: 2, mono: true, value: () => null, cell: ({ right }) => right && <NextCell row={asDiff(right)} found={rightNext} zone={zone} hasTime /> }, // oxfmt-ignore
  ]
  return columns.filter((column) => column !== false)
}

/** As a row of a plan that moves nothing; this is the form in which the next record is looked up. */
export function asDiff({ topic, partition, offset, metadata, leaderEpoch }: SnapshotPosition): DiffRow {
  return { topic, partition, before: { offset, metadata, leaderEpoch }, after: undefined, bounds: null, status: 'idle', clampedFrom: null, skips: 0n, repeats: 0n, note: null } // oxfmt-ignore
}

function numberCell(value: bigint | null | undefined, isQuiet: boolean): ReactNode {
  if (value === null || value === undefined) return <span className={s.faint}>–</span>
  return isQuiet ? <span className={s.faint}>{formatGrouped(value)}</span> : formatGrouped(value)
}

function byCell({ by }: ComparedRow): ReactNode {
  if (by === null || by === 0n) return <span className={s.faint}>{by === null ? '–' : '0'}</span>
  return <span className={by > 0n ? s.more : s.less}>{`${by > 0n ? '+' : ''}${formatGrouped(by)}`}</span>
}

function standingCell({ standing }: ComparedRow): ReactNode {
  if (standing === 'same') return <span className={s.faint}>{standingWords.same}</span>
  const tone = standing === 'topic-anew' || standing === 'unknown' ? 'warn' : 'neutral'
  return (
    <Badge tone={tone} title={standingTitles[standing]}>
      {standingWords[standing]}
    </Badge>
  )
}
