import { formatGrouped } from '../../ui/format.ts'

export interface Piece {
  /** As it is coloured. */
  readonly kind: 'name' | 'string' | 'number' | 'atom' | 'sign'
  readonly text: string
}

/** A string, which may be cut; a count; a mark that more follows; a sign; a number or word. The pattern does not backtrack. */
const token = /\s*(?:("(?:[^"\\]|\\.)*(?:"|$))|\{#(\d+)\}|\[#(\d+)\]|(#)|([{}[\],:])|([^\s"{}[\],:#]+))/gy

/** A complete string without an escape. */
const isPlain = /^"[^"\\]*"$/

/** Texts that would be ambiguous without quotes. */
const isAmbiguous = /^$|^\s|\s$|^[{[]|^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$|^(?:true|false|null)$| · /

/**
 * A short JSON value (see `shortJson`) as one line: `status paid · total 129.90 · lines 12 items`. Numbers are as written; a
 * text has no quotes unless it would be ambiguous.
 */
export function linePieces(json: string): readonly Piece[] {
  const pieces: Piece[] = []
  /** The open containers, the outermost first; in an object names come first. */
  const open: ('list' | 'name' | 'value')[] = []
  const put = (kind: Piece['kind'], text: string): void => {
    const last = pieces.at(-1)
    // Adjacent signs are joined: each piece is a DOM node.
    if (kind === 'sign' && last?.kind === 'sign') pieces[pieces.length - 1] = { kind, text: last.text + text }
    else if (text !== '') pieces.push({ kind, text })
  }
  const sign = (found: string): void => {
    const inside = open.at(-1)
    if (found === '{' || found === '[') {
      open.push(found === '[' ? 'list' : 'name')
      // The outermost object needs no braces.
      if (open.length > 1 || found === '[') put('sign', found)
    } else if (found === ':') {
      open[open.length - 1] = 'value'
      put('sign', ' ')
    } else if (found === ',') {
      if (inside !== 'list') open[open.length - 1] = 'name'
      put('sign', ' · ')
    } else {
      open.pop()
      if (open.length > 0 || found === ']') put('sign', found)
    }
  }
  token.lastIndex = 0
  for (let found = token.exec(json); found !== null; found = token.exec(json)) {
    const [, string, fields, items, more, mark, plain] = found
    if (string !== undefined) {
      if (open.at(-1) === 'name') put('name', textOf(string))
      else put('string', open.length === 0 ? string : textOf(string))
    } else if (fields !== undefined) put('sign', countText(fields, 'field'))
    else if (items !== undefined) put('sign', countText(items, 'item'))
    else if (more !== undefined) put('sign', '…')
    else if (mark !== undefined) sign(mark)
    else put(/^-?\d/.test(plain!) ? 'number' : 'atom', plain!) // the pattern always matches one of its groups
  }
  return pieces.length === 0 && json.trim().startsWith('{') ? [{ kind: 'sign', text: '{}' }] : pieces
}

function countText(digits: string, one: string): string {
  return digits === '1' ? `1 ${one}` : `${formatGrouped(Number(digits))} ${one}s`
}

function textOf(string: string): string {
  let text: string
  try {
    // The usual case: parsing a string properly costs many times as much, and a followed topic is drawn over and over.
    text = isPlain.test(string) ? string.slice(1, -1) : (JSON.parse(string) as string)
  } catch {
    return string
  }
  return isAmbiguous.test(text) ? string : text
}
