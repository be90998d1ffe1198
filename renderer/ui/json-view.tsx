import type { Ref } from 'react'
import { CodeView } from './code-view.tsx'
import type { FindHandle } from './find-bar.tsx'
import { StateView } from './state-view.tsx'
import { useIndented } from './use-indented.ts'
import s from './code-view.module.css'

export interface JsonViewProps {
  label: string
  /** JSON as it was received. It is indented without parsing its numbers, so that 64-bit values keep every digit. */
  text: string
  /** Shows the text exactly as it was received. */
  isRaw?: boolean | undefined
  find?: Ref<FindHandle> | undefined
}

export function JsonView({ label, text, isRaw, find }: JsonViewProps) {
  const shown = useIndented(text, isRaw === true)
  if (shown === undefined) return <StateView kind="loading" title="Formatting…" />
  const body = shown.ok ? shown.text : text
  return (
    <div className={s.shell}>
      {!shown.ok && <p className={s.notice}>Not JSON ({shown.message}); shown as text.</p>}
      <CodeView label={label} text={body} language={shown.ok ? 'json' : 'text'} find={find} />
    </div>
  )
}
