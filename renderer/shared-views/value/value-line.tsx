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

/** Each coloured piece is a DOM node, and a cell shows no more. */
const MOST_PIECES = 120

/** The line of a JSON value: of the whole, its beginning, or its short form. */
export function lineJson(json: Uint8Array, isCut: boolean, short: Uint8Array | null): string {
  return utf8Text(short ?? shortJson(isCut ? wholeCharacters(json) : json, isCut)) ?? ''
}

/** The plain text of the line, in which a filter marks its matches. */
export function lineText(json: string): string {
  return linePieces(json)
    .map(({ text }) => text)
    .join('')
}

/** A decoded value in one line, `field value · field value`, in the colours of the record view. */
export const ValueLine = memo(function ValueLine({ json, limit }: { json: string; limit: number }) {
  const pieces = linePieces(json)
  const text = pieces.map((piece) => piece.text).join('')
  // Characters that must be escaped, or that change the direction of text, are shown as such.
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
