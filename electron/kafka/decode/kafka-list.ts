import { bytesOfText } from '#shared/bytes.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import type { Decoder } from './decoder.ts'
import { primitives, type PrimitiveType } from './primitive.ts'
import { cutMore, TreeRoom } from './tree-limits.ts'

/** The first byte: whether all elements have one size, or each has its own size in front. */
const CONSTANT = 0
const VARIABLE = 1
/** In place of a size. */
const NULL = -1

/** The decoder for a user's choice: a list as Kafka's ListSerializer writes it, with elements of another of its serialisers. */
export function list(of: PrimitiveType | 'text'): Decoder {
  return {
    encoding: `Kafka list of ${of}`,
    isPlain: false,
    decode(bytes) {
      const value = read(bytes, of)
      if (value === null) return { reason: `it is no list of ${of}` }
      return { form: 'json', written: bytesOfText(jsonOf(value)), value: () => value }
    },
  }
}

function read(bytes: Uint8Array, of: PrimitiveType | 'text'): Value | null {
  const list = new ListBytes(bytes)
  const layout = list.int8()
  if (layout !== CONSTANT && layout !== VARIABLE) return null
  const nulls = layout === CONSTANT ? list.indexes() : new Set<number>()
  const count = list.int32()
  const { size } = primitives[of]
  if ((layout === CONSTANT && size === null) || count < nulls.size) return null
  const items: Value[] = []
  const room = new TreeRoom()
  for (let index = 0; index < count; index += 1) {
    if (list.failed) return null
    if (room.isFull) {
      items.push(cutMore(count - index, 'items'))
      break
    }
    room.take(1)
    const length = layout === CONSTANT ? (nulls.has(index) ? NULL : size!) : list.int32() // size is read above if the layout is CONSTANT
    const item = length === NULL ? ({ kind: 'null' } as const) : primitives[of].read(list.take(length))
    if (item === null) return null
    items.push(item)
  }
  return list.failed || (!room.isFull && list.left > 0) ? null : { kind: 'list', items, type: `list<${of}>` }
}

/** Reads in sequence; beyond the end it returns nothing and is marked as failed. */
class ListBytes {
  failed = false
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  int8(): number {
    return this.#step(1) ? this.#view.getInt8(this.#at - 1) : NULL
  }

  int32(): number {
    return this.#step(4) ? this.#view.getInt32(this.#at - 4) : 0
  }

  take(length: number): Uint8Array {
    return this.#step(length) ? this.#bytes.subarray(this.#at - length, this.#at) : new Uint8Array(0)
  }

  /** The indexes of elements that are null. */
  indexes(): Set<number> {
    const found = new Set<number>()
    for (let left = this.int32(); left > 0 && !this.failed; left -= 1) found.add(this.int32())
    return found
  }

  #step(length: number): boolean {
    if (length < 0 || length > this.left) this.failed = true
    else this.#at += length
    return !this.failed
  }
}
