import { memo } from 'react'
import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import { shortJson } from '#shared/model/short-json.ts'
import { hasRightToLeft } from '../../ui/text-direction.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { hasHidden } from '../../ui/visible-text.ts'
import { linePieces } from './line-pieces.ts'
import syntax from '../../ui/syntax.module.css'
import s from './value.module.css'

const classes = { name: syntax.key, string: syntax.string, number: syntax.number, atom: syntax.atom } as const

/** Each colour is a node on the page, and a cell shows no more. */
const MOST_PIECES = 120

/** The line of a value, of which the JSON is here, or its beginning, or what was made short of it. */
export function lineJson(json: Uint8Array, isCut: boolean, short: Uint8Array | null): string {
  return utf8Text(short ?? shortJson(isCut ? wholeCharacters(json) : json, isCut)) ?? ''
}

/** As it is read, and as a filter marks it. */
export function lineText(json: string): string {
  return linePieces(json)
    .map(({ text }) => text)
    .join('')
}

/** A decoded value in one line, `field value · field value`, in the colours of the record beside it. */
export const ValueLine = memo(function ValueLine({ json, limit }: { json: string; limit: number }) {
  const pieces = linePieces(json)
  const text = pieces.map((piece) => piece.text).join('')
  // A character that must be spelled out, or that turns the rest around, is shown as such.
  if (pieces.length > MOST_PIECES || hasHidden(text) || hasRightToLeft(text))
    return <SafeText text={text} limit={limit} />
  return (
    <span className={s.line}>
      {pieces.map(({ kind, text: part }, at) =>
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
