import type { Value } from '#shared/model/decoded-value.ts'
import { utf8Text } from '#shared/bytes.ts'
import { Undecodable } from '../codec.ts'
import type { JsonOutput } from '../json-output.ts'
import { bytesValue, cutDeeper, cutMore, textValue, type TreeRoom } from '../tree-limits.ts'
import type { AvroInput } from './input.ts'
import { logicalName, type Logical } from './logical-types.ts'
import { digitsOfBytes, isDecimal, meantOfBytes, meantOfInteger } from './logical-values.ts'
import { type AvroRecord, type AvroType, branchNames, takesNoBytes, typeName } from './schema.ts'
import { noBranch, unknownSymbol, type JsonWriter, type Writers } from './to-json.ts'

/** What is needed to build a tree. */
export interface TreeMaking {
  input: AvroInput
  room: TreeRoom
  /** Values that are left out are still read; they are written here. */
  left: JsonOutput
}

/** Reads one value and builds its tree. */
export type TreeMaker = (making: TreeMaking, level: number) => Value

/** Characters of a label: an array of an array of … could go on endlessly. */
const MOST_LABEL = 200

/** A closure for each type, made once, as in `Writers`. */
export class TreeMakers {
  readonly #made = new Map<AvroType, TreeMaker>()
  readonly #writers: Writers

  constructor(writers: Writers) {
    this.#writers = writers
  }

  of(type: AvroType): TreeMaker {
    const known = this.#made.get(type)
    if (known !== undefined) return known
    // Registered before it is made, because a record may refer back to itself.
    let made: TreeMaker | undefined
    this.#made.set(type, (making, level) => made!(making, level)) // made is set on the next line, before any value is read
    made = this.#bounded(type)
    this.#made.set(type, made)
    return made
  }

  /** If there is no room left, the value is read by its JSON writer, which allocates almost nothing. */
  #bounded(type: AvroType): TreeMaker {
    // The branch's value takes the room, not the union.
    if (type.kind === 'union') return this.#union(type)
    const make = this.#make(type)
    const write = this.#writers.of(type)
    return (making, level) => {
      if (making.room.take(level)) return make(making, level)
      write(making.input, making.left)
      return cutDeeper
    }
  }

  #make(type: Exclude<AvroType, { kind: 'union' }>): TreeMaker {
    const label = labelOf(type)
    switch (type.kind) {
      case 'null':
        return () => ({ kind: 'null' })
      case 'boolean':
        return ({ input }) => ({ kind: 'boolean', value: input.boolean() })
      case 'int':
      case 'long':
        return integerMaker(type.kind, type.logical, label)
      case 'float':
        return ({ input }) => ({ kind: 'float', value: input.float(), type: label })
      case 'double':
        return ({ input }) => ({ kind: 'float', value: input.double(), type: label })
      case 'string':
        return ({ input }) => ({ ...textValue(text(input)), ...(type.logical === null ? {} : { type: label }) })
      case 'bytes':
        return bytesMaker(type.logical, label, (input) => input.bytes.subarray(input.sized(), input.at))
      case 'fixed':
        return bytesMaker(type.logical, label, (input) => input.take(type.size))
      case 'enum':
        return ({ input }) => {
          const number = input.long()
          const symbol = type.symbols[number] ?? unknownSymbol()
          return { kind: 'enum', symbol, number: BigInt(number), type: label }
        }
      case 'array':
        return arrayMaker(this.of(type.items), this.#writers.of(type.items), takesNoBytes(type.items), label)
      case 'map':
        return mapMaker(this.of(type.values), this.#writers.of(type.values), label)
      case 'record':
        return this.#record(type)
    }
  }

  #record(type: AvroRecord): TreeMaker {
    const makers = type.fields.map((field) => this.of(field.type))
    const writers = type.fields.map((field) => this.#writers.of(field.type))
    return (making, level) => {
      const { input, room, left } = making
      input.enter()
      const fields: { name: string; value: Value }[] = []
      for (const [i, { name }] of type.fields.entries()) {
        if (room.isFull) writers[i]!(input, left) // the list has an entry per field
        else fields.push({ name, value: makers[i]!(making, level + 1) }) // the list has an entry per field
      }
      input.leave()
      const more = type.fields.length - fields.length
      if (more > 0) fields.push({ name: '…', value: cutMore(more, 'fields') })
      return { kind: 'record', type: type.name, fields }
    }
  }

  #union(type: Extract<AvroType, { kind: 'union' }>): TreeMaker {
    const makers = type.branches.map((branch) => this.of(branch))
    const names = branchNames(type)
    return (making, level) => {
      const at = making.input.long()
      const name = names[at]
      if (name === undefined) throw noBranch()
      const value = makers[at]!(making, level) // at was checked against the number of branches
      return name === null ? value : { ...value, branch: name }
    }
  }
}

