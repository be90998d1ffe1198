import type { produce } from '#shared/contract/produce.ts'
import type { Input, Output } from '#shared/contract/define.ts'
import { hexText, utf8Text } from '#shared/bytes.ts'
import { SeeklineError } from '#shared/errors.ts'
import { isReadable, type Decoded } from '#shared/model/decoded.ts'
import { ruleFor } from '#shared/model/decode-choice.ts'
import {
  MOST_HEADERS,
  MOST_TYPED,
  type HeaderInput,
  type PartInput,
  type PlainInput,
  type WireFrame,
} from '#shared/model/produce.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import { apicurioHeaders, apicurioLong, apicurioPrefix } from '../../kafka/decode/framing/apicurio.ts'
import { confluentHeader, confluentPrefix } from '../../kafka/decode/framing/confluent.ts'
import type { Framed } from '../../kafka/decode/framing/framed.ts'
import { schemaHeaders, type SchemaHeaders } from '../../kafka/decode/framing/schema-headers.ts'
import { headersOf, walkOf } from '../../kafka/records/headers.ts'
import type { DecodedRecord } from '../../kafka/records/one-record.ts'
import type { PartName } from '../../kafka/produce/compose-task.ts'
import type { ProduceAccess } from './produce-access.ts'

type DraftDef = (typeof produce)['produce.draft']

/** Longer ones are not typed by hand. */
const MOST_HEX = 64 << 10

interface Drafted {
  input: PartInput | null
  /** The headers that named its schema are written again. */
  frame: WireFrame | null
  note: string | null
}

/** An existing record in the form in which it would be typed. */
export async function draftOf(
  access: ProduceAccess,
  { topic: name, partition, offset, schemas }: Input<DraftDef>,
  signal: AbortSignal,
): Promise<Output<DraftDef>> {
  const { topicId } = await access.cluster.requireTopic(name, signal)
  const found = await access.reader.one(name, partition, offset, { topicId, signal, patience: 'whole' })
  const { decoded } = found
  if (decoded.kind !== 'record') {
    throw new SeeklineError('records.hole', `There is no record at ${name}[${partition}] offset ${offset}.`, {
      hint: 'Look at the offsets around it: it may be a marker, or compacted away.',
    })
  }
  const rules = await access.rules()
  const headers = schemaHeaders(headersOf(decoded.headers))
  const notes: string[] = []
  const part = (of: PartName): Drafted => {
    const bytes = decoded[of]
    if (bytes === null) return { input: null, frame: null, note: null }
    if (schemas === 'stored') return { input: plain(bytes, null), frame: null, note: null }
    const chosen = ruleFor(rules, name, of)?.chain[0] ?? null
    const made = partOf({ part: of, bytes, as: found[of], headers, kind: access.registryKind, isChosen: chosen !== null && chosen.as !== 'automatic', latest: schemas === 'latest' }) // oxfmt-ignore
    if (made.note !== null) notes.push(`The ${of} ${made.note}`)
    return made
  }
  const key = part('key')
  const value = part('value')
  const all = headersIn(decoded, [key.frame === null ? null : 'key', value.frame === null ? null : 'value'])
  if (all.missing > 0) notes.push(`${all.missing} more headers are left out: ${MOST_HEADERS} can be written at once.`)
  return {
    record: {
      partition,
      // −1 means "none": there is nothing to keep.
      timestamp: decoded.timestamp >= 0n ? decoded.timestamp : null,
      key: key.input,
      value: value.input,
      headers: all.headers,
    },
    missingHeaders: all.missing,
    notes,
  }
}

interface PartFacts {
  part: PartName
  bytes: Uint8Array
  as: Decoded | null
  headers: SchemaHeaders
  kind: RegistryKind | null
  isChosen: boolean
  latest: boolean
}

