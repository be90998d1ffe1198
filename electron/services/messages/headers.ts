import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import type { HeaderValue } from '#shared/contract/messages.ts'
import { knownHeader } from '#shared/model/known-headers.ts'
import { decodeHeader } from '../../kafka/decode/header.ts'
import { headersFrom, type PackedHeaders } from '../../kafka/records/headers.ts'

const PAGE = 1_000
const PAGE_BYTES = 1 << 20
/** Of one name or value; the rest is a payload to be fetched by itself. */
const FIELD_BYTES = 64 << 10

/** Headers from one on, as far as an answer may be large; `next` is where the page after it starts. */
export function headersPage(
  headers: PackedHeaders,
  from: number,
  at: { topic: string; partition: number },
): { headers: HeaderValue[]; next: number | null } {
  const page: HeaderValue[] = []
  let bytes = 0
  const walk = headersFrom(headers, from)
  if (walk === null) return { headers: page, next: null }
  do {
    const { name, value } = walk.header()
    // slice copies: a view would carry all headers across.
    const one: HeaderValue = {
      name: name.slice(0, FIELD_BYTES),
      value: value === null ? null : value.slice(0, FIELD_BYTES),
      size: value?.length ?? -1,
      nameAs: decodeHeader(beginning(name), at),
      valueAs: value === null ? null : decodeHeader(beginning(value), at),
    }
    if (name.length > FIELD_BYTES) one.nameSize = name.length
    const known = knownHeader(utf8Text(one.name) ?? '', value)
    if (known !== null) one.known = known
    page.push(one)
    bytes += one.name.length + (one.value?.length ?? 0)
  } while (page.length < PAGE && bytes < PAGE_BYTES && walk.next())
  const next = from + page.length
  return { headers: page, next: next < headers.readable ? next : null }
}

/** Of a name or value that is cut, what is shown decides. */
function beginning(bytes: Uint8Array): Uint8Array {
  return bytes.length > FIELD_BYTES ? wholeCharacters(bytes.subarray(0, FIELD_BYTES)) : bytes
}
