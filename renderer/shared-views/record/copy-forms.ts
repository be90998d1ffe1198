import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import { copiedText, type Decoded, type Decoding } from '#shared/model/decoded.ts'

interface At {
  topic: string
  partition: number
  offset: bigint
}

/** `topic / partition / offset`, as people write it in tickets; digits without spaces. */
export function coordinatesText({ topic, partition, offset }: At): string {
  return `${topic} / ${partition} / ${offset}`
}

/** A kcat command that reads this record. It never contains a secret: authentication is left to kcat's own settings. */
export function kcatText(brokers: readonly string[], { topic, partition, offset }: At, isSecured: boolean): string {
  const format = String.raw`'%t/%p/%o %T\nkey(%K) %k\nvalue(%S) %s\nheaders %h\n'`
  // Otherwise kcat skips records of aborted and open transactions, and prints the next one instead.
  const isolation = ['-X', 'isolation.level=read_uncommitted']
  const parts = ['kcat', '-C', '-e', ...isolation, '-b', shellQuoted(brokers.join(',')), '-t', shellQuoted(topic)]
  parts.push('-p', String(partition), '-o', String(offset), '-c', '1', '-f', format)
  if (isSecured) parts.push('-F', '"$HOME/.config/kcat.conf"')
  return parts.join(' ')
}

/** Quoted for a POSIX shell: in single quotes only the quote itself is special. */
export function shellQuoted(text: string): string {
  if (/^[A-Za-z0-9_.,:@%+=/-]+$/.test(text) && !text.startsWith('-')) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const headersOf = (headers: readonly HeaderValue[]) =>
  headers.map(({ name, nameAs, value, valueAs }) => ({ name: copied(name, nameAs), value: copied(value, valueAs) }))

/** Headers in their order, including duplicates. */
export function headersText(headers: readonly HeaderValue[]): string {
  return JSON.stringify(headersOf(headers), null, 2)
}

/**
 * A whole record as JSON: see `wholeRecord`. Bytes that are not UTF-8 become base64; 64-bit numbers are strings, because JSON
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
      key: copied(record.key, record.keyAs),
      value: copied(record.value, record.valueAs),
    },
    null,
    2,
  )
}

/** The decoded value if it is complete; otherwise the stored bytes. */
function copied(bytes: Uint8Array | null, as: Decoding | Decoded | null): string | { base64: string } | null {
  if (bytes === null || as === null) return null
  if (!('written' in as) || as.written === null) return copiedText(as.form, bytes)
  return as.isCut ? copiedText('bytes', bytes) : copiedText(as.form, as.written)
}
