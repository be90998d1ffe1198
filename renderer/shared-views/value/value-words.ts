import { base64Text, hexText } from '#shared/bytes.ts'
import { floatJson, jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { formatBytes, formatGrouped } from '../../ui/format.ts'

/** As it is coloured. */
type Tone = 'string' | 'number' | 'atom' | 'bytes' | 'cut' | 'none'

interface Shown {
  readonly text: string
  readonly tone: Tone
  /** The stored form, if the meaning is shown instead. */
  readonly stored?: string
}

/** How many bytes a row shows. */
const MOST_BYTES = 32

const kinds: Readonly<Record<Value['kind'], string>> = {
  null: '',
  boolean: 'boolean',
  integer: 'integer',
  float: 'number',
  decimal: 'decimal',
  text: 'string',
  bytes: 'bytes',
  enum: 'enum',
  list: 'array',
  record: 'object',
  map: 'map',
  cut: '',
}

/** The type's name in its schema or format, or else in JSON. */
export function typeText(value: Value): string {
  return value.type ?? kinds[value.kind]
}

/** A type's further properties. */
export function typeNote({ type, branch, meant }: Value): string {
  const notes = [
    branch !== undefined && branch !== type ? `the branch ${branch} of a union` : '',
    meant === undefined ? '' : 'shown as meant, beside as stored',
  ]
  return notes.filter((note) => note !== '').join(', ')
}

/** What is shown after a name: a value, or the number of its parts. */
export function shownValue(value: Value): Shown {
  const stored = storedValue(value)
  return value.meant === undefined ? stored : { text: value.meant, tone: 'string', stored: stored.text }
}

function storedValue(value: Value): Shown {
  switch (value.kind) {
    case 'null':
      return { text: 'null', tone: 'atom' }
    case 'boolean':
      return { text: String(value.value), tone: 'atom' }
    case 'integer':
      return { text: String(value.value), tone: 'number' }
    case 'float':
      return { text: floatJson(value).replaceAll('"', ''), tone: 'number' }
    case 'decimal':
      return { text: value.digits, tone: 'number' }
    case 'text':
      return { text: `"${value.value}"`, tone: 'string' }
    case 'bytes':
      return { text: bytesText(value.value), tone: 'bytes' }
    case 'enum':
      return { text: value.symbol, tone: 'string', ...(value.number === undefined ? {} : { stored: String(value.number) }) } // oxfmt-ignore
    case 'list':
      return { text: counted(value.items.length, 'item', 'items'), tone: 'none' }
    case 'record':
      return { text: counted(value.fields.length, 'field', 'fields'), tone: 'none' }
    case 'map':
      return { text: counted(value.entries.length, 'entry', 'entries'), tone: 'none' }
    case 'cut':
      return { text: `… ${value.why}`, tone: 'cut' }
  }
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'no bytes'
  const rest = bytes.length > MOST_BYTES ? ` … ${formatBytes(bytes.length)}` : ''
  return `${hexText(bytes.subarray(0, MOST_BYTES))}${rest}`
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? `no ${many}` : count === 1 ? `1 ${one}` : `${formatGrouped(count)} ${many}`
}

/** A value as it is copied: text and numbers as they are, bytes as base64, anything else in its JSON form. */
export function copiedValue(value: Value): string {
  if (value.meant !== undefined) return value.meant
  if (value.kind === 'text') return value.value
  if (value.kind === 'bytes') return base64Text(value.value)
  if (value.kind === 'list' || value.kind === 'record' || value.kind === 'map') return jsonOf(value)
  return shownValue(value).text
}
