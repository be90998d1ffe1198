import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { DeniedIcon, ErrorIcon, InfoIcon, WarnIcon } from './icons.ts'
import s from './state-view.module.css'

export interface StateViewProps {
  kind: 'empty' | 'loading' | 'partial' | 'error' | 'unauthorised'
  /** What happened, as a sentence: "No groups have committed positions on this topic." */
  title: string
  /** The next step: "Start a consumer, or look at another topic." */
  children?: ReactNode
  /** Buttons of this kit. */
  actions?: ReactNode
  /** `strip` is one line above existing content; `page` fills the empty view. `partial` is a strip by default. */
  layout?: 'page' | 'strip' | undefined
}

/** The five states of every view. Loading is announced politely, errors assertively. */
export function StateView({
  kind,
  title,
  children,
  actions,
  layout = kind === 'partial' ? 'strip' : 'page',
}: StateViewProps) {
  return (
    <div
      className={cx(s.state, s[kind], layout === 'strip' && s.strip)}
      role={kind === 'error' ? 'alert' : 'status'}
      aria-busy={kind === 'loading' || undefined}
    >
      <StateMark kind={kind} size={layout === 'strip' ? 14 : 22} />
      <p className={s.title}>{title}</p>
      {children !== undefined && <div className={s.text}>{children}</div>}
      {actions !== undefined && <div className={s.actions}>{actions}</div>}
    </div>
  )
}

function StateMark({ kind, size }: { kind: StateViewProps['kind']; size: number }) {
  const common = { size, className: cx(s.icon), strokeWidth: 1.75, 'aria-hidden': true } as const
  switch (kind) {
    case 'loading':
      return <span className={s.spinner} aria-hidden="true" />
    case 'empty':
      return <InfoIcon {...common} />
    case 'partial':
      return <WarnIcon {...common} />
    case 'error':
      return <ErrorIcon {...common} />
    case 'unauthorised':
      return <DeniedIcon {...common} />
  }
}
