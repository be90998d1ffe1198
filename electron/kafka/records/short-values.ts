import { shortJson } from '#shared/model/short-json.ts'
import type { ShortValues } from '#shared/model/rows.ts'

/** Exact copies, which can be transferred. */
export interface MadeShort extends ShortValues {
  rows: Int32Array<ArrayBuffer>
  text: Uint8Array<ArrayBuffer>
  ends: Int32Array<ArrayBuffer>
}

/** Per response; larger ones show the beginnings of values, because nobody reads a million rows. */
const MOST_MADE = 1_000

/** Short forms of JSON values whose previews are cut, made together with the rows. Many rows have none. */
export class ShortOutput {
  #rows: number[] = []
  #ends: number[] = []
  #text = new Uint8Array(0)
  #length = 0
  #made = 0

  get byteLength(): number {
    return this.#length + 8 * this.#rows.length
  }

  push(row: number, short: Uint8Array): void {
    const end = this.#length + short.length
    if (end > this.#text.length) {
      const grown = new Uint8Array(Math.max(end, 65_536, 2 * this.#text.length))
      grown.set(this.#text)
      this.#text = grown
    }
    this.#text.set(short, this.#length)
    this.#length = end
    this.#rows.push(row)
    this.#ends.push(end)
  }

  /** Of a value in JSON. */
  pushJson(row: number, json: Uint8Array): void {
    if (this.#made++ < MOST_MADE) this.push(row, shortJson(json, false))
  }

  /** Allows the full number again. */
  begin(): void {
    this.#made = 0
  }

  reset(): void {
    this.#rows = []
    this.#ends = []
    this.#length = 0
  }

  /** Those since the last `reset`; null: there are none. */
  take(): MadeShort | null {
    if (this.#rows.length === 0) return null
    const text = this.#text.slice(0, this.#length)
    return { rows: Int32Array.from(this.#rows), text, ends: Int32Array.from(this.#ends) }
  }
}
