import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { Codec } from '../codec.ts'
import { compileAvro } from './codec.ts'

const codecOf = (schema: unknown): Codec => compileAvro({ type: 'avro', text: JSON.stringify(schema), references: [] })

const order = codecOf({
  type: 'record',
  name: 'com.acme.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] }, default: 'NEW' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'lines', type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }, { name: 'count', type: 'int', default: 1 }] } }, default: [] }, // oxfmt-ignore
    { name: 'raw', type: 'bytes', default: '\u00ff\u0000' },
    { name: 'either', type: ['string', 'com.acme.Line', 'long', 'double'], default: '' },
    { name: 'large', type: 'long', default: 7 },
  ],
})

/** path @ what stands at its character: message */
function problems(codec: Codec, json: string): string[] {
  const encoded = codec.encode(json)
  if ('bytes' in encoded) return []
  return encoded.problems.map(({ path, at, message }) => `${path} @ ${at === null ? '' : json.slice(at, at + 8)}: ${message}`) // oxfmt-ignore
}

const again = (codec: Codec, json: string): string | null => {
  const encoded = codec.encode(json)
  return 'bytes' in encoded
    ? utf8Text(codec.written(encoded.bytes))
    : encoded.problems.map(({ message }) => message).join()
}

describe('a value in JSON', () => {
  it('takes what is missing from the defaults of the schema', () => {
    expect(again(order, '{"id":1,"lines":[{"sku":"a"}]}')).toBe(
      '{"id":1,"status":"NEW","note":null,"lines":[{"sku":"a","count":1}],"raw":"/wA=","either":{"string":""},"large":7}',
    )
  })

  it('keeps integers that JavaScript has no number for, written as numbers or as texts, and in the schema too', () => {
    const large = '9223372036854775807'
    expect(again(order, `{"id":${large}}`)).toContain(`"id":${large},`)
    expect(again(order, `{"id":"-${large}"}`)).toContain(`"id":-${large},`)
    expect(again(order, '{"id":1.20e2}')).toContain('"id":120,')
    const schema = `{"type":"record","name":"R","fields":[{"name":"n","type":"long","default":${large}}]}`
    expect(again(compileAvro({ type: 'avro', text: schema, references: [] }), '{}')).toBe(`{"n":${large}}`)
  })

  it('says each problem at its place', () => {
    const json = '{"id": 1.5, "status": "SENT", "lines": [{"count": true, "colour": 1}], "note": 7}'
    expect(problems(order, json)).toEqual([
      'id @ 1.5, "st: This is to be a whole number.',
      'status @ "SENT", : This is to be one of "NEW", "PAID".',
      'note @ 7}: This is to be a text in quotes.',
      'lines[0] @ {"count": The field "sku" is missing, and the schema has no default for it.',
      'lines[0].count @ true, "c: This is to be a whole number.',
      'lines[0] @ "colour": The schema has no field "colour" here. It has "sku", "count".',
    ])
  })

  it.each<[string, Codec, string, string]>([
    ['no JSON', order, '{"id":1,}', ' @ }: Here a name in quotes is missing.'],
    ['nothing', order, '', ' @ : The text ends before its value does.'],
    ['no object', order, '[]', ' @ []: This is to be an object: { … }.'],
    ['a name twice', order, '{"id":1,"id":2}', ' @ "id":2}: "id" is here a second time.'],
    ['a field that is not there', order, '{"id":1,"__proto__":2}', ' @ "__proto: The schema has no field "__proto__" here.'],
    ['a missing field', order, '{}', ' @ {}: The field "id" is missing, and the schema has no default for it.'],
    ['an int of 33 bits', codecOf('int'), '2147483648', ' @ 21474836: This number does not fit in 32 bits (int).'],
    ['a long of 65 bits', codecOf('long'), '9223372036854775808', ' @ 92233720: This number does not fit in 64 bits (long).'],
    ['a double of 1e400', codecOf('double'), '1e400', ' @ 1e400: This number is larger than a double can be.'],
    ['a float of 1e40', codecOf('float'), '1e40', ' @ 1e40: This number is larger than a float can be.'],
    ['half a character', codecOf('string'), '"\\ud800"', ' @ "\\ud800": This text has half a character'],
    ['no base64', codecOf('bytes'), '"ä"', ' @ "ä": This is to be base64.'],
    ['a fixed of another size', codecOf({ type: 'fixed', name: 'F', size: 2 }), '"AA=="', ' @ "AA==": This is to be base64 of 2 bytes, not 1.'],
    ['one of several', codecOf(['null', 'int', 'long']), '1', ' @ 1: This is to be one of "null", "int", "long", and to say which as in {"int": …}.'],
    ['none of several', codecOf(['int', 'string']), '{"long":1}', ' @ {"long":: This is to be one of "int", "string", and to say which'],
    ['a map’s key twice', codecOf({ type: 'map', values: 'int' }), '{"a":1,"a":1}', ' @ "a":1}: "a" is here a second time.'],
  ])('says what is wrong: %s', (_, codec, json, expected) => {
    const [first] = problems(codec, json)
    expect(first).toContain(expected)
  }) // oxfmt-ignore

  it('may name the branch of a union, or leave it where it is clear', () => {
    const both = (json: string) =>
      again(order, `{"id":1,"either":${json}}`)?.replace(/^.*"either":(.*),"large.*$/, '$1')
    expect(both('{"string":"a"}')).toBe('{"string":"a"}')
    expect(both('"a"')).toBe('{"string":"a"}')
    expect(both('{"com.acme.Line":{"sku":"a"}}')).toBe('{"com.acme.Line":{"sku":"a","count":1}}')
    expect(both('{"Line":{"sku":"a"}}')).toBe('{"com.acme.Line":{"sku":"a","count":1}}')
    expect(both('{"sku":"a"}')).toBe('{"com.acme.Line":{"sku":"a","count":1}}')
    expect(both('1.5')).toBe('{"double":1.5}')
    expect(both('1')).toContain('This is to be one of')
    expect(both('{"long":1}')).toBe('{"long":1}')
    expect(again(codecOf(['null', 'string']), '{"string":"a"}')).toBe('"a"')
    expect(again(codecOf(['null', { type: 'map', values: 'int' }]), '{"map":1}')).toBe('{"map":1}')
    expect(again(codecOf(['null', 'long']), '"12"')).toBe('12')
  })

  it('has no end of problems told, and no end of levels', () => {
    const many = codecOf({ type: 'array', items: 'int' }).encode(`[${'true,'.repeat(5_000)}1]`)
    expect('problems' in many && many.problems.length).toBe(100)
    const list = codecOf({ type: 'record', name: 'L', fields: [{ name: 'n', type: ['null', 'L'], default: null }] })
    expect(problems(list, '{"n":'.repeat(100_000) + '{}' + '}'.repeat(100_000))[0]).toContain(
      'nests deeper than 1,000 levels',
    )
  })

  it('says of a default that it is the schema’s fault', () => {
    const wrong = codecOf({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'int', default: 'x' }] })
    expect(problems(wrong, ' {}')).toEqual(['n @ {}: The default that the schema has for it cannot be used: This is to be a whole number.']) // oxfmt-ignore
  })
})
