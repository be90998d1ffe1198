import { useCallback, useMemo } from 'react'
import type { ProduceReceipt, WrittenPlace } from '#shared/contract/produce.ts'
import { useNavigation } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import s from './receipt.module.css'

/** The most that are listed; the receipt itself has more. */
const SHOWN_FAILURES = 50

export const producedTones: Record<ProduceReceipt['outcome'], 'ok' | 'warn' | 'bad'> = {
  complete: 'ok',
  partial: 'warn',
  cancelled: 'warn',
  failed: 'bad',
  unknown: 'warn',
}

/** The outcome of writing records: where they are, and which were not written and why. */
export function ProducedReceipt({ receipt }: { receipt: ProduceReceipt }) {
  const navigation = useNavigation()
  const { plan, places, failures } = receipt
  const { connectionId, topic } = plan
  const open = useCallback(
    (partition: number, offset: bigint) =>
      navigation.open({ kind: 'messages', connectionId, topic, partition, offset }),
    [navigation, connectionId, topic],
  )
  const columns = useMemo(() => columnsOf(open), [open])
  const openRow = ({ partition, first }: WrittenPlace) => first !== null && open(partition, first)
  return (
    <div className={s.receipt}>
      {failures.first.length > 0 && (
        <ul className={s.failures} aria-label="Records that were not written">
          {failures.first.slice(0, SHOWN_FAILURES).map(({ line, error }) => (
            <li key={line}>
              <Badge tone="bad">record {formatGrouped(line)}</Badge>
              <span>
                <SafeText text={[error.message, error.hint ?? ''].join(' ').trim()} limit={1000} />
              </span>
            </li>
          ))}
          {failures.total > BigInt(Math.min(SHOWN_FAILURES, failures.first.length)) && (
            <li>{formatGrouped(failures.total)} in all</li>
          )}
        </ul>
      )}
      <SmallTable
        label={`Where records were written in ${topic}`}
        columns={columns}
        columnsId="produced"
        rows={places}
        rowId={({ partition }) => String(partition)}
        tone={({ status }) => (status === 'failed' ? 'bad' : status === 'complete' ? undefined : 'warn')}
        onOpen={openRow}
        menu={(row) => [
          {
            id: 'first',
            label: 'Open the first of them',
            isDisabled: row.first === null,
            onAction: () => openRow(row),
          },
          {
            id: 'last',
            label: 'Open the last of them',
            isDisabled: row.last === null,
            onAction: () => openRow({ ...row, first: row.last }),
          },
        ]}
        empty={<p className={s.empty}>Nothing was written.</p>}
      />
    </div>
  )
}

interface PlaceProps {
  row: WrittenPlace
  at: bigint | null
  open: (partition: number, offset: bigint) => void
}

function Place({ row, at, open }: PlaceProps) {
  if (at === null) return '–'
  return (
    <Button size="small" variant="link" onPress={() => open(row.partition, at)}>
      {formatGrouped(at)}
    </Button>
  )
}

const statusTones = { complete: 'ok', cancelled: 'warn', failed: 'bad', unknown: 'warn' } as const
const statusWords = { complete: 'written', cancelled: 'cancelled', failed: 'failed', unknown: 'unknown' } as const

const columnsOf = (open: (partition: number, offset: bigint) => void): readonly TableColumn<WrittenPlace>[] => [
  { id: 'p', title: 'Partition', width: 90, align: 'end', mono: true, value: (row) => row.partition },
  {
    id: 'records',
    title: 'Records',
    width: 110,
    align: 'end',
    mono: true,
    value: (row) => row.records,
    cell: (row) => formatGrouped(row.records),
  },
  {
    id: 'first',
    title: 'First offset',
    width: 130,
    align: 'end',
    mono: true,
    value: (row) => row.first,
    cell: (row) => <Place row={row} at={row.first} open={open} />,
  },
  {
    id: 'last',
    title: 'Last offset',
    width: 130,
    align: 'end',
    mono: true,
    value: (row) => row.last,
    cell: (row) => <Place row={row} at={row.last} open={open} />,
  },
  {
    id: 'bytes',
    title: 'Bytes',
    width: 100,
    align: 'end',
    mono: true,
    value: (row) => row.bytes,
    cell: (row) => formatBytes(row.bytes),
  },
  {
    id: 'status',
    title: 'Result',
    width: 110,
    value: (row) => row.status,
    cell: (row) => <Badge tone={statusTones[row.status]}>{statusWords[row.status]}</Badge>,
  },
  {
    id: 'why',
    title: 'Why',
    width: 200,
    flex: 1,
    value: (row) => row.error?.message,
    cell: (row) => row.error !== null && <SafeText text={row.error.message} limit={400} />,
  },
]
