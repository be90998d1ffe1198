import { useState } from 'react'
import { formatTimestamp, type Zone } from './format.ts'
import { parseTime } from './parse-time.ts'
import { TextField, type TextFieldProps } from './text-field.tsx'

export interface DateTimeFieldProps extends Pick<
  TextFieldProps,
  'label' | 'layout' | 'isRequired' | 'isDisabled' | 'autoFocus' | 'className' | 'placeholder' | 'error'
> {
  zone: Zone
  value: bigint | undefined
  /** `undefined` while the text is not a valid time; the field itself shows why. */
  onChange: (ms: bigint | undefined) => void
  onEnter?: ((ms: bigint) => void) | undefined
  /** The current time, for tests. */
  now?: (() => number) | undefined
}

/**
 * A point in time that is typed rather than picked (`14:05`, `-15m`, `2026-11-22 14:05`, epoch milliseconds). The time it was
 * understood as is always shown in full below, with its zone.
 */
export function DateTimeField({ zone, value, onChange, onEnter, now = Date.now, error, ...rest }: DateTimeFieldProps) {
  const [draft, setDraft] = useState<{ text: string; at: number }>()
  const shown = draft?.text ?? (value === undefined ? '' : withoutMillisWhenZero(formatTimestamp(value, zone)))
  const parsed = draft === undefined ? undefined : parseTime(draft.text, zone, draft.at)
  const own = parsed?.ok === false && draft?.text.trim() !== '' ? parsed.message : undefined
  const echo =
    parsed?.ok === true
      ? `${formatTimestamp(parsed.ms, zone)}${parsed.note === undefined ? '' : `, ${parsed.note}`}`
      : ''
  return (
    <TextField
      {...rest}
      value={shown}
      placeholder={rest.placeholder ?? '2026-11-22 14:05 or -15m'}
      note={echo}
      error={own ?? error}
      onChange={(text) => {
        const at = now()
        setDraft({ text, at })
        const next = parseTime(text, zone, at)
        onChange(next.ok ? next.ms : undefined)
      }}
      onBlur={() => {
        if (parsed === undefined || parsed.ok) setDraft(undefined)
      }}
      onEnter={() => {
        const at = parsed === undefined ? value : parsed.ok ? parsed.ms : undefined
        if (at !== undefined) onEnter?.(at)
      }}
    />
  )
}

function withoutMillisWhenZero(text: string): string {
  return text.replace(/:00\.000(?= )/, ':00').replace(/\.000(?= )/, '')
}
