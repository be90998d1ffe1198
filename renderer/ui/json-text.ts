import { betweenFrames, type IsOver } from './sort-in-slices.ts'

export type IndentedJson = { ok: true; text: string } | { ok: false; message: string }

/**
 * Indents JSON token by token. Parsing and printing would round 64-bit numbers, merge duplicate keys and rewrite escapes, and
 * the text must stay as it was sent. JSON.parse cannot check the syntax in slices either, so this does that as well.
 */
export function indentJson(text: string): IndentedJson {
  const indenter = createIndenter(text)
  indenter.run(() => false)
  return indenter.result()
}

/** The same for texts of megabytes, in slices that do not block the page. */
export async function indentJsonInSlices(text: string, signal?: AbortSignal): Promise<IndentedJson> {
  const indenter = createIndenter(text)
  await betweenFrames(indenter.run, signal)
  return indenter.result()
}

const space = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y
const word = /(?:true|false|null)(?!\w)/y
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
/** The characters that must be escaped in a string. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\0-\x1f]/
/** Deeper than any value that people read; JSON.parse would accept more. */
const DEEPEST = 50_000

type Expects = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end' | 'nothing'

class NotJson extends Error {}

// oxlint-disable-next-line max-lines-per-function -- a state machine over one text: split in two, each half would need all of its state
function createIndenter(text: string): { run: (isOver: IsOver) => boolean; result: () => IndentedJson } {
  const out: string[] = []
  const open: ('{' | '[')[] = []
  let expects: Expects = 'value'
  let at = 0
  /** The start of the string that is being read, −1 outside one; and the position of the next quote. */
  let stringStart = -1
  let quote = -1
  let refused: string | undefined
  let indented = ''

  const refuse = (why: string): never => {
    throw new NotJson(why)
  }
  const unexpected = (): never =>
    at >= text.length
      ? refuse('it ends too early')
      : // At is within the text.
        refuse(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))} at character ${at + 1}`) // at < text.length
  const matched = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found === undefined || found === '') return unexpected()
    at += found.length
    return found
  }
  /** Moves to the next escape or to the end of the string; a string of megabytes takes as many slices as it needs. */
  const string = (): void => {
    if (quote < at) quote = text.indexOf('"', at)
    if (quote === -1) {
      at = text.length
      return unexpected()
    }
    const rest = text.slice(at, quote)
    const backslash = rest.indexOf('\\')
    const plain = backslash === -1 ? rest : rest.slice(0, backslash)
    const wrong = plain.search(control)
    at += wrong === -1 ? plain.length : wrong
    if (wrong !== -1) return unexpected()
    if (backslash !== -1) return void matched(escape)
    at += 1
    out.push(text.slice(stringStart, at))
    stringStart = -1
    if (expects !== 'name') return afterValue()
    out.push(': ')
    expects = 'colon'
  }
  const startString = (): void => {
    stringStart = at
    at += 1
  }
  const newline = () => out.push('\n', '  '.repeat(open.length))
  const afterValue = (): void => void (expects = open.length === 0 ? 'nothing' : 'comma-or-end')
  const value = (first: string | undefined): void => {
    if (first === '{' || first === '[') {
      if (open.length === DEEPEST) refuse('it is nested too deep')
      out.push(first)
      open.push(first)
      at += 1
      expects = first === '{' ? 'name-or-end' : 'value-or-end'
      return
    }
    if (first === '"') return startString()
    out.push(first !== undefined && /[-\d]/.test(first) ? matched(number) : matched(word))
    afterValue()
  }
  const end = (isEmpty: boolean): void => {
    open.pop()
    if (!isEmpty) newline()
    out.push(text[at]!) // at < text.length
    at += 1
    afterValue()
  }
  const token = (): void => {
    if (stringStart !== -1) return string()
    const first = text[at]
    const closing = open.at(-1) === '{' ? '}' : ']'
    switch (expects) {
      case 'value-or-end':
      case 'name-or-end':
        if (first === closing) return end(true)
        newline()
        if (expects === 'value-or-end') return value(first)
        expects = 'name'
        return undefined
      case 'value':
        return value(first)
      case 'name':
        if (first !== '"') return unexpected()
        return startString()
      case 'colon':
        if (first !== ':') return unexpected()
        at += 1
        expects = 'value'
        return undefined
      case 'comma-or-end':
        if (first === closing) return end(false)
        if (first !== ',') return unexpected()
        at += 1
        out.push(',')
        newline()
        expects = open.at(-1) === '{' ? 'name' : 'value'
        return undefined
      case 'nothing':
        return unexpected()
    }
  }
  const skip = (): void => {
    if (stringStart !== -1) return
    space.lastIndex = at
    at += space.exec(text)?.[0].length ?? 0
  }
  return {
    run: (isOver) => {
      try {
        for (let done = 1; ; done += 1) {
          skip()
          if (at >= text.length && expects === 'nothing') break
          token()
          if (done % 1_024 !== 0) continue
          // Long texts are joined while they grow: joining millions of tokens at the end would take longer than a slice.
          indented += out.splice(0).join('')
          if (isOver()) return false
        }
      } catch (error) {
        if (!(error instanceof NotJson)) throw error
        refused = error.message
      }
      indented += out.splice(0).join('')
      return true
    },
    result: () => (refused === undefined ? { ok: true, text: indented } : { ok: false, message: refused }),
  }
}
