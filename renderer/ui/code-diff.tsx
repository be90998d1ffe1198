import { type Chunk, goToNextChunk, goToPreviousChunk, MergeView } from '@codemirror/merge'
import { EditorState, StateEffect } from '@codemirror/state'
import { Decoration, EditorView } from '@codemirror/view'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import { codeSetup, languageSetup, type CodeLanguage } from './code-setup.ts'
import s from './code-view.module.css'

export interface DiffHandle {
  /** Moves the focus to the next change, or to the previous one. */
  step: (by: 1 | -1) => void
}

export interface CodeDiffProps {
  before: { label: string; text: string }
  after: { label: string; text: string }
  language: CodeLanguage
  handle?: Ref<DiffHandle> | undefined
  /** Called with the number of changed stretches of lines, once that is known. */
  onChanges?: ((count: number) => void) | undefined
}

/**
 * How long the diff may look for changes within lines, in ms: enough for any schema a person reads. After that the lines are
 * only compared as wholes.
 */
const exactMs = 40

const theme = EditorView.theme({
  '&.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--bad-bg)' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--accent-bg)' },
  // Marked by an underline: a darker background would leave the syntax colours too little contrast.
  '&.cm-merge-a .cm-changedText': { background: 'linear-gradient(var(--bad), var(--bad)) bottom/100% 2px no-repeat' },
  '&.cm-merge-b .cm-changedText': {
    background: 'linear-gradient(var(--accent), var(--accent)) bottom/100% 2px no-repeat',
  },
  '&.cm-merge-a .cm-changedLineGutter': { background: 'var(--bad)' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--accent)' },
  '.cm-insertedLine, .cm-deletedLine': { textDecoration: 'none' },
})

/**
 * Marks what changed within a line. A line that changed as a whole is shown by its background: underlining all of its text
 * would hide more than it shows.
 */
function underline(view: EditorView, chunks: readonly Chunk[], side: 'A' | 'B'): void {
  const mark = Decoration.mark({ class: 'cm-changedText' })
  const marks = chunks.flatMap((chunk) => {
    const start = side === 'A' ? chunk.fromA : chunk.fromB
    return chunk.changes.flatMap((change) => {
      const [from, to] = side === 'A' ? [change.fromA, change.toA] : [change.fromB, change.toB]
      const isOfLine = from < to && view.state.doc.lineAt(start + from).to >= start + to
      return isOfLine ? [mark.range(start + from, start + to)] : []
    })
  })
  view.dispatch({ effects: StateEffect.appendConfig.of(EditorView.decorations.of(Decoration.set(marks, true))) })
}

/** Two texts side by side, equal lines at one height. Loaded lazily, as the editor is. */
export function CodeDiff({ before, after, language, handle, onChanges }: CodeDiffProps) {
  const host = useRef<HTMLDivElement>(null)
  const merge = useRef<MergeView>(null)
  useImperativeHandle(handle, () => ({
    step: (by) => {
      const view = merge.current?.b
      if (view === undefined) return
      ;(by === 1 ? goToNextChunk : goToPreviousChunk)(view)
      view.focus()
    },
  }))
  useEffect(() => {
    if (host.current === null) return undefined
    const side = ({ label, text }: CodeDiffProps['before']) => ({
      doc: text,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
        languageSetup(language),
        ...codeSetup(),
        theme,
      ],
    })
    const view = new MergeView({
      a: side({ label: before.label, text: before.text }),
      b: side({ label: after.label, text: after.text }),
      parent: host.current,
      diffConfig: { scanLimit: 500, timeout: exactMs },
      highlightChanges: false,
    })
    underline(view.a, view.chunks, 'A')
    underline(view.b, view.chunks, 'B')
    merge.current = view
    onChanges?.(view.chunks.length)
    return () => view.destroy()
  }, [before.label, before.text, after.label, after.text, language, onChanges])
  return <div ref={host} className={s.diff} data-verbatim="" />
}
