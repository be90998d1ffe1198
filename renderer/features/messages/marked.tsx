import { SafeText } from '../../ui/safe-text.tsx'
import s from './messages.module.css'

/** Text with the places marked where the filter's words stand. `needle` is in lower case. */
export function Marked({ text, needle, limit }: { text: string; needle: string; limit: number }) {
  const lower = text.toLowerCase()
  const first = lower.indexOf(needle)
  if (first === -1 || lower.length !== text.length) return <SafeText text={text} limit={limit} />
  // A match far to the right would lie outside the cell: the text then starts a little before it.
  const from = first > 60 ? first - 40 : 0
  const end = Math.min(text.length, from + limit)
  const parts: { text: string; isMatch: boolean; at: number }[] = []
  let at = from
  for (let found = first; found !== -1 && found < end; found = lower.indexOf(needle, at)) {
    parts.push({ text: text.slice(at, found), isMatch: false, at })
    parts.push({ text: text.slice(found, found + needle.length), isMatch: true, at: found })
    at = found + needle.length
  }
  parts.push({ text: text.slice(at, end), isMatch: false, at })
  return (
    <span className={s.marked}>
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
    </span>
  )
}
