import { autocompletion, completionKeymap, completionStatus, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete' // oxfmt-ignore
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { StreamLanguage } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type Ref } from 'react'
import { codeColours, typedOver } from './code-setup.ts'
import { pageNonce } from './nonce.ts'
import s from './expression-field.module.css'

/** An error in an expression and its position, counted from 0. */
export interface ExpressionProblem {
  readonly message: string
  readonly at: number
  readonly length: number
}

export interface Suggestion {
  readonly label: string
  /** What is shown beside the name, e.g. its type. */
  readonly detail?: string
}

export interface ExpressionHandle {
  focus: () => void
}

export interface ExpressionFieldProps {
  label: string
  value: string
  placeholder: string
  onChange: (value: string) => void
  onEnter: () => void
  /** Arrow Down while no completions are open: moves the focus to the results. */
  onDown: () => void
  problem: ExpressionProblem | undefined
  /** Completions for what has been typed. */
  suggest: (typed: string) => Promise<readonly Suggestion[]>
  handle?: Ref<ExpressionHandle> | undefined
}

/** The path being typed: `value.customer.i`. */
const PATH = /[A-Za-z_][\w.[\]"'-]*$/
/** Matches any continuation of the path, for which the same completions hold. */
const PATH_ON = /^[\w.[\]"'-]*$/

/** A one-line expression field with colours, error marks and completion of field names. */
// oxlint-disable-next-line max-lines-per-function -- one editor, from creating it to destroying it
export function ExpressionField(props: ExpressionFieldProps) {
  const { label, value, problem, handle } = props
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const firstValue = useEffectEvent(() => value)
  const hint = useEffectEvent(() => props.placeholder)
  const changed = useEffectEvent((next: string) => props.onChange(next))
  const entered = useEffectEvent(() => props.onEnter())
  const down = useEffectEvent(() => props.onDown())
  const suggest = useEffectEvent((typed: string) => props.suggest(typed))
  useImperativeHandle(handle, () => ({ focus: () => editor.current?.focus() }))
  useEffect(() => {
    if (host.current === null) return undefined
    const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
      const typed = context.matchBefore(PATH)
      if (typed === null && !context.explicit) return null
      const found = await suggest(typed?.text ?? '')
      const options = found.map(({ label: text, detail }) => ({ label: text, ...(detail === undefined ? {} : { detail }) })) // oxfmt-ignore
      return { from: typed?.from ?? context.pos, options, validFor: PATH_ON }
    }
    const nonce = pageNonce()
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: firstValue(),
        extensions: [
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'false', tabindex: '0' }),
          // Pasted line breaks are joined, too: the field has one line.
          EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [change, oneLine(change.newDoc.toString())] : change)), // oxfmt-ignore
          history(),
          autocompletion({ override: [complete], icons: false, defaultKeymap: false }),
          // While completions are open, Enter and the arrow keys belong to them.
          Prec.highest(keymap.of(completionKeymap)),
          Prec.high(
            keymap.of([
              { key: 'Enter', run: () => done(entered) },
              { key: 'ArrowDown', run: (at) => completionStatus(at.state) === null && done(down) },
            ]),
          ),
          keymap.of([...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString())
          }),
          placeholder(hint()),
          StreamLanguage.define(celWords),
          codeColours,
          typedOver,
          theme,
          ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
        ],
      }),
    })
    editor.current = view
    return () => {
      editor.current = null
      view.destroy()
    }
  }, [label])
  useEffect(() => {
    const view = editor.current
    if (view === null || view.state.doc.toString() === value) return
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: value },
      selection: { anchor: value.length },
    })
  }, [value])
  useEffect(() => {
    const view = editor.current
    if (view === null) return
    const end = view.state.doc.length
    const from = Math.min(problem?.at ?? 0, Math.max(0, end - 1))
    const to = Math.min(end, from + Math.max(1, problem?.length ?? 1))
    view.dispatch(setDiagnostics(view.state, problem === undefined || end === 0 ? [] : [{ from, to, severity: 'error', message: problem.message }])) // oxfmt-ignore
  }, [problem])
  return <div ref={host} className={s.field} data-verbatim="" />
}

function done(what: () => void): true {
  what()
  return true
}

function oneLine(text: string) {
  const insert = text.replaceAll(/\s*\n\s*/g, ' ')
  return { changes: { from: 0, to: text.length, insert }, selection: { anchor: insert.length }, sequential: true }
}

/** As much of CEL's syntax as colouring needs; errors come from the compiler. */
const celWords: Parameters<typeof StreamLanguage.define>[0] = {
  token: (stream) => {
    if (stream.eatSpace()) return null
    if (stream.match(/^[rb]?"(?:[^"\\]|\\.)*"?/) !== null || stream.match(/^[rb]?'(?:[^'\\]|\\.)*'?/) !== null)
      return 'string'
    if (stream.match(/^(?:0x[\da-f]+|\d[\d.eE]*)u?/i) !== null) return 'number'
    if (stream.match(/^(?:true|false|null)\b/) !== null) return 'atom'
    if (stream.match(/^in\b/) !== null) return 'keyword'
    if (stream.match(/^[A-Za-z_]\w*/) !== null) return 'propertyName'
    stream.next()
    return null
  },
}

const theme = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text)', fontSize: 'var(--size-mono)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '24px', overflow: 'auto hidden', scrollbarWidth: 'none' },
  '.cm-content': { padding: '0 8px', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent) !important',
  },
  '.cm-tooltip': { backgroundColor: 'var(--pane)', color: 'var(--text)', borderColor: 'var(--line-strong)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: 'var(--size-mono)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--sel)',
    color: 'var(--text)',
    boxShadow: 'inset 2px 0 var(--accent)',
  },
  '.cm-completionDetail': { color: 'var(--faint)', fontStyle: 'normal' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
})
