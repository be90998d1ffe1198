import { lazy, Suspense, type Ref } from 'react'
import type { CodeHandle } from './code-editor.tsx'
import type { CodeLanguage } from './code-setup.ts'
import type { FindHandle } from './find-bar.tsx'
import { formatBytes } from './format.ts'
import { hasHidden } from './visible-text.ts'
import { TextView } from './text-view.tsx'
import s from './code-view.module.css'

export interface CodeViewProps {
  label: string
  text: string
  language: CodeLanguage
  find?: Ref<FindHandle> | undefined
}

/** CodeMirror works well up to this length; for longer text its parser and its document block the page. */
export const EDITOR_LIMIT = 2 * 1024 * 1024
const LONGEST_LINE = 20_000

const CodeEditor = lazy(async () => {
  const module = await import('./code-editor.tsx')
  return { default: module.CodeEditor }
})

/** Read-only code: in the editor where the text is short enough, otherwise in lines that are drawn as they scroll into view. */
export function CodeView({ label, text, language, find }: CodeViewProps) {
  const large = text.length > EDITOR_LIMIT
  const plain = language === 'text' || !isComfortable(text)
  return (
    <>
      {large && <p className={s.notice}>{formatBytes(text.length)} of text: shown without folding.</p>}
      {plain ? (
        <TextView label={label} text={text} language={language} find={find} />
      ) : (
        <Suspense fallback={<TextView label={label} text={text} language={language} />}>
          <CodeEditor label={label} text={text} language={language} find={find as Ref<CodeHandle>} />
        </Suspense>
      )}
    </>
  )
}

/** Whether this text is short enough for the editor. */
export function isComfortable(text: string): boolean {
  return text.length <= EDITOR_LIMIT && longestLine(text) <= LONGEST_LINE && !hasHidden(text)
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
