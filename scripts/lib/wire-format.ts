/** Kafka's non-flexible encoding, as far as `wire-client.ts` needs it. */
export const wire = {
  int8: (value: number): Buffer => Buffer.from([value]),
  int16(value: number): Buffer {
    const bytes = Buffer.alloc(2)
    bytes.writeInt16BE(value)
    return bytes
  },
  int32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    return bytes
  },
  int64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(value)
    return bytes
  },
  string(value: string | null): Buffer {
    if (value === null) return wire.int16(-1)
    const bytes = Buffer.from(value)
    return Buffer.concat([wire.int16(bytes.length), bytes])
  },
  bytes: (value: Uint8Array): Buffer => Buffer.concat([wire.int32(value.length), value]),
  array: (items: readonly Buffer[]): Buffer => Buffer.concat([wire.int32(items.length), ...items]),
}

export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  int64(): bigint {
    this.#at += 8
    return this.#bytes.readBigInt64BE(this.#at - 8)
  }

  string(): string | null {
    const length = this.int16()
    if (length < 0) return null
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }
}
