import { bytesOfBase64, bytesOfHex, bytesOfText } from '#shared/bytes.ts'
import type { LinePart, PartInput, PlainInput, WireFrame } from '#shared/model/produce.ts'
import { schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import { SchemaProblem, type EncodeProblem } from '../decode/codec.ts'
import type { OnItsWay } from '../decode/decoder.ts'
import { wireMessageOf } from '../decode/protobuf/compile.ts'
import type { WorkerSchemas } from '../decode/worker-schemas.ts'
import { framingOf, type WireIds, type WireMessage } from '../decode/framing/write-frame.ts'
import type { RecordHeader } from '../records/batch-types.ts'
import { encodeChosen } from './encode-choice.ts'
import type { LineValue } from './record-line.ts'
import { schemaRef, type ComposeSettings, type PartName, type UsedByLine } from './compose-task.ts'

export interface EncodedPart {
  bytes: Uint8Array
  /** Headers to add, because they name its schema. */
  headers: readonly RecordHeader[]
  /** The text it was encoded from, if it was text. */
  source: { text: string; form: 'json' | 'text' } | null
}

export type PartAnswer = EncodedPart | { problems: EncodeProblem[] }

/** A schema, and how it is named in a record. */
interface NamedSchema {
  find: SchemaId
  frame: WireFrame
  ids: WireIds
  message: string | null
}

const nothing: readonly RecordHeader[] = []
const at0 = (message: string, at: number | null = null): PartAnswer => ({ problems: [{ path: '', at, message }] })

export function encodePlain(input: PlainInput): PartAnswer {
  switch (input.as) {
    case 'text': {
      const { text } = input
      if (!text.isWellFormed()) return at0('The text has half a character (a lone surrogate).')
      return { bytes: bytesOfText(text), headers: nothing, source: { text, form: 'text' } }
    }
    case 'hex': {
      const bytes = bytesOfHex(input.text)
      return bytes === null ? at0('These are no pairs of hex digits.', wrongHex(input.text)) : { bytes, headers: nothing, source: null } // oxfmt-ignore
    }
    case 'base64': {
      const bytes = bytesOfBase64(input.text)
      return bytes === null ? at0('This is no base64.', 0) : { bytes, headers: nothing, source: null }
    }
    case 'bytes':
      return { bytes: input.bytes, headers: nothing, source: null }
  }
}

/** The index of an invalid character; null: a digit is missing. */
function wrongHex(text: string): number | null {
  const at = text.replaceAll(/0x/gi, '  ').search(/[^\s0-9a-f]/i)
  return at === -1 ? null : at
}

/**
 * Encodes keys and values with the schemas of one task. Schemas that are not loaded are collected in `missing`; the results are
 * then incomplete.
 */
export class PartEncoder {
  readonly missing = new Set<OnItsWay>()
  /** Schemas that only lines named. */
  readonly used = new Map<string, UsedByLine>()
  readonly #settings: ComposeSettings
  readonly #schemas: WorkerSchemas

  constructor(settings: ComposeSettings, schemas: WorkerSchemas) {
    this.#settings = settings
    this.#schemas = schemas
  }

  input(part: PartName, input: PartInput): PartAnswer {
    switch (input.as) {
      case 'schema':
        return this.#byUse(part, schemaRef(part, input), input.message, input.json)
      case 'choice':
        return this.#byChoice(part, input.choice, input.json)
      default:
        return encodePlain(input)
    }
  }

  /** The value in a line, encoded as requested. */
  line(part: PartName, value: LineValue, as: LinePart): PartAnswer {
    const { json } = value
    if (value.kind === 'bytes' && (as.as === 'line' || json === null)) {
      return { bytes: value.bytes, headers: nothing, source: json === null ? null : { text: json.text, form: 'json' } }
    }
    if (json === null) throw new Error('A line without bytes has JSON.')
    const made = this.#lineJson(part, json.text, json.schema, as)
    if ('bytes' in made) return made
    // With its position in the line.
    return { problems: made.problems.map((one) => ({ ...one, at: json.at + (one.at ?? 0) })) }
  }

  #lineJson(part: PartName, text: string, schema: { id: SchemaId; type: string } | null, as: LinePart): PartAnswer {
    switch (as.as) {
      case 'schema':
        return this.#byUse(part, schemaRef(part, as), as.message, text)
      case 'choice':
        return this.#byChoice(part, as.choice, text)
      case 'line': {
        if (schema === null) return this.#byChoice(part, { as: 'json' }, text)
        const named = namedByLine(schema.id, this.#settings.frame)
        return this.#bySchema(part, { ...named, message: schema.type === '' ? null : schema.type }, text, schema.type)
      }
    }
  }

  #byChoice(part: PartName, choice: Parameters<typeof encodeChosen>[0] | null, text: string): PartAnswer {
    const chosen = choice ?? this.#settings.chosen[part] ?? { as: 'automatic' }
    if (chosen.as === 'registry') {
      if (chosen.skip > 0) return at0(`Before the data ${chosen.skip} bytes are skipped, and nobody knows what they were: give its bytes as hex.`) // oxfmt-ignore
      const ids = { id: null, guid: null, globalId: null }
      return this.#bySchema(part, { find: chosen.schema, frame: 'none', ids, message: chosen.message }, text)
    }
    const made = encodeChosen(chosen, text)
    if ('problems' in made) return made
    if ('reason' in made) return at0(`This cannot be written: ${made.reason}.`)
    const form = chosen.as === 'text' || chosen.as === 'hex' ? 'text' : 'json'
    return { bytes: made.bytes, headers: nothing, source: { text, form } }
  }

  #byUse(part: PartName, use: string, message: string | null, text: string): PartAnswer {
    const found = this.#settings.schemas.find((one) => one.use === use)
    if (found === undefined) throw new Error('A schema was asked for that nobody has found.')
    return this.#bySchema(part, { ...found, message }, text)
  }

  #bySchema(part: PartName, named: NamedSchema, text: string, saysType?: string): PartAnswer {
    const found = this.#schemas.find(this.#settings.connection, named.find)
    if ('missing' in found) {
      this.missing.add(found.missing)
      return at0(`The ${schemaText(named.find)} has not come in time.`)
    }
    if ('reason' in found) return at0(`This cannot be written: ${found.reason}.`)
    const { type } = found
    const message = type === 'protobuf' ? named.message : null
    const ready = found.ready(message)
    if ('reason' in ready) return at0(`This cannot be written: ${ready.reason}.`)
    if (saysType !== undefined) {
      // In another registry the same id is another schema: data that fits it by chance would be read as something else.
      if (saysType !== '' && ready.used.type !== saysType) return at0(`The ${schemaText(named.find)} is ${ready.used.type} in this registry, not ${saysType}: say by which schema it is to be written.`) // oxfmt-ignore
      const key = JSON.stringify([part, schemaText(named.find), ready.used.type])
      if (!this.used.has(key) && this.used.size < 100) this.used.set(key, { part, schema: ready.used, type, frame: named.frame, message: type === 'protobuf' ? ready.used.type : null }) // oxfmt-ignore
    }
    let wire: WireMessage | null = null
    if (type === 'protobuf' && named.frame !== 'none') {
      try {
        wire = wireMessageOf(found.schema, message)
      } catch (error) {
        if (error instanceof SchemaProblem) return at0(`This cannot be written: ${error.message}`)
        throw error
      }
    }
    const framing = framingOf({ frame: named.frame, part, type, ids: named.ids, message: wire })
    if ('reason' in framing) return at0(`This cannot be written: ${framing.reason}.`)
    const made = ready.codec.encode(text)
    if ('problems' in made) return made
    const { prefix, headers } = framing
    const source = { text, form: 'json' } as const
    if (prefix.length === 0) return { bytes: made.bytes, headers, source }
    const bytes = new Uint8Array(prefix.length + made.bytes.length)
    bytes.set(prefix)
    bytes.set(made.bytes, prefix.length)
    return { bytes, headers, source }
  }
}

/** Written in the format of the serialiser that uses such ids. */
function namedByLine(id: SchemaId, frame: WireFrame): Omit<NamedSchema, 'message'> {
  const none: WireIds = { id: null, guid: null, globalId: null }
  switch (id.by) {
    case 'id':
      return { find: id, frame, ids: { ...none, id: id.id } }
    case 'guid':
      return { find: id, frame: 'confluent-header', ids: { ...none, guid: id.guid } }
    case 'long-id':
      return { find: id, frame: 'apicurio-8', ids: { ...none, globalId: id.id } }
    case 'global-id':
      return { find: id, frame: 'apicurio-header', ids: { ...none, globalId: id.id } }
    case 'content-id':
      return { find: id, frame: 'apicurio-header', ids: { ...none, id: Number(id.id) } }
    default:
      return { find: id, frame, ids: none }
  }
}
