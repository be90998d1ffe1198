export interface TextPiece {
  text: string
  /** Set when the piece stands for one character that has an effect instead of a glyph. */
  hidden?: string
}

// Control characters, soft hyphen, Arabic letter mark, zero-width and bidi controls, line and paragraph separators, the BOM,
// interlinear marks, tag characters and lone surrogates: everything that could hide, reorder or split what a person reads.
const acting =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g

const names: Record<number, string> = {
  0x00: 'NUL',
  0x07: 'BEL',
  0x08: 'BS',
  0x0d: 'CR',
  0x1b: 'ESC',
  0x7f: 'DEL',
  0xad: 'soft hyphen',
  0x200b: 'zero-width space',
  0x200c: 'ZWNJ',
  0x200d: 'ZWJ',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'end of direction',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first-strong isolate',
  0x2069: 'end of isolate',
  0xfeff: 'byte order mark',
}

/** Splits text into what can be shown as it is and what must be spelled out. Tab and newline stay as they are. */
export function visiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let at = 0
  for (const match of text.matchAll(acting)) {
    // A joiner between emoji or Indic letters is part of the spelling.
    if (match[0] === '\u200d' && joins(text, match.index)) continue
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) })
    const code = match[0].codePointAt(0) ?? 0
    pieces.push({ text: markOf(code), hidden: nameOf(code) })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}

export function hasHidden(text: string): boolean {
  return text.search(acting) !== -1
}

function joins(text: string, at: number): boolean {
  return /\p{Extended_Pictographic}|\p{M}|\p{Lo}/u.test(text.slice(Math.max(0, at - 2), at))
}

// C0 characters have control pictures; others are written as their code points.
function markOf(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

function nameOf(code: number): string {
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const name = names[code] ?? (code >= 0xd800 && code <= 0xdfff ? 'lone surrogate' : 'control character')
  return `${name} (${point})`
}
