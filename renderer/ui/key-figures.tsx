import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import s from './key-figures.module.css'

export interface Figure {
  /** The number with its unit. */
  value: ReactNode
  /** What the number counts, in a few words in small type. */
  words: string
  tone?: 'warn' | 'bad' | undefined
}

/** Large numbers with small captions, shown above a table as its summary. */
export function Figures({ label, items }: { label: string; items: readonly Figure[] }) {
  return (
    <dl className={s.figures} aria-label={label}>
      {items.map(({ value, words, tone }) => (
        <div key={words}>
          <dt>{words}</dt>
          <dd className={cx(tone !== undefined && s[tone])}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
