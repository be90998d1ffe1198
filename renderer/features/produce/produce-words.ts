import type { PartCheck, PreviewRecord, WrittenBy } from '#shared/contract/produce.ts'
import type { WireFrame } from '#shared/model/produce.ts'
import { schemaText } from '#shared/model/schema-id.ts'
import type { CodeLanguage } from '../../ui/code-setup.ts'
import { formatBytes } from '../../ui/format.ts'
import type { PartDraft } from './part-draft.ts'

export const frameWords: Record<WireFrame, string> = {
  'confluent-id': 'Confluent: an id in front of the data',
  'confluent-guid': 'Confluent: a GUID in front of the data',
  'confluent-header': 'Confluent: a GUID in a header',
  'apicurio-4': 'Apicurio: an id of 4 bytes in front',
  'apicurio-8': 'Apicurio: an id of 8 bytes in front',
  'apicurio-header': 'Apicurio: in headers',
  none: 'not at all: the data alone',
}

const typeWords = { avro: 'Avro', protobuf: 'Protobuf', 'json-schema': 'JSON Schema' } as const

/** "orders-value v3 · id 41 · Avro". */
export function writtenByWords({ subject, version, id, type, message }: WrittenBy): string {
  const names = subject === null ? [] : [version === null ? subject : `${subject} v${version}`]
  const kind = message === null ? typeWords[type] : `${typeWords[type]} ${message}`
  return [...names, ...(id.by === 'subject' ? [] : [schemaText(id).replace(/^schema (of )?/, idWord(id.by))]), kind].join(' · ') // oxfmt-ignore
}

const idWord = (by: WrittenBy['id']['by']): string => (by === 'id' || by === 'long-id' ? 'id ' : '')

/** The size of a key or value, as far as it is known. */
export function sizeWords(draft: PartDraft, check: PartCheck | undefined): string {
  if (draft === null) return 'null'
  if (check === undefined || check.size === null || check.size < 0) return ''
  return check.size === 0 ? 'empty, 0 B' : formatBytes(check.size)
}

/** Colours where they help: what a schema encodes is JSON; other text is recognised by its beginning. */
export function languageOf(draft: PartDraft): CodeLanguage {
  if (draft === null || draft.as === 'bytes') return 'text'
  if ('json' in draft) return 'json'
  return draft.as === 'text' && /^\s*[[{]/.test(draft.text) ? 'json' : 'text'
}

/** "line 3, character 5", as an editor counts; "character 5" in a text of one line. */
export function placeWords(text: string, at: number): string {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - (before.lastIndexOf('\n') + 1) + 1
  return text.includes('\n') ? `line ${line}, character ${column}` : `character ${column}`
}

/** In one line, for a table. */
export function previewText(part: PreviewRecord['key']): string {
  if (part === null) return 'null'
  return part.isCut ? `${part.text} …` : part.text
}
