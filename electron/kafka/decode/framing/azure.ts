import { utf8Text } from '#shared/bytes.ts'
import type { Family } from './framed.ts'

const form = /^avro\/binary\+([0-9a-zA-Z-]{1,64})$/

/** Azure's serialisers name a value's schema in its content type, and write nothing before the data. */
export const azure: Family = (_, part, headers) => {
  if (headers.size === 0 || part !== 'value') return null
  const type = headers.get('content-type')
  const guid = type === undefined || type.length > 100 ? undefined : form.exec(utf8Text(type) ?? '')?.[1]
  return guid === undefined ? null : { by: 'Azure', id: { by: 'azure', guid }, start: 0 }
}
