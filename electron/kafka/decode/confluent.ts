import type { Decoder } from './decoder.ts'

/** A zero byte, then a schema id. Other data may look like it, and no registry is asked: so it is only said. */
export const confluent: Decoder = {
  encoding: 'Confluent wire format',
  isPlain: true,
  decode(bytes) {
    if (bytes.length < 5 || bytes[0] !== 0) return null
    const id = new DataView(bytes.buffer, bytes.byteOffset).getInt32(1)
    return id > 0 ? { reason: `schema id ${id}, and no registry is known` } : null
  },
}
