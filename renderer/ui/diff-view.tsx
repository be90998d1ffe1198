import { lazy, Suspense, type Ref } from 'react'
import type { DiffHandle } from './code-diff.tsx'
import type { CodeLanguage } from './code-setup.ts'
import { isComfortable } from './code-view.tsx'
import { LongDiff } from './long-diff.tsx'
import { StateView } from './state-view.tsx'
import { useIndented } from './use-indented.ts'
import s from './code-view.module.css'

export interface DiffViewProps {
  before: { label: string; text: string }
  after: { label: string; text: string }
  language: CodeLanguage
  handle?: Ref<DiffHandle> | undefined
  onChanges?: ((count: number) => void) | undefined
}

const CodeDiff = lazy(async () => {
  const module = await import('./code-diff.tsx')
  return { default: module.CodeDiff }
})

/** Two texts side by side. JSON is indented first, because registries store it as one line. */
export function DiffView({ before, after, language, handle, onChanges }: DiffViewProps) {
  const isRaw = language !== 'json'
  const left = useIndented(before.text, isRaw)
  const right = useIndented(after.text, isRaw)
  if (left === undefined || right === undefined) return <StateView kind="loading" title="Comparing…" />
  const isJson = left.ok && right.ok
  const texts = [left.ok ? left.text : before.text, right.ok ? right.text : after.text] as const
  if (!texts.every(isComfortable)) {
    return (
      <LongDiff
        before={{ label: before.label, text: texts[0] }}
        after={{ label: after.label, text: texts[1] }}
        handle={handle}
        onChanges={onChanges}
      />
    )
  }
  return (
    <div className={s.shell}>
      <Suspense fallback={<StateView kind="loading" title="Comparing…" />}>
        <CodeDiff
          before={{ label: before.label, text: texts[0] }}
          after={{ label: after.label, text: texts[1] }}
          language={isJson || isRaw ? language : 'text'}
          handle={handle}
          onChanges={onChanges}
        />
      </Suspense>
    </div>
  )
}
