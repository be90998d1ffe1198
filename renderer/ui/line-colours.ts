import type { CodeLanguage } from './code-setup.ts'
import { lineAt, type TextLines } from './text-lines.ts'

export type Colour = 'key' | 'string' | 'number' | 'atom' | 'comment'

/** A part of a drawn line that has a colour; the text between two of them has none. */
export interface ColouredPart {
  readonly from: number
  readonly to: number
  readonly colour: Colour
}

/** The start and the end of each comment of more than one line, in order. */
export type LongComments = readonly number[]

/**
 * A line that is cut into more pieces than this is drawn without colours, because each piece is parsed from the line's
 * beginning.
 */
const MOST_PIECES = 64

const keywords =
  'package|message|import|public|weak|syntax|edition|required|optional|repeated|reserved|default|extensions|extend|oneof|map|to|max|stream|group|packed|option|service|rpc|returns|enum|bool|bytes|double|float|string|u?int(?:32|64)|s?fixed(?:32|64)|sint(?:32|64)'

const tokens: Readonly<Record<Exclude<CodeLanguage, 'text'>, RegExp>> = {
  json: /(?<string>"(?:\\.|[^"\\])*(?:"|$))(?<colon>\s*:)?|(?<number>-?\b\d[\d.eE+-]*)|(?<atom>\b(?:true|false|null)\b)/g,
  protobuf: new RegExp(
    String.raw`(?<comment>\/\/.*$|\/\*.*?(?:\*\/|$))|(?<string>"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$))|(?<number>\b\d[\w.]*)|(?<atom>\b(?:true|false)\b)|(?<key>\b(?:${keywords})\b)`,
    'g',
  ),
}

/**
 * The colours of one drawn line. The editor's own colours come from a parser that reads all text before the line, which takes
 * seconds for text of megabytes. In these languages tokens end with their line; only comments can be longer.
 */
export function coloursOf(
  text: string,
  lines: TextLines,
  index: number,
  language: CodeLanguage,
  comments: LongComments,
): ColouredPart[] {
  if (language === 'text') return []
  let first = index
  while (lines.numbers[first] === 0) {
    first -= 1
    if (index - first > MOST_PIECES) return []
  }
  const start = lines.starts[first] ?? 0
  const skipped = (lines.starts[index] ?? 0) - start
  const line = text.slice(start, start + skipped) + lineAt(text, lines, index)
  const found: ColouredPart[] = []
  const add = (from: number, to: number, colour: Colour): void => {
    if (to > skipped && to > from) found.push({ from: Math.max(0, from - skipped), to: to - skipped, colour })
  }
  const inside = Math.min(line.length, Math.max(0, commentEnd(comments, start) - start))
  add(0, inside, 'comment')
  const pattern = tokens[language]
  pattern.lastIndex = inside
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const { string, colon, number, atom, key, comment } = match.groups ?? {}
    const end = match.index + (string ?? match[0]).length
    if (string !== undefined) add(match.index, end, colon === undefined ? 'string' : 'key')
    else add(match.index, end, number !== undefined ? 'number' : atom !== undefined ? 'atom' : key !== undefined ? 'key' : comment === undefined ? 'string' : 'comment') // oxfmt-ignore
    if (match[0] === '') pattern.lastIndex += 1
  }
  return found
}

const commentOrString = /\/\/[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\/\*/g

/**
 * Finds comments of more than one line until `isOver` returns true, and continues from there on the next call. `run` returns
 * whether the end was reached.
 */
export function createCommentFinder(text: string): { run: (isOver: () => boolean) => boolean; found: LongComments } {
  const found: number[] = []
  const pattern = new RegExp(commentOrString)
  return {
    found,
    run: (isOver) => {
      for (let done = 1; ; done += 1) {
        const match = pattern.exec(text)
        if (match === null) return true
        if (match[0] === '/*') {
          const close = text.indexOf('*/', match.index + 2)
          const end = close === -1 ? text.length : close + 2
          const newline = text.indexOf('\n', match.index)
          if (newline !== -1 && newline < end) found.push(match.index, end)
          pattern.lastIndex = end
        }
        if (done % 512 === 0 && isOver()) return false
      }
    },
  }
}

/** The end of the comment that contains this position; −1: none does. */
function commentEnd(comments: LongComments, place: number): number {
  let low = 0
  let high = comments.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if (comments[2 * middle]! < place) low = middle + 1 // a comment is two numbers: where it starts and where it ends
    else high = middle
  }
  const end = comments[2 * low - 1] ?? -1
  return end > place ? end : -1
}
