import type { ReactNode, Ref } from 'react'
import {
  Button as AriaButton,
  Input,
  SearchField as AriaSearchField,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components'
import { cx, given } from './class-names.ts'
import { FieldShell, fieldClass, type FieldShellProps } from './field-shell.tsx'
import { CloseIcon, SearchIcon } from './icons.ts'
import { useWipeOnLeave } from './wipe-on-leave.ts'
import s from './field.module.css'

export interface TextFieldProps extends Pick<FieldShellProps, 'label' | 'layout' | 'isRequired' | 'note' | 'error'> {
  value: string
  onChange: (value: string) => void
  onBlur?: (() => void) | undefined
  onEnter?: (() => void) | undefined
  placeholder?: string | undefined
  type?: 'text' | 'password' | undefined
  name?: string | undefined
  isDisabled?: boolean | undefined
  isReadOnly?: boolean | undefined
  autoFocus?: boolean | undefined
  mono?: boolean | undefined
  multiline?: boolean | undefined
  rows?: number | undefined
  className?: string | undefined
  suffix?: ReactNode
  inputRef?: Ref<HTMLInputElement> | undefined
}

export function TextField(props: TextFieldProps) {
  const { label, layout, isRequired, note, error, placeholder, mono, multiline, rows, className, suffix, inputRef } =
    props
  const inputClass = cx(s.input, mono === true && s.mono, multiline === true && s.area)
  const secretRef = useWipeOnLeave(props.type === 'password')
  return (
    <AriaTextField
      className={fieldClass(layout, className)}
      value={props.value}
      onChange={props.onChange}
      isInvalid={error !== undefined}
      spellCheck="false"
      autoComplete="off"
      {...given({
        onBlur: props.onBlur,
        type: props.type,
        name: props.name,
        isRequired,
        isDisabled: props.isDisabled,
        isReadOnly: props.isReadOnly,
        autoFocus: props.autoFocus,
        'aria-label': layout === 'hidden' ? label : undefined,
      })}
      validationBehavior="aria"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && multiline !== true) props.onEnter?.()
        event.continuePropagation()
      }}
    >
      <FieldShell {...{ label, layout, isRequired, note, error, tall: multiline }}>
        {multiline === true ? (
          <TextArea className={inputClass} rows={rows ?? 4} {...given({ placeholder })} />
        ) : (
          <Input className={inputClass} ref={inputRef ?? secretRef} {...given({ placeholder })} />
        )}
        {suffix}
      </FieldShell>
    </AriaTextField>
  )
}

export interface SearchFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** Enter. */
  onSubmit?: ((value: string) => void) | undefined
  /** Arrow Down was pressed: moves the focus to the results. */
  onDown?: (() => void) | undefined
  placeholder?: string | undefined
  autoFocus?: boolean | undefined
  className?: string | undefined
  inputRef?: Ref<HTMLInputElement> | undefined
}

/** A search field: filters while somebody types; Escape clears it. */
export function SearchField({ label, placeholder, className, inputRef, onDown, ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField
      {...given(rest)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' && onDown !== undefined) {
          event.preventDefault()
          onDown()
        } else event.continuePropagation()
      }}
      aria-label={label}
      className={cx(s.field, s.search, className)}
    >
      <div className={s.control}>
        <SearchIcon size={13} className={s.searchIcon} aria-hidden="true" />
        <Input className={cx(s.input)} placeholder={placeholder ?? label} {...given({ ref: inputRef })} />
        <AriaButton className={cx(s.clear)}>
          <CloseIcon size={12} aria-hidden="true" />
        </AriaButton>
      </div>
    </AriaSearchField>
  )
}
