import type { ReactNode } from 'react'
import { Toolbar as AriaToolbar } from 'react-aria-components'
import { cx } from './cx.ts'
import s from './toolbar.module.css'

/** A view: its toolbar, its sentence, its content, stacked; the content takes the rest. */
export function View({ children }: { children: ReactNode }) {
  return <div className={s.view}>{children}</div>
}

/** One row of sentence-like fields. Not an ARIA toolbar when it holds text fields: arrow keys belong to those. */
export function Bar({ label, children, isToolbar }: { label: string; children: ReactNode; isToolbar?: boolean }) {
  if (isToolbar === true) {
    return (
      <AriaToolbar aria-label={label} className={cx(s.bar)}>
        {children}
      </AriaToolbar>
    )
  }
  return (
    <div role="group" aria-label={label} className={s.bar}>
      {children}
    </div>
  )
}

export function Spacer() {
  return <span className={s.grow} />
}

/** The sentence a tired person needs, with badges beside it; the table below is the proof. */
export function Summary({ children, badges }: { children: ReactNode; badges?: ReactNode }) {
  return (
    <div className={s.summary}>
      <p className={s.sentence}>{children}</p>
      {badges !== undefined && <div className={s.badges}>{badges}</div>}
    </div>
  )
}

/** Name and value pairs, aligned. */
export function Facts({
  items,
}: {
  items: readonly (readonly [name: string, value: ReactNode] | false | undefined)[]
}) {
  return (
    <dl className={s.facts}>
      {items.map((item) =>
        item === undefined || item === false ? null : (
          <div key={item[0]} style={{ display: 'contents' }}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
