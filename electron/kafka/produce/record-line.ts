import { bytesOfBase64, bytesOfText } from '#shared/bytes.ts'
import { SchemaId } from '#shared/model/schema-id.ts'
import { z } from 'zod'
import type { EncodeProblem } from '../decode/codec.ts'
import { JsonProblem, parseJson, type JsonMember, type JsonNode } from '../decode/exact-json-parser.ts'
import type { RecordHeader } from '../records/batch-types.ts'

/** A key or value in a line. */
export type LineValue = { kind: 'bytes'; bytes: Uint8Array; json: LineJson | null } | { kind: 'json'; json: LineJson }

/** The JSON form of a decoded value, as written in the line, and the schema that it was decoded with. */
export interface LineJson {
  text: string
  /** Where it starts in the line. */
  at: number
  schema: LineSchema | null
}

export interface LineSchema {
  id: SchemaId
  /** The schema's name for the value; "" if the line does not say. */
  type: string
}

/** One record of a file: a line of JSON, as an export writes it. */
export interface RecordLine {
  partition: number | null
  timestamp: bigint | null
  key: LineValue | null
  value: LineValue | null
  headers: RecordHeader[]
}

export interface LineProblem extends EncodeProblem {
  part: 'line' | 'key' | 'value' | 'headers' | 'partition'
}

/** Members that an export adds, and that are ignored. */
const others = new Set(['type', 'topic', 'topicId', 'clusterId', 'offset', 'timestampType', 'flags', 'keyAs', 'valueAs', 'keySize', 'valueSize', 'headerCount', 'headersProblem', 'batch', 'kind', 'fields']) // oxfmt-ignore
const MOST_LINE_HEADERS = 10_000

/**
 * The record in a line: `{"partition", "timestamp", "key", "value", "headers": [{"name", "value"}]}`. A part is null, a string
 * or `{"text"}`, `{"base64"}`, or `{"json": …, "schema": {"id", "type"}}`, which may also have its bytes as `base64`. `none`: a
 * line of an export that is not a record.
 */
export function readRecordLine(line: string): RecordLine | 'none' | { problem: LineProblem } {
  try {
    const root = parseJson(line)
    return isOther(root) ? 'none' : recordOf(root, line)
  } catch (error) {
    if (error instanceof JsonProblem) return { problem: { part: 'line', path: '', at: error.at, message: `This is no line of JSON: ${error.message}.` } } // oxfmt-ignore
    if (error instanceof LineError) return { problem: error.problem }
    throw error
  }
}

/** What the shell prints in a stream between records: progress and the final frame. */
function isOther(root: JsonNode): boolean {
  if (root.kind !== 'object') return false
  const type = root.members.find(({ name }) => name === 'type')?.value
  return type?.kind === 'text' && ['progress', 'covered', 'done', 'hole'].includes(type.value)
}

class LineError extends Error {
  readonly problem: LineProblem

  constructor(part: LineProblem['part'], path: string, at: number, message: string) {
    super(message)
    this.problem = { part, path, at, message }
  }
}

function recordOf(root: JsonNode, line: string): RecordLine {
  if (root.kind !== 'object')
    throw new LineError('line', '', root.at, 'A line is to be an object: {"key": …, "value": …}.')
  const found: RecordLine = { partition: null, timestamp: null, key: null, value: null, headers: [] }
  let hasValue = false
  for (const [name, { value, at }] of membersOf(root, 'line', '')) {
    if (name === 'partition') found.partition = partitionOf(value)
    else if (name === 'timestamp') found.timestamp = timestampOf(value)
    else if (name === 'key') found.key = partOf(value, 'key', line)
    else if (name === 'headers') found.headers = headersOf(value, line)
    else if (name === 'value') {
      found.value = partOf(value, 'value', line)
      hasValue = true
    } else if (!others.has(name)) {
      throw new LineError('line', name, at, `A record has no "${name.slice(0, 50)}".`)
    }
  }
  if (!hasValue) throw new LineError('line', '', root.at, '"value" is missing; a tombstone says "value": null.')
  return found
}

/** By name. Of two members with the same name one would be lost, and it is unclear which was meant. */
function membersOf(
  { members }: Extract<JsonNode, { kind: 'object' }>,
  part: LineProblem['part'],
  path: string,
): Map<string, JsonMember> {
  const found = new Map<string, JsonMember>()
  for (const member of members) {
    const { name, at } = member
    if (found.has(name)) throw new LineError(part, path === '' ? name : `${path}.${name}`, at, `"${name.slice(0, 50)}" is there twice.`) // oxfmt-ignore
    found.set(name, member)
  }
  return found
}

function partitionOf(node: JsonNode): number | null {
  if (node.kind === 'null') return null
  const number = node.kind === 'number' && /^\d{1,9}$/.test(node.digits) ? Number(node.digits) : null
  if (number === null) throw new LineError('partition', 'partition', node.at, 'A partition is a whole number from 0.')
  return number
}

