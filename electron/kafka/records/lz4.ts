import { lz4Compress } from '@platformatic/wasm-utils/bundled'
import { copyLiterals, copyMatch, newRoom, wordsOf, type Room } from './block-copies.ts'
import { skippableLength } from './zstd.ts'
import type { Problem } from './batch-types.ts'

const FRAME_MAGIC = 0x184d2204

/**
 * Decodes LZ4 frames: linked or independent blocks, with or without content size and checksums (which are not verified: the
 * batch has its own CRC). Not the WebAssembly library's decoder: it has no size limit, keeps its largest output allocated for
 * ever, and its memory cannot be trusted after corrupt input. This one is also faster: it copies 8 bytes at a time.
 */
export function decompressLz4(
  input: Uint8Array,
  maxBytes: number,
  roomOf: (size: number) => Room = newRoom,
): Uint8Array | Problem {
  const size = scanFrames(input, maxBytes)
  if (typeof size !== 'number') return size
  const room = roomOf(size)
  const output = room.bytes
  const words = wordsOf(input)
  let at = 0
  let out = 0
  while (at < input.length) {
    const skip = skippableLength(input, at)
    if (skip > 0) {
      at += skip
      continue
    }
    const frame = readFrameHeader(input, at)
    if ('reason' in frame) return frame
    at = frame.bodyStart
    const frameStart = out
    for (;;) {
      const word = readU32(input, at)
      at += 4
      if (word === 0) break
      const length = word & 0x7fffffff
      if (word >= 0x80000000) {
        if (out + length > size) return tooLarge(maxBytes)
        output.set(input.subarray(at, at + length), out)
        out += length
      } else {
        const limit = Math.min(size, out + frame.blockMax)
        const end = decodeBlock(input, words, at, at + length, room, out, limit, frame.linked ? frameStart : out)
        if (end < 0) {
          return limit === size && end === OVERFLOW && size === maxBytes
            ? tooLarge(maxBytes)
            : bad('a block of the LZ4 frame is damaged')
        }
        out = end
      }
      at += length + (frame.blockChecksum ? 4 : 0)
    }
    at += frame.contentChecksum ? 4 : 0
    if (frame.contentSize >= 0 && out - frameStart !== frame.contentSize) {
      return bad(`the LZ4 frame announced ${frame.contentSize} bytes and holds ${out - frameStart}`)
    }
  }
  return out === size ? output : output.subarray(0, out)
}

/** One frame of independent blocks, which Kafka's own reader requires. */
export function compressLz4(input: Uint8Array): Uint8Array {
  const frame = lz4Compress(Buffer.from(input.buffer, input.byteOffset, input.length))
  // The library announces 4 MiB blocks, and Kafka's Java reader allocates a buffer of that size for every batch. A small batch
  // announces 64 KiB instead (descriptor 0x60 0x40, whose checksum byte is 0x82), which is what Java itself writes.
  if (input.length <= 65_536 && frame[4] === 0x60 && frame[5] === 0x70) {
    frame[5] = 0x40
    frame[6] = 0x82
  }
  return frame
}

interface FrameHeader {
  bodyStart: number
  linked: boolean
  blockChecksum: boolean
  contentChecksum: boolean
  /** −1: not announced. */
  contentSize: number
  blockMax: number
}

function readFrameHeader(input: Uint8Array, at: number): FrameHeader | Problem {
  if (at + 7 > input.length || readU32(input, at) !== FRAME_MAGIC) return bad('no LZ4 frame where one should start')
  const flags = input[at + 4]! // the caller checked that the whole header is there
  const sizeId = (input[at + 5]! >> 4) & 7 // the caller checked that the whole header is there
  if (flags >> 6 !== 1) return bad(`LZ4 frame version ${flags >> 6} is unknown`)
  if ((flags & 1) !== 0) return bad('the LZ4 frame needs a dictionary')
  if (sizeId < 4) return bad(`LZ4 block size ${sizeId} is unknown`)
  const sized = (flags & 8) !== 0
  if (sized && at + 15 > input.length) return bad('the LZ4 frame is cut off')
  const contentSize = sized ? readU32(input, at + 6) + readU32(input, at + 10) * 0x1_0000_0000 : -1
  return {
    bodyStart: at + (sized ? 15 : 7),
    linked: (flags & 0x20) === 0,
    blockChecksum: (flags & 0x10) !== 0,
    contentChecksum: (flags & 4) !== 0,
    contentSize,
    blockMax: 1 << (8 + 2 * sizeId),
  }
}

