import type { Value } from '#shared/model/decoded-value.ts'
import { base64Text } from '#shared/bytes.ts'

/** For a whole tree: the rest is left out, and a `cut` says how much. */
const NODES = 20_000
const LEVELS = 100
/** Characters of one text, or bytes. */
const LENGTH = 64 << 10
/** How much of a longer one is shown. */
const BEGINNING = 1_000

/** How much one tree may still grow. */
export class TreeRoom {
  #nodes = NODES

  /** Takes room for one more node at this level (the root's is 0); false: there is none, and a `cut` goes there. */
  take(level: number): boolean {
    if (level >= LEVELS) return false
    this.#nodes -= 1
    return this.#nodes >= 0
  }

  get isFull(): boolean {
    return this.#nodes <= 0
  }
}

/** What was left out of a list, a record or a map: "1,200 more items". */
export function cutMore(count: number, of: 'items' | 'fields' | 'entries'): Value {
  return { kind: 'cut', why: `${count.toLocaleString('en-US')} more ${count === 1 ? singular[of] : of}` }
}

/** For a value that is nested too deep, or where a tree has no room left. */
export const cutDeeper: Value = { kind: 'cut', why: 'more than a tree shows' }

export function textValue(value: string): Value {
  if (value.length <= LENGTH) return { kind: 'text', value }
  return { kind: 'cut', why: `${value.slice(0, BEGINNING)} … of ${value.length.toLocaleString('en-US')} characters` }
}

/** Copies `bytes`: a tree outlives what it was made from. */
export function bytesValue(bytes: Uint8Array): Value {
  if (bytes.length <= LENGTH) return { kind: 'bytes', value: bytes.slice() }
  return {
    kind: 'cut',
    why: `${base64Text(bytes.subarray(0, BEGINNING))} … of ${bytes.length.toLocaleString('en-US')} bytes`,
  }
}

const singular = { items: 'item', fields: 'field', entries: 'entry' }
