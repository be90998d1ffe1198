import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { SCHEMA_BYTES } from '#shared/model/schema.ts'
import { SchemaProblem } from '../codec.ts'
import { compileAvro } from './codec.ts'
import { readAvroSchema } from './schema.ts'

const read = (text: string, references: { name: string; text: string }[] = []) => readAvroSchema({ text, references })

function problem(text: string, references: { name: string; text: string }[] = []): string {
  try {
    read(text, references)
    return 'none'
  } catch (error) {
    if (!(error instanceof SchemaProblem)) throw error
    return `${error.place}: ${error.message}`
  }
}

const record = (name: string, ...fields: string[]) =>
  `{"type":"record","name":"${name}","fields":[${fields.join(',')}]}`

describe('a schema', () => {
  it('takes names from the namespace around them, from none, and from what it refers to', () => {
    const money = '{"type":"fixed","name":"Money","namespace":"com.acme","size":4}'
    const text = `{"type":"record","name":"Order","namespace":"com.acme","fields":[
      {"name":"total","type":"Money"},
      {"name":"paid","type":"com.acme.Money"},
      {"name":"line","type":{"type":"record","name":"org.x.Line","fields":[{"name":"next","type":["null","Line"]}]}},
      {"name":"kind","type":{"type":"enum","name":"Kind","namespace":"","symbols":["A"]}},
      {"name":"again","type":"Kind"},
      {"name":"odd","type":{"type":{"type":"int"}}}]}`
    const type = read(text, [{ name: 'com.acme.Money', text: money }])
    expect(type).toMatchObject({
      kind: 'record',
      name: 'com.acme.Order',
      fields: [
        { type: { name: 'com.acme.Money' } },
        { type: { name: 'com.acme.Money' } },
        { type: { name: 'org.x.Line', fields: [{ type: { branches: [{ kind: 'null' }, { name: 'org.x.Line' }] } }] } },
        { type: { name: 'Kind' } },
        { type: { name: 'Kind' } },
        { type: { kind: 'int' } },
      ],
    })
  })

  it('is a name alone, too', () => {
    expect(read('"string"')).toEqual({ kind: 'string', logical: null })
    expect(read('{"type":"long","logicalType":"from-another-world"}')).toEqual({ kind: 'long', logical: null })
  })

  it.each([
    ['{"type":', 'character 8: The schema is not JSON: The text ends before its value does.'],
    ['"Order"', ': No type is named "Order": neither here before this place, nor in what is referred to.'],
    ['42', ': A type is a name, a list or an object.'],
    ['{"name":"x"}', ': A type without "type".'],
    ['{"type":"array"}', ': An array without "items".'],
    ['{"type":"map"}', ': A map without "values".'],
    ['{"type":"fixed","name":"F","size":-1}', 'F: A fixed without a "size" in bytes.'],
    ['{"type":"enum","name":"E","symbols":[1]}', 'E: An enum without "symbols", which are texts.'],
    ['{"type":"record","name":"R"}', 'R: A record without "fields".'],
    ['{"type":"record","fields":[]}', ': A type of kind record without "name".'],
    ['["int",["null"]]', ': A union stands directly in a union.'],
    ['["int","int"]', ': A union has "int" twice.'],
    [record('R', '{"name":"a","type":"int"}', '{"name":"a","type":"int"}'), 'R: The field "a" is there twice.'],
    [record('R', '{"name":"a","type":{"type":"array","items":"Line"}}'), 'R.a[]: No type is named "Line": neither here before this place, nor in what is referred to.'], // oxfmt-ignore
    [record('R', `{"name":"a","type":${record('R')}}`), 'R.a: The type "R" is defined twice.'],
  ])('says what is wrong with it, and where: %s', (text, expected) => {
    expect(problem(text)).toBe(expected)
  })

  it('says in which of the texts it refers to something is wrong', () => {
    expect(problem('"A"', [{ name: 'a.avsc', text: '{"type":"array"}' }])).toBe('a.avsc: : An array without "items".')
  })

  it('may not nest without end', () => {
    const nested = (levels: number) => `${'{"type":"array","items":'.repeat(levels)}"int"${'}'.repeat(levels)}`
    expect(problem(nested(400))).toBe('none')
    expect(problem(nested(200_000))).toContain('nests deeper than 500 levels')
    expect(compileAvro({ type: 'avro', text: nested(400), references: [] }).type.length).toBeLessThan(210)
  })

  it('is read with five megabytes as well', () => {
    const fields = Array.from({ length: 100_000 }, (_, i) => `{"name":"field${i}","type":["null","long"],"d":1}`)
    const text = record('Wide', ...fields)
    expect(text.length).toBeGreaterThan(4_500_000)
    expect(text.length).toBeLessThan(SCHEMA_BYTES)
    const codec = compileAvro({ type: 'avro', text, references: [] })
    expect(utf8Text(codec.written(new Uint8Array(100_000)))!.slice(-23)).toBe('null,"field99999":null}')
    expect(codec.value(new Uint8Array(100_000))).toMatchObject({ fields: { length: 20_000 } })
  })

  it('may use any name: nothing is looked up that a stranger did not write', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a"b', '', '\u0000'].map((name) => JSON.stringify(name)) // oxfmt-ignore
    const fields = names.map((name) => `{"name":${name},"type":{"type":"map","values":"int"},"default":{}}`)
    const codec = compileAvro({ type: 'avro', text: record('toString', ...fields), references: [] })
    const json = `{${names.map((name) => `${name}:{${name}:1}`).join(',')}}`
    const encoded = codec.encode(json)
    expect('bytes' in encoded && utf8Text(codec.written(encoded.bytes))).toBe(json)
    expect('bytes' in encoded && codec.value(encoded.bytes)).toMatchObject({ fields: { length: 7, 0: { name: '__proto__' } } }) // oxfmt-ignore
    const symbols = compileAvro({ type: 'avro', text: `{"type":"enum","name":"E","symbols":[${names.join(',')}]}`, references: [] }) // oxfmt-ignore
    expect(symbols.encode('"constructor"')).toEqual({ bytes: Uint8Array.of(2) })
    expect(utf8Text(symbols.written(Uint8Array.of(0)))).toBe('"__proto__"')
    expect(symbols.encode('"valueOf"')).toHaveProperty('problems')
  })
})
