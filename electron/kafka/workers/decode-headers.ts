import type { Decoded, Decoding } from '#shared/model/decoded.ts'
import { headerNames } from '../decode/decode-chain.ts'
import type { DecodeContext, DecodedAt } from '../decode/decoder.ts'
import { CursorHeaders } from '../records/headers.ts'

/** A header as it is sent to a worker: copies, and of large ones only the beginning. */
export interface StoredHeader {
  name: Uint8Array
  value: Uint8Array | null
  /** Only the beginning of the value is here. */
  isCut: boolean
}

export interface DecodedHeader {
  nameAs: Decoding
  /** null: the value is null. */
  valueAs: Decoded | null
}

/** Limits for one page: the total for all its trees, and for values that are not written out as stored. */
const MOST_BYTES = 1 << 20
/** Of one header. */
const MOST_WRITTEN = 64 << 10

const none = new CursorHeaders()

/**
 * Decodes a page of a record's headers, one after the other. `decode` decodes the value of a header of this name, by the rules
 * for headers.
 */
export async function decodeHeaders(
  { at, key, headers }: { at: DecodedAt; key: Uint8Array | null; headers: readonly StoredHeader[] },
  decode: (bytes: Uint8Array, name: string, context: DecodeContext) => Promise<Decoded>,
): Promise<DecodedHeader[]> {
  const context: DecodeContext = { ...at, part: 'header', key, headers: none }
  const made: DecodedHeader[] = []
  let bytes = 0
  for (const { name, value, isCut } of headers) {
    const nameAs = headerNames.decode(name, context).as
    if (value === null || isCut) {
      // The beginning of a JSON text is not JSON, and that of a value with a schema cannot be decoded.
      const plain = (of: Uint8Array): Decoded => ({ ...headerNames.decode(of, context).as, written: null, isCut: false, value: null }) // oxfmt-ignore
      made.push({ nameAs, valueAs: value === null ? null : plain(value) })
      continue
    }
    const found = await decode(value, new TextDecoder().decode(name), context)
    const size = value.length + (found.written?.length ?? 0)
    const isRoom = (bytes += size) <= MOST_BYTES
    made.push({ nameAs, valueAs: isRoom ? bounded(found) : { ...cut(found, 0), value: null } })
  }
  return made
}

function bounded(found: Decoded): Decoded {
  return found.written === null || found.written.length <= MOST_WRITTEN ? found : cut(found, MOST_WRITTEN)
}

function cut(found: Decoded, most: number): Decoded {
  return found.written === null ? found : { ...found, written: found.written.slice(0, most), isCut: true }
}
