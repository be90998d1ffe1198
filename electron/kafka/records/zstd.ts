import { zstdDecompressSync } from 'node:zlib'

const FRAME_MAGIC = 0xfd2fb528
/** Magic of frames that zstd and LZ4 both define as skippable (the low four bits vary), followed by their size. */
const SKIPPABLE_MAGIC = 0x184d2a50

/** The whole length of a skippable frame that starts here; 0: none does. */
export function skippableLength(input: Uint8Array, at: number): number {
  if (at + 8 > input.length || (readU32(input, at) & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC) return 0
  return 8 + readU32(input, at + 4)
}

/**
 * The frames of a zstd body, without skippable ones (RFC 8878, 3.1): Node decodes the first frame only, while kcat and Java
 * read all of them. Bytes that are not a frame end the walk if a frame came before: the batch's record count tells whether that
 * was everything. A damaged frame extends to the end, so that the decoder reports what is wrong.
 */
export function zstdFrames(input: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < input.length;) {
    const skip = skippableLength(input, at)
    if (skip > 0) {
      if (at + skip > input.length) return [...frames, input.subarray(at)]
      at += skip
      continue
    }
    if (at > 0 && (at + 4 > input.length || readU32(input, at) !== FRAME_MAGIC)) return frames
    const end = frameEnd(input, at)
    frames.push(input.subarray(at, end))
    at = end
  }
  return frames
}

/** Decodes frames together, and never makes more than `maxBytes`. Throws zlib's errors. */
export function decompressZstd(
  input: Uint8Array,
  maxBytes: number,
  chunkSizeOf: (frame: Uint8Array, room: number) => number,
): Uint8Array {
  const frames = zstdFrames(input)
  const parts: Uint8Array[] = []
  let size = 0
  for (const frame of frames) {
    // zlib requires a limit of at least one byte.
    const room = Math.max(1, maxBytes - size)
    const part = zstdDecompressSync(frame, { maxOutputLength: room, chunkSize: chunkSizeOf(frame, room) })
    size += part.length
    if (size > maxBytes) throw Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' })
    parts.push(part)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts) // its length is 1, as checked
}

/** Where the frame ends, by the lengths of its blocks; the end of the input if they do not fit. */
function frameEnd(input: Uint8Array, start: number): number {
  if (start + 6 > input.length) return input.length
  const descriptor = input[start + 4]! // the caller checked that the whole header is there
  const isSingle = (descriptor & 0x20) !== 0
  const sizeWidth = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]! // two bits, so 0 to 3, and there are four widths
  let at = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeWidth // two bits, so 0 to 3, and there are four widths
  for (;;) {
    if (at + 3 > input.length) return input.length
    const head = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) // the loop checks that three bytes are there
    // An RLE block has one byte, and a count of how often it repeats.
    at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3)
    if ((head & 1) !== 0) break
  }
  return Math.min(input.length, at + ((descriptor & 4) !== 0 ? 4 : 0))
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0 // the caller checked that four are there
}
