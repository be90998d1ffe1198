const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

export function hasRightToLeft(text: string): boolean {
  return rightToLeft.test(text)
}

/** Words with what stands between words of one sentence. Quotes, colons, commas alone and brackets part fields: they end a run. */
const runs =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+(?:(?:[.,;!?]? (?:\d+ )?|[-'’.])[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+)*/gu

export interface DirectedPiece {
  text: string
  isRightToLeft: boolean
}

/**
 * Text as runs that read from the right and what stands between them. Each run for itself keeps its place: by the rules of
 * bidirectional text alone, `"שם": 12` would be drawn with the number before the name.
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
