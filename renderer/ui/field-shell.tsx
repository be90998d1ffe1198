import type { ReactNode } from 'react'
import { FieldError, Group, Label, Text } from 'react-aria-components'
import { cx } from './class-names.ts'
import s from './field.module.css'

export interface FieldShellProps {
  label: string
  /** `stacked` for forms, `inline` for toolbars ("From 14:05"), `hidden` names the field for assistive technology alone. */
  layout?: 'stacked' | 'inline' | 'hidden' | undefined
  isRequired?: boolean | undefined
  note?: ReactNode
  error?: string | undefined
  tall?: boolean | undefined
  children: ReactNode
}

/** The parts that every text-like field shares: label, box, note, error. Must be inside a React Aria field. */
export function FieldShell({ label, layout = 'stacked', isRequired, note, error, tall, children }: FieldShellProps) {
  return (
    <>
      {layout === 'stacked' && <Label className={cx(s.label, isRequired === true && s.required)}>{label}</Label>}
      <Group className={cx(s.control, tall === true && s.tall)}>
        {layout === 'inline' && <Label className={cx(s.prefix)}>{label}</Label>}
        {children}
      </Group>
      {error === undefined && note !== undefined && note !== '' && (
        <Text slot="description" className={cx(s.note)}>
          {note}
        </Text>
      )}
      <FieldError className={cx(s.error)}>{error}</FieldError>
    </>
  )
}

export const fieldClass = (layout: FieldShellProps['layout'], className?: string): string =>
  cx(s.field, layout === 'inline' && s.inline, className)
