import { INT64_MAX } from '../../ui/parse-offset.ts'
import { OffsetField } from '../../ui/offset-field.tsx'
import s from './offsets.module.css'

interface ShiftFieldProps {
  value: bigint | undefined
  isDisabled: boolean
  onChange: (by: bigint | undefined) => void
}

/** By how many offsets positions move forward or back. */
export function ShiftField({ value, isDisabled, onChange }: ShiftFieldProps) {
  return (
    <OffsetField
      label="By"
      layout="inline"
      className={s.number}
      placeholder="−100 or 100"
      noun="number of offsets"
      min={-INT64_MAX}
      value={value}
      isDisabled={isDisabled}
      autoFocus={value === undefined}
      onChange={onChange}
    />
  )
}
