import { zstdDecompressSync } from 'node:zlib'

const FRAME_MAGIC = 0xfd2fb528
/** Of the frames that zstd and LZ4 both define to be stepped over (the low four bits are free), with their size behind it. */
const SKIPPABLE_MAGIC = 0x184d2a50

/** The whole length of a skippable frame that starts here; 0: none does. */
export function skippableLength(input: Uint8Array, at: number): number {
  if (at + 8 > input.length || (readU32(input, at) & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC) return 0
  return 8 + readU32(input, at + 4)
}

/**
 * The frames of a zstd body, one after another, without those to be stepped over (RFC 8878, 3.1): Node decodes the first frame
 * only, while kcat and Java read them all. What is no frame ends the walk where something came before it: the batch's record
 * count tells whether that was all. A damaged frame reaches to the end, so that the decoder says what is wrong.
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

/** Decodes frames together, and never makes more than `maxBytes`. Throws what zlib throws. */
export function decompressZstd(
  input: Uint8Array,
  maxBytes: number,
  chunkSizeOf: (frame: Uint8Array, room: number) => number,
): Uint8Array {
  const frames = zstdFrames(input)
  const parts: Uint8Array[] = []
  let size = 0
  for (const frame of frames) {
    // zlib wants a limit of one byte at least.
    const room = Math.max(1, maxBytes - size)
    const part = zstdDecompressSync(frame, { maxOutputLength: room, chunkSize: chunkSizeOf(frame, room) })
    size += part.length
    if (size > maxBytes) throw Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' })
    parts.push(part)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts) // its length is 1, as checked
}

/** Where the frame ends, by the lengths of its blocks; the input's end where they do not fit. */
function frameEnd(input: Uint8Array, start: number): number {
  if (start + 6 > input.length) return input.length
  const descriptor = input[start + 4]! // the caller checked that the whole header is there
  const isSingle = (descriptor & 0x20) !== 0
  const sizeWidth = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]! // two bits, so 0 to 3, and there are four widths
  let at = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeWidth // two bits, so 0 to 3, and there are four widths
  for (;;) {
    if (at + 3 > input.length) return input.length
    const head = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) // the loop checks that three bytes are there
    // An RLE block says how often its one byte comes.
    at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3)
    if ((head & 1) !== 0) break
  }
  return Math.min(input.length, at + ((descriptor & 4) !== 0 ? 4 : 0))
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0 // the caller checked that four are there
}
