import { bytesOfText } from '#shared/bytes.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { Undecodable } from '../codec.ts'
import { JsonOutput } from '../json-output.ts'
import { LIST, MAP, NAMED, type Sink } from './sink.ts'

const COMMA = 0x2c
const COLON = 0x3a
const ends = [0x5d, 0x7d, 0x7d]

/** Writes the JSON form of a value while it is read. */
export class JsonSink implements Sink {
  readonly #out = new JsonOutput()
  /** For each open container: its kind, its number of items, and where a key began that must become a string. */
  readonly #kinds: number[] = []
  readonly #counts: number[] = []
  readonly #keys: number[] = []

  /** Everything that `read` reads into it. */
  written(size: number, read: (sink: Sink) => void): Uint8Array<ArrayBuffer> {
    this.#kinds.length = this.#counts.length = this.#keys.length = 0
    this.#out.begin(size)
    try {
      read(this)
      return this.#out.take()
    } catch (error) {
      this.#out.drop()
      throw error
    }
  }

  nothing(): void {
    this.#begin(false)
    this.#out.ascii('null')
    this.#end()
  }

  boolean(value: boolean): void {
    this.#begin(false)
    this.#out.ascii(value ? 'true' : 'false')
    this.#end()
  }

  integer(value: number): void {
    this.#begin(false)
    this.#out.integer(value)
    this.#end()
  }

  long(low: number, high: number): void {
    this.#begin(false)
    this.#out.long(low, high)
    this.#end()
  }

  float(value: number): void {
    this.#begin(false)
    this.#out.float(value)
    this.#end()
  }

  text(from: Uint8Array, start: number, end: number): void {
    this.#begin(true)
    const before = this.#out.length
    try {
      this.#out.text(from, start, end)
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error
      this.#out.backTo(before)
      const isKey = this.#isKey()
      if (!isKey) this.#out.ascii('{"bytes":')
      this.#out.base64(from.subarray(start, end))
      if (!isKey) this.#out.ascii('}')
    }
    this.#end()
  }

  bytes(from: Uint8Array, start: number, end: number): void {
    this.#begin(true)
    this.#out.base64(from.subarray(start, end))
    this.#end()
  }

  leaf(value: Value): void {
    this.#begin(false)
    const { branch, ...plain } = value
    this.#out.raw(bytesOfText(jsonOf(branch !== undefined && this.#isKey() ? plain : value)))
    this.#end()
  }

  list(): void {
    this.#begin(false)
    this.#open(LIST, '[')
  }

  map(): void {
    this.#begin(false)
    this.#open(MAP, '{')
  }

  named(name: string): void {
    // A key is a string as it is, whatever its name.
    const isKey = this.#isNextKey()
    this.#begin(false)
    this.#open(NAMED, isKey ? '' : `{${JSON.stringify(name)}:`)
    if (isKey) this.#counts[this.#counts.length - 1] = -1
  }

  close(): void {
    const kind = this.#kinds.pop()! // every close() follows the open of its container
    const count = this.#counts.pop()! // every close() follows the open of its container
    this.#keys.pop()
    if (kind !== NAMED || count > 0) this.#out.byte(ends[kind]!) // the table has an entry per kind
    this.#end()
  }

  #open(kind: number, begin: string): void {
    this.#out.ascii(begin)
    this.#kinds.push(kind)
    this.#counts.push(0)
    this.#keys.push(-1)
  }

  /** Before a value: writes what separates it from the previous one. `isText`: it is already a string. */
  #begin(isText: boolean): void {
    const top = this.#kinds.length - 1
    if (top < 0) return
    const kind = this.#kinds[top]! // top is the index of the container that is open
    const count = this.#counts[top]! // top is the index of the container that is open
    this.#counts[top] = count + 1
    if (kind === NAMED) return
    if (kind === MAP && count % 2 === 1) this.#out.byte(COLON)
    else if (count > 0) this.#out.byte(COMMA)
    this.#keys[top] = kind === MAP && count % 2 === 0 && !isText ? this.#out.length : -1
  }

  /** After a value: a key that is not a string becomes one. */
  #end(): void {
    const top = this.#kinds.length - 1
    const start = top < 0 ? -1 : this.#keys[top]! // top is the index of the container that is open
    if (start < 0) return
    this.#keys[top] = -1
    const json = Buffer.from(this.#out.since(start), 'latin1').toString()
    if (json.startsWith('"')) return
    this.#out.backTo(start)
    this.#out.raw(bytesOfText(JSON.stringify(json)))
  }

  /** Whether the value that was started is a map's key. */
  #isKey(): boolean {
    const top = this.#kinds.length - 1
    return top >= 0 && this.#kinds[top] === MAP && this.#counts[top]! % 2 === 1 // top is the index of the container that is open
  }

  #isNextKey(): boolean {
    const top = this.#kinds.length - 1
    return top >= 0 && this.#kinds[top] === MAP && this.#counts[top]! % 2 === 0 // top is the index of the container that is open
  }
}
