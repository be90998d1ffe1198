import { base64Text, bytesOfText, hexText, utf8Text } from '#shared/bytes.ts'
import { isReadable } from '#shared/model/decoded.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import { rowLength, writeRow } from '../records/table-rows.ts'
import { csvLine } from './csv.ts'
import type { DecodedBytes } from './decode-chain.ts'
import type { DecodedAt } from './decoder.ts'
import type { RowDecoder } from './row-decoder.ts'
import { RowFields } from './row-fields.ts'

/** Writes matches as lines of a file, as UTF-8, without making rows of them. */
export class RecordLines {
  readonly #format: LineFormat
  readonly #decoder: RowDecoder
  readonly #topic: string
  readonly #topicJson: string
  readonly #partition: number
  readonly #fields: RowFields
  #bytes = new Uint8Array(64 << 10)
  byteLength = 0

  constructor(format: LineFormat, decoder: RowDecoder, { topic, partition }: Pick<DecodedAt, 'topic' | 'partition'>) {
    this.#format = format
    this.#decoder = decoder
    this.#topic = topic
    this.#topicJson = JSON.stringify(topic)
    this.#partition = partition
    this.#fields = new RowFields(format.as === 'csv' ? format.fields : [])
  }

  add(record: RecordCursor): void {
    switch (this.#format.as) {
      case 'ndjson':
        return this.#put(`${this.#json(record)}\n`)
      case 'csv':
        return this.#put(csvLine(this.#cells(record), this.#format.defuse))
      case 'coordinates':
        return this.#put(`${this.#topic}\t${this.#partition}\t${record.offset}\n`)
      case 'parquet':
        return this.#putRow(record)
    }
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.byteLength)
    this.byteLength = 0
    return taken
  }

  /** In the format `produce.plan` reads: a part's `base64`, if present, is its exact bytes. */
  #json(record: RecordCursor): string {
    const part = (bytes: Uint8Array | null, of: 'key' | 'value'): string =>
      bytes === null ? 'null' : decodedPart(bytes, this.#decoder.decode(bytes, of))
    const place = `"topic":${this.#topicJson},"partition":${this.#partition},"offset":"${record.offset}","timestamp":"${record.timestamp}"`
    return `{${place},"key":${part(record.key(), 'key')},"value":${part(record.value(), 'value')},"headers":${headersJson(record)}}`
  }

  #cells(record: RecordCursor): string[] {
    const shown = (bytes: Uint8Array | null, of: 'key' | 'value'): string => {
      if (bytes === null) return ''
      const { as, written } = this.#decoder.decode(bytes, of)
      return (isReadable(as.form) ? utf8Text(written) : null) ?? hexText(written)
    }
    const cells = [this.#topic, String(this.#partition), String(record.offset), timeText(record.timestamp)]
    cells.push(shown(record.key(), 'key'), shown(record.value(), 'value'))
    this.#decoder.eachField(this.#fields, (_, text) => cells.push(text))
    return cells
  }

  /** A row of a table as `table-rows.ts` reads it. Bytes that are text in every byte are written as text only. */
  #putRow(record: RecordCursor): void {
    const parts: (Uint8Array | null)[] = [bytesOfText(this.#topic)]
    for (const part of ['key', 'value'] as const) {
      const stored = part === 'key' ? record.key() : record.value()
      const decoded = stored === null ? null : this.#decoder.decode(stored, part)
      const text = decoded !== null && isReadable(decoded.as.form) && utf8Text(decoded.written) !== null ? decoded.written : null // oxfmt-ignore
      // A decoder's output is valid until it decodes the next value.
      parts.push(text === null || text === stored ? text : text.slice(), text === stored ? null : stored)
    }
    parts.push(bytesOfText(headersJson(record)))
    const length = rowLength(parts)
    this.#reserve(length)
    writeRow(new DataView(this.#bytes.buffer, this.byteLength, length), this.#partition, record.offset, record.timestamp, parts) // oxfmt-ignore
    this.byteLength += length
  }

  #reserve(length: number): void {
    const most = this.byteLength + length
    if (most <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(most, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.byteLength))
    this.#bytes = grown
  }

  #put(text: string): void {
    this.#reserve(3 * text.length)
    this.byteLength += new TextEncoder().encodeInto(text, this.#bytes.subarray(this.byteLength)).written
  }
}

/** The first line of a file, if it has one. */
export function headLine(format: LineFormat): Uint8Array {
  if (format.as !== 'csv') return new Uint8Array()
  const names = format.fields.map(({ part, path }) => [part, ...path].join('.'))
  const cells = ['topic', 'partition', 'offset', 'timestamp', 'key', 'value', ...names]
  return bytesOfText(csvLine(cells, format.defuse))
}

function headersJson(record: RecordCursor): string {
  const headers: string[] = []
  const walk = record.walkHeaders()
  while (walk.next()) {
    const name = plainPart(walk.bytes.subarray(walk.nameStart, walk.nameEnd))
    const value = walk.valueStart < 0 ? 'null' : plainPart(walk.bytes.subarray(walk.valueStart, walk.valueEnd))
    headers.push(`{"name":${name},"value":${value}}`)
  }
  return `[${headers.join(',')}]`
}

function decodedPart(bytes: Uint8Array, { as, written }: DecodedBytes): string {
  const json = as.schema === undefined || written === bytes ? null : utf8Text(written)
  if (json === null || as.schema === undefined) return plainPart(bytes)
  const { id, subject, version, type } = as.schema
  const schema = JSON.stringify({ id, subject, version, type }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) // oxfmt-ignore
  return `{"json":${json},"schema":${schema},"base64":"${base64Text(bytes)}"}`
}

/** As text, if all of the bytes are text. */
function plainPart(bytes: Uint8Array): string {
  const text = utf8Text(bytes)
  return text === null ? `{"base64":"${base64Text(bytes)}"}` : `{"text":${JSON.stringify(text)}}`
}

/** −1: it has none. Timestamps beyond the calendar stay numbers. */
function timeText(timestamp: bigint): string {
  if (timestamp === -1n) return ''
  const date = new Date(Number(timestamp))
  return Number.isNaN(date.getTime()) ? String(timestamp) : date.toISOString()
}
