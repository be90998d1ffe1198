import { base64Text, bytesOfBase64, bytesOfHex, bytesOfText, hexText, utf8Text } from '#shared/bytes.ts'
import type { PartInput, PlainInput, SchemaToUse } from '#shared/model/produce.ts'
import { indentJson } from '../../ui/json-text.ts'

/** A key, a value or a header's value as typed; null means no bytes at all. */
export type PartDraft = PartInput | null
export type PartKind = PartInput['as'] | 'null'
/** The kinds of text that a text box can hold. */
export type Spelling = 'text' | 'hex' | 'base64'

type Bytes = Uint8Array<ArrayBuffer>

/** The most characters: half a megabyte on one line is as much as a page can edit without stalling. */
export const EDITABLE = 262_144

export const emptyText: PlainInput = { as: 'text', text: '' }

/** By the topic's name, which is the default of serialisers. */
export const bySubjectOfTopic: Extract<SchemaToUse, { by: 'naming' }> = {
  by: 'naming',
  strategy: 'TopicName',
  record: null,
  version: null,
}

export const kindOf = (part: PartDraft): PartKind => part?.as ?? 'null'

/** The text in the editor. */
export function typedOf(part: PartDraft): string {
  if (part === null || part.as === 'bytes') return ''
  return 'json' in part ? part.json : part.text
}

export function withTyped<Part extends PartInput>(part: Part, typed: string): Part {
  if (part.as === 'bytes') return part
  return 'json' in part ? { ...part, json: typed } : { ...part, text: typed }
}

/**
 * The same content as another kind of input: bytes in another notation, or text as the JSON that a schema encodes. A sentence
 * if that is not possible.
 */
export function turnedTo(part: PartDraft, kind: Exclude<PartKind, 'bytes'>): PartDraft | string {
  if (kind === 'null') return null
  if (kind === 'schema' || kind === 'choice') {
    const json = part !== null && 'json' in part ? part.json : textOf(part)
    if (typeof json !== 'string') return json.why
    return kind === 'choice'
      ? { as: kind, choice: null, json }
      : { as: kind, schema: bySubjectOfTopic, message: null, frame: null, json }
  }
  return respelt(part, kind)
}

/** The same bytes in another notation. */
export function respelt(part: PartDraft, as: Spelling): PlainInput | string {
  const bytes = bytesOf(part)
  if ('why' in bytes) return bytes.why
  switch (as) {
    case 'hex':
      return { as, text: hexText(bytes) }
    case 'base64':
      return { as, text: base64Text(bytes) }
    case 'text': {
      const text = asText(bytes)
      return typeof text === 'string' ? { as, text } : text.why
    }
  }
}

/** As far as the page knows them: for a part that a schema encodes, the bytes of its JSON. */
function bytesOf(part: PartDraft): Bytes | { why: string } {
  if (part === null) return new Uint8Array()
  switch (part.as) {
    case 'bytes':
      return new Uint8Array(part.bytes)
    case 'text':
      return bytesOfText(part.text)
    case 'hex':
      return bytesOfHex(part.text) ?? { why: 'What is typed is not hex: digits from 0 to 9 and a to f, in pairs.' }
    case 'base64':
      return bytesOfBase64(part.text) ?? { why: 'What is typed is not base64.' }
    default:
      return bytesOfText(part.json)
  }
}

function textOf(part: PartDraft): string | { why: string } {
  const bytes = bytesOf(part)
  return 'why' in bytes ? bytes : asText(bytes)
}

function asText(bytes: Bytes): string | { why: string } {
  const text = utf8Text(bytes)
  if (text === null) return { why: 'These bytes are not UTF-8 text.' }
  // An editor turns every line end into
  // , which would change the bytes unnoticed.
  return text.includes('\r') ? { why: 'The text has carriage returns, which an editor would lose.' } : text
}

/** Records hold JSON as one line, which is hard to edit. A schema encodes it without the added spaces. */
function readable(json: string): string {
  if (json.length > EDITABLE || json.includes('\n')) return json
  const indented = indentJson(json)
  return indented.ok ? indented.text : json
}

/** As it was read, if an editor can hold it unchanged; otherwise as its bytes. */
export function editable(part: PartDraft): PartDraft {
  if (part === null || part.as === 'bytes') return part
  const typed = typedOf(part)
  if (part.as === 'schema') return { ...part, json: readable(typed) }
  if (part.as === 'choice') return part
  if (typed.length <= EDITABLE && !typed.includes('\r')) return part
  const bytes = bytesOf(part)
  if ('why' in bytes) return part
  return typed.length > EDITABLE ? { as: 'bytes', bytes } : { as: 'hex', text: hexText(bytes) }
}
