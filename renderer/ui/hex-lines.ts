import { hexText } from '#shared/bytes.ts'

export const BYTES_PER_LINE = 16

/** `48 65 6c 6c 6f …` in groups of eight, padded so that the text column stays aligned. */
export function hexOf(bytes: Uint8Array, line: number, perLine: number = BYTES_PER_LINE): string {
  const bytesOfLine = bytes.subarray(line * perLine, (line + 1) * perLine)
  const first = hexText(bytesOfLine.subarray(0, 8))
  if (perLine <= 8) return first.padEnd(3 * perLine - 1)
  return `${first.padEnd(23)}  ${hexText(bytesOfLine.subarray(8)).padEnd(3 * (perLine - 8) - 1)}`
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
