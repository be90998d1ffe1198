import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { JsonFields } from '#shared/filters/cel/json-fields.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { Undecodable } from '../codec.ts'
import { compileAvro } from './codec.ts'
import { Random, randomSchema, randomValue, type Schema } from './fixtures/random.ts'
import { rounds } from '../../../../tests/support/rounds.ts'

const SCHEMAS = rounds(2_000)
const VALUES = 4

/** The yardstick: a peer that makes code of schemas. Its longs are made exact. */
function yardstick(schema: Schema): avro.Type {
  const long = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return bytes
    },
    fromJSON: BigInt,
    toJSON: String,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
  })
  return avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'always', registry: { long } })
}

/** A tree as avsc has values. */
function plain(value: Value, schema: Schema, types: ReadonlyMap<string, Schema>): unknown {
  if (Array.isArray(schema)) {
    if (value.kind === 'null') return null
    const named = schema.filter((one) => one !== 'null')
    const branch = value.branch === undefined ? named[0]! : named.find((one) => nameOf(one) === value.branch)!
    return { [nameOf(branch)]: plain(value, branch, types) }
  }
  const of = typeof schema === 'string' ? types.get(schema) : schema
  if (of !== undefined && of !== schema) return plain(value, of, types)
  const inner = (of ?? {}) as { items: Schema; values: Schema; fields: { type: Schema }[] }
  switch (value.kind) {
    case 'null':
      return null
    case 'integer':
      return schema === 'int' ? Number(value.value) : value.value
    case 'bytes':
      return Buffer.from(value.value)
    case 'enum':
      return value.symbol
    case 'list':
      return value.items.map((item) => plain(item, inner.items, types))
    case 'map':
      return Object.fromEntries(value.entries.map(({ key, value: one }) => [key.kind === 'text' && key.value, plain(one, inner.values, types)])) // oxfmt-ignore
    case 'record':
      return Object.fromEntries(value.fields.map(({ name, value: one }, i) => [name, plain(one, inner.fields[i]!.type, types)])) // oxfmt-ignore
    case 'cut':
      throw new Error(`something is left out: ${value.why}`)
    default:
      return 'value' in value ? value.value : value.digits
  }
}

const nameOf = (schema: Schema): string =>
  typeof schema === 'string' ? schema : ((schema as { name?: string }).name ?? (schema as { type: string }).type)

function typesOf(schema: Schema, types = new Map<string, Schema>()): Map<string, Schema> {
  if (typeof schema === 'string') return types
  if (Array.isArray(schema)) schema.forEach((one) => typesOf(one, types))
  else {
    if (typeof schema['name'] === 'string') types.set(schema['name'], schema)
    for (const one of [schema['items'], schema['values']]) if (one !== undefined) typesOf(one as Schema, types)
    for (const { type } of (schema['fields'] as { type: Schema }[] | undefined) ?? []) typesOf(type, types)
  }
  return types
}

describe('Avro, beside avsc', () => {
  it(`reads and writes the same values as it does, of ${SCHEMAS} schemas`, () => {
    let bytesInAll = 0
    for (let seed = 1; seed <= SCHEMAS; seed += 1) {
      const random = new Random(seed)
      const schema = randomSchema(random)
      const text = JSON.stringify(schema)
      const type = yardstick(schema)
      const codec = compileAvro({ type: 'avro', text, references: [] })
      const types = typesOf(schema)
      for (let n = 0; n < VALUES; n += 1) {
        const value = randomValue(random, schema)
        const bytes = type.toBuffer(value)
        bytesInAll += bytes.length
        const about = `seed ${seed}, value ${n}: ${text}`
        const tree = codec.value(bytes)
        expect({ about, value: plain(tree, schema, types) }).toEqual({ about, value })
        const written = utf8Text(codec.written(bytes))!
        expect({ about, written }).toEqual({ about, written: jsonOf(tree) })
        const encoded = codec.encode(written)
        const hex = 'bytes' in encoded ? Buffer.from(encoded.bytes).toString('hex') : encoded.problems
        expect({ about, hex }).toEqual({ about, hex: bytes.toString('hex') })
      }
    }
    expect(bytesInAll).toBeGreaterThan(50 * SCHEMAS)
  })

  it('writes of the fields that are asked for what it writes of all, and refuses what it refuses', () => {
    let found = 0
    let refused = 0
    for (let seed = 1; seed <= SCHEMAS / 2; seed += 1) {
      const random = new Random(seed)
      const schema = randomSchema(random)
      const type = yardstick(schema)
      const codec = compileAvro({ type: 'avro', text: JSON.stringify(schema), references: [] })
      for (let n = 0; n < VALUES; n += 1) {
        const bytes = type.toBuffer(randomValue(random, schema))
        const paths = Array.from({ length: 1 + random.below(3) }, () => pathInto(random, codec.written(bytes)))
        if (n % 2 === 1 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
        const about = `seed ${seed}, value ${n}: ${JSON.stringify(paths)} in ${JSON.stringify(schema)}`
        const [all, only] = [writtenOr(() => codec.written(bytes)), writtenOr(() => codec.writtenOnly!(bytes, paths))]
        const at = (of: Uint8Array | null) => (of === null ? null : paths.map((path) => textAt(of, path)))
        const wanted = at(all)
        expect({ about, at: at(only) }).toEqual({ about, at: wanted })
        if (wanted === null) refused += 1
        else found += wanted.filter((one) => one !== null).length
      }
    }
    expect(found).toBeGreaterThan(SCHEMAS / 2)
    expect(refused).toBeGreaterThan(SCHEMAS / 20)
  })
})

function writtenOr(write: () => Uint8Array): Uint8Array | null {
  try {
    return new Uint8Array(write())
  } catch (error) {
    if (error instanceof Undecodable) return null
    throw error
  }
}

/** A way into a value, mostly to something that is there. */
function pathInto(random: Random, json: Uint8Array): ValuePath {
  const path: ValuePath = []
  let at = JSON.parse(utf8Text(json)!) as unknown
  while (typeof at === 'object' && at !== null && random.below(5) > 0) {
    const names = Object.keys(at)
    if (names.length === 0) break
    const name = random.below(20) === 0 ? 'absent' : random.one(names)
    path.push(Array.isArray(at) ? Number(name) || 0 : name)
    at = (at as Record<string, unknown>)[name]
  }
  return path
}

/** null: nothing stands there. */
function textAt(json: Uint8Array, path: ValuePath): string | null {
  if (path.length === 0) return utf8Text(json)
  const fields = new JsonFields()
  const slot = fields.want(path)
  const isThere = fields.find(json, 0, json.length) && fields.starts[slot]! >= 0
  return isThere ? utf8Text(json.subarray(fields.starts[slot]!, fields.ends[slot]!)) : null
}
