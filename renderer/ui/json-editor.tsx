import { defaultKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { codeFolding, foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import type { FindHandle } from './find-bar.tsx'
import { pageNonce } from './nonce.ts'
import s from './code-view.module.css'

const colours = HighlightStyle.define([
  // Each for itself: Arabic or Hebrew beside a colon or a number would change places with it.
  { tag: tags.propertyName, color: 'var(--syntax-key)', unicodeBidi: 'isolate' },
  { tag: tags.string, color: 'var(--syntax-string)', unicodeBidi: 'isolate' },
  { tag: tags.number, color: 'var(--syntax-number)' },
  { tag: [tags.bool, tags.null], color: 'var(--syntax-atom)' },
])

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: 'var(--size-mono)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-gutters': { backgroundColor: 'var(--pane)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent) !important',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-bg)', color: 'var(--warn)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--raise)', borderColor: 'var(--line-strong)', color: 'var(--dim)' },
  '.cm-panels': { backgroundColor: 'var(--raise)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-textfield': { backgroundColor: 'var(--pane)', borderColor: 'var(--line-field)', color: 'var(--text)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--raise)',
    borderColor: 'var(--line-strong)',
    color: 'var(--text)',
  },
})

export interface JsonEditorProps {
  label: string
  text: string
  find?: Ref<FindHandle> | undefined
}

/** Read-only JSON with folding and search. Loaded lazily: the editor is the largest thing the page can fetch. */
export function JsonEditor({ label, text, find }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  useImperativeHandle(find, () => ({ find: () => void (editor.current && openSearchPanel(editor.current)) }))
  useEffect(() => {
    if (host.current === null) return undefined
    const nonce = pageNonce()
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
          lineNumbers(),
          foldGutter(),
          codeFolding(),
          json(),
          syntaxHighlighting(colours),
          highlightSelectionMatches(),
          search({ top: true }),
          EditorView.lineWrapping,
          // Tab is left alone, so that it leaves the editor.
          keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
          theme,
          ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
        ],
      }),
    })
    editor.current = view
    return () => view.destroy()
  }, [text, label])
  return <div ref={host} className={s.editor} data-verbatim="" />
}
