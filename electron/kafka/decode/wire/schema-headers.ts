import type { RecordHeaders } from '../../records/headers.ts'

/** The headers of a record that serialisers of registries write, by name; the last of a name, as their readers take it. */
export type SchemaHeaders = ReadonlyMap<string, Uint8Array>

const none: SchemaHeaders = new Map()

/** Reads them once a record, whoever asks, and makes nothing of those that no serialiser writes. */
export class SchemaHeaderReader {
  #of: RecordHeaders | null = null
  #record = -1
  #found = none

  read(headers: RecordHeaders): SchemaHeaders {
    if (headers.count === 0) return none
    if (headers !== this.#of || headers.record !== this.#record) {
      this.#of = headers
      this.#record = headers.record
      this.#found = found(headers)
    }
    return this.#found
  }
}

/** Names are told apart by their first byte and length before a string is made of any. */
const longest = 64
const firstBytes = new Set(Array.from('_ac', (char) => char.charCodeAt(0)))
const isOne = (name: string): boolean =>
  name === 'content-type' ||
  name === '__key_schema_id' ||
  name === '__value_schema_id' ||
  name.startsWith('apicurio.key.') ||
  name.startsWith('apicurio.value.')

function found(headers: RecordHeaders): SchemaHeaders {
  let map: Map<string, Uint8Array> | null = null
  const walk = headers.walk()
  while (walk.next()) {
    const { bytes, nameStart, nameEnd, valueStart, valueEnd } = walk
    const length = nameEnd - nameStart
    if (length < 12 || length > longest || valueStart < 0 || !firstBytes.has(bytes[nameStart]!)) continue
    let name = ''
    for (let at = nameStart; at < nameEnd; at += 1) name += String.fromCharCode(bytes[at]!)
    if (isOne(name)) (map ??= new Map<string, Uint8Array>()).set(name, bytes.subarray(valueStart, valueEnd))
  }
  return map ?? none
}
