import { utf8Text } from '#shared/bytes.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { bytesValue, cutDeeper, cutMore, textValue, TreeRoom } from '../tree-limits.ts'
import { LIST, MAP, NAMED, type Sink } from './sink.ts'

interface Open {
  kind: number
  name: string
  values: Value[]
  /** How many values were left out for lack of room. */
  left: number
}

/** Builds the tree of a value while it is read. */
export class TreeSink implements Sink {
  readonly #room = new TreeRoom()
  readonly #open: Open[] = [{ kind: LIST, name: '', values: [], left: 0 }]
  /** How many containers are open inside what is left out. */
  #out = 0

  static valueOf(read: (sink: Sink) => void): Value {
    const sink = new TreeSink()
    read(sink)
    return sink.#open[0]!.values[0]! // the outermost container is never closed, and holds the one value
  }

  nothing(): void {
    this.leaf({ kind: 'null' })
  }

  boolean(value: boolean): void {
    this.leaf({ kind: 'boolean', value })
  }

  integer(value: number): void {
    this.leaf({ kind: 'integer', value: BigInt(value) })
  }

  long(low: number, high: number): void {
    this.leaf({ kind: 'integer', value: (BigInt(high) << 32n) | BigInt(low >>> 0) })
  }

  float(value: number): void {
    this.leaf({ kind: 'float', value })
  }

  text(from: Uint8Array, start: number, end: number): void {
    if (!this.#takes()) return
    const bytes = from.subarray(start, end)
    const text = utf8Text(bytes)
    this.#add(
      text === null ? { ...bytesValue(bytes), type: 'text that is no UTF-8', branch: 'bytes' } : textValue(text),
    )
  }

  bytes(from: Uint8Array, start: number, end: number): void {
    if (this.#takes()) this.#add(bytesValue(from.subarray(start, end)))
  }

  leaf(value: Value): void {
    if (this.#takes()) this.#add(value)
  }

  list(): void {
    this.#begin(LIST, '')
  }

  map(): void {
    this.#begin(MAP, '')
  }

  named(name: string): void {
    this.#begin(NAMED, name)
  }

  close(): void {
    if (this.#out > 0) {
      this.#out -= 1
      return
    }
    const { kind, name, values, left } = this.#open.pop()! // every close() follows the open of its container
    this.#add(
      kind === LIST ? listOf(values, left) : kind === MAP ? mapOf(values, left) : namedOf(name, values[0] ?? cutDeeper),
    )
  }

  #begin(kind: number, name: string): void {
    if (this.#takes()) this.#open.push({ kind, name, values: [], left: 0 })
    else this.#out += 1
  }

  /** Whether there is room for the next value; if not, it is counted. */
  #takes(): boolean {
    if (this.#out > 0) return false
    const level = this.#open.length - 1
    if (this.#room.take(level)) return true
    const open = this.#open.at(-1)! // the outermost container is closed last
    if (this.#room.isFull) open.left += 1
    else open.values.push(cutDeeper)
    return false
  }

  #add(value: Value): void {
    this.#open.at(-1)!.values.push(value) // the outermost container is closed last
  }
}

function listOf(items: Value[], left: number): Value {
  if (left > 0) items.push(cutMore(left, 'items'))
  return { kind: 'list', items }
}

/** A record, as in JSON, if all keys are texts; otherwise a map. */
function mapOf(values: Value[], left: number): Value {
  const entries: { key: Value; value: Value }[] = []
  for (let i = 0; i < values.length; i += 2) entries.push({ key: values[i]!, value: values[i + 1] ?? cutDeeper }) // i < values.length
  const more = left - (values.length % 2)
  const cut = more > 0 ? cutMore(Math.ceil(more / 2), 'entries') : null
  const names = entries.map(({ key }) => (key.kind === 'text' ? key.value : null))
  if (names.includes(null)) {
    if (cut !== null) entries.push({ key: { kind: 'text', value: '…' }, value: cut })
    return { kind: 'map', entries }
  }
  const fields = entries.map(({ value }, i) => ({ name: names[i]!, value })) // the list has a name per entry
  if (cut !== null) fields.push({ name: '…', value: cut })
  const isTwice = new Set(names).size < names.length
  return { kind: 'record', ...(isTwice ? { type: 'map with a key twice' } : {}), fields }
}

function namedOf(name: string, value: Value): Value {
  const { branch, ...plain } = value
  if (branch === undefined) return { ...value, branch: name }
  return { kind: 'record', branch: name, fields: [{ name: branch, value: plain }] }
}
