import type { ReactNode } from 'react'
import s from './toolbar.module.css'

/** A view: its toolbar, its summary sentence and its content, from top to bottom. The content takes the remaining height. */
export function View({ children }: { children: ReactNode }) {
  return <div className={s.view}>{children}</div>
}

export interface BarProps {
  label: string
  children: ReactNode
  /** Buttons that act on the fields. They stay at the end of the bar; where the window is narrow the fields wrap. */
  actions?: ReactNode
}

/** A row of sentence-like fields. Not an ARIA toolbar: it holds text fields, and arrow keys belong to those. */
export function Bar({ label, children, actions }: BarProps) {
  return (
    <div role="group" aria-label={label} className={s.bar}>
      {actions === undefined ? (
        children
      ) : (
        <>
          <div className={s.fields}>{children}</div>
          <div className={s.actions}>{actions}</div>
        </>
      )}
    </div>
  )
}

export function Spacer() {
  return <span className={s.grow} />
}

/** The summary of the view in one sentence, with badges beside it; the table below has the details. */
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
