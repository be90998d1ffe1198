import avro from 'avsc'
import { expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { canonicalForm, compileSingleObject, fingerprintOf } from './single-object.ts'
import { Random, randomSchema } from './fixtures/random.ts'
import { readAvroSchema } from './schema.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

it('knows the fingerprints that the specification gives', () => {
  // Of Avro's share/test/data/schema-tests.txt, and of no text at all.
  expect(hex(fingerprintOf('"null"').toReversed())).toBe('63dd24e7cc258f8a')
  expect(hex(fingerprintOf('').toReversed())).toBe('c15d213aa4d7a795')
})

it('has the canonical form that avsc has, whatever the schema', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const schema = randomSchema(new Random(seed))
    const type = readAvroSchema({ text: JSON.stringify(schema), references: [] })
    const theirs = avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'always' }).schema()
    expect({ seed, form: canonicalForm(type) }).toEqual({ seed, form: JSON.stringify(theirs) })
  }
})

it('reads a value with its header and without, and writes it with', () => {
  const text = '{"type":"record","name":"a.R","doc":"left out","fields":[{"default":1,"type":"int","name":"n"}]}'
  const codec = compileSingleObject({ type: 'avro', text, references: [] })
  expect(codec.type).toBe('a.R')
  const encoded = codec.encode('{"n":3}')
  if ('problems' in encoded) throw new Error('it is a value')
  const header = fingerprintOf('{"name":"a.R","type":"record","fields":[{"name":"n","type":"int"}]}')
  expect(hex(encoded.bytes)).toBe(`c301${hex(header)}06`)
  expect(utf8Text(codec.written(encoded.bytes))).toBe('{"n":3}')
  expect(codec.written(Uint8Array.of(6))).toEqual(bytesOfText('{"n":3}'))
  expect(codec.value(encoded.bytes)).toMatchObject({ kind: 'record', fields: [{ value: { value: 3n } }] })
  encoded.bytes[2]! ^= 1
  expect(() => codec.written(encoded.bytes)).toThrow('more bytes follow its value')
  expect(codec.encode('{"m":3}')).toHaveProperty('problems')
})
