import { defaultKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { codeFolding, foldGutter, foldKeymap, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language' // oxfmt-ignore
import { protobuf } from '@codemirror/legacy-modes/mode/protobuf'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import type { Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { pageNonce } from './nonce.ts'

export type CodeLanguage = 'json' | 'protobuf' | 'text'

/** For code and for expressions alike. */
export const codeColours = syntaxHighlighting(
  HighlightStyle.define([
    // Each piece has its own text direction: Arabic or Hebrew next to a colon or a number would change places with it.
    { tag: tags.propertyName, color: 'var(--syntax-key)', unicodeBidi: 'isolate' },
    { tag: tags.string, color: 'var(--syntax-string)', unicodeBidi: 'isolate' },
    { tag: tags.number, color: 'var(--syntax-number)' },
    { tag: [tags.bool, tags.null], color: 'var(--syntax-atom)' },
    { tag: tags.keyword, color: 'var(--syntax-key)' },
    { tag: tags.comment, color: 'var(--faint)', unicodeBidi: 'isolate' },
  ]),
)

/**
 * Typing over a selection inserts plain text. The browser's own handling would copy the inline style of the replaced text,
 * which the page's content security policy forbids and reports in the console.
 */
export const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { main } = view.state.selection
    if (event.inputType !== 'insertText' || event.data === null || main.empty || view.composing || view.state.readOnly)
      return false
    event.preventDefault()
    view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: 'var(--size-mono)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--pane)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused, &:focus-within': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  // The gutters cover the outline.
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    zIndex: '300',
    inset: '0',
    border: '2px solid var(--focus)',
    pointerEvents: 'none',
  },
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
  '.cm-tooltip': { backgroundColor: 'var(--raise)', color: 'var(--text)', borderColor: 'var(--line-strong)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
})

/** The extensions that every code view of the app has, editable or not. */
export function codeSetup(): Extension[] {
  const nonce = pageNonce()
  return [
    lineNumbers(),
    codeColours,
    highlightSelectionMatches(),
    search({ top: true }),
    EditorView.lineWrapping,
    // Tab is not bound, so that it moves the focus out of the editor.
    keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
    theme,
    ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
  ]
}

/** The extensions of a language. They are separate from the others so that the language can change while somebody types. */
export function languageSetup(language: CodeLanguage): Extension[] {
  if (language === 'json') return [foldGutter(), codeFolding(), json()]
  return language === 'protobuf' ? [StreamLanguage.define(protobuf)] : []
}
