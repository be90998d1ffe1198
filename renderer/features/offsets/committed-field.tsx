import { useState } from 'react'
import { ComboField, type ComboFieldProps } from '../../ui/combo-field.tsx'

export interface CommittedFieldProps extends Omit<ComboFieldProps, 'layout' | 'onChange' | 'onCommit'> {
  /** Only of what differs, without the space around it. */
  onCommit: (text: string) => void
}

/** Taken when chosen, on Enter or on leaving the field: each keystroke would otherwise ask for something nobody meant. */
export function CommittedField({ value, onCommit, ...field }: CommittedFieldProps) {
  const [draft, setDraft] = useState(value)
  return (
    <ComboField
      {...field}
      layout="inline"
      value={draft}
      onChange={setDraft}
      onCommit={(text) => {
        if (text.trim() !== value) onCommit(text.trim())
      }}
    />
  )
}
