import type { FullRecord } from '#shared/contract/messages.ts'
import { base64Text } from '#shared/bytes.ts'
import { attemptLines, copiedText, type Decoded } from '#shared/model/decoded.ts'
import { floatJson, keyText, type Value } from '#shared/model/decoded-value.ts'
import { toJson } from './json-output.ts'

/**
 * A record for `--decode`: key and value as JSON, in which integers, decimals and numbers that JSON lacks are strings, so that
 * no reader rounds them. Returned as text, because duplicate names are possible, and are printed twice.
 */
export function decodedRecord(record: FullRecord): string {
  const headers = record.headers.map(({ name, nameAs, value, valueAs, known }) =>
    objectText([
      ['name', JSON.stringify(copiedText(nameAs.form, name))],
      ['value', known?.meant == null ? meaning(value, valueAs) : JSON.stringify(known.meant)],
    ]),
  )
  return objectText([
    ['type', '"record"'],
    ['topic', JSON.stringify(record.topic)],
    ['partition', String(record.partition)],
    ['offset', `"${record.offset}"`],
    ['timestamp', `"${record.timestamp}"`],
    ['key', meaning(record.key, record.keyAs)],
    ['value', meaning(record.value, record.valueAs)],
    ['headers', listText(headers)],
    ['keyAs', JSON.stringify(report(record.keyAs))],
    ['valueAs', JSON.stringify(report(record.valueAs))],
  ])
}

function meaning(bytes: Uint8Array | null, as: Decoded | null): string {
  if (bytes === null || as === null) return 'null'
  if (as.value !== null) return plain(as.value)
  return JSON.stringify(copiedText(as.form, as.written ?? bytes))
}

/** How it was decoded: with which encoding and schema, and why the encodings tried before failed. */
function report(as: Decoded | null): object | null {
  if (as === null) return null
  const { encoding, schema, isCut } = as
  return {
    encoding,
    ...(schema === undefined ? {} : { schema: toJson(schema) }),
    attempts: attemptLines(as),
    ...(isCut ? { isCut } : {}),
  }
}

/** A tree as JSON. */
function plain(value: Value): string {
  return value.branch === undefined ? unwrapped(value) : objectText([[value.branch, unwrapped(value)]])
}

function unwrapped(value: Value): string {
  if (value.meant !== undefined) return JSON.stringify(value.meant)
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(value.value)
    case 'text':
      return JSON.stringify(value.value)
    case 'integer':
      return `"${value.value}"`
    case 'float':
      return value.written === undefined ? floatJson(value) : JSON.stringify(value.written)
    case 'decimal':
      return `"${value.digits}"`
    case 'bytes':
      return JSON.stringify(base64Text(value.value))
    case 'enum':
      return JSON.stringify(value.symbol)
    case 'list':
      return listText(value.items.map(plain))
    case 'record':
      return objectText(value.fields.map((field) => [field.name, plain(field.value)]))
    case 'map':
      return objectText(value.entries.map((entry) => [keyText(entry.key), plain(entry.value)]))
    case 'cut':
      return objectText([['cut', JSON.stringify(value.why)]])
  }
}

function objectText(fields: readonly (readonly [name: string, json: string])[]): string {
  return `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

const listText = (items: readonly string[]): string => `[${items.join(',')}]`
