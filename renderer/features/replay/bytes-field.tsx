import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Segmented } from '../../ui/segmented.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { encodeBytes, respell, type BytesDraft } from './bytes-draft.ts'
import s from './replay.module.css'

export interface BytesFieldProps {
  label: string
  draft: BytesDraft
  onChange: (draft: BytesDraft) => void
  rows?: number
  error?: string | undefined
  /** A header's name may be empty, never null. */
  isNullable?: boolean
}

const modes = [
  { id: 'text', label: 'Text' },
  { id: 'hex', label: 'Hex' },
  { id: 'base64', label: 'Base64' },
  { id: 'null', label: 'Null' },
] as const

/** Bytes, edited in the spelling one chooses; null and empty are different things and look so. */
export function BytesField({ label, draft, onChange, rows, error, isNullable = true }: BytesFieldProps) {
  const [problem, setProblem] = useState<string>()
  const encoded = encodeBytes(draft)
  const size = encoded.ok && encoded.bytes !== null ? encoded.bytes.length : undefined
  const pick = (mode: (typeof modes)[number]['id']) => {
    setProblem(undefined)
    if (mode === 'null') return onChange({ kind: 'null' })
    const next = respell(draft, mode)
    if (typeof next === 'string') setProblem(next)
    else onChange(next)
  }
  const wrong = error ?? problem ?? (encoded.ok ? undefined : encoded.message)
  return (
    <div className={s.bytes}>
      <div className={s.bytesHead}>
        <span className={s.bytesLabel}>{label}</span>
        <span className={s.dim}>
          {draft.kind === 'null' ? 'null' : size === undefined ? '' : size === 0 ? 'empty, 0 B' : formatBytes(size)}
        </span>
        <span className={s.grow} />
        {draft.kind !== 'kept' && (
          <Segmented
            label={`${label} as`}
            value={draft.kind === 'null' ? 'null' : draft.mode}
            options={isNullable ? modes : modes.slice(0, 3)}
            onChange={pick}
          />
        )}
      </div>
      {draft.kind === 'typed' && (
        <TextField
          label={label}
          layout="hidden"
          mono
          multiline={rows !== undefined}
          rows={rows}
          value={draft.text}
          placeholder="empty"
          onChange={(text) => {
            setProblem(undefined)
            onChange({ ...draft, text })
          }}
          error={wrong}
        />
      )}
      {draft.kind === 'null' && <p className={s.nothing}>null: no bytes at all, which is not the same as empty</p>}
      {draft.kind === 'kept' && (
        <div className={s.kept}>
          <span>Too large for a text box; it is written byte for byte.</span>
          <Button size="small" onPress={() => onChange({ kind: 'typed', mode: 'text', text: '' })}>
            Replace it
          </Button>
          {isNullable && (
            <Button size="small" onPress={() => onChange({ kind: 'null' })}>
              Make it null
            </Button>
          )}
        </div>
      )}
      {draft.kind !== 'typed' && wrong !== undefined && <p className={s.bad}>{wrong}</p>}
    </div>
  )
}
