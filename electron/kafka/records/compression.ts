import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Room } from './block-copies.ts'
import { compressLz4, decompressLz4 } from './lz4.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { decompressZstd } from './zstd.ts'
import { CODECS, DEFAULT_MAX_DECOMPRESSED_BYTES, type Compression, type Problem } from './batch-types.ts'

export function isProblem(value: Uint8Array | Problem): value is Problem {
  return !(value instanceof Uint8Array)
}

/** The codec in the attribute bits 0–2; null: unknown. */
export function codecOf(id: number): Compression | null {
  return CODECS[id] ?? null
}

/**
 * Decompresses the body of a batch. Never throws; never makes more than `maxBytes`, whatever the input claims. With `none` it
 * returns the input itself. A body may consist of several gzip members, zstd or LZ4 frames, or xerial streams. `roomOf`: an
 * output buffer, for codecs that know the size in advance; left out: a new buffer.
 */
export function decompress(
  codec: Compression,
  input: Uint8Array,
  maxBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES,
  roomOf?: (size: number) => Room,
): Uint8Array | Problem {
  switch (codec) {
    case 'none':
      return input
    case 'gzip':
      return safely(maxBytes, () =>
        gunzipSync(input, { maxOutputLength: maxBytes, chunkSize: chunkSize(input, gzipSizeHint(input), maxBytes) }),
      )
    case 'zstd':
      return safely(maxBytes, () =>
        decompressZstd(input, maxBytes, (frame, room) => chunkSize(frame, zstdSizeHint(frame), room)),
      )
    case 'snappy':
      return decompressSnappy(input, maxBytes, roomOf)
    case 'lz4':
      return decompressLz4(input, maxBytes, roomOf)
  }
}

export function compress(codec: Compression, input: Uint8Array): Uint8Array {
  switch (codec) {
    case 'none':
      return input
    case 'gzip':
      return gzipSync(input)
    case 'zstd':
      return zstdCompressSync(input)
    case 'snappy':
      return compressSnappy(input)
    case 'lz4':
      return compressLz4(input)
  }
}

/**
 * With an output chunk of the announced size zlib need not collect and concatenate pieces of 16 KiB. The size comes from the
 * input, so it is limited in proportion to the input; a wrong one only costs speed.
 */
function chunkSize(input: Uint8Array, hint: number, maxBytes: number): number {
  return Math.max(64, Math.min(Math.max(hint + 64, 16_384), maxBytes + 64, 65_536 + input.length * 256))
}

function safely(maxBytes: number, run: () => Uint8Array): Uint8Array | Problem {
  try {
    return run()
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return { reason: 'too-large', detail: `decompressed it would exceed the limit of ${maxBytes} bytes` }
    }
    return { reason: 'bad-compression', detail: error instanceof Error ? error.message : String(error) }
  }
}

/** The last four bytes of a gzip member: its size modulo 2³². */
function gzipSizeHint(input: Uint8Array): number {
  if (input.length < 18) return 0
  const at = input.length - 4
  return (input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24)) >>> 0 // the caller checked that four are there
}

/** The content size in the frame header, if present (RFC 8878, 3.1.1.1); Kafka's streaming writer leaves it out. */
function zstdSizeHint(input: Uint8Array): number {
  if (input.length < 18) return 0
  const descriptor = input[4]! // the caller checked that these bytes are there
  const single = (descriptor >> 5) & 1
  const width = [single, 2, 4, 8][descriptor >> 6]! // two bits, so 0 to 3, and there are four widths
  const dictionary = [0, 1, 2, 4][descriptor & 3]! // two bits, so 0 to 3, and there are four widths
  const at = 5 + (single ? 0 : 1) + dictionary
  if (width === 0) return input.length * 4
  let size = 0
  for (let i = 0; i < width; i++) size += input[at + i]! * 2 ** (8 * i) // the length was checked
  return width === 2 ? size + 256 : size
}
