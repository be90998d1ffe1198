import { useMemo, type ReactNode, type Ref } from 'react'
import { Badge } from '../../ui/badge.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { formatDuration, formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { reasonExplained, reasonWords, type CleaningRow } from './cleaning-rows.ts'
import s from './cleaning.module.css'

export interface CleaningTableProps {
  rows: readonly CleaningRow[]
  zone: Zone
  handle: Ref<DataGridHandle>
  onSelect: (keys: readonly string[]) => void
  onOpen: (row: CleaningRow) => void
  onPlan: (rows: readonly CleaningRow[]) => void
  onFilter: (text: string) => void
  empty: ReactNode
}

/** Each stale position with its reasons; a group without positions gets a row of its own. */
export function CleaningTable({ rows, zone, handle, onSelect, onOpen, onPlan, onFilter, empty }: CleaningTableProps) {
  const columns = useMemo(() => columnsOf(zone), [zone])
  return (
    <SmallTable
      handle={handle}
      label="What can be cleaned"
      columns={columns}
      columnsId="cleaning"
      rows={rows}
      rowId={({ key }) => key}
      selectionMode="multiple"
      onSelectionChange={onSelect}
      initialSort={{ column: 'group', direction: 'ascending' }}
      onOpen={onOpen}
      menu={(row) => [
        { id: 'open', label: 'Open the group', onAction: () => onOpen(row) },
        { id: 'only', label: 'Show this group alone', onAction: () => onFilter(row.of.group) },
        ...(row.at === undefined ? [] : [{ id: 'topic', label: 'Show this topic alone', onAction: () => onFilter(row.at?.topic ?? '') }]), // oxfmt-ignore
        '-',
        { id: 'delete', label: 'Plan to delete this…', isDanger: true, onAction: () => onPlan([row]) },
        { id: 'all', label: 'Plan to delete all of this group that was found…', isDanger: true, onAction: () => onPlan(rows.filter(({ of }) => of.group === row.of.group)) }, // oxfmt-ignore
      ]}
      empty={empty}
    />
  )
}

function columnsOf(zone: Zone): TableColumn<CleaningRow>[] {
  return [
    { id: 'group', title: 'Group', width: 150, flex: 3, isSortable: true, value: ({ of }) => of.group, cell: ({ of }) => <SafeText text={of.group} limit={300} /> }, // oxfmt-ignore
    { id: 'topic', title: 'Topic', width: 112, flex: 2, isSortable: true, value: ({ at }) => at?.topic, cell: ({ at }) => (at === undefined ? <span className={s.faint}>no positions</span> : <SafeText text={at.topic} limit={300} />) }, // oxfmt-ignore
    { id: 'partition', title: 'Partition', width: 78, align: 'end', mono: true, isSortable: true, value: ({ at }) => at?.partition }, // oxfmt-ignore
    { id: 'position', title: 'Position', width: 96, align: 'end', mono: true, isSortable: true, value: ({ at }) => at?.position.offset, cell: ({ at }) => at && formatGrouped(at.position.offset) }, // oxfmt-ignore
    { id: 'line', title: 'In the log', width: 104, flex: 1, value: () => null, cell: lineCell },
    { id: 'reason', title: 'Why', width: 270, flex: 2, isSortable: true, value: reasonsText, cell: reasonsCell },
    { id: 'committed', title: 'Committed', width: 96, align: 'end', isSortable: true, value: ({ at }) => at?.committedAt, cell: ({ at }) => ageCell(at?.committedAt ?? null, zone, at !== undefined) }, // oxfmt-ignore
    { id: 'seen', title: 'Last seen', width: 96, align: 'end', isSortable: true, value: ({ of }) => of.lastSeen?.at, cell: seenCell(zone) }, // oxfmt-ignore
  ]
}

const reasonsText = ({ of, at }: CleaningRow): string => {
  const words = (at?.reasons ?? []).map((reason) => reasonWords[reason])
  return [...(of.isDead ? ['nobody uses it'] : []), ...words].join(', ')
}

function reasonsCell({ of, at }: CleaningRow): ReactNode {
  const reasons = (at?.reasons ?? []).filter((reason) => !(of.isDead && reason === 'quiet'))
  return (
    <span className={s.reasons}>
      {of.isDead && (
        <Badge tone="warn" title="The group is empty, had no member and committed nothing for that long.">
          nobody uses it
        </Badge>
      )}
      {reasons.map((reason) => (
        <Badge key={reason} title={reasonExplained[reason]}>
          {reasonWords[reason]}
        </Badge>
      ))}
    </span>
  )
}

function lineCell({ at }: CleaningRow): ReactNode {
  if (at === undefined || at.logStart === null || at.highWatermark === null) return null
  return (
    <Seekline
      label={`Partition ${at.partition}`}
      logStart={at.logStart}
      highWatermark={at.highWatermark}
      position={at.position.offset}
    />
  )
}

function ageCell(at: bigint | null, zone: Zone, isPosition: boolean): ReactNode {
  if (!isPosition) return null
  if (at === null) return <span className={s.faint} title="Its record in __consumer_offsets was not read.">not known</span> // oxfmt-ignore
  const title = `${formatTimestamp(at, zone)}, by its record in __consumer_offsets`
  return <span title={title}>{`${agoWords(at)} ago`}</span>
}

const seenCell = (zone: Zone) =>
  function SeenCell({ of: { lastSeen, quiet } }: CleaningRow): ReactNode {
    if (lastSeen === null) return <span className={s.faint} title="No commit of it and no record of its members was read in __consumer_offsets.">{quiet === 'unknown' ? 'not known' : 'never'}</span> // oxfmt-ignore
    const what = lastSeen.what === 'commit' ? 'its newest commit' : 'the newest record of its members'
    return <span title={`${formatTimestamp(lastSeen.at, zone)}: ${what}, in __consumer_offsets`}>{`${agoWords(lastSeen.at)} ago`}</span> // oxfmt-ignore
  }

function agoWords(at: bigint): string {
  const ms = Date.now() - Number(at)
  return formatDuration(ms < 0 ? 0 : ms)
}
