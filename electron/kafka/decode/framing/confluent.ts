import { int32At, uuidAt, type Family, type Framed } from './framed.ts'

const by = 'Confluent'
const V0 = 0
const V1 = 1

/** Schema ids may be in a header: it is read first, the last one of its name, and the prefix only if there is none. */
export const confluentHeader: Family = (_, part, headers) => {
  if (headers.size === 0) return null
  const value = headers.get(part === 'key' ? '__key_schema_id' : '__value_schema_id')
  if (value === undefined) return null
  const named = prefixOf(value)
  if (named === null) return null
  // The bytes after the id in the header say which message of a Protobuf schema it is.
  const indexes = value.subarray(named.start)
  return { ...named, start: 0, ...(indexes.length > 0 ? { indexes } : { message: null }) }
}

/** The magic byte and an id: 0 and four bytes, or 1 and the 16 bytes of a GUID. */
export const confluentPrefix: Family = (bytes) => prefixOf(bytes)

function prefixOf(bytes: Uint8Array): Framed | null {
  const magic = bytes[0]
  if (magic === V0 && bytes.length >= 5) {
    const id = int32At(bytes, 1)
    return id > 0 ? { by, id: { by: 'id', id }, start: 5 } : null
  }
  if (magic === V1 && bytes.length >= 17) return { by, id: { by: 'guid', guid: uuidAt(bytes, 1) }, start: 17 }
  return null
}
