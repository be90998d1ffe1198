import { utf8Text } from '#shared/bytes.ts'
import { int32At, int64At, type Family, type Framed } from './framed.ts'

const by = 'Apicurio'

/**
 * Ids before the data: 8 bytes until Apicurio's release 3, 4 since then, or if it is configured to write Confluent's format.
 */
export const apicurioPrefix: Family = (bytes) => {
  // No id is so large that its upper half is used.
  return (bytes.length >= 9 && int32At(bytes, 1) === 0 ? apicurioLong : apicurioShort)(bytes)
}

export function apicurioShort(bytes: Uint8Array): Framed | null {
  if (bytes[0] !== 0 || bytes.length < 5) return null
  const id = int32At(bytes, 1)
  return id > 0 ? { by, id: { by: 'id', id }, start: 5, before: 'indexes-or-name' } : null
}

export function apicurioLong(bytes: Uint8Array): Framed | null {
  if (bytes[0] !== 0 || bytes.length < 9) return null
  const id = int64At(bytes, 1)
  return id > 0n ? { by, id: { by: 'long-id', id }, start: 9, before: 'indexes-or-name' } : null
}

/** The id in headers, and nothing before the data. */
export const apicurioHeaders: Family = (_, part, headers) => {
  if (headers.size === 0) return null
  const of = (name: string): Uint8Array | undefined => headers.get(`apicurio.${part}.${name}`)
  const text = (name: string): string | null => {
    const value = of(name)
    return value === undefined || value.length === 0 || value.length > 1_000 ? null : utf8Text(value)
  }
  const long = (name: string): bigint | null => {
    const value = of(name)
    const id = value?.length === 8 ? int64At(value, 0) : null
    return id !== null && id >= 0n ? id : null
  }
  const rest = { by, start: 0, message: text('protobuf.type') }
  const globalId = long('globalId')
  if (globalId !== null) return { ...rest, id: { by: 'global-id', id: globalId } }
  const contentId = long('contentId')
  if (contentId !== null) return { ...rest, id: { by: 'content-id', id: contentId } }
  const hash = text('contentHash')
  if (hash !== null) return { ...rest, id: { by: 'content-hash', hash } }
  const artifact = text('artifactId')
  if (artifact === null) return null
  return { ...rest, id: { by: 'artifact', group: text('groupId'), artifact, version: text('version') } }
}
