import type { CSSProperties, ReactNode } from 'react'
import { cx } from './class-names.ts'
import s from './badge.module.css'

export interface BadgeProps {
  /** amber = cost or care, red = refused, failed or lost, green = confirmed only. The words must say it too. */
  tone?: 'neutral' | 'ok' | 'warn' | 'bad' | undefined
  children: ReactNode
  title?: string | undefined
  className?: string | undefined
}

export function Badge({ tone = 'neutral', children, title, className }: BadgeProps) {
  return (
    <span className={cx(s.badge, s[tone], className)} title={title}>
      {children}
    </span>
  )
}

/** A profile's name in its own colour. */
export function EnvironmentChip({ color, children, title, className }: Omit<BadgeProps, 'tone'> & { color: string }) {
  return (
    <span className={cx(s.badge, s.env, className)} style={{ '--env': color } as CSSProperties} title={title}>
      {children}
    </span>
  )
}
