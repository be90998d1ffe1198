import { Select } from './select.tsx'

const choices = [
  { id: '900000', label: '15 minutes' },
  { id: '3600000', label: 'hour' },
  { id: '21600000', label: '6 hours' },
  { id: '86400000', label: 'day' },
]

/** The length of the period that is shown up to now, in ms. */
export function SinceField({ value, onChange }: { value: number; onChange: (ms: number) => void }) {
  return (
    <Select
      label="Last"
      layout="inline"
      options={choices}
      value={String(value)}
      onChange={(id) => onChange(Number(id))}
    />
  )
}
