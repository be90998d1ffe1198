import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import type { HeaderValue } from '#shared/contract/messages.ts'
import { knownHeader } from '#shared/model/known-headers.ts'
import { headersFrom, type PackedHeaders } from '../../kafka/records/headers.ts'
import type { DecodedHeader, StoredHeader } from '../../kafka/workers/decode-headers.ts'

const PAGE = 1_000
const PAGE_BYTES = 1 << 20
/** Bytes of one name or value; the rest is fetched as a payload. */
const FIELD_BYTES = 64 << 10
/** Bytes of a value that is decoded completely, although only its beginning is shown. */
const DECODED_BYTES = 256 << 10

/** Headers from `first` on, up to the size of an answer; `next` is where the next page starts. */
export async function headersPage(
  headers: PackedHeaders,
  from: number,
  decode: (headers: StoredHeader[]) => Promise<DecodedHeader[]>,
): Promise<{ headers: HeaderValue[]; next: number | null }> {
  const page: Omit<HeaderValue, keyof DecodedHeader>[] = []
  const stored: StoredHeader[] = []
  let bytes = 0
  const walk = headersFrom(headers, from)
  if (walk === null) return { headers: [], next: null }
  do {
    const { name, value } = walk.header()
    // slice copies: a view would send all headers along.
    const one = { name: name.slice(0, FIELD_BYTES), value: value === null ? null : value.slice(0, FIELD_BYTES) }
    const known = knownHeader(utf8Text(one.name) ?? '', value)
    page.push({
      ...one,
      size: value?.length ?? -1,
      ...(name.length > FIELD_BYTES ? { nameSize: name.length } : {}),
      ...(known === null ? {} : { known }),
    })
    const isCut = value !== null && value.length > DECODED_BYTES
    stored.push({
      name: beginning(name, one.name),
      value: value === null ? null : isCut ? beginning(value, one.value!) : value.slice(), // a value that was cut is not null
      isCut,
    })
    bytes += one.name.length + (one.value?.length ?? 0)
  } while (page.length < PAGE && bytes < PAGE_BYTES && walk.next())
  const decoded = await decode(stored)
  const next = from + page.length
  return {
    headers: page.map((one, i) => ({ ...one, ...decoded[i]! })), // there is an answer per header, in the same order
    next: next < headers.readable ? next : null,
  }
}

/** For a name or value that is cut, only what is shown is used. */
function beginning(bytes: Uint8Array, shown: Uint8Array): Uint8Array {
  return bytes.length > FIELD_BYTES ? wholeCharacters(shown) : shown
}
