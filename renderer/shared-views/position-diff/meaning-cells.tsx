import type { ReactNode } from 'react'
import { cx } from '../../ui/class-names.ts'
import type { DiffRow } from './diff-rows.ts'
import { meaningKey, type PlansMeaning } from './meaning-store.ts'
import { agesWords, keptWords, recordsWords } from './meaning-words.ts'
import s from './position-diff.module.css'

export interface ShownMeaning {
  lines: PlansMeaning['lines']
  /** For rows that name no group. */
  group: string
  zone: string
  /** When the plan was made: retention that was due by then is due now. */
  now: bigint
}

/** The meaning of a row in the column with this id; undefined: it is not known, and the cell shows the offsets. */
export function meaningCell(row: DiffRow, column: string, { lines, group, zone, now }: ShownMeaning): ReactNode {
  if (row.status !== 'change') return column === 'cost' ? undefined : null
  const line = lines.get(meaningKey(row.group ?? group, row))
  if (line === undefined) return column === 'cost' ? undefined : <span className={s.none}>…</span>
  if (column === 'cost') {
    const { text, size, title } = recordsWords(line)
    return (
      <span className={line.way === 'none' ? s.none : line.way === 'skips' ? s.skips : s.repeats} title={title}>
        {text}
        {size !== '' && <span className={s.none}> · {size}</span>}
      </span>
    )
  }
  if (column === 'age') {
    const { before, after, title } = agesWords(line, zone)
    return (
      <span title={title}>
        <span className={s.none}>{before} → </span>
        {after}
      </span>
    )
  }
  const { text, title, tone } = keptWords(line.retention, zone, now)
  return (
    <span className={cx(tone === 'faint' && s.none, tone === 'warn' && s.warn)} title={title}>
      {text}
    </span>
  )
}
