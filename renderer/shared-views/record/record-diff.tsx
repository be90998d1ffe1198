import { useMemo, useState, type CSSProperties, type ReactNode } from 'react'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { Badge } from '../../ui/badge.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import type { GridColumn } from '../../ui/data-grid/grid-columns.ts'
import { DataGrid } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor } from '../../ui/data-grid/grid-keys.ts'
import { eachRow } from '../../ui/data-grid/row-ranges.ts'
import { formatCoordinates, formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toast } from '../../ui/toast.tsx'
import { differences, type Difference } from '../value/value-diff.ts'
import { pathText } from '../value/value-nodes.ts'
import { copiedValue, shownValue } from '../value/value-words.ts'
import { comparedValue } from './compared-value.ts'
import s from './record.module.css'

const columns: readonly GridColumn[] = [
  { id: 'change', title: 'Change', width: 92 },
  { id: 'path', title: 'Path', width: 220, mono: true },
  { id: 'before', title: 'Before', width: 200, flex: 1, mono: true },
  { id: 'after', title: 'After', width: 200, flex: 1, mono: true },
]
const tones = { added: 'neutral', removed: 'bad', changed: 'warn' } as const

/** The differences between two records, path by path: key, value and headers. */
export function RecordDiff({ before, after, zone }: { before: FullRecord; after: FullRecord; zone: string }) {
  const { rows, same, isPartial } = useMemo(() => differences(comparedValue(before), comparedValue(after)), [before, after]) // oxfmt-ignore
  const [cursor, setCursor] = useState(emptyCursor)
  const equal = same === 1 ? '1 value is the same' : `${formatGrouped(same)} values are the same`
  return (
    <div className={s.diff}>
      <dl className={s.sides}>
        <dt>Before</dt>
        <dd>{sideWords(before, zone)}</dd>
        <dt>After</dt>
        <dd>{sideWords(after, zone)}</dd>
      </dl>
      <p className={s.faint}>
        {rows.length === 0 ? '' : rows.length === 1 ? '1 difference; ' : `${formatGrouped(rows.length)} differences; `}
        {equal}. Items of lists are compared by their numbers.
        {isPartial && ' Of what is too large only a part is here: the rest was not compared.'}
      </p>
      {/* As high as its rows, with room for what says that there are none. */}
      <div className={s.diffRows} style={{ '--rows': Math.max(rows.length + 1, 7) } as CSSProperties}>
        <DataGrid
          label="Differences"
          columns={columns}
          columnsId="differences"
          rowCount={rows.length}
          selectionMode="multiple"
          cursor={cursor}
          onCursorChange={setCursor}
          readsWhole
          renderCell={(row, column) => cellOf(rows[row]!, column)} // the table draws only rows of this list
          onCopy={(ranges) => {
            const chosen = [...eachRow(ranges)].map((row) => lineOf(rows[row]!)) // the table draws only rows of this list
            void copyText(chosen.join('\n')).then(() => toast(`Copied ${chosen.length === 1 ? '1 difference' : `${chosen.length} differences`}.`)) // oxfmt-ignore
          }}
          empty={
            <StateView
              kind="empty"
              title={isPartial ? 'No difference in what is here.' : 'Key, value and headers are equal.'}
            />
          }
        />
      </div>
    </div>
  )
}

function sideWords({ topic, partition, offset, timestamp }: FullRecord, zone: string): ReactNode {
  return (
    <>
      <code>
        <SafeText text={formatCoordinates(topic, partition, offset)} limit={300} />
      </code>{' '}
      <span className={s.faint}>{timestamp === -1n ? 'no timestamp' : formatTimestamp(timestamp, zone)}</span>
    </>
  )
}

function cellOf({ change, path, before, after }: Difference, column: string): ReactNode {
  if (column === 'change') return <Badge tone={tones[change]}>{change}</Badge>
  if (column === 'path') return <SafeText text={pathText(path)} limit={400} />
  return valueCell(column === 'before' ? before : after)
}

function valueCell(value: Value | null): ReactNode {
  if (value === null) return <span className={s.faint}>not there</span>
  return <SafeText text={wordsOf(value)} limit={1_000} />
}

/** For a value with parts, what they are. */
function wordsOf(value: Value): string {
  const { text, tone, stored } = shownValue(value)
  if (tone === 'none') return copiedValue(value)
  return stored === undefined ? text : `${text} (${stored})`
}

/** For a ticket: path, before and after, separated by tabs. */
function lineOf({ path, before, after }: Difference): string {
  return [pathText(path), before === null ? '' : wordsOf(before), after === null ? '' : wordsOf(after)].join('\t')
}
