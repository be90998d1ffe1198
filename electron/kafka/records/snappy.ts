import { snappyCompress } from '@platformatic/wasm-utils/bundled'
import { copyLiterals, copyMatch, newRoom, wordsOf, type Room } from './block-copies.ts'
import type { Problem } from './batch-types.ts'

/** The framing of snappy-java (xerial), which Kafka's Java client writes: magic, two version words, then [length][block]. */
const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const
const XERIAL_HEADER = 16
const XERIAL_BLOCK = 32 * 1024

/**
 * Decodes snappy as found in Kafka batches: xerial framing, or one raw block (librdkafka and others). Each block declares its
 * size up front, so the limit is checked before anything is allocated.
 */
export function decompressSnappy(
  input: Uint8Array,
  maxBytes: number,
  roomOf: (size: number) => Room = newRoom,
): Uint8Array | Problem {
  const words = wordsOf(input)
  if (!isXerialHeader(input, 0)) {
    const size = declaredSize(input, 0, input.length)
    if (size < 0) return bad('the snappy block has no valid length')
    if (size > maxBytes) return tooLarge(maxBytes)
    if (size > maxExpansion(input.length)) return bad('the snappy block declares more than it can hold')
    const room = roomOf(size)
    return decodeRaw(input, words, 0, input.length, room, 0, size) ? room.bytes : bad('the snappy block is damaged')
  }
  const blocks = xerialBlocks(input)
  if (blocks === null) return bad('the snappy framing is damaged')
  let total = 0
  const sizes: number[] = []
  for (let i = 0; i < blocks.length; i += 2) {
    const size = declaredSize(input, blocks[i]!, blocks[i + 1]!) // each block is a pair in the list: where it starts and where it ends
    if (size < 0) return bad('a snappy block has no valid length')
    total += size
    if (total > maxBytes) return tooLarge(maxBytes)
    if (size > maxExpansion(blocks[i + 1]! - blocks[i]!)) return bad('a snappy block declares more than it can hold') // each block is a pair in the list: where it starts and where it ends
    sizes.push(size)
  }
  const room = roomOf(total)
  let at = 0
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]! // the list has a size per block
    if (!decodeRaw(input, words, blocks[2 * i]!, blocks[2 * i + 1]!, room, at, size))
      // each block is a pair in the list: where it starts and where it ends
      return bad('a snappy block is damaged')
    at += size
  }
  return room.bytes
}

/** Xerial framing in blocks of 32 KiB: every client can read it, while some older ones cannot read a raw block. */
export function compressSnappy(input: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from([...XERIAL_MAGIC, 0, 0, 0, 1, 0, 0, 0, 1])]
  for (let at = 0; at < input.length; at += XERIAL_BLOCK) {
    const piece = input.subarray(at, at + XERIAL_BLOCK)
    const block = snappyCompress(Buffer.from(piece.buffer, piece.byteOffset, piece.length))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

/** Starts and ends of the blocks, alternating; null if the framing is invalid. */
function xerialBlocks(input: Uint8Array): number[] | null {
  const ranges: number[] = []
  let at = XERIAL_HEADER
  if (input.length < at) return null
  while (at < input.length) {
    // Concatenated streams repeat the header.
    if (isXerialHeader(input, at)) {
      at += XERIAL_HEADER
      continue
    }
    if (at + 4 > input.length) return null
    const length = (input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]! // the caller checked that four bytes are there
    at += 4
    if (length <= 0 || length > input.length - at) return null
    ranges.push(at, at + length)
    at += length
  }
  return ranges
}

function isXerialHeader(input: Uint8Array, at: number): boolean {
  return at + XERIAL_HEADER <= input.length && XERIAL_MAGIC.every((byte, i) => input[at + i] === byte)
}

/** A three-byte copy element makes at most 64 bytes. */
const maxExpansion = (length: number): number => length * 22 + 64

/** The varint at the start of a raw block; −1 if there is none. */
function declaredSize(input: Uint8Array, start: number, end: number): number {
  let size = 0
  for (let i = 0; i < 5 && start + i < end; i++) {
    const byte = input[start + i]! // i < length
    size += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return size > 0xffffffff ? -1 : size
  }
  return -1
}

function decodeRaw(
  src: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  out: Room,
  from: number,
  size: number,
): boolean {
  const { bytes: to, words: toWords } = out
  let i = start
  while (src[i]! >= 0x80) i++ // past the end it is undefined, which is not >= 0x80
  i++
  let at = from
  const limit = from + size
  while (i < end) {
    const tag = src[i++]! // i < end
    const kind = tag & 3
    let length = 0
    let distance = 0
    if (kind === 0) {
      length = (tag >> 2) + 1
      if (length > 60) {
        const extra = length - 60
        if (i + extra > end) return false
        length = 1 + src[i]! // the length was checked against the end above
        if (extra > 1) length += src[i + 1]! << 8 // the length was checked against the end above
        if (extra > 2) length += src[i + 2]! << 16 // the length was checked against the end above
        if (extra > 3) length += src[i + 3]! << 24 // the length was checked against the end above
        i += extra
        if (length <= 0) return false
      }
      const stop = i + length
      if (stop > end || at + length > limit) return false
      at = copyLiterals(src, words, i, length, to, toWords, at)
      i = stop
      continue
    }
    if (kind === 1) {
      if (i >= end) return false
      length = ((tag >> 2) & 7) + 4
      distance = ((tag >> 5) << 8) | src[i]! // the length was checked against the end above
      i += 1
    } else {
      if (i + (kind === 2 ? 2 : 4) > end) return false
      length = (tag >> 2) + 1
      distance = src[i]! | (src[i + 1]! << 8) // the length was checked against the end above
      i += 2
      if (kind === 3) {
        distance |= (src[i]! << 16) | (src[i + 1]! << 24) // the length was checked against the end above
        i += 2
      }
    }
    // A four-byte distance above 2 GiB is negative here: as invalid as zero.
    if (distance <= 0 || at - distance < from || at + length > limit) return false
    at = copyMatch(to, toWords, at, distance, length)
  }
  return at === limit
}

const bad = (detail: string): Problem => ({ reason: 'bad-compression', detail })
const tooLarge = (maxBytes: number): Problem => ({
  reason: 'too-large',
  detail: `decompressed it would exceed the limit of ${maxBytes} bytes`,
})
