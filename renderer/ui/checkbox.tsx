import type { ReactNode } from 'react'
import {
  Checkbox as AriaCheckbox,
  Label,
  Radio,
  RadioGroup as AriaRadioGroup,
  Switch as AriaSwitch,
} from 'react-aria-components'
import { cx, given } from './class-names.ts'
import { CheckIcon } from './icons.ts'
import s from './checkbox.module.css'

export interface CheckboxProps {
  /** The visible label; give `aria-label` instead where there is no room. */
  children?: ReactNode
  isSelected: boolean
  onChange: (selected: boolean) => void
  isIndeterminate?: boolean | undefined
  isDisabled?: boolean | undefined
  'aria-label'?: string | undefined
  name?: string | undefined
}

export function Checkbox({ children, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...given(rest)} className={cx(s.check)}>
      <span className={s.box} aria-hidden="true">
        {rest.isIndeterminate === true ? '–' : rest.isSelected && <CheckIcon size={11} strokeWidth={3.5} />}
      </span>
      {children}
    </AriaCheckbox>
  )
}

export interface ToggleProps {
  children: ReactNode
  isSelected: boolean
  onChange: (selected: boolean) => void
  isDisabled?: boolean | undefined
}

/** A switch that takes effect at once. A checkbox is for a value that a form submits later. */
export function Toggle({ children, ...rest }: ToggleProps) {
  return (
    <AriaSwitch {...given(rest)} className={cx(s.check)}>
      <span className={s.track} aria-hidden="true" />
      {children}
    </AriaSwitch>
  )
}

export interface RadioGroupProps<Id extends string> {
  label: string
  options: readonly { id: Id; label: ReactNode; note?: ReactNode; isDisabled?: boolean }[]
  value: Id | null
  onChange: (value: Id) => void
  layout?: 'column' | 'row' | undefined
  isLabelHidden?: boolean | undefined
  isDisabled?: boolean | undefined
}

export function RadioGroup<Id extends string>(props: RadioGroupProps<Id>) {
  const { label, options, value, onChange, layout = 'column', isLabelHidden, isDisabled } = props
  return (
    <AriaRadioGroup
      className={cx(s.group, layout === 'row' && s.row)}
      value={value}
      onChange={(next) => onChange(next as Id)}
      {...given({ isDisabled, 'aria-label': isLabelHidden === true ? label : undefined })}
    >
      {isLabelHidden !== true && <Label className={cx(s.legend)}>{label}</Label>}
      {options.map((option) => (
        <div key={option.id}>
          <Radio value={option.id} className={cx(s.check)} {...given({ isDisabled: option.isDisabled })}>
            <span className={s.dot} aria-hidden="true" />
            {option.label}
          </Radio>
          {option.note !== undefined && <div className={s.note}>{option.note}</div>}
        </div>
      ))}
    </AriaRadioGroup>
  )
}
