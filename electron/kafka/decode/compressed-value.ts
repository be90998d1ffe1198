import { inflateSync } from 'node:zlib'
import type { compressions } from '#shared/model/decode-choice.ts'
import { decompress } from '../records/compression.ts'
import type { Problem } from '../records/batch-types.ts'
import { around } from './text-wrappers.ts'
import type { Decoder } from './decoder.ts'
import { framedSnappy, isFramedSnappy } from './snappy-frames.ts'

type PayloadCompression = (typeof compressions)[number]

/** Bytes of one decompressed value. Rows are made of many at once, each of which could be a decompression bomb. */
const MOST_BYTES = 16 << 20

/** The decoder for a user's choice: values that the application compressed itself, in addition to Kafka's compression. */
export function compressed(by: PayloadCompression, inner: Decoder): Decoder {
  const unwrap = (bytes: Uint8Array): Uint8Array | string => {
    // An empty input is invalid in each format; zstd and lz4 would accept it as zero frames.
    const found = bytes.length === 0 ? null : unpack(by, bytes)
    if (found instanceof Uint8Array) return found
    return found?.reason === 'too-large' ? `it is more than ${MOST_BYTES >> 20} MiB inside` : `it is not ${by}`
  }
  return around(by, unwrap, inner)
}

function unpack(by: PayloadCompression, bytes: Uint8Array): Uint8Array | Problem {
  if (by === 'zlib') return inflated(bytes)
  if (by === 'snappy' && isFramedSnappy(bytes)) return framedSnappy(bytes, MOST_BYTES)
  return decompress(by, bytes, MOST_BYTES)
}

function inflated(bytes: Uint8Array): Uint8Array | Problem {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    const isLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
    return { reason: isLarge ? 'too-large' : 'bad-compression', detail: 'zlib refused it' }
  }
}
