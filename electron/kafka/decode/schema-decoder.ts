import { inflateSync } from 'node:zlib'
import { schemaKey, schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import type { RecordHeaders } from '../records/headers.ts'
import { Undecodable } from './codec.ts'
import type { DecodeContext, Decoder, DecoderAnswer } from './decoder.ts'
import type { HeldSchema, WorkerSchemas } from './worker-schemas.ts'
import { LAST_MAGIC, type Family, type Framed } from './framing/framed.ts'
import { messageOf } from './framing/protobuf-message.ts'
import { schemaHeaders } from './framing/schema-headers.ts'

/** Decompressed, of one value. */
const MOST_INFLATED = 64 << 20
/**
 * So many schemas of one topic that no registry knows, and none that it does: then its bytes look like a wire format by chance,
 * and asking for one schema a record would burden a registry for nothing.
 */
const MOST_UNKNOWN = 32

export interface WithSchemaOptions {
  part: 'key' | 'value'
  families: readonly Family[]
  schemas: WorkerSchemas
  /** Whether the profile has a registry to ask. */
  isAsked: boolean
}

/** Values that name their schema: the families in their order, of which the first decides. */
export function withSchema({ part, families, schemas, isAsked }: WithSchemaOptions): Decoder {
  const doubt = new Doubt()
  const framedOf = (bytes: Uint8Array, headers: RecordHeaders): Framed | null => {
    // As nearly all keys: no header could say otherwise.
    if (headers.count === 0 && bytes[0]! > LAST_MAGIC) return null // undefined if there are no bytes, and then the comparison is false
    const read = schemaHeaders(headers)
    for (const family of families) {
      const framed = family(bytes, part, read)
      if (framed !== null) return framed
    }
    return null
  }
  return {
    encoding: 'schema',
    isPlain: isAsked ? (bytes, headers) => framedOf(bytes, headers) === null : true,
    onlyExplains: !isAsked,
    namesSchema: true,
    decode(bytes, { connection, headers, only }) {
      const framed = framedOf(bytes, headers)
      if (framed === null) return null
      const { by: encoding, id } = framed
      if (!isAsked) return { encoding, reason: `no registry in this profile; looks like ${looksLike(id)}` }
      if (doubt.isTooMuch(id)) {
        return { encoding, reason: `${MOST_UNKNOWN} schemas of this topic are unknown, so no more are asked for` }
      }
      const found = schemas.find(connection, id)
      if ('missing' in found) return { encoding, missing: found.missing }
      if ('reason' in found) return { encoding, reason: found.reason }
      doubt.end()
      return decodeFramed(bytes, framed, found, only)
    },
  }
}

/** By a schema that is here. */
export function decodeFramed(
  bytes: Uint8Array,
  framed: Framed,
  schema: HeldSchema,
  only?: DecodeContext['only'],
): DecoderAnswer {
  const encoding = schema.encodingBy(framed.by)
  try {
    const found = messageOf(schema.type, bytes, framed)
    const ready = schema.ready(found.message)
    if ('reason' in ready) return { encoding, reason: ready.reason }
    const { codec, used } = ready
    const data = dataOf(bytes, found.start, framed.isZlib === true)
    const isPart = only !== undefined && codec.writtenOnly !== undefined
    const written = isPart ? codec.writtenOnly!(data, only) : codec.written(data) // isPart is true only if the codec has this method
    return { form: 'json', written, value: () => codec.value(data), encoding, schema: used }
  } catch (error) {
    if (error instanceof Undecodable) return { encoding, reason: `${schemaText(framed.id)}: ${error.message}` }
    throw error
  }
}

function dataOf(bytes: Uint8Array, start: number, isZlib: boolean): Uint8Array {
  const data = bytes.subarray(start)
  if (!isZlib) return data
  try {
    return inflateSync(data, { maxOutputLength: MOST_INFLATED })
  } catch {
    throw new Undecodable('its data is not what zlib wrote, or too large')
  }
}

/** Ids are few; GUIDs that come by chance would each be a reason of its own. */
function looksLike(id: SchemaId): string {
  if (id.by === 'id' || id.by === 'long-id') return `schema id ${id.id}`
  return id.by === 'guid' || id.by === 'glue' ? 'the uuid of a schema' : schemaText(id)
}

/** Whether what looks like schemas is any. */
class Doubt {
  #unknown: Set<string> | null = new Set()

  isTooMuch(id: SchemaId): boolean {
    if (this.#unknown === null) return false
    const key = schemaKey(id)
    if (this.#unknown.has(key)) return false
    if (this.#unknown.size >= MOST_UNKNOWN) return true
    this.#unknown.add(key)
    return false
  }

  end(): void {
    this.#unknown = null
  }
}
