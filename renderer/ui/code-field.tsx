import { lazy, Suspense } from 'react'
import type { CodeEditorProps } from './code-editor.tsx'
import { StateView } from './state-view.tsx'

const CodeEditor = lazy(async () => {
  const module = await import('./code-editor.tsx')
  return { default: module.CodeEditor }
})

/** A field for editing code. The editor is loaded when the first such field is shown. */
export function CodeField(props: CodeEditorProps & Required<Pick<CodeEditorProps, 'onChange'>>) {
  return (
    <Suspense fallback={<StateView kind="loading" title="Opening the editor…" />}>
      <CodeEditor {...props} />
    </Suspense>
  )
}
