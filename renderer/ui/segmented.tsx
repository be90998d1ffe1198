import type { ReactNode } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import s from './segmented.module.css'

export interface SegmentedProps<Id extends string> {
  label: string
  options: readonly { id: Id; label: ReactNode; isDisabled?: boolean }[]
  value: Id
  onChange: (value: Id) => void
  isDisabled?: boolean | undefined
}

/** A choice of exactly one of a few options, for views or modes. */
export function Segmented<Id extends string>({ label, options, value, onChange, isDisabled }: SegmentedProps<Id>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={cx(s.group)}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      {...given({ isDisabled })}
      onSelectionChange={(keys) => {
        const [key] = keys
        if (key !== undefined) onChange(key as Id)
      }}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.id}
          id={option.id}
          className={cx(s.item)}
          {...given({ isDisabled: option.isDisabled })}
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
