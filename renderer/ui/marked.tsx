import { createContext, use } from 'react'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import { SafeText } from './safe-text.tsx'

/** What the list was searched for; matches are marked wherever one of its records is shown. */
export const MarkerContext = createContext<MarkFinder | undefined>(undefined)

/** Text in which the matches of the list's search are marked. */
export function MarkedText({ text, limit = text.length }: { text: string; limit?: number }) {
  const marker = use(MarkerContext)
  if (marker === undefined) return <SafeText text={text} limit={limit} />
  return <Marked text={text} marker={marker} limit={limit} isWhole />
}

export interface MarkedProps {
  text: string
  marker: MarkFinder
  limit: number
  /** Always shows the text from its beginning, even if the first match is further on. */
  isWhole?: boolean
}

/** Text in which the matches are marked. */
export function Marked({ text, marker, limit, isWhole = false }: MarkedProps) {
  const marks = marker(isWhole ? text.slice(0, limit) : text)
  const first = marks[0]
  if (first === undefined) return <SafeText text={text} limit={limit} />
  // A match far to the right would be outside the cell: the text then starts shortly before it.
  const from = !isWhole && first.from > 60 ? first.from - 40 : 0
  const end = Math.min(text.length, from + limit)
  const parts: { text: string; isMatch: boolean; at: number }[] = []
  let at = from
  for (const mark of marks) {
    if (mark.from >= end) break
    parts.push({ text: text.slice(at, mark.from), isMatch: false, at })
    parts.push({ text: text.slice(mark.from, Math.min(mark.to, end)), isMatch: true, at: mark.from })
    at = mark.to
  }
  parts.push({ text: text.slice(at, Math.max(at, end)), isMatch: false, at })
  return (
    <span>
      {from > 0 && '…'}
      {parts.map((part) =>
        part.isMatch ? (
          <mark key={`m${part.at}`}>
            <SafeText text={part.text} />
          </mark>
        ) : (
          <SafeText key={`t${part.at}`} text={part.text} />
        ),
      )}
      {isWhole && text.length > end && '…'}
    </span>
  )
}
