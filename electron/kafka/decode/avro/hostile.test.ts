import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { type Codec, Undecodable } from '../codec.ts'
import { compileAvro } from './codec.ts'
import { Random, randomSchema, randomValue, type Schema } from './fixtures/random.ts'
import { AvroOutput } from './output.ts'

const codecOf = (schema: unknown): Codec => compileAvro({ type: 'avro', text: JSON.stringify(schema), references: [] })

/** The reason why not, which is the same for rows and trees; null: it is a value. */
function reason(codec: Codec, bytes: Uint8Array): string | null {
  const [written, tree] = [codec.written, codec.value].map((decode) => {
    try {
      decode(bytes)
      return null
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error
      return error.message
    }
  })
  expect(written).toBe(tree)
  return written!
}

const longs = (...values: (bigint | number)[]): Uint8Array => {
  const output = new AvroOutput()
  for (const value of values) output.long(value)
  return output.take()
}

describe('bytes that lie', () => {
  const strings = codecOf({ type: 'array', items: 'string' })
  const nulls = codecOf({ type: 'array', items: 'null' })

  it.each<[string, Codec, Uint8Array, string]>([
    ['a block of 2^62 items', strings, longs(2n ** 62n), 'it claims more items than it has bytes for'],
    ['a block of -2^63 items', strings, longs(-(2n ** 63n), 0), 'it claims more items than it has bytes for'],
    ['a block of more items than bytes', strings, longs(7, 0), 'it claims more items than it has bytes for'],
    ['20 million nulls', nulls, longs(20_000_000, 0), 'it claims a great many items that take no bytes'],
    ['2^62 nulls', nulls, longs(2n ** 62n, 0), 'it claims a great many items that take no bytes'],
    ['nulls in many blocks', nulls, longs(...Array.from({ length: 9 }, () => 50_000), 0), 'it claims a great many items that take no bytes'],
    ['a text of 2^40 bytes', codecOf('string'), longs(2 ** 40), 'it ends before its value does'],
    ['a text of -1 bytes', codecOf('bytes'), longs(-1), 'a length in it is negative, or has more than 53 bits'],
    ['a text that ends early', codecOf('string'), Uint8Array.of(10, 65), 'it ends before its value does'],
    ['a varint that does not end', codecOf('long'), new Uint8Array(9).fill(0xff), 'it ends before its value does'],
    ['a varint of 11 bytes', codecOf('long'), new Uint8Array(11).fill(0xff), 'an integer in it has more than 64 bits'],
    ['a long of 65 bits', codecOf('long'), Uint8Array.of(...new Uint8Array(9).fill(0xff), 2), 'an integer in it has more than 64 bits'],
    ['an int of 33 bits', codecOf('int'), longs(2 ** 31), 'an int in it has more than 32 bits'],
    ['a double of 7 bytes', codecOf('double'), new Uint8Array(7), 'it ends before its value does'],
    ['bytes behind the value', codecOf('int'), Uint8Array.of(2, 0), 'more bytes follow its value'],
    ['nothing', codecOf('int'), new Uint8Array(0), 'it ends before its value does'],
    ['a boolean of 2', codecOf('boolean'), Uint8Array.of(2), 'a boolean in it is neither 0 nor 1'],
    ['a text in Latin-1', codecOf('string'), Uint8Array.of(2, 0xe4), 'a text in it is not UTF-8'],
    ['a branch that is not there', codecOf(['null', 'int']), longs(2), 'a union in it is of a branch that the schema does not have'],
    ['a negative branch', codecOf(['null', 'int']), longs(-1), 'a union in it is of a branch that the schema does not have'],
    ['a symbol that is not there', codecOf({ type: 'enum', name: 'E', symbols: ['A'] }), longs(1), 'an enum in it has a symbol that the schema does not have'],
  ])('say so: %s', (_, codec, bytes, expected) => {
    expect(reason(codec, bytes)).toBe(expected)
  }) // oxfmt-ignore

  it('may nest a thousand levels, and no more', () => {
    const list = codecOf({ type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] })
    const nested = (levels: number): Uint8Array =>
      Uint8Array.from({ length: levels }, (_, i) => (i < levels - 1 ? 2 : 0))
    expect(utf8Text(list.written(nested(1_000)))).toBe(`${'{"next":'.repeat(1_000)}null${'}'.repeat(1_000)}`)
    expect(jsonOf(list.value(nested(1_000)))).toContain('more than a tree shows')
    expect(reason(list, nested(1_001))).toBe('it nests deeper than 1,000 levels')
    expect(reason(list, nested(1_000_000))).toBe('it nests deeper than 1,000 levels')
  })

  it('cannot be made to mean endlessly much by a schema that doubles at each level', () => {
    const references = Array.from({ length: 41 }, (_, i) => {
      const names = i === 0 ? [] : ['a', 'b']
      const fields = names.map((name) => ({ name, type: `R${i - 1}`, default: {} }))
      return { name: `R${i}`, text: JSON.stringify({ type: 'record', name: `R${i}`, fields }) }
    })
    const codec = compileAvro({ type: 'avro', text: '"R40"', references })
    expect(reason(codec, new Uint8Array(0))).toBe('written out it is longer than its bytes let expect')
    expect(codec.encode('{}')).toMatchObject({ problems: [{ message: expect.stringContaining('larger than any message') }] }) // oxfmt-ignore
  })

  it('cannot be of a type that has no values', () => {
    const endless = codecOf({ type: 'record', name: 'A', fields: [{ name: 'a', type: 'A' }] })
    expect(reason(endless, new Uint8Array(9))).toBe('it nests deeper than 1,000 levels')
  })

  it('are a value or have a reason, whatever is in them', () => {
    const reasons = new Set<string | null>()
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const random = new Random(seed)
      const schema = randomSchema(random)
      const codec = codecOf(schema)
      const bytes = avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'always' }).toBuffer(small(randomValue(random, schema))) // oxfmt-ignore
      for (let n = 0; n < 5; n += 1) {
        const broken = bytes.subarray(0, random.below(3) === 0 ? random.below(bytes.length + 1) : bytes.length)
        const copy = Buffer.from(broken)
        for (let i = random.below(4); i > 0 && copy.length > 0; i -= 1)
          copy[random.below(copy.length)] = random.below(256)
        reasons.add(reason(codec, copy))
      }
    }
    expect(reasons.size).toBeGreaterThan(10)
    expect(reasons.size).toBeLessThan(20)
  })
})