/** The name of a type for a person. */
export function labelOf(type: AvroType): string {
  const logical = 'logical' in type && type.logical !== null ? logicalName(type.logical) : null
  if (logical !== null) return logical
  let label = typeName(type)
  if (type.kind === 'array') label = `array<${labelOf(type.items)}>`
  if (type.kind === 'map') label = `map<string, ${labelOf(type.values)}>`
  if (type.kind === 'union') label = type.branches.slice(0, 9).map(labelOf).join(' | ')
  return label.length > MOST_LABEL ? `${label.slice(0, MOST_LABEL)}…` : label
}

function integerMaker(kind: 'int' | 'long', logical: Logical | null, label: string): TreeMaker {
  return ({ input }) => {
    const value = kind === 'int' ? BigInt(input.int()) : input.bigLong()
    const meant = logical === null ? null : meantOfInteger(logical, value)
    return { kind: 'integer', value, type: label, ...(meant === null ? {} : { meant }) }
  }
}

function bytesMaker(logical: Logical | null, label: string, take: (input: AvroInput) => Uint8Array): TreeMaker {
  if (isDecimal(logical)) return ({ input }) => ({ kind: 'decimal', digits: digitsOfBytes(logical, take(input)), type: label }) // oxfmt-ignore
  return ({ input }) => {
    const bytes = take(input)
    const meant = logical === null ? null : meantOfBytes(logical, bytes)
    return { ...bytesValue(bytes), type: label, ...(meant === null ? {} : { meant }) }
  }
}

function arrayMaker(item: TreeMaker, write: JsonWriter, isFree: boolean, label: string): TreeMaker {
  return (making, level) => {
    const { input, room, left } = making
    input.enter()
    const items: Value[] = []
    let more = 0
    for (let count = input.block(isFree); count !== 0; count = input.block(isFree)) {
      for (let i = 0; i < count; i += 1) {
        if (room.isFull) {
          write(input, left)
          more += 1
        } else items.push(item(making, level + 1))
      }
    }
    input.leave()
    if (more > 0) items.push(cutMore(more, 'items'))
    return { kind: 'list', items, type: label }
  }
}

function mapMaker(value: TreeMaker, write: JsonWriter, label: string): TreeMaker {
  return (making, level) => {
    const { input, room, left } = making
    input.enter()
    const entries: { key: Value; value: Value }[] = []
    let more = 0
    for (let count = input.block(false); count !== 0; count = input.block(false)) {
      for (let i = 0; i < count; i += 1) {
        const key = text(input)
        if (room.isFull) {
          write(input, left)
          more += 1
        } else entries.push({ key: { kind: 'text', value: key }, value: value(making, level + 1) })
      }
    }
    input.leave()
    if (more > 0) entries.push({ key: { kind: 'text', value: '…' }, value: cutMore(more, 'entries') })
    return { kind: 'map', entries, type: label }
  }
}

function text(input: AvroInput): string {
  const found = utf8Text(input.bytes.subarray(input.sized(), input.at))
  if (found === null) throw new Undecodable('a text in it is not UTF-8')
  return found
}
