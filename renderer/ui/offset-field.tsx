import { useState } from 'react'
import { formatGrouped } from './format.ts'
import { parseOffset, type OffsetLimits } from './parse-offset.ts'
import { TextField, type TextFieldProps } from './text-field.tsx'

export interface OffsetFieldProps
  extends
    OffsetLimits,
    Pick<
      TextFieldProps,
      'label' | 'layout' | 'note' | 'isRequired' | 'isDisabled' | 'autoFocus' | 'className' | 'placeholder'
    > {
  value: bigint | undefined
  /** `undefined` while the text is not a valid number; the field itself shows why. */
  onChange: (value: bigint | undefined) => void
  onEnter?: ((value: bigint) => void) | undefined
  /** An error from outside, e.g. "no such partition"; shown when the text itself is fine. */
  error?: string | undefined
  /** Whether an empty field is fine (then it means `undefined`). */
  allowEmpty?: boolean | undefined
}

/**
 * A field for a 64-bit integer. While somebody types, the text is left as it is: digits are grouped only on blur, because
 * inserting thin spaces would move the caret.
 */
export function OffsetField(props: OffsetFieldProps) {
  const { value, onChange, onEnter, min, max, noun, allowEmpty, error, ...rest } = props
  const [draft, setDraft] = useState<string>()
  const [judged, setJudged] = useState(false)
  const limits: OffsetLimits = { min, max, noun }
  const shown = draft ?? (value === undefined ? '' : formatGrouped(value))
  const parsed = shown.trim() === '' && allowEmpty === true ? undefined : parseOffset(shown, limits)
  const own =
    parsed?.ok === false && draft !== undefined && (judged || draft.trim() !== '') ? parsed.message : undefined
  return (
    <TextField
      {...rest}
      mono
      value={shown}
      error={own ?? error}
      onChange={(text) => {
        setDraft(text)
        const next = text.trim() === '' && allowEmpty === true ? undefined : parseOffset(text, limits)
        onChange(next?.ok === true ? next.value : undefined)
      }}
      onBlur={() => {
        setJudged(true)
        if (parsed === undefined || parsed.ok) setDraft(undefined)
      }}
      onEnter={() => {
        setJudged(true)
        if (parsed?.ok === true) onEnter?.(parsed.value)
      }}
    />
  )
}
