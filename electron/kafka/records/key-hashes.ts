import type { RecordCursor } from './record-cursor.ts'

/** For each record that was read, matching or not: a hash of its key, and the row that was made of it. */
export interface RecordKeys {
  /** Two halves of a 64-bit hash; both 0: no key. */
  readonly hash: Uint32Array<ArrayBuffer>
  /** −1: no row was made. */
  readonly row: Int32Array<ArrayBuffer>
}

/** Collects the keys of records as hashes: with millions of records the keys themselves would not fit in memory. */
export class KeyHashes {
  count = 0
  #hash = new Uint32Array(2_048)
  #row = new Int32Array(1_024)

  push({ bytes, keyStart, keyEnd }: RecordCursor): void {
    if (this.count === this.#row.length) this.#grow()
    const at = this.count++
    this.#row[at] = -1
    // cyrb53's mixing, keeping both halves: among ten million keys two share a 64-bit hash with a chance of one in 400,000.
    let a = 0xdeadbeef
    let b = 0x41c6ce57
    for (let i = keyStart; i < keyEnd; i += 1) {
      const byte = bytes[i]! // i < end
      a = Math.imul(a ^ byte, 2_654_435_761)
      b = Math.imul(b ^ byte, 1_597_334_677)
    }
    const high = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
    const low = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
    const hasKey = keyStart >= 0
    this.#hash[2 * at] = hasKey ? high : 0
    // A key whose hash would be 0 by chance must differ from "no key".
    this.#hash[2 * at + 1] = hasKey ? low || 1 : 0
  }

  /** A row was made of the record that was pushed last. */
  isRow(row: number): void {
    this.#row[this.count - 1] = row
  }

  take(): RecordKeys {
    const taken = { hash: this.#hash.slice(0, 2 * this.count), row: this.#row.slice(0, this.count) }
    this.count = 0
    return taken
  }

  #grow(): void {
    const hash = new Uint32Array(2 * this.#hash.length)
    hash.set(this.#hash)
    this.#hash = hash
    const row = new Int32Array(2 * this.#row.length)
    row.set(this.#row)
    this.#row = row
  }
}
