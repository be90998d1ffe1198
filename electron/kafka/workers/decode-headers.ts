import type { Decoded, Decoding } from '#shared/model/decoded.ts'
import { headerNames } from '../decode/decode-chain.ts'
import type { DecodeContext, DecodedAt } from '../decode/decoder.ts'
import { CursorHeaders } from '../records/headers.ts'

/** A header as it is handed to a worker: copies, of what is large the beginning. */
export interface StoredHeader {
  name: Uint8Array
  value: Uint8Array | null
  /** Only the beginning of the value is here. */
  isCut: boolean
}

export interface DecodedHeader {
  nameAs: Decoding
  /** null: the value is. */
  valueAs: Decoded | null
}

/** Of one page: what its trees are made of together, and what is written out otherwise than it is stored. */
const MOST_BYTES = 1 << 20
/** Of one header. */
const MOST_WRITTEN = 64 << 10

const none = new CursorHeaders()

/** A page of a record's headers, one after the other. `decode` is the value of one of this name, by what was chosen for it. */
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
      // The beginning of a JSON text is none, and of an encoding with a schema it is nothing at all.
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
