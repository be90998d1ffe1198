import type { ReactNode, Ref } from 'react'
import { Button as AriaButton, ToggleButton as AriaToggleButton } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'
import s from './button.module.css'

/** `ok` and `warn` look like badges: pressing one opens the details of what it says. */
export type ButtonVariant = 'default' | 'primary' | 'danger' | 'quiet' | 'link' | 'ok' | 'warn'

interface CommonProps {
  size?: 'normal' | 'small' | undefined
  isDisabled?: boolean | undefined
  autoFocus?: boolean | undefined
  /** A React Aria slot, e.g. `close` inside a dialog. */
  slot?: string | undefined
  className?: string | undefined
  ref?: Ref<HTMLButtonElement> | undefined
  'aria-describedby'?: string | undefined
  'aria-expanded'?: boolean | undefined
  'aria-controls'?: string | undefined
}

export interface ButtonProps extends CommonProps {
  children: ReactNode
  variant?: ButtonVariant | undefined
  onPress?: (() => void) | undefined
  /** An action is running: the button keeps its focus and its width, ignores presses and tells assistive technology so. */
  isPending?: boolean | undefined
  type?: 'button' | 'submit' | undefined
  form?: string | undefined
  'aria-label'?: string | undefined
}

export function Button(props: ButtonProps) {
  const { variant = 'default', size, className, children, onPress, isPending = false, type, ...rest } = props
  return (
    <AriaButton
      {...given(rest)}
      // React Aria's own isPending announces an element by its id, and leaves that id behind once the button is gone.
      {...given({
        onPress: isPending ? undefined : onPress && (() => onPress()),
        type: isPending && type === 'submit' ? ('button' as const) : type,
        'aria-disabled': isPending ? true : undefined,
      })}
      className={cx(s.button, s[variant], size === 'small' && s.small, isPending && s.pending, className)}
    >
      {isPending && <span className={s.spinner} aria-hidden="true" />}
      {children}
    </AriaButton>
  )
}

export interface IconButtonProps extends CommonProps {
  /** The button's accessible name and its tooltip. */
  label: string
  children: ReactNode
  variant?: 'default' | 'quiet' | undefined
  onPress?: (() => void) | undefined
  /** Shown in the tooltip beside the label, e.g. `Ctrl+K`. */
  shortcut?: string | undefined
}

export function IconButton({ label, variant = 'quiet', size, className, shortcut, onPress, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <AriaButton
        {...given(rest)}
        {...given({ onPress: onPress && (() => onPress()) })}
        aria-label={label}
        className={cx(s.button, s[variant], s.icon, size === 'small' && s.small, className)}
      />
    </Tooltip>
  )
}

export interface ToggleButtonProps extends CommonProps {
  children: ReactNode
  isSelected: boolean
  onChange: (selected: boolean) => void
  variant?: 'default' | 'quiet' | undefined
  /** For icon-only toggles. */
  label?: string | undefined
}

export function ToggleButton({ variant = 'default', size, className, label, ...rest }: ToggleButtonProps) {
  const button = (
    <AriaToggleButton
      {...given(rest)}
      isSelected={rest.isSelected}
      {...given({ 'aria-label': label })}
      className={cx(s.button, s[variant], label !== undefined && s.icon, size === 'small' && s.small, className)}
    />
  )
  return label === undefined ? button : <Tooltip text={label}>{button}</Tooltip>
}
