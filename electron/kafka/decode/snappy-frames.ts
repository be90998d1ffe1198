import { crc32c } from '../records/crc32c.ts'
import { decompressSnappy } from '../records/snappy.ts'
import type { Problem } from '../records/batch-types.ts'

/** Snappy's own framing format (framing_format.txt of google/snappy), which Kafka does not use, but applications do. */

const BEGINNING = Uint8Array.of(0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)
/** Uncompressed bytes of one chunk. */
const MOST_OF_CHUNK = 65_536
const damaged: Problem = { reason: 'bad-compression', detail: 'the snappy frames are damaged' }

export function isFramedSnappy(bytes: Uint8Array): boolean {
  return BEGINNING.every((byte, i) => bytes[i] === byte)
}

export function framedSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array | Problem {
  const chunks: Uint8Array[] = []
  let total = 0
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return damaged
    const kind = bytes[at]! // at + 4 <= length
    const start = at + 4
    const end = start + (bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16)) // at + 4 <= length
    if (end > bytes.length) return damaged
    at = end
    // A repeated header, padding, and chunk types that are to be skipped.
    if (kind >= 0x80) continue
    if (kind > 1) return damaged
    const data = dataOf(kind, bytes.subarray(start, end))
    if (data === null) return damaged
    total += data.length
    if (total > maxBytes) return { reason: 'too-large', detail: `more than ${maxBytes} bytes` }
    chunks.push(data)
  }
  return Buffer.concat(chunks, total)
}

/** Type 0 is compressed, 1 is not; the checksum of the uncompressed data comes first in both. */
function dataOf(kind: number, chunk: Uint8Array): Uint8Array | null {
  if (chunk.length < 4) return null
  const body = chunk.subarray(4)
  const data = kind === 0 ? decompressSnappy(body, MOST_OF_CHUNK) : body
  if (!(data instanceof Uint8Array) || data.length > MOST_OF_CHUNK) return null
  const sum = crc32c(data)
  const masked = (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0
  return masked === new DataView(chunk.buffer, chunk.byteOffset, 4).getUint32(0, true) ? data : null
}
