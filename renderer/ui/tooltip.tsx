import type { ReactNode } from 'react'
import { TooltipTrigger } from 'react-aria-components'
import { TooltipInside } from './overlay-inside-main.tsx'
import { KeyHint } from './key-hint.tsx'
import { cx } from './class-names.ts'
import s from './tooltip.module.css'

export interface TooltipProps {
  text: ReactNode
  /** Must be a single focusable React Aria component. */
  children: ReactNode
  shortcut?: string | undefined
  placement?: 'top' | 'bottom' | 'left' | 'right' | undefined
}

export function Tooltip({ text, children, shortcut, placement = 'bottom' }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <TooltipInside className={cx(s.tooltip)} placement={placement} offset={5}>
        {text}
        {shortcut !== undefined && (
          <span className={s.shortcut}>
            <KeyHint keys={shortcut} />
          </span>
        )}
      </TooltipInside>
    </TooltipTrigger>
  )
}
