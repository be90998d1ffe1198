import type { FullRecord } from '#shared/contract/messages.ts'
import { base64Text } from '#shared/bytes.ts'
import { attemptLines, copiedText, type Decoded } from '#shared/model/decoded.ts'
import { keyText, type Value } from '#shared/model/value.ts'
import { toJson } from './json-output.ts'

/**
 * A record as what its bytes mean, for `--decode`: key and value as JSON, in which integers, decimals and what JSON has no
 * number for are strings, so that no reader rounds them.
 */
export function decodedRecord(record: FullRecord): object {
  return {
    type: 'record',
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
    timestamp: record.timestamp.toString(),
    key: meaning(record.key, record.keyAs),
    value: meaning(record.value, record.valueAs),
    headers: record.headers.map(({ name, nameAs, value, valueAs, known }) => ({
      name: copiedText(nameAs.form, name),
      value: known?.meant ?? meaning(value, valueAs),
    })),
    keyAs: report(record.keyAs),
    valueAs: report(record.valueAs),
  }
}

function meaning(bytes: Uint8Array | null, as: Decoded | null): unknown {
  if (bytes === null || as === null) return null
  if (as.value !== null) return plain(as.value)
  return copiedText(as.form, as.written ?? bytes)
}

/** How it was decoded: by what, by which schema, and why not by those that were tried before. */
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

/** A tree as JSON's own values. */
function plain(value: Value): unknown {
  return value.branch === undefined ? unwrapped(value) : { [value.branch]: unwrapped(value) }
}

function unwrapped(value: Value): unknown {
  if (value.meant !== undefined) return value.meant
  switch (value.kind) {
    case 'null':
      return null
    case 'boolean':
    case 'text':
      return value.value
    case 'integer':
      return value.value.toString()
    case 'float':
      return value.written ?? (Number.isFinite(value.value) ? value.value : String(value.value))
    case 'decimal':
      return value.digits
    case 'bytes':
      return base64Text(value.value)
    case 'enum':
      return value.symbol
    case 'list':
      return value.items.map(plain)
    case 'record':
      return Object.fromEntries(value.fields.map((field) => [field.name, plain(field.value)]))
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [keyText(entry.key), plain(entry.value)]))
    case 'cut':
      return { cut: value.why }
  }
}
