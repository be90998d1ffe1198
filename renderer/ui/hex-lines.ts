export const BYTES_PER_LINE = 16

/** `48 65 6c 6c 6f …` in groups of eight, padded so that the text column stands still. */
export function hexOf(bytes: Uint8Array, line: number, perLine: number = BYTES_PER_LINE): string {
  const start = line * perLine
  let text = ''
  for (let i = 0; i < perLine; i++) {
    if (i === 8) text += ' '
    const byte = bytes[start + i]
    text += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `
  }
  return text.slice(0, -1)
}

/** Printable ASCII as itself, anything else as a middle dot: a byte is not a character. */
export function asciiOf(bytes: Uint8Array, line: number, perLine: number = BYTES_PER_LINE): string {
  let text = ''
  for (const byte of bytes.subarray(line * perLine, (line + 1) * perLine)) {
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
  }
  return text
}

export function hexLineCount(bytes: Uint8Array, perLine: number = BYTES_PER_LINE): number {
  return Math.ceil(bytes.length / perLine)
}
