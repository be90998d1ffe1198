import type { ReactNode } from 'react'
import type { FullRecord } from '#shared/contract/messages.ts'
import { attemptLines, shownText, type Decoded } from '#shared/model/decoded.ts'
import { rowFlags } from '#shared/model/rows.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatBytes, formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { MarkedText } from '../../ui/marked.tsx'
import { SafeText } from '../../ui/safe-text.tsx'

/** A record's properties as pairs of name and value. */
export function recordFacts(record: FullRecord, zone: string): [string, ReactNode][] {
  const { batch } = record
  const time = record.timestamp === -1n ? 'none' : formatTimestamp(record.timestamp, zone)
  const list: [string, ReactNode][] = [
    ['Timestamp', `${time} · ${record.timestampType}`],
    [
      'Key',
      record.key === null || record.keyAs === null ? (
        'null'
      ) : record.key.length === 0 ? (
        'empty'
      ) : (
        <MarkedText
          text={shownText(
            record.keyAs.form,
            record.keyAs.written ?? record.key,
            record.key.length < record.keySize,
            64,
          )}
          limit={200}
        />
      ),
    ],
    [
      'Value',
      record.valueSize < 0 || record.valueAs === null ? (
        'null'
      ) : (
        <>
          {record.valueSize < 1000 ? '' : `${formatBytes(record.valueSize)} · `}
          {formatGrouped(record.valueSize)} bytes · <Encoding as={record.valueAs} />
        </>
      ),
    ],
    [
      'Batch',
      `${formatGrouped(batch.first)} – ${formatGrouped(batch.last)} · ${batch.codec === 'none' ? 'not compressed' : batch.codec} · epoch ${batch.leaderEpoch}`,
    ],
    ['CRC', `${batch.crc.toString(16).padStart(8, '0')} ${batch.crcValid ? 'matches' : 'does not match'}`],
  ]
  if (batch.producerId >= 0n) {
    const sequence = batch.sequence < 0 ? '' : ` · sequence ${batch.sequence}`
    list.push([
      'Producer',
      `${batch.producerId} / ${batch.producerEpoch}${sequence}${batch.transactional ? ' · transactional' : ''}`,
    ])
  }
  return list
}

/** How the bytes were decoded, and in the tooltip why the encodings tried before did not fit. */
function Encoding({ as }: { as: Decoded }) {
  const name = as.form === 'control' ? `${as.encoding} with control characters` : as.encoding
  return (
    <span title={attemptLines(as).join('\n') || undefined}>
      {as.encoding === 'bytes' ? 'not decoded' : name}
      {as.value?.type !== undefined && (
        <>
          {' · '}
          <SafeText text={as.value.type} limit={200} />
        </>
      )}
    </span>
  )
}

/** Marks for what is unusual about it. */
export function marksOf(record: FullRecord): ReactNode[] {
  const marks: ReactNode[] = []
  const mark = (key: string, tone: 'warn' | 'bad' | 'neutral', words: string) =>
    marks.push(
      <Badge key={key} tone={tone}>
        {words}
      </Badge>,
    )
  if ((record.flags & rowFlags.aborted) !== 0) mark('aborted', 'warn', 'aborted transaction')
  if ((record.flags & rowFlags.open) !== 0) mark('open', 'warn', 'open transaction')
  if (!record.batch.crcValid) mark('crc', 'bad', 'CRC does not match')
  for (const [part, as] of [
    ['key', record.keyAs],
    ['value', record.valueAs],
  ] as const) {
    const like = as?.attempts.find(({ encoding }) => encoding === 'Confluent wire format')
    if (like !== undefined) mark(part, 'neutral', `${part} looks like the ${like.encoding}, ${like.reason}`)
  }
  return marks
}
