import { useState } from 'react'
import { ComboField, type ComboFieldProps } from '../../ui/combo-field.tsx'

export interface CommittedFieldProps extends Omit<ComboFieldProps, 'layout' | 'onChange' | 'onCommit'> {
  /** Called only for a changed text, without surrounding spaces. */
  onCommit: (text: string) => void
}

/**
 * A value takes effect when it is chosen, on Enter or on leaving the field: otherwise each key would send a request that nobody
 * meant.
 */
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
