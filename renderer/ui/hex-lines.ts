export const BYTES_PER_LINE = 16

/** `48 65 6c 6c 6f …` in two groups of eight, padded so that the text column stands still. */
export function hexOf(bytes: Uint8Array, line: number): string {
  const start = line * BYTES_PER_LINE
  let text = ''
  for (let i = 0; i < BYTES_PER_LINE; i++) {
    if (i === 8) text += ' '
    const byte = bytes[start + i]
    text += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `
  }
  return text.slice(0, -1)
}

/** Printable ASCII as itself, anything else as a middle dot: a byte is not a character. */
export function asciiOf(bytes: Uint8Array, line: number): string {
  let text = ''
  for (const byte of bytes.subarray(line * BYTES_PER_LINE, (line + 1) * BYTES_PER_LINE)) {
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
  }
  return text
}

export function hexLineCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / BYTES_PER_LINE)
}
