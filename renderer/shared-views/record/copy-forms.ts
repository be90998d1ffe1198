import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as text, or null where they are not UTF-8. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/**
 * The bytes as text that can be read. Numbers in binary are UTF-8 by chance as long as they are small, but hold characters
 * that no text does.
 */
export function readableText(bytes: Uint8Array): string | null {
  const text = utf8(bytes)
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text === null || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? null : text
}

/** The bytes without a character that the end of a slice cut in two. At most three bytes go; anything else is left to be judged. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

interface At {
  topic: string
  partition: number
  offset: bigint
}

/** `topic / partition / offset`, as people write it in tickets; digits without spaces. */
export function coordinatesText({ topic, partition, offset }: At): string {
  return `${topic} / ${partition} / ${offset}`
}

/** A kcat command that reads this record. It never holds a secret: how to authenticate is left to kcat's own settings. */
export function kcatText(brokers: readonly string[], { topic, partition, offset }: At, isSecured: boolean): string {
  const format = String.raw`'%t/%p/%o %T\nkey(%K) %k\nvalue(%S) %s\nheaders %h\n'`
  // Without this kcat passes over records of aborted and open transactions, and prints the next one instead.
  const isolation = ['-X', 'isolation.level=read_uncommitted']
  const parts = ['kcat', '-C', '-e', ...isolation, '-b', shellQuoted(brokers.join(',')), '-t', shellQuoted(topic)]
  parts.push('-p', String(partition), '-o', String(offset), '-c', '1', '-f', format)
  if (isSecured) parts.push('-F', '"$HOME/.config/kcat.conf"')
  return parts.join(' ')
}

/** For a POSIX shell: in single quotes nothing is special but the quote itself. */
export function shellQuoted(text: string): string {
  if (/^[A-Za-z0-9_.,:@%+=/-]+$/.test(text) && !text.startsWith('-')) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

type Bytes = string | null | { base64: string }

const headersOf = (headers: readonly HeaderValue[]) =>
  headers.map(({ name, value }) => ({ name: utf8OrBase64(name), value: utf8OrBase64(value) }))

/** Headers in their order, duplicates and all. */
export function headersText(headers: readonly HeaderValue[]): string {
  return JSON.stringify(headersOf(headers), null, 2)
}

/**
 * A whole record as JSON: see `wholeRecord`. Bytes that are not UTF-8 become base64; 64-bit numbers are strings, for JSON
 * has none.
 */
export function jsonText(record: FullRecord): string {
  return JSON.stringify(
    {
      topic: record.topic,
      partition: record.partition,
      offset: String(record.offset),
      timestamp: String(record.timestamp),
      timestampType: record.timestampType,
      headers: headersOf(record.headers),
      key: utf8OrBase64(record.key),
      value: utf8OrBase64(record.value),
    },
    null,
    2,
  )
}

function utf8OrBase64(bytes: Uint8Array | null): Bytes {
  if (bytes === null) return null
  return utf8(bytes) ?? { base64: base64(bytes) }
}

export function base64(bytes: Uint8Array): string {
  let binary = ''
  // In pieces: spreading a megabyte into one call overflows the stack.
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(binary)
}
