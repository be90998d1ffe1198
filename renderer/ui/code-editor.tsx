import { history, historyKeymap } from '@codemirror/commands'
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { openSearchPanel } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type Ref } from 'react'
import { codeSetup, type CodeLanguage } from './code-setup.ts'
import type { FindHandle } from './find-bar.tsx'
import s from './code-view.module.css'

/** Something said about a place of the text; without a line it is said elsewhere only. */
export interface CodeProblem {
  readonly message: string
  /** From 1. */
  readonly line: number | null
  readonly column: number | null
}

export interface CodeHandle extends FindHandle {
  /** Brings the keyboard to this line. */
  goTo: (line: number, column?: number) => void
}

export interface CodeEditorProps {
  label: string
  text: string
  language: CodeLanguage
  find?: Ref<CodeHandle> | undefined
  /** Without it the text can only be read. */
  onChange?: ((text: string) => void) | undefined
  problems?: readonly CodeProblem[] | undefined
}

const noProblems: readonly CodeProblem[] = []

/** Code with colours, folding and search. Loaded lazily: the editor is the largest thing the page can fetch. */
export function CodeEditor({ label, text, language, find, onChange, problems = noProblems }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const isEditable = onChange !== undefined
  const changed = useEffectEvent((next: string) => onChange?.(next))
  const firstText = useEffectEvent(() => text)
  useImperativeHandle(find, () => ({
    find: () => void (editor.current && openSearchPanel(editor.current)),
    goTo: (line, column = 1) => goTo(editor.current, line, column),
  }))
  useEffect(() => {
    if (host.current === null) return undefined
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: firstText(),
        extensions: [
          EditorState.readOnly.of(!isEditable),
          EditorView.contentAttributes.of({
            'aria-label': label,
            tabindex: '0',
            ...(isEditable ? {} : { 'aria-readonly': 'true' }),
          }),
          ...(isEditable ? [history(), keymap.of(historyKeymap), lintGutter()] : []),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString())
          }),
          ...codeSetup(language),
        ],
      }),
    })
    editor.current = view
    return () => view.destroy()
  }, [label, language, isEditable])
  useEffect(() => {
    const view = editor.current
    if (view === null || view.state.doc.toString() === text) return
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
  }, [text])
  useEffect(() => {
    const view = editor.current
    if (view === null || !isEditable) return
    view.dispatch(setDiagnostics(view.state, problems.flatMap((one) => diagnosticOf(view.state, one)))) // prettier-ignore
  }, [problems, isEditable])
  return <div ref={host} className={s.editor} data-verbatim="" />
}

function goTo(view: EditorView | null, line: number, column: number): void {
  if (view === null) return
  const at = placeOf(view.state, line, column)
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
  view.focus()
}

function placeOf({ doc }: EditorState, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(to, from + Math.max(0, column - 1))
}

function diagnosticOf(state: EditorState, { message, line, column }: CodeProblem): Diagnostic[] {
  if (line === null || line > state.doc.lines) return []
  const { from, to } = state.doc.line(line)
  const start = column === null ? from : placeOf(state, line, column)
  return [{ from: start === to ? from : start, to, severity: 'error', message }]
}
