import { bytesOfText } from '#shared/bytes.ts'

const FIRST_SIZE = 512

/** Writes Avro's binary encoding. The caller limits how much is written. */
export class AvroOutput {
  #bytes = new Uint8Array(FIRST_SIZE)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  get length(): number {
    return this.#at
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at)
  }

  byte(value: number): void {
    const at = this.#room(1)
    this.#bytes[at] = value
  }

  /** An int or a long. */
  long(value: bigint | number): void {
    let rest = BigInt(value)
    rest = BigInt.asUintN(64, (rest << 1n) ^ (rest >> 63n))
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    this.byte(Number(rest))
  }

  float(value: number): void {
    const at = this.#room(4)
    this.#view.setFloat32(at, value, true)
  }

  double(value: number): void {
    const at = this.#room(8)
    this.#view.setFloat64(at, value, true)
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Bytes with their length before them. */
  sized(bytes: Uint8Array): void {
    this.long(bytes.length)
    this.raw(bytes)
  }

  text(text: string): void {
    this.sized(bytesOfText(text))
  }

  /** Call it before using `#bytes`: it may replace the buffer with a larger one. */
  #room(count: number): number {
    const start = this.#at
    if (start + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(start + count, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#at = start + count
    return start
  }
}
