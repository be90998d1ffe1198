import type { Decoding } from '#shared/model/decoded.ts'
import { CursorHeaders } from '../records/headers.ts'
import { DecodeChain } from './chain.ts'
import type { DecodedAt } from './decoder.ts'
import { utf8 } from './utf8.ts'

/** Header names and values: text or bytes. They are few, and read a page at a time, so not in a worker. */
const chain = new DecodeChain([utf8])
const headers = new CursorHeaders()

export function decodeHeader(bytes: Uint8Array, at: Omit<DecodedAt, 'connection'>): Decoding {
  return chain.decode(bytes, { connection: '', ...at, part: 'header', key: null, headers }).as
}
