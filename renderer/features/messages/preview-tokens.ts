export type TokenKind = 'key' | 'string' | 'number' | 'atom' | 'sign'

export interface Token {
  kind: TokenKind
  text: string
}

/** As much of a preview as a cell shows in colour; what follows is drawn as it is. */
export const COLOURED = 240

/** One pass, no way back: what is not JSON comes out as signs. A name is a string with a colon behind it. */
const pattern = /("(?:[^"\\]|\\.)*(?:"|$))(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/gy

/** The tokens of a JSON value's beginning, which may end anywhere. */
export function previewTokens(text: string): Token[] {
  const tokens: Token[] = []
  const end = Math.min(text.length, COLOURED)
  const shown = text.slice(0, end)
  let signs = 0
  const sign = (until: number) => {
    if (until > signs) tokens.push({ kind: 'sign', text: shown.slice(signs, until) })
  }
  for (let at = 0; at < end;) {
    pattern.lastIndex = at
    const match = pattern.exec(shown)
    if (match === null) {
      at += 1
      continue
    }
    const [whole, string, colon, number] = match
    sign(at)
    tokens.push({
      kind: string !== undefined ? (colon === undefined ? 'string' : 'key') : number !== undefined ? 'number' : 'atom',
      text: string ?? whole,
    })
    at += whole.length
    // The colon is one with the signs behind it: each piece is a node on the page.
    signs = colon === undefined ? at : at - colon.length
  }
  sign(end)
  if (text.length > end) tokens.push({ kind: 'sign', text: text.slice(end) })
  return tokens
}
