import { Buffer } from 'node:buffer'
import { NO_UUID } from './reader.ts'

const FIRST_SIZE = 512

/**
 * Writes Kafka's primitive types. In a flexible version (KIP-482) strings, bytes and arrays are compact; the same calls write
 * both forms, so an encoder is written once for all versions. Source: https://kafka.apache.org/protocol#protocol_types
 */
export class Writer {
  readonly flexible: boolean
  private buffer: Buffer
  private at = 0

  constructor(flexible: boolean) {
    this.flexible = flexible
    this.buffer = Buffer.allocUnsafe(FIRST_SIZE)
  }

  /** What was written so far: a view, valid until the next write. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.at)
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  int8(value: number): this {
    const at = this.room(1)
    this.buffer.writeInt8(value, at)
    return this
  }

  int16(value: number): this {
    const at = this.room(2)
    this.buffer.writeInt16BE(value, at)
    return this
  }

  int32(value: number): this {
    const at = this.room(4)
    this.buffer.writeInt32BE(value, at)
    return this
  }

  int64(value: bigint): this {
    const at = this.room(8)
    this.buffer.writeBigInt64BE(value, at)
    return this
  }

  uvarint(value: number): this {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.int8(((rest & 0x7f) | 0x80) - 0x100)
      rest >>>= 7
    }
    this.int8(rest)
    return this
  }

  /** Takes Kafka's text form (base64url, 22 characters); null is the zero id. */
  uuid(value: string | null): this {
    const raw = Buffer.from(value ?? NO_UUID, 'base64url')
    if (raw.length !== 16) throw new RangeError(`Not a topic id: ${value}`)
    return this.raw(raw)
  }

  string(value: string): this {
    return this.nullableString(value)
  }

  nullableString(value: string | null): this {
    if (value === null) return this.flexible ? this.uvarint(0) : this.int16(-1)
    const raw = Buffer.from(value, 'utf8')
    if (raw.length > 0x7fff) throw new RangeError(`Kafka's texts hold 32767 bytes at most; this one has ${raw.length}.`)
    if (this.flexible) this.uvarint(raw.length + 1)
    else this.int16(raw.length)
    return this.raw(raw)
  }

  /** Bytes preceded by their length. */
  bytesField(value: Uint8Array | null): this {
    if (value === null) return this.flexible ? this.uvarint(0) : this.int32(-1)
    if (this.flexible) this.uvarint(value.byteLength + 1)
    else this.int32(value.byteLength)
    return this.raw(value)
  }

  array<T>(items: readonly T[] | null, item: (value: T, writer: this) => void): this {
    if (items === null) return this.flexible ? this.uvarint(0) : this.int32(-1)
    if (this.flexible) this.uvarint(items.length + 1)
    else this.int32(items.length)
    for (const value of items) item(value, this)
    return this
  }

  int32s(items: readonly number[] | null): this {
    return this.array(items, (value, w) => w.int32(value))
  }

  /** No tagged fields: the byte that ends a structure of a flexible version; nothing in a classic one. */
  tags(): this {
    return this.flexible ? this.uvarint(0) : this
  }

  raw(value: Uint8Array): this {
    const at = this.room(value.byteLength)
    this.buffer.set(value, at)
    return this
  }

  /** Call it before using `this.buffer`: it may replace the buffer with a larger one. */
  private room(size: number): number {
    const start = this.at
    const wanted = start + size
    if (wanted > this.buffer.length) {
      // Includes room for what follows a large field, whose few bytes would otherwise cause another copy of everything.
      const larger = Buffer.allocUnsafe(Math.max(wanted + FIRST_SIZE, this.buffer.length * 2))
      this.buffer.copy(larger, 0, 0, start)
      this.buffer = larger
    }
    this.at = wanted
    return start
  }
}
