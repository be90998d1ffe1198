import { memo } from 'react'
import { directedPieces, hasRightToLeft } from './text-direction.ts'
import { visiblePieces } from './visible-text.ts'
import s from './safe-text.module.css'

export interface SafeTextProps {
  text: string
  /** The most characters drawn. A cell cannot show more anyway, and a value of a megabyte then costs nothing. */
  limit?: number | undefined
}

/** Text from a cluster. It is never treated as HTML, and none of its characters can hide or reorder the others. */
export const SafeText = memo(function SafeText({ text, limit }: SafeTextProps) {
  const shown = limit !== undefined && text.length > limit ? `${text.slice(0, limit)}…` : text
  const pieces = visiblePieces(shown)
  if (pieces.length === 0) return null
  const isMixed = hasRightToLeft(shown)
  if (!isMixed && pieces.length === 1 && pieces[0]!.hidden === undefined) return <span className={s.text}>{shown}</span> // its length is 1, as checked
  return (
    <span className={isMixed ? s.mixed : s.text}>
      {pieces.map((piece, index) =>
        piece.hidden !== undefined ? (
          <span key={index} className={s.hidden} title={piece.hidden}>
            {piece.text}
          </span>
        ) : isMixed ? (
          directedPieces(piece.text).map(({ text: part, isRightToLeft }, at) =>
            isRightToLeft ? <bdi key={`${index} ${at}`}>{part}</bdi> : part,
          )
        ) : (
          piece.text
        ),
      )}
    </span>
  )
})
