const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

export function hasRightToLeft(text: string): boolean {
  return rightToLeft.test(text)
}

/**
 * Words with what separates words of one sentence. Quotes, colons, brackets and a comma on its own separate fields: they end a
 * run.
 */
const runs =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+(?:(?:[.,;!?]? (?:\d+ )?|[-'’.])[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+)*/gu

export interface DirectedPiece {
  text: string
  isRightToLeft: boolean
}

/**
 * Splits text into right-to-left runs and the text between them. Each run is isolated: by the bidirectional algorithm alone,
 * `"שם": 12` would be drawn with the number before the name.
 */
export function directedPieces(text: string): DirectedPiece[] {
  const pieces: DirectedPiece[] = []
  let at = 0
  for (const match of text.matchAll(runs)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isRightToLeft: false })
    pieces.push({ text: match[0], isRightToLeft: true })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isRightToLeft: false })
  return pieces
}
