import { history, historyKeymap } from '@codemirror/commands'
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { openSearchPanel } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { use, useEffect, useEffectEvent, useImperativeHandle, useRef, useState, type Ref } from 'react'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import { codeSetup, languageSetup, type CodeLanguage, typedOver } from './code-setup.ts'
import type { FindHandle } from './find-bar.tsx'
import { MarkerContext } from './marked.tsx'
import { markedPlaces } from './marked-places.ts'
import s from './code-view.module.css'

/** A message about a place in the text: a line, or a character of it. With neither it is shown only outside the editor. */
export interface CodeProblem {
  readonly message: string
  /** From 1. */
  readonly line?: number | null
  readonly column?: number | null
  /** From 0. */
  readonly at?: number | null
}

export interface CodeHandle extends FindHandle {
  /** Moves the focus to this line. */
  goTo: (place: CodePlace) => void
  /** Replaces the selection, as typing would. */
  insert: (text: string) => void
}

export type CodePlace = Omit<CodeProblem, 'message'>

export interface CodeEditorProps {
  label: string
  text: string
  language: CodeLanguage
  find?: Ref<CodeHandle> | undefined
  /** Without it the editor is read-only. */
  onChange?: ((text: string) => void) | undefined
  problems?: readonly CodeProblem[] | undefined
  onFocus?: (() => void) | undefined
}

const noProblems: readonly CodeProblem[] = []

/** Code with colours, folding and search. Loaded lazily: the editor is the largest script that the page loads. */
export function CodeEditor({ label, text, language, find, onChange, problems = noProblems, onFocus }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const configured = useRef<{ language: CodeLanguage; marker: MarkFinder | undefined }>({ language, marker: undefined })
  const [inLanguage] = useState(() => new Compartment())
  const isEditable = onChange !== undefined
  const [marks] = useState(() => new Compartment())
  const searched = use(MarkerContext)
  /** Once somebody types, the marks of an earlier search no longer apply. */
  const marker = isEditable ? undefined : searched
  /** Only for edits by typing: whoever set the text from outside knows it already. */
  const changed = useEffectEvent((next: string) => {
    if (next !== text) onChange?.(next)
  })
  const focused = useEffectEvent(() => onFocus?.())
  const first = useEffectEvent(() => ({ text, language, marker }))
  useImperativeHandle(find, () => ({
    find: () => void (editor.current && openSearchPanel(editor.current)),
    goTo: (place) => goTo(editor.current, place),
    insert: (inserted) => insert(editor.current, inserted),
  }))
  useEffect(() => {
    if (host.current === null) return undefined
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first().text,
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
            if (update.focusChanged && update.view.hasFocus) focused()
          }),
          inLanguage.of(languageSetup(first().language)),
          marks.of(marksOf(first().marker)),
          typedOver,
          ...codeSetup(),
        ],
      }),
    })
    editor.current = view
    configured.current = { language: first().language, marker: first().marker }
    return () => view.destroy()
  }, [label, isEditable, inLanguage, marks])
  // Not when the language stays the same: setting it would parse the whole text again.
  useEffect(() => {
    if (configured.current.marker === marker) return
    configured.current.marker = marker
    editor.current?.dispatch({ effects: marks.reconfigure(marksOf(marker)) })
  }, [marker, marks])
  useEffect(() => {
    if (configured.current.language === language) return
    configured.current.language = language
    editor.current?.dispatch({ effects: inLanguage.reconfigure(languageSetup(language)) })
  }, [language, inLanguage])
  useEffect(() => {
    const view = editor.current
    if (view === null || view.state.doc.toString() === text) return
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
  }, [text])
  useEffect(() => {
    const view = editor.current
    if (view === null || !isEditable) return
    view.dispatch(setDiagnostics(view.state, problems.flatMap((one) => diagnosticOf(view.state, one)))) // oxfmt-ignore
  }, [problems, isEditable])
  return <div ref={host} className={s.editor} data-verbatim="" />
}

function marksOf(marker: MarkFinder | undefined): Extension {
  return marker === undefined ? [] : markedPlaces(marker)
}

function goTo(view: EditorView | null, place: CodePlace): void {
  if (view === null) return
  const at = placeOf(view.state, place) ?? 0
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
  view.focus()
}

function insert(view: EditorView | null, text: string): void {
  if (view === null) return
  view.dispatch({ ...view.state.replaceSelection(text), scrollIntoView: true, userEvent: 'input' })
  view.focus()
}

/** null: the place is not in this text. */
function placeOf({ doc }: EditorState, { at, line, column }: CodePlace): number | null {
  if (at != null) return Math.min(Math.max(0, at), doc.length)
  if (line == null || line > doc.lines) return null
  const { from, to } = doc.line(Math.max(1, line))
  return Math.min(to, from + Math.max(0, (column ?? 1) - 1))
}

/** If a string or a number is at this place, the whole of it; otherwise one character. */
const token = /"(?:[^"\\\n]|\\.)*"?|[\w.+-]+/y

function diagnosticOf(state: EditorState, { message, ...place }: CodeProblem): Diagnostic[] {
  const start = placeOf(state, place)
  if (start === null) return []
  const { from, to, text } = state.doc.lineAt(start)
  if (place.at == null) return [{ from: start === to ? from : start, to, severity: 'error', message }]
  token.lastIndex = start - from
  const length = token.exec(text)?.[0].length ?? 1
  // After the last character there is nothing to mark, so the last character is marked.
  return start === to && start > from
    ? [{ from: start - 1, to: start, severity: 'error', message }]
    : [{ from: start, to: Math.min(to, start + length), severity: 'error', message }]
}
