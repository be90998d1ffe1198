import type { BadRecord, PreviewRecord, ProducePlan } from '#shared/contract/produce.ts'
import { useZone } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatBytes, formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { previewText } from './produce-words.ts'
import s from './produce.module.css'

/** As many as somebody corrects at once. */
const SHOWN_BAD = 50

/** The records that cannot be written, by their line. */
export function BadRecords({ plan }: { plan: ProducePlan }) {
  const { bad, source, skipBad } = plan
  if (bad.total === 0) return null
  const one = source.kind === 'lines' || source.kind === 'file' ? 'line' : 'record'
  return (
    <ul className={s.bads} aria-label="What cannot be written">
      {bad.first.slice(0, SHOWN_BAD).map((record, at) => (
        <li key={at}>
          <Badge tone={skipBad ? 'warn' : 'bad'}>{`${one} ${formatGrouped(record.line)}`}</Badge>
          <span>
            <SafeText text={badWords(record)} limit={600} />
          </span>
        </li>
      ))}
      {bad.total > Math.min(SHOWN_BAD, bad.first.length) && (
        <li>{`${formatGrouped(bad.total)} in all${skipBad ? ', which are left out' : ''}`}</li>
      )}
    </ul>
  )
}

function badWords({ part, problem }: BadRecord): string {
  const path = problem.path === '' || problem.message.includes(problem.path) ? '' : ` (${problem.path})`
  const where = [...(part === 'line' ? [] : [part]), ...(problem.at === null ? [] : [`character ${problem.at + 1}`])]
  return `${where.length === 0 ? '' : `${where.join(', ')}: `}${problem.message}${path}`
}

/** The first records as they will be sent. */
export function PreviewRows({ plan }: { plan: ProducePlan }) {
  const zone = useZone()
  return (
    <SmallTable
      label={`The first records for ${plan.topic}`}
      columns={columnsIn(zone)}
      columnsId="produce-preview"
      rows={plan.preview}
      rowId={({ line }) => String(line)}
      empty={<p className={s.quiet}>No record that could be written.</p>}
    />
  )
}

const sizeOf = ({ key, value }: PreviewRecord): number => (key?.size ?? 0) + (value?.size ?? 0)

function columnsIn(zone: Zone): readonly TableColumn<PreviewRecord>[] {
  return [
    { id: 'line', title: 'Record', width: 76, align: 'end', mono: true, value: (row) => row.line },
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, value: (row) => row.partition },
    {
      id: 'timestamp',
      title: 'Timestamp',
      width: 150,
      value: (row) => row.timestamp,
      cell: (row) => (row.timestamp === null ? <span className={s.dim}>when it is written</span> : formatTimestamp(row.timestamp, zone)), // oxfmt-ignore
    },
    {
      id: 'key',
      title: 'Key',
      width: 130,
      mono: true,
      value: (row) => row.key?.text,
      cell: (row) => <Part part={row.key} />,
    },
    {
      id: 'value',
      title: 'Value',
      width: 260,
      flex: 1,
      mono: true,
      value: (row) => row.value?.text,
      cell: (row) => <Part part={row.value} isValue />,
    },
    {
      id: 'headers',
      title: 'Headers',
      width: 80,
      align: 'end',
      mono: true,
      value: (row) => row.headerCount,
    },
    {
      id: 'size',
      title: 'Key + value',
      width: 100,
      align: 'end',
      mono: true,
      value: sizeOf,
      cell: (row) => formatBytes(sizeOf(row)),
    },
  ]
}

function Part({ part, isValue }: { part: PreviewRecord['key']; isValue?: boolean }) {
  if (part === null) return <Badge tone={isValue === true ? 'warn' : 'neutral'}>{isValue === true ? 'tombstone' : 'null'}</Badge> // oxfmt-ignore
  return <SafeText text={previewText(part)} limit={400} />
}
