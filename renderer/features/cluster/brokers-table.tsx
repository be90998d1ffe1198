import { useMemo, type CSSProperties } from 'react'
import type { BrokerLoad } from '#shared/contract/connections.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { throughputColumns } from '../../shared-views/throughput/throughput-columns.tsx'
import type { Throughput } from '../../shared-views/throughput/use-throughput.ts'
import type { ClusterFacts } from './cluster-store.ts'
import s from './cluster.module.css'

interface BrokersTableProps {
  brokers: ClusterFacts['brokers']
  /** Not known until the brokers have answered. */
  loads: readonly BrokerLoad[] | undefined
  throughput: Throughput
  /** Opens the broker's throughput. */
  onOpen: (brokerId: number) => void
}

type Row = ClusterFacts['brokers'][number] & { load: BrokerLoad | undefined }

/** The brokers with what is stored on them. A bar beside each number allows comparing them at a glance. */
export function BrokersTable({ brokers, loads, throughput, onOpen }: BrokersTableProps) {
  const rows = useMemo(
    () => brokers.map((broker): Row => ({ ...broker, load: loads?.find((one) => one.id === broker.id) })),
    [brokers, loads],
  )
  const columns = useMemo(() => columnsOf(rows, throughput), [rows, throughput])
  return (
    <SmallTable
      label="Brokers"
      columns={columns}
      columnsId="brokers"
      rows={rows}
      rowId={(row) => String(row.id)}
      onOpen={(row) => onOpen(row.id)}
      tone={({ load }) => (load !== undefined && load.behind > 0 ? 'warn' : undefined)}
      empty={<p className={s.empty}>The cluster named no brokers.</p>}
    />
  )
}

// oxlint-disable-next-line max-lines-per-function -- the columns of one table, one after the other
function columnsOf(rows: readonly Row[], throughput: Throughput): TableColumn<Row>[] {
  const most = (of: (load: BrokerLoad) => number) => Math.max(1, ...rows.map(({ load }) => (load === undefined ? 0 : of(load)))) // oxfmt-ignore
  const mostLed = most((load) => load.leads)
  const mostBytes = most((load) => Number(load.size ?? 0n))
  return [
    { id: 'id', title: 'Broker', width: 76, align: 'end', mono: true, value: (row) => row.id },
    {
      id: 'address',
      title: 'Advertised address',
      width: 190,
      flex: 1,
      mono: true,
      value: (row) => `${row.host}:${row.port}`,
      cell: (row) => (
        <>
          <SafeText text={`${row.host.includes(':') ? `[${row.host}]` : row.host}:${row.port}`} limit={300} />
          {row.controller && (
            <>
              {' '}
              <Badge>controller</Badge>
            </>
          )}
        </>
      ),
    },
    {
      id: 'rack',
      title: 'Rack',
      width: 84,
      value: (row) => row.rack,
      cell: (row) =>
        row.rack === null ? <span className={s.dim}>none</span> : <SafeText text={row.rack} limit={80} />,
    },
    {
      id: 'leads',
      title: 'Leads, partitions',
      width: 136,
      align: 'end',
      mono: true,
      value: (row) => row.load?.leads,
      cell: ({ load }) => load && <Share share={load.leads / mostLed} text={formatGrouped(load.leads)} />,
    },
    ...throughputColumns<Row>(throughput, (row) => String(row.id)),
    {
      id: 'replicas',
      title: 'Replicas',
      width: 84,
      align: 'end',
      mono: true,
      value: (row) => row.load?.replicas,
      cell: ({ load }) => load && formatGrouped(load.replicas),
    },
    {
      id: 'behind',
      title: 'Not in sync',
      width: 100,
      align: 'end',
      mono: true,
      value: (row) => row.load?.behind,
      cell: ({ load }) => load && <span className={load.behind === 0 ? s.dim : undefined}>{formatGrouped(load.behind)}</span>, // oxfmt-ignore
    },
    {
      id: 'size',
      title: 'On disk',
      width: 136,
      align: 'end',
      mono: true,
      value: (row) => row.load?.size,
      cell: ({ load }) =>
        load === undefined ? null : load.size === null ? (
          <span className={s.dim}>not told</span>
        ) : (
          <Share share={Number(load.size) / mostBytes} text={formatBytes(load.size)} />
        ),
    },
    {
      id: 'free',
      title: 'Disk free',
      width: 146,
      align: 'end',
      mono: true,
      value: (row) => row.load?.disk?.usable,
      cell: ({ load }) =>
        load === undefined ? null : load.disk === null ? (
          <span className={s.dim}>not told</span>
        ) : (
          `${formatBytes(load.disk.usable)} of ${formatBytes(load.disk.total)}`
        ),
    },
  ]
}

function Share({ share, text }: { share: number; text: string }) {
  return (
    <span className={s.share} style={{ '--share': share } as CSSProperties}>
      {text}
    </span>
  )
}
