/** Lines longer than this are cut into pieces: one megabyte in a single element makes layout take seconds. */
export const PIECE = 240

/**
 * Where each drawn line starts. Real lines end at \n (or \r\n); longer ones are cut every PIECE characters, never inside a
 * surrogate pair. Offsets only: the text is held once.
 */
export interface TextLines {
  readonly count: number
  readonly starts: Uint32Array
  /** Real line numbers, 1-based; 0 for the rest of a cut line. */
  readonly numbers: Uint32Array
}

export function splitLines(text: string, piece: number = PIECE): TextLines {
  const starts: number[] = []
  const numbers: number[] = []
  let at = 0
  let line = 1
  while (at <= text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    let start = at
    starts.push(start)
    numbers.push(line)
    while (end - start > piece) {
      const last = text.charCodeAt(start + piece - 1)
      start += last >= 0xd800 && last <= 0xdbff ? piece - 1 : piece
      starts.push(start)
      numbers.push(0)
    }
    line++
    if (newline === -1) break
    at = newline + 1
  }
  return { count: starts.length, starts: Uint32Array.from(starts), numbers: Uint32Array.from(numbers) }
}

export function lineAt(text: string, lines: TextLines, index: number): string {
  const start = lines.starts[index] ?? text.length
  const end = lines.starts[index + 1] ?? text.length
  const raw = text.slice(start, end)
  return raw.endsWith('\r\n') ? raw.slice(0, -2) : raw.endsWith('\n') ? raw.slice(0, -1) : raw
}
