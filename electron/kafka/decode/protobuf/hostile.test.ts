import { describe, expect, it } from 'vitest'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { SchemaProblem, Undecodable } from '../codec.ts'
import { rounds } from '../../../../tests/support/rounds.ts'
import { compileProtobuf } from './compile.ts'
import { protoOf } from './fixtures/schemas.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const M = (fields: string, syntax = 'proto3') =>
  compileProtobuf(protoOf(`syntax = "${syntax}"; message M { ${fields} }`), 'M')

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return [...bytes, rest]
}

/** A message in a message in a message, each as the field 1 of the next. */
function nested(levels: number): Uint8Array {
  let lengths = 0
  const heads: number[][] = []
  for (let i = 0; i < levels; i += 1) {
    const head = [10, ...varint(lengths)]
    heads.push(head)
    lengths += head.length
  }
  return Uint8Array.from(heads.toReversed().flat())
}

describe('bytes that mean harm', () => {
  const codec = M('M m = 1; string s = 2; fixed64 f = 3; repeated int32 r = 4; double d = 5;')
  const group = M('optional group G = 1 { optional int32 a = 2; }', 'proto2')

  it.each([
    ['0a', 'it ends in the middle of a field'],
    ['0a05 1203', 'it ends in the middle of a field'],
    ['1203 6162', 'it ends in the middle of a field'],
    ['19 000000', 'it ends in the middle of a field'],
    ['22 03 0102', 'it ends in the middle of a field'],
    ['08 ffff', 'it ends in the middle of a field'],
    ['08 ffffffffffffffffffff01', 'a number of more than 10 bytes'],
    ['12ffffffff07', 'it ends in the middle of a field'],
    ['00', 'something that is no field'],
    ['0f', 'something that is no field'],
    ['0c', 'the end of a group that did not begin'],
    ['1201 61 00ff', 'something that is no field'],
    ['220180', 'it ends in the middle of a field'],
  ])('%s: %s', (bytes, reason) => {
    expect(() => codec.written(hex(bytes))).toThrow(new Undecodable(reason))
    expect(() => codec.value(hex(bytes))).toThrow(new Undecodable(reason))
  })

  it('is no group that does not end, or ends as another', () => {
    expect(() => group.written(hex('0b1001'))).toThrow('it ends in the middle of a field')
    expect(() => group.written(hex('0b1001 14'))).toThrow('the end of a group that did not begin')
    expect(Buffer.from(group.written(hex('0b1001 0c'))).toString()).toBe('{"g":{"a":1}}')
  })

  it('nests 100,000 levels deep: a reason, and no stack that overflows', () => {
    const deep = nested(100_000)
    const groups = Uint8Array.from([...Array.from({ length: 100_000 }, () => 0x0b), ...Array.from({ length: 100_000 }, () => 0x0c)]) // oxfmt-ignore
    const unknown = Uint8Array.from([...Array.from({ length: 100_000 }, () => 0x3b), ...Array.from({ length: 100_000 }, () => 0x3c)]) // oxfmt-ignore
    for (const [of, bytes] of [
      [codec, deep],
      [group, groups],
      [codec, unknown],
    ] as const) {
      expect(() => of.written(bytes)).toThrow('nested more than 100 levels deep')
    }
    expect(jsonOf(codec.value(deep))).toContain('more than a tree shows')
    expect(() => group.value(groups)).toThrow('nested more than 100 levels deep')
    expect(jsonOf(codec.value(nested(99)))).toContain('more than a tree shows')
    expect(Buffer.from(codec.written(nested(99))).toString()).toMatch(/^(\{"m":){99}/)
  })

  it('claims more than a row may hold', () => {
    const fields = Array.from({ length: 1_000 }, (_, i) => `int32 a_field_with_a_long_name_${i} = ${i + 2};`).join(' ')
    const many = M(`repeated M m = 1; ${fields}`)
    const empties = Uint8Array.from(Array.from({ length: 200_000 }, (_, i) => (i % 2 === 0 ? 10 : 0)))
    expect(() => many.written(empties)).toThrow('written out it is longer than its bytes let expect')
    const optional = M(`repeated M m = 1; ${fields.replaceAll('int32', 'optional int32')}`)
    expect(() => optional.written(empties)).toThrow('more messages with many fields than can be shown')
  })

  it('has a tree that is cut, with how much is left out', () => {
    const packed = Uint8Array.from([0x22, ...varint(50_000), ...Array.from({ length: 50_000 }, () => 1)])
    const value = codec.value(packed)
    const list = value.kind === 'record' ? value.fields.find(({ name }) => name === 'r')!.value : null
    expect(list?.kind === 'list' && list.items.at(-1)).toMatchObject({ kind: 'cut', why: expect.stringMatching(/^30,0\d\d more items$/) as unknown }) // oxfmt-ignore
    const long = Uint8Array.from([0x12, ...varint(100_000), ...Buffer.alloc(100_000, 0x61)])
    const text = codec.value(long)
    expect(jsonOf(text)).toContain('of 100,000 characters')
  })
})

describe('schemas that mean harm', () => {
  it('have names that are somebody’s else in JavaScript', () => {
    const names = [
      'constructor',
      'toString',
      'hasOwnProperty',
      'prototype',
      'valueOf',
      'isPrototypeOf',
      'length',
      'name',
      'then',
    ]
    const codec = M(names.map((name, i) => `int32 ${name} = ${i + 1};`).join(' '))
    const value = Object.fromEntries(names.map((name, i) => [name, i]))
    const encoded = codec.encode(JSON.stringify(value))
    expect('bytes' in encoded && Buffer.from(codec.written(encoded.bytes)).toString()).toBe(JSON.stringify(value))
    const types = names.map((name) => `message ${name} { ${name} m = 1; }`).join(' ')
    expect(compileProtobuf(protoOf(`syntax = "proto3"; ${types}`), 'constructor').type).toBe('constructor')
  })

  it.each([
    ['a name with code', 'syntax = "proto3"; message M { int32 a){process.exit(1)}(function( = 1; }'],
    ['a name with a minus', 'syntax = "proto3"; message M { int32 a-b = 1; }'],
    ['a map by messages', 'syntax = "proto3"; message M { map<M, int32> m = 1; }'],
    ['an import out of the folder', 'syntax = "proto3"; import "../../etc/passwd"; message M { Passwd p = 1; }'],
    ['a template', 'syntax = "proto3"; message M { int32 a = 1 [default = `x`]; } option x = ${1};'],
    [
      'two messages of one name',
      'message M { extensions 1 to max; } extend Nobody { optional int32 a = 1; } message M {}',
    ],
    ['an option of all objects', 'syntax = "proto3"; message M { option (x).__proto__.y = 1; }'],
    ['no text', '\u0000\u0001\u0002'],
    ['a comment without an end', '/* a comment without an end'],
    ['100,000 messages in each other', `${'message M {'.repeat(100_000)}`],
    [
      '100,000 values of an option in each other',
      `syntax = "proto3"; message M { option (a) = ${'{a:'.repeat(100_000)}; }`,
    ],
    ['a type of 100,000 parts', `syntax = "proto3"; message M { ${'.a'.repeat(100_000)} x = 1; }`],
  ])('that have %s are refused with a sentence', (_, text) => {
    expect(() => compileProtobuf(protoOf(text), 'M')).toThrow(SchemaProblem)
    expect(Object.prototype).not.toHaveProperty('y')
  })

  it('are as large as may be: taken or refused, and soon', () => {
    const most = 4_900_000
    /** Of what is taken, and so read to its end. */
    const long = rounds(most)
    const upTo = (make: (i: number) => string, end = most): string => {
      const parts: string[] = []
      for (let size = 0, i = 1; size < end; i += 1) {
        parts.push(make(i))
        size += parts.at(-1)!.length
      }
      return parts.join('')
    }
    const texts: [what: string, isTaken: boolean, text: string][] = [
      ['one message of all fields', false, `syntax = "proto3"; message M { ${upTo((i) => `int32 f${i}=${i};`)} }`],
      ['a oneof', false, `syntax = "proto3"; message M { oneof o { ${upTo((i) => `int32 f${i}=${i};`)} } }`],
      [
        'many messages',
        false,
        `syntax = "proto3"; message M0 {} ${upTo((i) => `message M${i} { M${i - 1} m = 1; }\n`)}`,
      ],
      [
        'all values',
        false,
        `syntax = "proto3"; message M { E e = 1; } enum E { ZERO = 0; ${upTo((i) => `V${i}=${i};`)} }`,
      ],
      ['a comment', true, `syntax = "proto3"; message M {} /* ${'*'.repeat(long)} */`],
      ['comments', true, `syntax = "proto3"; message M {} ${upTo(() => '/**/ // x\n', long)}`],
      ['a text', true, `syntax = "proto3"; message M {} option java_package = "${'\\\\'.repeat(long / 2)}";`],
      ['space', true, `syntax = "proto3"; message M {} ${' '.repeat(long)}`],
      [
        'options',
        true,
        `syntax = "proto3"; message M { int32 a = 1 [${upTo((i) => `(o${i}) = ${i},`, long)} deprecated = true]; }`,
      ],
      [
        'reserved numbers',
        true,
        `syntax = "proto3"; message M { reserved ${upTo((i) => `${i},`, long)} 530000000; int32 a = 530000001; }`,
      ],
      // Whatever took time by the square of them would be at it for minutes.
      ['20,000 fields', true, `syntax = "proto3"; message M { ${several(20_000, (i) => `int32 f${i} = ${i};`)} }`],
      [
        '20,000 in a oneof',
        true,
        `syntax = "proto3"; message M { oneof o { ${several(20_000, (i) => `int32 f${i} = ${i};`)} } }`,
      ],
      [
        '20,000 fields beside all numbers that are reserved',
        true,
        `syntax = "proto3"; message M { reserved ${several(99_999, (i) => `${i},`)} 100000; ${several(20_000, (i) => `int32 f${i} = ${100_000 + i};`)} }`,
      ],
      [
        'a chain of messages',
        true,
        `syntax = "proto3"; message M { M1 m = 1; } ${several(20_000, (i) => `message M${i} { M${i + 1} m = 1; }`)} message M20001 {}`,
      ],
    ]
    const outcomes = texts.map(([what, , text]) => `${what}: ${outcome(text)}`)
    expect(outcomes).toEqual(
      texts.map(([what, isTaken]) => `${what}: ${isTaken ? 'taken' : 'It declares more than can be read.'}`),
    )
    expect(() => compileProtobuf(protoOf(' '.repeat(6 << 20)), 'M')).toThrow('The schema is longer than 5 MiB.')
  })
})

function several(count: number, make: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => make(i + 1)).join('')
}

function outcome(text: string): string {
  try {
    compileProtobuf(protoOf(text), 'M')
    return 'taken'
  } catch (error) {
    if (error instanceof SchemaProblem) return error.message
    throw error
  }
}
