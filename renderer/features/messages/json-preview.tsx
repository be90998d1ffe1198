import { memo } from 'react'
import { previewTokens } from './preview-tokens.ts'
import s from './messages.module.css'

const classes = { key: s.jsonKey, string: s.jsonString, number: s.jsonNumber, atom: s.jsonAtom } as const

/** A JSON value's beginning in the colours of the record beside it. */
export const JsonPreview = memo(function JsonPreview({ text, limit }: { text: string; limit: number }) {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text
  return (
    <span className={s.json}>
      {previewTokens(shown).map(({ kind, text: part }, at) =>
        kind === 'sign' ? (
          part
        ) : (
          <span key={at} className={classes[kind]}>
            {part}
          </span>
        ),
      )}
    </span>
  )
})
