import type { Cannot, FilterPart, FilterRecord, RecordPart, Verdict } from './predicate.ts'

interface Search {
  isIn(part: FilterPart): boolean | 'unknown' | Cannot
  /** Asked first about all headers as one block: parsing them costs more, and there may be very many. */
  mayBeIn(headers: FilterPart): boolean
}

/** A predicate that searches one part after the other, and stops at the first part that decides. */
export function inParts(where: readonly RecordPart[], { isIn, mayBeIn }: Search): (record: FilterRecord) => Verdict {
  const [inKey, inValue, inHeaders] = [where.includes('key'), where.includes('value'), where.includes('headers')]
  return (record) => {
    let undecided: 'unknown' | Cannot | null = null
    const look = (part: FilterPart | null): boolean => {
      if (part === null) return false
      const found = isIn(part)
      if (found === true) return true
      if (found !== false) undecided ??= found
      else if (!part.isWhole) undecided = 'unknown'
      return false
    }
    if (inKey && look(record.key())) return 'match'
    if (inValue && look(record.value())) return 'match'
    if (inHeaders) {
      const headers = record.headers()
      if (headers === 'unknown') return 'unknown'
      if (headers !== null && (headers.all === null || mayBeIn(headers.all))) {
        for (const { name, value } of headers) if (look(name) || look(value)) return 'match'
      }
    }
    return undecided ?? 'no'
  }
}
