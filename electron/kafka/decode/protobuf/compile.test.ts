import { toBinary } from '@bufbuild/protobuf'
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { SchemaProblem } from '../codec.ts'
import { compileProtobuf } from './compile.ts'
import { compiled, everything, protoOf } from './fixtures/schemas.ts'
import { filesOf } from './schema-files.ts'

/** The problem that a schema is refused for. */
function problemOf(make: () => unknown): { message: string; place: string | null } {
  try {
    make()
  } catch (error) {
    if (error instanceof SchemaProblem) return { message: error.message, place: error.place }
    throw error
  }
  throw new Error('the schema was taken')
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('a schema', () => {
  it('is what protoc makes of the same text: every name, number, type, presence and encoding', () => {
    const describeAll = (files: ReturnType<typeof filesOf>): string[] =>
      [...files.registry]
        .filter(({ typeName }) => !typeName.startsWith('google.'))
        .map((type) => {
          if (type.kind === 'enum')
            return [type.typeName, type.open, ...type.values.map(({ name, number }) => `${name}=${number}`)]
          const fields = type.kind === 'message' ? type.fields : type.kind === 'extension' ? [type] : []
          return [
            type.typeName,
            ...fields.map((of) => {
              const { name, jsonName, number, fieldKind, listKind, mapKind, mapKey, scalar, presence, utf8Validation } = of as typeof of & Record<'listKind' | 'mapKind' | 'mapKey', unknown> // oxfmt-ignore
              const { packed, delimitedEncoding, extendee } = of as Partial<
                Record<'packed' | 'delimitedEncoding' | 'extendee', unknown>
              >
              return JSON.stringify([name, jsonName, number, fieldKind, listKind, mapKind, mapKey, scalar, presence, utf8Validation, packed, delimitedEncoding, String(extendee), of.message?.typeName, of.enum?.typeName, of.oneof?.name]) // oxfmt-ignore
            }),
          ]
        })
        .map((lines) => lines.join('\n'))
        .toSorted()
    expect(describeAll(filesOf(everything))).toEqual(describeAll(filesOf(compiled)))
    expect(describeAll(filesOf(compiled)).length).toBeGreaterThan(12)
  })

  it('gives a message by its full name, or by its place as Confluent counts', () => {
    expect(compileProtobuf(everything, 'seekline.test.Everything.Inner.Deep').type).toBe(
      'seekline.test.Everything.Inner.Deep',
    )
    expect(compileProtobuf(everything, '.seekline.legacy.Legacy').type).toBe('seekline.legacy.Legacy')
    expect(compileProtobuf(everything, [0]).type).toBe('seekline.test.Everything')
    expect(compileProtobuf(compiled, [1]).type).toBe('seekline.test.Second')
    expect(compileProtobuf(everything, [0, 0, 0]).type).toBe('seekline.test.Everything.Inner.Deep')
    expect(problemOf(() => compileProtobuf(everything, [2])).message).toBe('The schema has no message at [2].')
    expect(problemOf(() => compileProtobuf(everything, [])).message).toBe('The schema has no message at [].')
    expect(problemOf(() => compileProtobuf(everything, 'Order')).message).toBe(
      'The schema has no message "Order"; there is seekline.test.Everything, seekline.test.Second.',
    )
    expect(problemOf(() => compileProtobuf(protoOf(''), 'Order')).message).toBe('The schema has no message.')
  })

  it('is also one file’s descriptor in base64', () => {
    const file = filesOf(protoOf('syntax = "proto3"; message M { int32 a = 1; }')).main.proto
    file.name = 'm.proto'
    const bytes = toBinary(FileDescriptorProtoSchema, file)
    const codec = compileProtobuf(protoOf(Buffer.from(bytes).toString('base64')), 'M')
    expect(textOf(codec.written(hex('0807')))).toBe('{"a":7}')
  })

  it('may import what is in the other form: as text or as a descriptor, by the name of the reference', () => {
    const imported = 'syntax = "proto3"; package p; message A { int32 a = 1; }'
    const text = 'syntax = "proto3"; import "a.proto"; message M { p.A a = 1; }'
    const encoded = (file: FileDescriptorProto, name: string): string => {
      file.name = name
      return Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64')
    }
    const reference = encoded(filesOf(protoOf(imported)).main.proto, 'elsewhere/b.proto')
    const main = encoded(filesOf({ ...protoOf(text), references: [{ name: 'a.proto', text: imported }] }).main.proto, 'm.proto') // oxfmt-ignore
    for (const [of, by] of [
      [text, imported],
      [text, reference],
      [main, imported],
      [main, reference],
    ] as const) {
      // oxfmt-ignore
      const codec = compileProtobuf({ ...protoOf(of), references: [{ name: 'a.proto', text: by }] }, [0])
      expect(textOf(codec.written(hex('0a020807')))).toBe('{"a":{"a":7}}')
    }
  })

  it.each([
    ['syntax = "proto3";\nmessage M {\n  int32 = 1;\n}', "illegal name '='", 'line 3'],
    ['syntax = "proto3";\nmessage M {\n  int32 a = 1', 'the text ends before its last block does', 'line 3'],
    ['{"type":"record"}', "illegal token '{'", 'line 1'],
    ['syntax = "proto3"; message M { int32 a = 1; int32 b = 1; }', 'duplicate id 1', null],
  ])('%j: says what is wrong, and where', (text, message, place) => {
    const problem = problemOf(() => compileProtobuf(protoOf(text), 'M'))
    expect(problem.message).toContain(message)
    expect(problem.message).toMatch(/^This is no \.proto: /)
    expect(problem.place).toBe(place)
  })

  it.each([
    ['syntax = "proto4";', '"proto4" is no syntax or edition that is known.', 'line 1'],
    ['edition = "2099";', '"2099" is no syntax or edition that is known.', 'line 1'],
    ['syntax = "proto3";\n\nmessage M { string __proto__ = 1; }', '"__proto__" cannot be a name here.', 'line 3'],
    ['syntax = "proto3"; message M { int32 a = 0; }', 'The number of "a" is none that a field can have.', 'a'],
    ['syntax = "proto3"; message M { int32 a = 536870912; }', 'The number of "a" is none that a field can have.', 'a'],
    ['syntax = "proto3"; message M { E e = 1; enum E {} }', 'The enum "E" has no value.', 'E'],
    [
      'syntax = "proto3"; message M { string s = 1; }\nmessage N { string t = "x; }',
      'A text that begins here does not end.',
      'line 2',
    ],
    ['bm90IGEgZGVzY3JpcHRvcg==', 'The schema looks like base64, and is no descriptor of Protobuf.', null],
  ])('%j: is refused with a sentence', (text, message, place) => {
    expect(problemOf(() => compileProtobuf(protoOf(text), 'M'))).toEqual({ message, place })
  })

  it('says which import is missing, at the line of the field that needs it; of those that nothing needs it wants none', () => {
    const text =
      'syntax = "proto3";\nimport "money.proto";\nimport "options.proto";\nmessage M {\n  // Money\n  acme.Money m = 1;\n}'
    expect(problemOf(() => compileProtobuf(protoOf(text), 'M'))).toEqual({
      message:
        'There is no type "acme.Money" for the field "m". It may be in money.proto, options.proto, which is imported and not there.',
      place: 'line 6',
    })
    const money = { name: 'money.proto', text: 'syntax = "proto3"; package acme; message Money { int64 units = 1; }' }
    const codec = compileProtobuf(protoOf(text, money), 'M')
    expect(textOf(codec.written(hex('0a020805')))).toBe('{"m":{"units":5}}')
    const broken = { name: 'money.proto', text: 'syntax = "proto3";\nmessage {' }
    expect(problemOf(() => compileProtobuf(protoOf(text, broken), 'M')).place).toBe('money.proto, line 2')
  })

  it('knows the types that serialisers bring themselves; what the schema refers to goes before', () => {
    const text = 'syntax = "proto3"; import "google/type/money.proto"; import "google/type/datetime.proto"; import "confluent/type/decimal.proto"; message M { google.type.Money m = 1; google.type.DateTime at = 2; confluent.type.Decimal d = 3; }' // oxfmt-ignore
    const codec = compileProtobuf(protoOf(text), 'M')
    const json = '{"m":{"currency_code":"EUR","units":5,"nanos":0},"at":{"year":2026,"month":0,"day":0,"hours":0,"minutes":0,"seconds":0,"nanos":0,"utc_offset":"3600s"},"d":{"value":"BA==","precision":3,"scale":2}}' // oxfmt-ignore
    const encoded = codec.encode(json)
    expect('bytes' in encoded && textOf(codec.written(encoded.bytes))).toBe(json)
    const own = {
      name: 'google/type/money.proto',
      text: 'syntax = "proto3"; package google.type; message Money { string whole = 1; }',
    }
    expect(textOf(compileProtobuf(protoOf(text, own), 'M').written(hex('0a030a0161')))).toBe('{"m":{"whole":"a"}}')
  })

  it('refuses imports in a circle, also one of itself', () => {
    const a = { name: 'a.proto', text: 'syntax = "proto3"; import "b.proto"; message A { B b = 1; }' }
    const b = { name: 'b.proto', text: 'syntax = "proto3"; import "a.proto"; message B { A a = 1; }' }
    const main = 'syntax = "proto3"; import "a.proto"; message M { A a = 1; }'
    expect(problemOf(() => compileProtobuf(protoOf(main, a, b), 'M')).message).toBe(
      'Its imports lead in a circle: a.proto → b.proto → a.proto.',
    )
    const self = { name: 'a.proto', text: 'import "a.proto";' }
    expect(problemOf(() => compileProtobuf(protoOf(main, self), 'M')).message).toBe(
      'Its imports lead in a circle: a.proto → a.proto.',
    )
  })

  it('refuses a type that is declared twice', () => {
    const text = 'syntax = "proto3"; package a; message M {}'
    expect(problemOf(() => compileProtobuf(protoOf(text, { name: 'x.proto', text }), 'a.M')).message).toBe(
      'The type a.M is declared twice.',
    )
  })

  it('takes Protobuf’s own types as they are, whatever is registered under their names', () => {
    const mine = { name: 'google/protobuf/timestamp.proto', text: 'syntax = "proto3"; package google.protobuf; message Timestamp { string evil = 1; }' } // oxfmt-ignore
    const text =
      'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Timestamp t = 1; }'
    const codec = compileProtobuf(protoOf(text, mine), 'M')
    expect(textOf(codec.written(hex('0a020801')))).toBe('{"t":"1970-01-01T00:00:01Z"}')
  })
})

describe('a value', () => {
  const M = (fields: string) => compileProtobuf(protoOf(`syntax = "proto3"; message M { ${fields} }`), 'M')

  it('shows fields that the schema does not know by their numbers, and an edit keeps them', () => {
    const codec = M('int32 a = 1;')
    const bytes = hex('0801 3896 01 3801 4a0161 1500000001 190100000000000080 2b 0807 2c')
    const written = textOf(codec.written(bytes))
    expect(written).toBe(
      '{"a":1,"7":[{"varint":150},{"varint":1}],"9":{"bytes":"YQ=="},"2":{"fixed32":16777216},"3":{"fixed64":9223372036854775809},"5":{"group":{"1":{"varint":7}}}}',
    )
    expect(jsonOf(codec.value(bytes))).toBe(written)
    const again = codec.encode(written)
    expect('bytes' in again && textOf(codec.written(again.bytes))).toBe(written)
  })

  it('is merged where it came in pieces, and is the last where it came twice', () => {
    const codec = M('M m = 1; int32 a = 2; repeated int32 r = 3; oneof o { M x = 4; M y = 5; }')
    expect(textOf(codec.written(hex('1001 1002 0a021001 1801 0a041a020203 1a010718 09')))).toBe(
      '{"m":{"a":1,"r":[2,3]},"a":2,"r":[1,7,9]}',
    )
    // A oneof's member that another one followed is gone, and begins anew.
    expect(textOf(codec.written(hex('22021001 2a021002 22021803')))).toBe('{"a":0,"r":[],"x":{"a":0,"r":[3]}}')
  })

  it('is of a wrong length: the field is kept as one that is not known', () => {
    expect(textOf(M('string s = 1;').written(hex('0805')))).toBe('{"s":"","1":{"varint":5}}')
  })

  it('shows a text that is no UTF-8 by its bytes where the schema allows that, else it is none', () => {
    const old = compileProtobuf(protoOf('syntax = "proto2"; message M { optional string s = 1; }'), 'M')
    expect(textOf(old.written(hex('0a01ff')))).toBe('{"s":{"bytes":"/w=="}}')
    expect(jsonOf(old.value(hex('0a01ff')))).toBe('{"s":{"bytes":"/w=="}}')
    expect(old.encode('{"s":{"bytes":"/w=="}}')).toEqual({ bytes: hex('0a01ff') })
    expect(() => M('string s = 1;').written(hex('0a01ff'))).toThrow('a text in it is not UTF-8')
  })

  it('is shown as stored where its meaning has no spelling', () => {
    const codec = compileProtobuf(everything, [0])
    const far = { seconds: 253_402_300_800, nanos: 0 }
    const encoded = codec.encode(
      JSON.stringify({ at: far, took: { seconds: 1, nanos: -1 }, mask: { paths: ['camelCase'] } }),
    )
    const shown = JSON.parse('bytes' in encoded ? textOf(codec.written(encoded.bytes)) : '{}') as Record<
      string,
      unknown
    >
    expect(shown).toMatchObject({ at: far, took: { seconds: 1, nanos: -1 }, mask: { paths: ['camelCase'] } })
  })

  it('shows an Any whose type is not known, or whose bytes are not that, as it is stored', () => {
    const text =
      'syntax = "proto3"; import "google/protobuf/any.proto"; message M { google.protobuf.Any any = 1; int32 n = 2; }'
    const codec = compileProtobuf(protoOf(text), 'M')
    const any = (type: string, value: string): string => textOf(codec.written(Uint8Array.of(10, type.length + 2 + value.length / 2 + 2, 10, type.length, ...Buffer.from(type), 18, value.length / 2, ...hex(value)))) // oxfmt-ignore
    expect(any('x/N', '0801')).toBe('{"any":{"type_url":"x/N","value":"CAE="},"n":0}')
    expect(any('x/M', '1007')).toBe('{"any":{"@type":"x/M","n":7},"n":0}')
    expect(any('x/M', '10')).toBe('{"any":{"type_url":"x/M","value":"EA=="},"n":0}')
  })

  it('says of a tree what its types mean', () => {
    const codec = compileProtobuf(everything, [0])
    const encoded = codec.encode('{"suit":"SUIT_SPADES","number":7,"at":"2026-11-28T17:34:03.120Z","by_int32":{"5":6}}')
    const value = codec.value('bytes' in encoded ? encoded.bytes : new Uint8Array(0))
    const fieldOf = (name: string) =>
      value.kind === 'record' && value.fields.find((field) => field.name === name)?.value
    expect(value.type).toBe('seekline.test.Everything')
    expect(fieldOf('suit')).toEqual({
      kind: 'enum',
      symbol: 'SUIT_SPADES',
      number: 16n,
      type: 'seekline.test.Everything.Suit',
    })
    expect(fieldOf('number')).toEqual({ kind: 'integer', value: 7n, type: 'int64 of oneof choice' })
    expect(fieldOf('at')).toMatchObject({
      kind: 'record',
      meant: '2026-11-28T17:34:03.120Z',
      type: 'google.protobuf.Timestamp',
    })
    expect(fieldOf('by_int32')).toMatchObject({ kind: 'map', type: 'map<int32, int64>', entries: [{ key: { kind: 'integer', value: 5n, type: 'int32' } }] }) // oxfmt-ignore
  })
})

describe('an edit', () => {
  const codec = compileProtobuf(everything, [0])
  const problems = (json: string) => {
    const encoded = codec.encode(json)
    return 'problems' in encoded ? encoded.problems.map(({ path, at, message }) => `${path} @${at}: ${message}`) : []
  }

  it('is told what is wrong at its place', () => {
    expect(problems('{"an_int32": 2147483648}')).toEqual(['an_int32 @13: This number does not fit in int32.'])
    expect(problems('{"a_uint64": -1, "a_bool": "yes"}')).toEqual([
      'a_uint64 @13: This number does not fit in uint64.',
      'a_bool @27: This is to be true or false.',
    ])
    expect(problems('{"children": [{}, {"suit": "CLUBS"}]}')).toEqual([
      'children[1].suit @27: This is to be one of "SUIT_NONE", "SUIT_HEARTS", "SUIT_SPADES", "SUIT_DEBT", or a number.',
    ])
    expect(problems('{"number": 1, "word": "x"}')).toEqual([
      ' @14: Of "choice" only one can be set, and "number" is as well.',
    ])
    expect(problems('{"a_bool": true, "aBool": true}')).toEqual([' @17: "a_bool" is here a second time.'])
    expect(problems('{"at": "yesterday"}')).toEqual([
      'at @7: This is to be a Timestamp such as "2026-11-28T17:34:03.120Z".',
    ])
    expect(problems('{"a_string": "\\ud800"}')[0]).toContain('lone surrogate')
    expect(problems('{"a_double": 1e400}')).toEqual(['a_double @13: This number is larger than a double can be.'])
    expect(problems('{"thing": {"@type": "x/acme.Order"}}')).toEqual([
      'thing @20: The schema has no message of this type to put here.',
    ])
    expect(problems('{"nobody": 1}')[0]).toMatch(/^ @1: Everything has no field "nobody". It has "a_double", /)
    expect(problems('{"legacy": {}}')).toEqual(['legacy @11: The field "id" is missing, and it is required.'])
    expect(problems('{"7": 1')).toEqual([' @7: Here "," or "}" is missing.'])
    expect(problems('{"500": 1}')[0]).toContain('The schema has no field 500')
    expect(problems(`${'{"child":'.repeat(5_000)}{}${'}'.repeat(5_000)}`)[0]).toBe(
      ' @0: This nests deeper than 100 levels.',
    )
  })

  it('takes numbers as text, names in both spellings and enums by number', () => {
    const same = ['{"an_int64":"9223372036854775807","suit":16,"camelCase":"x"}', '{"anInt64":9223372036854775807,"suit":"SUIT_SPADES","another_name":"x"}'] // oxfmt-ignore
    const [one, two] = same.map((json) => codec.encode(json))
    expect(one).toEqual(two)
    expect(one).toHaveProperty('bytes')
  })
})
