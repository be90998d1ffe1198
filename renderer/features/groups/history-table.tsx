import { useMemo } from 'react'
import type { CommitPoint, SearchedCommits } from '#shared/model/commit-history.ts'
import type { NotThen } from '#shared/model/place.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { committedBetween, type CommittedPart } from '#shared/offsets/committed-between.ts'
import { positionThen } from '#shared/offsets/positions-then.ts'
import { formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import type { Edges } from './history-lines.ts'
import s from './history.module.css'

export interface HistoryTableProps {
  group: string
  points: readonly CommitPoint[]
  /** The positions at the selected time. */
  then: ReadonlyMap<string, CommitPoint>
  searched: SearchedCommits
  edges: ReadonlyMap<string, Edges>
  /** If set, what was committed between the two times is counted. */
  from: bigint | undefined
  at: bigint
  hasTopics: boolean
  zone: Zone
}

interface Row extends TopicPartition {
  point: CommitPoint | undefined
  missing: NotThen | undefined
  last: CommitPoint | undefined
  edges: Edges | undefined
  between: CommittedPart | undefined
}

/** The data of the chart as numbers. */
export function HistoryTable({ group, points, then, searched, edges, from, at, hasTopics, zone }: HistoryTableProps) {
  const last = useMemo(() => {
    const found = new Map<string, CommitPoint>()
    for (const point of points) found.set(keyOf(point), point)
    return found
  }, [points])
  const between = useMemo(() => {
    if (from === undefined) return undefined
    const parts = committedBetween(points, searched, [...last.values()], { from, to: at })
    return new Map(parts.map((part) => [keyOf(part), part]))
  }, [points, searched, last, from, at])
  const rows = useMemo(
    () =>
      [...last].map(([key, { topic, partition }]): Row => {
        const found = positionThen({ topic, partition }, then, searched)
        return {
          topic,
          partition,
          point: 'point' in found ? found.point : undefined,
          missing: 'missing' in found ? found.missing : undefined,
          last: last.get(key),
          edges: edges.get(key),
          between: between?.get(key),
        }
      }),
    [last, then, searched, edges, between],
  )
  const columns = useMemo(() => columnsOf(hasTopics, between !== undefined, zone), [hasTopics, between, zone])
  return (
    <SmallTable
      label={`Positions of ${group} at ${formatTimestamp(at, zone)}`}
      columns={columns}
      columnsId="history"
      rows={rows}
      rowId={keyOf}
      initialSort={{ column: hasTopics ? 'topic' : 'partition', direction: 'ascending' }}
    />
  )
}

const why: Readonly<Record<NotThen, string>> = {
  none: 'nothing was committed by then',
  removed: 'expired or deleted',
  gone: 'not known any more: compacted',
  'not-searched': 'search further back',
}

function columnsOf(hasTopics: boolean, hasBetween: boolean, zone: Zone): TableColumn<Row>[] {
  const number = (id: string, title: string, value: (row: Row) => bigint | undefined | null): TableColumn<Row> => ({
    id,
    title,
    width: 120,
    align: 'end',
    mono: true,
    isSortable: true,
    value,
    cell: (row) => {
      const shown = value(row)
      return shown == null ? <span className={s.faint}>–</span> : formatGrouped(shown)
    },
  })
  const columns: (TableColumn<Row> | false)[] = [
    hasTopics && { id: 'topic', title: 'Topic', width: 140, flex: 1, isSortable: true, value: (row) => row.topic, cell: (row) => <SafeText text={row.topic} /> }, // oxfmt-ignore
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, isSortable: true, value: (row) => row.partition }, // oxfmt-ignore
    {
      ...number('then', 'Position then', (row) => row.point?.position?.offset),
      width: 130,
    },
    {
      id: 'at',
      title: 'Committed at',
      width: 210,
      isSortable: true,
      value: (row) => row.point?.since ?? null,
      cell: (row) =>
        row.point === undefined ? (
          <span className={s.faint}>{row.missing === undefined ? '–' : why[row.missing]}</span>
        ) : (
          formatTimestamp(row.point.since, zone)
        ),
    },
    { id: 'source', title: 'By', width: 150, isSortable: true, value: (row) => row.point?.source ?? null },
    hasBetween && number('between', 'Committed between', (row) => row.between?.passes.flat().reduce((sum, { from, to }) => sum + to - from, 0n)), // oxfmt-ignore
    hasBetween && number('passes', 'Passes', (row) => BigInt(row.between?.passes.length ?? 0)),
    number('last', 'Last position', (row) => row.last?.position?.offset),
    number('logStart', 'Log start now', (row) => row.edges?.logStart),
    { ...number('highWatermark', 'High watermark now', (row) => row.edges?.highWatermark), width: 140 },
    { ...number('record', 'Commit’s own offset', (row) => row.point?.offset), width: 140 },
  ]
  return columns.filter((column) => column !== false)
}
