import { structOf } from './consumer-protocol.ts'
import { momentOf, stateName } from './meanings.ts'
import type { Field, Fields, FieldSpec, Struct } from './message.ts'
import type { ReadKey, ReadValue, RecordType } from './records.ts'

/** The JSON form of `keyTree`'s tree, written without building the tree: rows need no more, and there may be millions. */
export function keyJson({ type, of, fields, rest }: ReadKey): string {
  if (of === null || fields === null) return `{"type":${type},"raw":${base64(rest)}}`
  return `{"type":"${of.name}","data":${recordJson(fields, of.key.fields, of.name)}${trailing(rest)}}`
}

/** The same for `valueTree`. */
export function valueJson(of: RecordType | null, { version, fields, rest }: ReadValue): string {
  if (of === null || fields === null) return `{"version":${version},"raw":${base64(rest)}}`
  return `{"version":${version},"data":${recordJson(fields, of.value.fields, of.name)}${trailing(rest)}}`
}

function recordJson(fields: Fields, struct: Struct, record: string): string {
  let json = ''
  // Field names come from Kafka's definitions, and none needs an escape.
  for (const name in fields) {
    const field = fields[name]! // name is a key of fields
    json += `${json === '' ? '{' : ','}"${name}":${fieldJson(field, struct.get(name), record)}`
  }
  return json === '' ? '{}' : `${json}}`
}

function fieldJson(field: Field, spec: FieldSpec | undefined, record: string): string {
  if (field === null) return 'null'
  switch (typeof field) {
    case 'string':
      return JSON.stringify(field)
    case 'boolean':
      return String(field)
    case 'number': {
      const symbol = stateName(record, spec!.name, field) // every decoded field has a spec in its struct's definition
      return symbol === undefined ? String(field) : `"${symbol}"`
    }
    case 'bigint': {
      const meant = momentOf(spec!, field) // every decoded field has a spec in its struct's definition
      return meant === null ? String(field) : `"${meant}"`
    }
    default:
      if (field instanceof Uint8Array) return base64(field)
      if (Array.isArray(field)) return `[${field.map((one) => fieldJson(one, spec, record)).join(',')}]`
      return recordJson(field, structOf(spec!).fields, record) // every decoded field has a spec in its struct's definition
  }
}

function trailing(rest: Uint8Array): string {
  return rest.length === 0 ? '' : `,"trailing":${base64(rest)}`
}

function base64(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"`
}