/** Walks the block lengths only: checks that they fit, and returns how much output they can make at most. */
function scanFrames(input: Uint8Array, maxBytes: number): number | Problem {
  let at = 0
  let total = 0
  while (at < input.length) {
    const skip = skippableLength(input, at)
    if (skip > 0) {
      at += skip
      if (at > input.length) return bad('the LZ4 frame is cut off')
      continue
    }
    const frame = readFrameHeader(input, at)
    if ('reason' in frame) return frame
    at = frame.bodyStart
    let bound = 0
    for (;;) {
      if (at + 4 > input.length) return bad('the LZ4 frame is cut off')
      const word = readU32(input, at)
      at += 4
      if (word === 0) break
      const length = word & 0x7fffffff
      // A block of n bytes cannot expand beyond 255 n: by the announced block size alone, 5 bytes could claim 4 MiB.
      bound += word >= 0x80000000 ? length : Math.min(frame.blockMax, length * 255)
      at += length + (frame.blockChecksum ? 4 : 0)
      if (at > input.length) return bad('the LZ4 frame is cut off')
    }
    at += frame.contentChecksum ? 4 : 0
    if (at > input.length) return bad('the LZ4 frame is cut off')
    if (frame.contentSize > maxBytes) return tooLarge(maxBytes)
    if (frame.contentSize > bound)
      return bad(`the LZ4 frame announces ${frame.contentSize} bytes, more than its blocks can hold`)
    total += frame.contentSize >= 0 ? frame.contentSize : bound
  }
  return Math.min(total, maxBytes)
}

const DAMAGED = -1
const OVERFLOW = -2

/** Decodes one block into `out` from `at`, never beyond `limit`; matches reach back to `floor`. Returns the new end. */
function decodeBlock(
  src: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  out: Room,
  from: number,
  limit: number,
  floor: number,
): number {
  const { bytes: to, words: toWords } = out
  let i = start
  let at = from
  while (i < end) {
    const token = src[i++]! // i < end
    let literals = token >> 4
    if (literals === 15) {
      let byte = 255
      while (byte === 255) {
        if (i >= end) return DAMAGED
        byte = src[i++]! // i < end
        literals += byte
      }
    }
    if (literals > 0) {
      const stop = i + literals
      if (stop > end) return DAMAGED
      if (at + literals > limit) return OVERFLOW
      at = copyLiterals(src, words, i, literals, to, toWords, at)
      i = stop
    }
    if (i === end) return at
    if (i + 2 > end) return DAMAGED
    const distance = src[i]! | (src[i + 1]! << 8) // the line above checked that two bytes are there
    i += 2
    if (distance === 0 || at - distance < floor) return DAMAGED
    let length = (token & 15) + 4
    if (length === 19) {
      let byte = 255
      while (byte === 255) {
        if (i >= end) return DAMAGED
        byte = src[i++]! // i < end
        length += byte
      }
    }
    if (at + length > limit) return OVERFLOW
    at = copyMatch(to, toWords, at, distance, length)
  }
  return DAMAGED
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0 // the caller checked that four are there
}

const bad = (detail: string): Problem => ({ reason: 'bad-compression', detail })
const tooLarge = (maxBytes: number): Problem => ({
  reason: 'too-large',
  detail: `decompressed it would exceed the limit of ${maxBytes} bytes`,
})
