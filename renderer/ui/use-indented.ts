import { useEffect, useMemo, useState } from 'react'
import { indentJson, indentJsonInSlices, type IndentedJson } from './json-text.ts'
import { AT_ONCE } from './text-lines.ts'

/** JSON indented token by token. Short texts at once; longer ones in slices, and undefined until they are done. */
export function useIndented(text: string, isRaw: boolean): IndentedJson | undefined {
  const isShort = isRaw || text.length <= AT_ONCE
  const short = useMemo(
    () => (isRaw ? { ok: true as const, text } : isShort ? indentJson(text) : undefined),
    [text, isRaw, isShort],
  )
  const [long, setLong] = useState<{ text: string; result: IndentedJson }>()
  useEffect(() => {
    if (isShort) return undefined
    const mine = new AbortController()
    void indentJsonInSlices(text, mine.signal).then((result) => {
      if (!mine.signal.aborted) setLong({ text, result })
    })
    return () => mine.abort()
  }, [text, isShort])
  return short ?? (long?.text === text ? long.result : undefined)
}
