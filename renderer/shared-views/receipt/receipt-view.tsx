import type { Receipt, ReceiptRow } from '#shared/contract/replay.ts'
import { groupReasons } from '#shared/offsets/outcome.ts'
import { fileNameOf, fileTime, saveFile } from '../../workbench/save-file.ts'
import { useServices } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { exactJson } from '../../ui/exact-json.ts'
import { formatBytes, formatDuration, formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { Reasons } from '../reasons/reasons.tsx'
import { growthWords, leftOut, receiptText, timestampWords } from './receipt-text.ts'
import s from './receipt.module.css'

export interface ReceiptViewProps {
  receipt: Receipt
  zone: Zone
  nameOf: (connectionId: string) => string
  onOpenTarget: (partition: number, offset: bigint) => void
  onOpenSource: (partition: number, offset: bigint) => void
}

export const outcomeTones: Record<Receipt['outcome'] | 'unknown', 'ok' | 'warn' | 'bad'> = {
  complete: 'ok',
  partial: 'warn',
  cancelled: 'warn',
  failed: 'bad',
  unknown: 'warn',
}

/** What a replay did: the sentence, the numbers per partition, and links to the copies. */
export function ReceiptView({ receipt, zone, nameOf, onOpenTarget, onOpenSource }: ReceiptViewProps) {
  const { plan } = receipt
  const { spec } = plan
  const { files } = useServices()
  const save = () => {
    const name = fileNameOf(spec.topic, `replay-${fileTime(receipt.startedAt)}.json`)
    saveFile(files, { name, content: exactJson(receipt), type: 'application/json' }, (saved) => `Saved ${saved}.`)
  }
  const first = receipt.rows.find((row) => row.targets.length > 0)?.targets[0]
  return (
    <div className={s.receipt}>
      <Summary
        badges={
          <>
            <Badge tone={outcomeTones[receipt.outcome]}>{receipt.outcome}</Badge>
            {receipt.topicCreated && <Badge>topic created</Badge>}
          </>
        }
      >
        <b>
          <SafeText text={receipt.summary} />
        </b>
      </Summary>
      <div className={s.facts}>
        <span>
          <SafeText text={`${spec.topic} on ${nameOf(spec.source)}`} /> →{' '}
          <SafeText text={`${spec.targetTopic.name} on ${nameOf(spec.target)}`} />
        </span>
        <span>
          {formatGrouped(receipt.copied)} records · {formatBytes(receipt.bytes)} ·{' '}
          {formatDuration(receipt.endedAt - receipt.startedAt)}
        </span>
        <span>
          partitions {spec.partitioning === 'keep' ? 'kept' : 'by key'} · timestamps {timestampWords(receipt)}
        </span>
        {receipt.growth.length > 0 && <span>{growthWords(receipt.growth)}</span>}
        <span>{formatTimestamp(receipt.startedAt, zone)}</span>
        <span className={s.actions}>
          {first !== undefined && (
            <Button size="small" onPress={() => onOpenTarget(first.partition, first.first)}>
              Open the copies
            </Button>
          )}
          <CopyButton isLabelled label="Copy as text" text={() => receiptText(receipt, zone)} />
          <CopyButton isLabelled label="Copy as JSON" text={() => exactJson(receipt)} />
          <Button size="small" onPress={save}>
            Save…
          </Button>
        </span>
      </div>
      <Reasons
        reasons={groupReasons(receipt.rows.map((row) => ({ ...row, topic: spec.topic, message: messageOf(row) })))}
        badge={(status) => ({ tone: statusTones[status], word: status })}
      />
      <SmallTable
        label="Per source partition"
        columns={columns}
        columnsId="receipt"
        rows={receipt.rows}
        rowId={(row) => `${row.partition}-${row.from}`}
        tone={(row) => (row.status === 'failed' ? 'bad' : row.status === 'complete' ? undefined : 'warn')}
        onOpen={(row) => {
          const target = row.targets[0]
          if (target !== undefined) onOpenTarget(target.partition, target.first)
        }}
        menu={(row) => [
          ...row.targets.map((target) => ({
            id: `t${target.partition}`,
            label: `Open the copies in partition ${target.partition}`,
            onAction: () => onOpenTarget(target.partition, target.first),
          })),
          { id: 'source', label: 'Open the source range', onAction: () => onOpenSource(row.partition, row.from) },
        ]}
        empty={<p className={s.empty}>Nothing was in the range.</p>}
      />
    </div>
  )
}

const statusTones = { complete: 'ok', cancelled: 'warn', failed: 'bad', unknown: 'warn' } as const

/** With what to do about it. */
const messageOf = ({ error }: ReceiptRow): string | null =>
  error === null ? null : [error.message, error.hint ?? ''].join(' ').trim()

const grouped = (value: bigint) => formatGrouped(value)

const columns: TableColumn<ReceiptRow>[] = [
  { id: 'p', title: 'Partition', width: 84, align: 'end', mono: true, value: (row) => row.partition },
  {
    id: 'from',
    title: 'From',
    width: 110,
    align: 'end',
    mono: true,
    value: (row) => row.from,
    cell: (row) => grouped(row.from),
  },
  {
    id: 'done',
    title: 'Settled to',
    width: 120,
    align: 'end',
    mono: true,
    value: (row) => row.done,
    cell: (row) => (row.done === row.to ? grouped(row.done) : `${grouped(row.done)} of ${grouped(row.to)}`),
  },
  {
    id: 'copied',
    title: 'Copied',
    width: 100,
    align: 'end',
    mono: true,
    value: (row) => row.copied,
    cell: (row) => grouped(row.copied),
  },
  {
    id: 'targets',
    title: 'Copies: partition, offsets',
    width: 210,
    flex: 1,
    mono: true,
    value: (row) => row.targets[0]?.first,
    cell: (row) => targetText(row),
  },
  {
    id: 'left',
    title: 'Left out',
    width: 190,
    flex: 1,
    value: (row) => leftOut(row),
    cell: (row) => <span title={leftOut(row)}>{leftOut(row) || <span className={s.dim}>nothing</span>}</span>,
  },
  {
    id: 'status',
    title: 'Result',
    width: 110,
    value: (row) => row.status,
    // Its reason is shown in full above the table.
    cell: (row) => <Badge tone={statusTones[row.status]}>{row.status}</Badge>,
  },
]

function targetText(row: ReceiptRow): string {
  const [only] = row.targets
  if (only === undefined) return '–'
  if (row.targets.length > 1) return `${row.targets.length} partitions`
  const range = only.first === only.last ? grouped(only.first) : `${grouped(only.first)} – ${grouped(only.last)}`
  return `${only.partition}: ${range}`
}
