import { hasHidden } from './visible-text.ts'

/** Lines longer than this are cut into pieces: a single element with a megabyte of text makes layout take seconds. */
export const PIECE = 240
/** Text up to this length is split at once; longer text is split in slices. */
export const AT_ONCE = 256 * 1024

/**
 * Where each drawn line starts. Real lines end with
 *  (or \r
 * ). Longer ones are cut after `piece` columns, at a space if one is near, and never inside a surrogate pair. Only offsets are
 * stored, so the text is in memory once.
 */
export interface TextLines {
  readonly count: number
  readonly starts: Uint32Array
  /** Real line numbers, counted from 1; 0 for the further pieces of a cut line. */
  readonly numbers: Uint32Array
}

export function splitLines(text: string, piece: number = PIECE): TextLines {
  const splitter = createSplitter(text, piece)
  splitter.run(() => false)
  return splitter.lines()
}

/**
 * Splits text until `isOver` returns true, and continues from there on the next call. `run` returns whether the end was
 * reached.
 */
export function createSplitter(
  text: string,
  piece: number = PIECE,
): { run: (isOver: () => boolean) => boolean; lines: () => TextLines } {
  const starts: number[] = []
  const numbers: number[] = []
  let at = 0
  /** The start of the line that is being cut; −1: none yet. */
  let end = -1
  let line = 0
  const next = (): void => {
    if (end === -1) {
      const newline = text.indexOf('\n', at)
      end = newline === -1 ? text.length : newline
      numbers.push((line += 1))
    } else numbers.push(0)
    starts.push(at)
    at = pieceEnd(text, at, end, piece)
    if (at < end) return
    at = end + 1
    end = -1
  }
  return {
    run: (isOver) => {
      for (let done = 1; at <= text.length; done += 1) {
        next()
        if (done % 512 === 0 && at <= text.length && isOver()) return false
      }
      return true
    },
    lines: () => ({ count: starts.length, starts: new Uint32Array(starts), numbers: new Uint32Array(numbers) }),
  }
}

function pieceEnd(text: string, start: number, end: number, piece: number): number {
  const most = Math.min(end, start + piece)
  let cut = most
  if (!isNarrow(text, start, most)) {
    cut = start
    for (let columns = 0; cut < end;) {
      const code = text.codePointAt(cut)! // cut < text.length
      columns += columnsOf(code)
      if (columns > piece && cut > start) break
      cut += code > 0xffff ? 2 : 1
    }
  }
  if (cut >= end) return end
  const space = text.slice(start, cut).lastIndexOf(' ') + 1
  return space > (cut - start) * 0.6 ? start + space : cut
}

/** Ordinary Latin text, in which each character takes one column. */
function isNarrow(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

/** An upper bound of the columns: a line that is cut too early can still be read, one that is clipped cannot. */
function columnsOf(code: number): number {
  if (code >= 0x20 && code < 0x7f) return 1
  if (code === 9) return 4
  if (hasHidden(String.fromCodePoint(code))) return code < 0x20 ? 2 : 7
  return code < 0x1100 ? 1 : 2
}

export function lineAt(text: string, lines: TextLines, index: number): string {
  const start = lines.starts[index] ?? text.length
  const end = lines.starts[index + 1] ?? text.length
  const raw = text.slice(start, end)
  return raw.endsWith('\r\n') ? raw.slice(0, -2) : raw.endsWith('\n') ? raw.slice(0, -1) : raw
}

/** The drawn line that contains this position of the text. */
export function lineOf(lines: TextLines, place: number): number {
  let low = 0
  let high = lines.count
  while (low < high) {
    const middle = (low + high) >> 1
    if (lines.starts[middle]! > place) high = middle // middle < high
    else low = middle + 1
  }
  return Math.max(0, low - 1)
}
