import { uuidAt, type Family } from './framed.ts'

const VERSION = 3
const PLAIN = 0
const ZLIB = 5

/** AWS Glue: a version byte, a byte for the compression, and the UUID of the schema version. */
export const glue: Family = (bytes) => {
  if (bytes[0] !== VERSION || bytes.length < 18) return null
  const compression = bytes[1]
  if (compression !== PLAIN && compression !== ZLIB) return null
  const id = { by: 'glue', version: uuidAt(bytes, 2) } as const
  return { by: 'AWS Glue', id, start: 18, message: null, ...(compression === ZLIB ? { isZlib: true } : {}) }
}
