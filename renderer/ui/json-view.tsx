import { lazy, Suspense, useEffect, useMemo, useState, type Ref } from 'react'
import type { FindHandle } from './find-bar.tsx'
import { formatBytes } from './format.ts'
import { hasHidden } from './visible-text.ts'
import { indentJson, indentJsonInSlices, type IndentedJson } from './json-text.ts'
import { StateView } from './state-view.tsx'
import { AT_ONCE } from './text-lines.ts'
import { TextView } from './text-view.tsx'
import s from './code-view.module.css'

export interface JsonViewProps {
  label: string
  /** JSON as it came. It is indented without being parsed into numbers, so that 64-bit values keep every digit. */
  text: string
  /** Shows the text exactly as it came. */
  isRaw?: boolean | undefined
  find?: Ref<FindHandle> | undefined
}

/** CodeMirror is comfortable up to here; above, folding and highlighting cost more than they show. */
export const EDITOR_LIMIT = 2 * 1024 * 1024
const LONGEST_LINE = 20_000

const JsonEditor = lazy(async () => {
  const module = await import('./json-editor.tsx')
  return { default: module.JsonEditor }
})

export function JsonView({ label, text, isRaw, find }: JsonViewProps) {
  const shown = useIndented(text, isRaw === true)
  if (shown === undefined) return <StateView kind="loading" title="Formatting…" />
  const body = shown.ok ? shown.text : text
  const large = body.length > EDITOR_LIMIT
  const plain = large || !shown.ok || longestLine(body) > LONGEST_LINE || hasHidden(body)
  return (
    <div className={s.shell}>
      {!shown.ok && <p className={s.notice}>Not JSON ({shown.message}); shown as text.</p>}
      {large && <p className={s.notice}>{formatBytes(body.length)} of text: shown without folding and colours.</p>}
      {plain ? (
        <TextView label={label} text={body} find={find} />
      ) : (
        <Suspense fallback={<TextView label={label} text={body} />}>
          <JsonEditor label={label} text={body} find={find} />
        </Suspense>
      )}
    </div>
  )
}

/** Short texts at once; others in slices, undefined meanwhile. */
function useIndented(text: string, isRaw: boolean): IndentedJson | undefined {
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

function longestLine(text: string): number {
  let longest = 0
  for (let at = 0; at <= text.length;) {
    const next = text.indexOf('\n', at)
    const end = next === -1 ? text.length : next
    longest = Math.max(longest, end - at)
    at = end + 1
  }
  return longest
}
