import { Undecodable } from '../codec.ts'
import type { Decoder } from '../decoder.ts'
import { JsonSink } from './json-sink.ts'
import type { Sink } from './sink.ts'
import { TreeSink } from './tree-sink.ts'

/** Deeper than real values are nested, and shallow enough for the code that handles them. */
const MOST_LEVELS = 1_000

/** A decoder for a self-describing format. `read` throws `Undecodable`. */
export function schemalessDecoder(encoding: string, read: (bytes: Uint8Array, sink: Sink) => void): Decoder {
  const json = new JsonSink()
  return {
    encoding,
    isPlain: false,
    decode(bytes) {
      try {
        const written = json.written(bytes.length, (sink) => read(bytes, sink))
        return { form: 'json', written, value: () => TreeSink.valueOf((sink) => read(bytes, sink)) }
      } catch (error) {
        if (error instanceof Undecodable) return { reason: error.message }
        throw error
      }
    },
  }
}

/** A position in big-endian bytes, never beyond their end, and the containers open there. */
export class SchemalessReader {
  readonly bytes: Uint8Array
  at = 0
  readonly #view: DataView
  /** For each open container how many values are still to come, and whether they are keys and values. */
  readonly #left: number[] = [1]
  readonly #maps: boolean[] = [false]

  constructor(bytes: Uint8Array) {
    // A Buffer's slice shares memory, but a tree needs copies.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Whether another value is to be read; closes containers that are complete. */
  next(sink: Sink): boolean {
    for (;;) {
      const top = this.#left.length - 1
      if (this.#left[top]! > 0) {
        this.#left[top]! -= 1 // top is the index of the container that is open
        return true
      }
      this.#left.pop()
      this.#maps.pop()
      if (top === 0) break
      sink.close()
    }
    if (this.at < this.bytes.length) throw new Undecodable('after its value more follows')
    return false
  }

  /** The value that was started is still to come. */
  again(): void {
    this.#left[this.#left.length - 1]! += 1 // called only while a container is open
  }

  /** A container with this many values; `OPEN_END`: its end is marked instead. */
  open(count: number, isMap = false): void {
    this.#maps.push(isMap)
    if (this.#left.push(count) > MOST_LEVELS) throw new Undecodable(`nested more than ${MOST_LEVELS.toLocaleString('en-US')} levels deep`) // oxfmt-ignore
  }

  /** Ends the innermost container, which has no count. */
  endOpen(): void {
    const top = this.#left.length - 1
    const left = this.#left[top]! // top is the index of the container that is open
    if (left < OPEN_END / 2) throw new Undecodable('the end of a list that did not begin, or has a length')
    if (this.#maps[top]! && (OPEN_END - left) % 2 === 0) throw new Undecodable('a map that ends behind a key') // top is the index of the container that is open
    this.#left[top] = 0
  }

  byte(): number {
    return this.bytes[this.take(1)]! // take() checked that the byte is there
  }

  uint16(): number {
    return this.#view.getUint16(this.take(2))
  }

  uint32(): number {
    return this.#view.getUint32(this.take(4))
  }

  int8(): number {
    return this.#view.getInt8(this.take(1))
  }

  int16(): number {
    return this.#view.getInt16(this.take(2))
  }

  int32(): number {
    return this.#view.getInt32(this.take(4))
  }

  float(): number {
    return this.#view.getFloat32(this.take(4))
  }

  double(): number {
    return this.#view.getFloat64(this.take(8))
  }

  /** Skips this many bytes; returns where they begin. */
  take(count: number): number {
    const { at } = this
    if (count > this.bytes.length - at) throw cutShort()
    this.at = at + count
    return at
  }
}

/** Used as a count; no container has as many values. */
export const OPEN_END = 2 ** 52

export function cutShort(): Undecodable {
  return new Undecodable('it ends in the middle of a value')
}
