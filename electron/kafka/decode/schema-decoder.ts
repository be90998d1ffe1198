import { inflateSync } from 'node:zlib'
import { schemaKey, schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import type { RecordHeaders } from '../records/headers.ts'
import { Undecodable } from './codec.ts'
import type { DecodeContext, Decoder, DecoderAnswer } from './decoder.ts'
import type { HeldSchema, WorkerSchemas } from './worker-schemas.ts'
import { LAST_MAGIC, type Family, type Framed } from './framing/framed.ts'
import { messageOf } from './framing/protobuf-message.ts'
import { schemaHeaders } from './framing/schema-headers.ts'

/** Decompressed bytes of one value. */
const MOST_INFLATED = 64 << 20
/**
 * If this many schemas of a topic are unknown to the registry and none is known, its bytes only look like a wire format, and
 * asking about one schema per record would burden the registry for nothing.
 */
const MOST_UNKNOWN = 32

export interface WithSchemaOptions {
  part: 'key' | 'value'
  families: readonly Family[]
  schemas: WorkerSchemas
  /** Whether the profile has a registry to ask. */
  isAsked: boolean
}

/** Decodes values that name their schema: tries the families in order, and the first that recognises the value decides. */
export function withSchema({ part, families, schemas, isAsked }: WithSchemaOptions): Decoder {
  const doubt = new Doubt()
  const framedOf = (bytes: Uint8Array, headers: RecordHeaders): Framed | null => {
    // The usual case for keys: no header could say otherwise.
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

/** Decodes with a schema that is loaded. */
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

/** Ids are limited in number; GUIDs that appear by chance would each be a new reason. */
function looksLike(id: SchemaId): string {
  if (id.by === 'id' || id.by === 'long-id') return `schema id ${id.id}`
  return id.by === 'guid' || id.by === 'glue' ? 'the uuid of a schema' : schemaText(id)
}

/** Tracks whether what looks like schema ids ever refers to a real schema. */
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