/** Longs as avsc has them by itself. */
function small(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(50, value))
  if (Array.isArray(value)) return value.map(small)
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, small(one)]))
}

describe('a tree', () => {
  it('leaves out what is beyond its room, says how much, and reads on behind it', () => {
    const schema: Schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'array', items: 'int' } }, { name: 'm', type: { type: 'map', values: 'int' } }, { name: 'b', type: 'string' }] } // oxfmt-ignore
    const items = Array.from({ length: 30_000 }, (_, i) => i)
    const encoded = codecOf(schema).encode(JSON.stringify({ a: items, m: { x: 1 }, b: 'end' }))
    if (!('bytes' in encoded)) throw new Error('it is a value')
    const tree = codecOf(schema).value(encoded.bytes)
    if (tree.kind !== 'record') throw new Error(tree.kind)
    const [list, rest] = tree.fields
    expect(list!.value.kind === 'list' && list!.value.items.at(-1)).toEqual({ kind: 'cut', why: '10,002 more items' })
    expect(rest).toEqual({ name: '…', value: { kind: 'cut', why: '2 more fields' } })
    const map = codecOf({ type: 'map', values: 'int' })
    const many = map.encode(JSON.stringify(Object.fromEntries(items.map((i) => [`k${i}`, i]))))
    const entries = 'bytes' in many ? map.value(many.bytes) : null
    expect(entries?.kind === 'map' && entries.entries.at(-1)!.value).toEqual({ kind: 'cut', why: '10,001 more entries' }) // oxfmt-ignore
  })
})
