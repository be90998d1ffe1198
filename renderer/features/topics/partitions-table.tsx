import { useMemo } from 'react'
import type { GroupInTopic, PartitionRow } from '#shared/contract/topics.ts'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import s from './topics.module.css'

export interface PartitionsTableProps {
  topic: string
  partitions: readonly PartitionRow[]
  /** The groups whose ticks are drawn; a group's index in the list is its colour. */
  groups: readonly GroupInTopic[]
  onOpen: (partition: PartitionRow) => void
  menu: (partition: PartitionRow) => readonly MenuEntry[]
}

export function PartitionsTable({ topic, partitions, groups, onOpen, menu }: PartitionsTableProps) {
  const columns = useMemo(() => columnsOf(standingIn(groups)), [groups])
  return (
    <SmallTable
      label={`Partitions of ${topic}`}
      columns={columns}
      columnsId="partitions"
      rows={partitions}
      rowId={(row) => String(row.partition)}
      tone={(row) => (row.error !== undefined || row.leader === null ? 'bad' : row.inSync.length < row.replicas.length ? 'warn' : undefined)} // oxfmt-ignore
      onOpen={onOpen}
      menu={menu}
    />
  )
}

const grouped = (value: bigint | null) =>
  value === null ? <span className={s.faint}>not known</span> : formatGrouped(value)

const offset = (id: string, title: string, value: (row: PartitionRow) => bigint | null): TableColumn<PartitionRow> => ({
  id,
  title,
  width: 104,
  align: 'end',
  mono: true,
  value,
  cell: (row) => grouped(value(row)),
})

type Standing = ReadonlyMap<number, { name: string; offset: bigint; series: number }[]>

function standingIn(groups: readonly GroupInTopic[]): Standing {
  const byPartition = new Map<number, { name: string; offset: bigint; series: number }[]>()
  for (const [series, { group, positions }] of groups.entries()) {
    for (const { partition, offset } of positions) {
      const own = byPartition.get(partition)
      const one = { name: group, offset, series }
      if (own === undefined) byPartition.set(partition, [one])
      else own.push(one)
    }
  }
  return byPartition
}

const columnsOf = (standing: Standing): readonly TableColumn<PartitionRow>[] => [
  { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, value: (row) => row.partition },
  {
    id: 'log',
    title: 'Log, and groups on it',
    width: 180,
    flex: 1,
    isSortable: false,
    value: () => null,
    cell: (row) =>
      row.logStart === null || row.highWatermark === null ? (
        <span className={s.warn}>{row.error?.message}</span>
      ) : (
        <Seekline
          label={`Partition ${row.partition}`}
          logStart={row.logStart}
          highWatermark={row.highWatermark}
          groups={standing.get(row.partition)}
          {...(row.lastStable === null ? {} : { lastStable: row.lastStable })}
        />
      ),
  },
  offset('start', 'Log start', (row) => row.logStart),
  offset('stable', 'Last stable', (row) => row.lastStable),
  { ...offset('end', 'High watermark', (row) => row.highWatermark), width: 124 },
  offset('offsets', 'Offsets', (row) => (row.logStart === null || row.highWatermark === null ? null : row.highWatermark - row.logStart)), // oxfmt-ignore
  {
    id: 'size',
    title: 'Size',
    width: 84,
    align: 'end',
    mono: true,
    value: (row) => row.size,
    cell: (row) => (row.size === null ? <span className={s.faint}>not known</span> : formatBytes(row.size)),
  },
  {
    id: 'leader',
    title: 'Leader',
    width: 124,
    value: (row) => row.leader,
    cell: (row) => (row.leader === null ? 'none' : `${row.leader}, epoch ${row.leaderEpoch}`),
  },
  {
    id: 'replicas',
    title: 'In sync',
    width: 110,
    value: (row) => row.inSync.length,
    cell: (row) => {
      const late = row.replicas.filter((id) => !row.inSync.includes(id))
      return late.length === 0 ? row.inSync.join(', ') : `${row.inSync.join(', ')} · not ${late.join(', ')}`
    },
  },
]
