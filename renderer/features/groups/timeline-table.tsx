import { useMemo } from 'react'
import { formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import type { GroupLook } from './samples-model.ts'
import { rate } from './timeline-lines.ts'
import { sourceWords, type TimelineRow } from './timeline-model.ts'
import s from './group-timeline.module.css'

export interface TimelineTableProps {
  rows: readonly TimelineRow[]
  looks: readonly GroupLook[]
  /** What a position is called in the heading, e.g. "position". */
  one: string
  behind: string
  zone: string
  /** Rates are known of all partitions together. */
  hasRates: boolean
}

type Row = TimelineRow & { in: number | null; out: number | null }

/** The data of the chart as numbers, with the time and the source of each. */
export function TimelineTable({ rows, looks, one, behind, zone, hasRates }: TimelineTableProps) {
  const told = useMemo(() => {
    const byTime = new Map(looks.map((look) => [look.at, look]))
    return rows.map((row): Row => {
      const look = row.source === 'look' ? byTime.get(row.at) : undefined
      return { ...row, in: look?.in ?? null, out: look?.out ?? null }
    })
  }, [rows, looks])
  const columns = useMemo(() => columnsOf(one, behind, zone, hasRates), [one, behind, zone, hasRates])
  return (
    <div className={s.numbers}>
      <SmallTable
        label="The group over time, in numbers"
        columns={columns}
        columnsId="timeline"
        rows={told}
        rowId={({ at, source }) => `${at} ${source}`}
        initialSort={{ column: 'at', direction: 'descending' }}
      />
    </div>
  )
}

function columnsOf(one: string, behind: string, zone: string, hasRates: boolean): TableColumn<Row>[] {
  const number = <T extends number | bigint>(
    id: string,
    title: string,
    value: (row: Row) => T | null,
    words: (known: T) => string,
  ): TableColumn<Row> => ({
    id,
    title,
    width: 124,
    align: 'end',
    mono: true,
    isSortable: true,
    value,
    cell: (row) => {
      const known = value(row)
      return known === null ? '–' : words(known)
    },
  })
  const columns: (TableColumn<Row> | false)[] = [
    { id: 'at', title: 'When', width: 210, flex: 1, isSortable: true, value: ({ at }) => at, cell: ({ at }) => formatTimestamp(at, zone) }, // oxfmt-ignore
    { id: 'source', title: 'Told by', width: 150, flex: 1, isSortable: true, value: ({ source }) => sourceWords[source] }, // oxfmt-ignore
    number('position', capital(one), (row) => row.position, formatGrouped),
    number('logStart', 'Log start', (row) => row.logStart, formatGrouped),
    number('highWatermark', 'High watermark', (row) => row.highWatermark, formatGrouped),
    number('lag', `${capital(behind)}, offsets`, (row) => row.lag, formatGrouped),
    hasRates && number('in', 'In', (row) => row.in, rate),
    hasRates && number('out', 'Read', (row) => row.out, rate),
  ]
  return columns.filter((column) => column !== false)
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