function timestampOf(node: JsonNode): bigint | null {
  if (node.kind === 'null') return null
  const digits = node.kind === 'number' ? node.digits : node.kind === 'text' ? node.value : ''
  const value = /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : null
  if (value === null || BigInt.asIntN(64, value) !== value) {
    throw new LineError('line', 'timestamp', node.at, 'A timestamp is a whole number of milliseconds since 1970.')
  }
  // "None" is dropped: it would be written as a time.
  return value === -1n ? null : value
}

function headersOf(node: JsonNode, line: string): RecordHeader[] {
  if (node.kind !== 'list')
    throw new LineError('headers', 'headers', node.at, 'Headers are a list: [{"name": …, "value": …}].')
  if (node.items.length > MOST_LINE_HEADERS) throw new LineError('headers', 'headers', node.at, `More than ${MOST_LINE_HEADERS} headers.`) // oxfmt-ignore
  return node.items.map((item, index) => {
    const path = `headers[${index}]`
    const members = item.kind === 'object' ? membersOf(item, 'headers', path) : null
    const name = members?.get('name')?.value
    const value = members?.get('value')?.value
    if (name === undefined || value === undefined)
      throw new LineError('headers', path, item.at, 'A header is {"name": …, "value": …}.')
    const bytes = (of: JsonNode): Uint8Array | null => {
      const read = partOf(of, 'headers', line, path)
      if (read?.kind === 'json') throw new LineError('headers', path, of.at, 'A header is text or base64.')
      return read?.bytes ?? null
    }
    const named = bytes(name)
    if (named === null) throw new LineError('headers', path, name.at, 'A header needs a name.')
    return { name: named, value: bytes(value) }
  })
}

function partOf(
  node: JsonNode,
  part: 'key' | 'value' | 'headers',
  line: string,
  path: string = part,
): LineValue | null {
  if (node.kind === 'null') return null
  if (node.kind === 'text') return { kind: 'bytes', bytes: textBytes(node, part, path), json: null }
  const hint = `Write it as "text", {"text": …}, {"base64": …} or {"json": …}.`
  if (node.kind !== 'object') throw new LineError(part, path, node.at, hint)
  const members = membersOf(node, part, path)
  for (const [name, { value }] of members) {
    if (!['text', 'base64', 'json', 'schema'].includes(name)) throw new LineError(part, `${path}.${name}`, value.at, `There is no "${name.slice(0, 50)}" here. ${hint}`) // oxfmt-ignore
  }
  const json = members.get('json')?.value
  const asJson: LineJson | null =
    json === undefined
      ? null
      : {
          text: line.slice(json.at, json.end),
          at: json.at,
          schema: schemaOf(members.get('schema')?.value, part, path, line),
        }
  // If bytes are also given as text, the bytes count: a shell prints both.
  const base64 = members.get('base64')?.value
  if (base64 !== undefined && base64.kind !== 'null') {
    const bytes = base64.kind === 'text' ? bytesOfBase64(base64.value) : null
    if (bytes === null) throw new LineError(part, `${path}.base64`, base64.at, 'This is no base64.')
    return { kind: 'bytes', bytes, json: asJson }
  }
  const text = members.get('text')?.value
  if (text !== undefined && asJson === null) return { kind: 'bytes', bytes: textBytes(text, part, path), json: null }
  if (asJson === null) throw new LineError(part, path, node.at, hint)
  return { kind: 'json', json: asJson }
}

function textBytes(node: JsonNode, part: LineProblem['part'], path: string): Uint8Array {
  if (node.kind !== 'text') throw new LineError(part, path, node.at, 'Text stands in quotes.')
  if (!node.value.isWellFormed())
    throw new LineError(part, path, node.at, 'The text has half a character (a lone surrogate).')
  return bytesOfText(node.value)
}

/** What an export says about a schema; a bare number as id is Confluent's. */
const Schema = z.object({ id: z.union([z.number(), SchemaId]), type: z.string().max(1_000).default('') })

function schemaOf(
  node: JsonNode | undefined,
  part: LineProblem['part'],
  path: string,
  line: string,
): LineSchema | null {
  if (node === undefined || node.kind === 'null') return null
  if (node.kind === 'object') membersOf(node, part, `${path}.schema`)
  const told: unknown = JSON.parse(line.slice(node.at, node.end))
  const parsed = Schema.safeParse(wide(told))
  if (!parsed.success)
    throw new LineError(part, `${path}.schema`, node.at, 'The schema is to be named as {"id": …, "type": …}.')
  const { id, type } = parsed.data
  if (typeof id !== 'number') return { id, type }
  const named = SchemaId.safeParse({ by: 'id', id })
  if (!named.success) throw new LineError(part, `${path}.schema.id`, node.at, 'No registry has such an id.')
  return { id: named.data, type }
}

/** Ids that are bigint in this code, from their JSON form. */
function wide(told: unknown): unknown {
  if (typeof told !== 'object' || told === null || !('id' in told)) return told
  const { id } = told
  if (typeof id !== 'object' || id === null || !('id' in id) || !('by' in id)) return told
  if (!/^(long|global|content)-id$/.test(String(id.by))) return told
  const digits = String(id.id)
  return { ...told, id: { ...id, id: /^\d{1,19}$/.test(digits) ? BigInt(digits) : id.id } }
}
