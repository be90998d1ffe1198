import { utf8Text } from '#shared/bytes.ts'
import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import { isText, type Decoded, type Decoding } from '#shared/model/decoded.ts'
import type { Value } from '#shared/model/decoded-value.ts'

/** A record as one value, for comparing two. Parts that are not loaded are a cut, so that they do not count as equal. */
export function comparedValue(record: FullRecord): Value {
  const { key, keyAs, keySize, value, valueAs, valueSize, headers, headerCount } = record
  const named = headers.map((header) => ({ name: utf8Text(header.name) ?? 'header', value: headerValue(header) }))
  const rest = headerCount - headers.length
  if (rest > 0) named.push({ name: '…', value: { kind: 'cut', why: `${rest} more headers` } })
  return {
    kind: 'record',
    fields: [
      { name: 'key', value: partValue(key, keyAs, keySize) },
      { name: 'value', value: partValue(value, valueAs, valueSize) },
      { name: 'headers', value: { kind: 'record', fields: named } },
    ],
  }
}

function partValue(bytes: Uint8Array | null, as: Decoded | null, size: number): Value {
  if (bytes === null || as === null) return { kind: 'null' }
  if (as.value !== null) return as.value
  const isCut = as.written === null ? bytes.length < size : as.isCut
  if (isCut) return { kind: 'cut', why: `${size} bytes, too many to be compared` }
  return plainValue(as.written ?? bytes, as)
}

function headerValue({ value, valueAs, size, known }: HeaderValue): Value {
  if (value === null || valueAs === null) return { kind: 'null' }
  if (value.length < size) return { kind: 'cut', why: `${size} bytes, too many to be compared` }
  const plain = valueAs.value ?? (valueAs.isCut ? null : plainValue(valueAs.written ?? value, valueAs))
  if (plain === null) return { kind: 'cut', why: `${size} bytes, too many to be compared` }
  return known?.meant == null ? plain : { ...plain, meant: known.meant }
}

function plainValue(written: Uint8Array, { form }: Decoding): Value {
  const text = isText(form) ? utf8Text(written) : null
  return text === null ? { kind: 'bytes', value: written } : { kind: 'text', value: text }
}