function partOf({ part, bytes, as, headers, kind, isChosen, latest }: PartFacts): Drafted {
  const raw = (note: string | null): Drafted => ({ input: plain(bytes, as), frame: null, note })
  if (bytes.length > MOST_TYPED) throw new SeeklineError('records.too-large', `The ${part} is larger than can be edited (${MOST_TYPED >> 20} MiB).`, { hint: 'Copy the record as it is, by a replay of its range.' }) // oxfmt-ignore
  if (as?.schema !== undefined) {
    const framed = framedOf(part, bytes, headers, kind)
    const json = utf8Text(as.written ?? bytes)
    if (json === null || json.length > MOST_TYPED)
      return raw('is given as bytes: written out it is too large to be typed.')
    if (framed === null)
      return isChosen ? { input: { as: 'choice', choice: null, json }, frame: null, note: null } : raw(null)
    const { subject, type, id } = as.schema
    const isProtobuf = /Protobuf/.test(as.encoding)
    const message = isProtobuf ? type : null
    if (latest && subject === null)
      return raw(`is given as bytes: the registry does not tell of which subject its schema is.`)
    const schema = latest && subject !== null ? ({ by: 'subject', subject, version: null } as const) : id
    const isOther = !latest && (id.by === 'glue' || id.by === 'azure')
    if (isOther) return raw('is given as bytes: Seekline does not write what this registry reads.')
    const { frame } = framed
    return { input: { as: 'schema', schema, message, frame, json }, frame: framed.inHeaders ? frame : null, note: null }
  }
  if (isChosen && as !== null && as.attempts.length === 0) {
    const text = utf8Text(as.written ?? bytes)
    // A value that can be read but not written is reported by the check, with the same words as for typed values.
    if (text !== null && text.length <= MOST_TYPED && as.form !== 'bytes') return { input: { as: 'choice', choice: null, json: text }, frame: null, note: null } // oxfmt-ignore
  }
  return raw(null)
}

/** As text if it is text; otherwise as bytes. */
function plain(bytes: Uint8Array, as: Decoded | null): PlainInput {
  const text = as === null || (isReadable(as.form) && as.written === null) ? utf8Text(bytes) : null
  if (text !== null) return { as: 'text', text }
  return bytes.length <= MOST_HEX ? { as: 'hex', text: hexText(bytes) } : { as: 'bytes', bytes: new Uint8Array(bytes) }
}

function framedOf(
  part: PartName,
  bytes: Uint8Array,
  headers: SchemaHeaders,
  kind: RegistryKind | null,
): { frame: WireFrame; inHeaders: boolean } | null {
  const header = confluentHeader(bytes, part, headers)
  if (header !== null) return { frame: 'confluent-header', inHeaders: true }
  if (apicurioHeaders(bytes, part, headers) !== null) return { frame: 'apicurio-header', inHeaders: true }
  const prefix: Framed | null = (kind === 'apicurio' ? apicurioPrefix : confluentPrefix)(bytes, part, headers)
  if (prefix === null) return null
  if (prefix.id.by === 'guid') return { frame: 'confluent-guid', inHeaders: false }
  if (prefix.id.by === 'long-id')
    return { frame: apicurioLong(bytes) === null ? 'apicurio-4' : 'apicurio-8', inHeaders: false }
  // Both kinds are alike except for Protobuf, where what follows shows which one it is: a message's indexes, or its name.
  const isNamed = kind === 'apicurio' && bytes[prefix.start + 1] === 0x0a && (bytes[prefix.start] ?? 0) > 2
  return { frame: isNamed ? 'apicurio-4' : 'confluent-id', inHeaders: false }
}

/** Without the headers that name a part's schema: they are written again with it. */
function headersIn(
  record: DecodedRecord,
  own: readonly (PartName | null)[],
): { headers: HeaderInput[]; missing: number } {
  const headers: HeaderInput[] = []
  const walk = walkOf(headersOf(record.headers))
  for (let read = 0; read < MOST_HEADERS && walk.next(); read += 1) {
    const { name, value } = walk.header()
    const text = utf8Text(name) ?? ''
    const isOwn = own.some(
      (part) => part !== null && (text === `__${part}_schema_id` || text.startsWith(`apicurio.${part}.`)),
    )
    if (!isOwn) headers.push({ name: typed(name), value: value === null ? null : typed(value) })
  }
  return { headers, missing: Math.max(0, record.headers.count - MOST_HEADERS) }
}

function typed(bytes: Uint8Array): PlainInput {
  const text = utf8Text(bytes)
  return text === null ? { as: 'hex', text: hexText(bytes) } : { as: 'text', text }
}
