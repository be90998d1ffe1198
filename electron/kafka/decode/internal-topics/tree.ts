import type { Value } from '#shared/model/decoded-value.ts'
import { bytesValue, cutDeeper, cutMore, textValue, TreeRoom } from '../tree-limits.ts'
import type { Field, Fields, FieldSpec, Struct } from './message.ts'
import { structOf } from './consumer-protocol.ts'
import { momentOf, stateName } from './meanings.ts'
import type { ReadKey, ReadValue, RecordType } from './records.ts'

/** In the layout of Kafka's own formatters: the type, and the data. */
export function keyTree({ type, of, fields, rest }: ReadKey): Value {
  if (of === null || fields === null) return raw('unknown key', ['type', int16(type)], rest)
  const name = `${of.name}Key`
  const data = new Tree(of).record(name, fields, of.key.fields)
  return headed(name, ['type', { kind: 'enum', symbol: of.name, number: BigInt(type) }], data, rest)
}

/** The version, and the data. */
export function valueTree(of: RecordType | null, { version, fields, rest }: ReadValue): Value {
  const name = of === null ? 'unknown value' : `${of.name}Value`
  if (of === null || fields === null) return raw(name, ['version', int16(version)], rest)
  return headed(name, ['version', int16(version)], new Tree(of).record(name, fields, of.value.fields), rest)
}

function raw(name: string, head: [string, Value], rest: Uint8Array): Value {
  return record(name, [head, ['raw', bytesValue(rest)]])
}

function headed(name: string, head: [string, Value], data: Value, rest: Uint8Array): Value {
  return record(
    name,
    rest.length === 0 ? [head, ['data', data]] : [head, ['data', data], ['trailing', bytesValue(rest)]],
  )
}

/** Builds the tree of one message: a few levels deep, like its definition. */
class Tree {
  readonly #room = new TreeRoom()
  readonly #record: string

  constructor({ name }: RecordType) {
    this.#record = name
  }

  record(type: string, fields: Fields, struct: Struct): Value {
    const entries = Object.entries(fields)
    return record(
      type,
      entries.map(([name, field]) => [name, this.#field(field, struct.get(name))]),
    )
  }

  #field(field: Field, spec: FieldSpec | undefined): Value {
    if (!this.#room.take(0)) return cutDeeper
    if (field === null) return { kind: 'null' }
    if (Array.isArray(field)) return this.#list(field, spec)
    if (field instanceof Uint8Array) return bytesValue(field)
    // Only raw bytes belong to unknown fields.
    const { name, type } = spec! // every decoded field has a spec in its struct's definition
    switch (typeof field) {
      case 'boolean':
        return { kind: 'boolean', value: field }
      case 'string':
        return type === 'uuid' ? { kind: 'text', value: field, type } : textValue(field)
      case 'bigint': {
        const meant = momentOf(spec!, field) // every decoded field has a spec in its struct's definition
        return { kind: 'integer', value: field, type, ...(meant === null ? {} : { meant }) }
      }
      case 'number': {
        const symbol = stateName(this.#record, name, field)
        const number = BigInt(field)
        return symbol === undefined ? integer(number, type) : { kind: 'enum', symbol, number, type }
      }
      default: {
        const struct = structOf(spec!) // every decoded field has a spec in its struct's definition
        return this.record(struct.type, field, struct.fields)
      }
    }
  }

  #list(fields: Field[], spec: FieldSpec | undefined): Value {
    const items: Value[] = []
    for (const field of fields) {
      if (this.#room.isFull) break
      items.push(this.#field(field, spec))
    }
    if (items.length < fields.length) items.push(cutMore(fields.length - items.length, 'items'))
    return { kind: 'list', items }
  }
}

function record(type: string, fields: [string, Value][]): Value {
  return { kind: 'record', type, fields: fields.map(([name, value]) => ({ name, value })) }
}

function integer(value: bigint, type: string): Value {
  return { kind: 'integer', value, type }
}

function int16(value: number): Value {
  return integer(BigInt(value), 'int16')
}
