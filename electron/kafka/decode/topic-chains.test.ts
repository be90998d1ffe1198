import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import type { DecodeRule } from '#shared/model/decode-choice.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { Chains } from './topic-chains.ts'
import { contextOf } from './fixtures/chains.ts'
import { WorkerSchemas, type SchemaAsk } from './worker-schemas.ts'

const value = contextOf('value')
const seven = Uint8Array.of(0, 0, 0, 0, 7, 1)
const rule = (chain: DecodeRule['chain'], topic = 'orders'): DecodeRule => ({ topic, part: 'value', chain })

const avro = (text: string): SchemaText => ({ type: 'avro', text, references: [] })
const order = '{"type":"record","name":"com.acme.Order","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}' // oxfmt-ignore

function setUp(rules: DecodeRule[], registry: 'confluent' | null = null) {
  const asked: SchemaAsk[] = []
  const schemas = new WorkerSchemas((ask) => void asked.push(ask))
  const chains = new Chains(schemas)
  chains.set(1, 'c', { registry, rules })
  const decode = (bytes: Uint8Array, topic = 'orders') => chains.of('c', topic).value.decode(bytes, { ...value, topic })
  return { asked, schemas, chains, decode }
}

describe('what was chosen for a topic', () => {
  it('comes before what is tried for all, and that is there where it fails', () => {
    const { decode } = setUp([rule([{ as: 'text', charset: 'euc-kr' }])])
    const hangul = decode(Uint8Array.of(0xc7, 0xd1))
    expect([utf8Text(hangul.written), hangul.as]).toEqual(['한', { encoding: 'Text (euc-kr)', form: 'text', attempts: [] }]) // oxfmt-ignore
    const other = decode(Uint8Array.of(0xc7, 0x20))
    expect(other.as).toMatchObject({ encoding: 'bytes', attempts: [{ reason: 'it is not euc-kr' }, {}, {}] })
    expect(decode(bytesOfText('{}'), 'other').as.encoding).toBe('JSON')
  })

  it('holds for its part alone, and until something else is chosen', () => {
    const { chains, decode } = setUp([rule([{ as: 'hex' }])])
    expect(decode(bytesOfText('{}')).as).toMatchObject({ encoding: 'Hex', form: 'bytes' })
    expect(chains.of('c', 'orders').key.decode(bytesOfText('{}'), contextOf('key')).as.encoding).toBe('JSON')
    chains.set(2, 'c', { registry: null, rules: [] })
    chains.remove(1)
    expect(decode(bytesOfText('{}')).as.encoding).toBe('JSON')
  })

  it('may be what is tried for all, under a pattern that says otherwise', () => {
    const { decode } = setUp([rule([{ as: 'hex' }], '*'), rule([{ as: 'automatic' }], 'orders')])
    expect(decode(bytesOfText('{}')).as.encoding).toBe('JSON')
    expect(decode(bytesOfText('{}'), 'other').as.encoding).toBe('Hex')
  })

  it('is in order: of two that both accept a value the first decides, and the other is not tried', () => {
    // 1 in MessagePack, in CBOR, in Avro as −1, and as a control character of UTF-8.
    const one = Uint8Array.of(1)
    const both = setUp([rule([{ as: 'msgpack' }, { as: 'cbor' }])])
    expect(both.decode(one).as).toEqual({ encoding: 'MessagePack', form: 'json', attempts: [] })
    const turned = setUp([rule([{ as: 'cbor' }, { as: 'msgpack' }])])
    expect(turned.decode(one).as).toEqual({ encoding: 'CBOR', form: 'json', attempts: [] })
    const signed = setUp([rule([{ as: 'avro', schema: '"long"', framing: 'plain' }, { as: 'cbor' }])])
    expect([utf8Text(signed.decode(one).written), signed.decode(one).as.attempts]).toEqual(['-1', []])
  })

  it('is another connection’s affair where that is another', () => {
    const { chains } = setUp([rule([{ as: 'hex' }])])
    expect(chains.of('d', 'orders').value.decode(bytesOfText('{}'), value).as.encoding).toBe('JSON')
  })
})

describe('a schema that a record names', () => {
  it('is asked for once where there is a registry, and what is known of it is the reason meanwhile and after', () => {
    const { asked, schemas, decode } = setUp([], 'confluent')
    const found = decode(seven)
    expect(found.as).toMatchObject({ waits: true, attempts: [{ encoding: 'Confluent', reason: 'waiting for schema 7' }, {}] }) // oxfmt-ignore
    expect(decode(seven).missing).toBe(found.missing)
    expect(asked).toEqual([{ connection: 'c', id: { by: 'id', id: 7 } }])
    schemas.put(9, asked[0]!, { reason: 'schema 7 is not in this registry (404)', holdsMs: 30_000 })
    expect(decode(seven).as.attempts[0]).toEqual({ encoding: 'Confluent', reason: 'schema 7 is not in this registry (404)' }) // oxfmt-ignore
    expect(schemas.takeUsed()).toEqual([9])
    expect(schemas.takeUsed()).toEqual([])
  })

  it('is asked for again once a failure has held for its time, or when it was let go', () => {
    const { asked, schemas, decode } = setUp([], 'confluent')
    decode(seven)
    schemas.put(1, asked[0]!, { reason: 'the registry is down', holdsMs: -1 })
    decode(seven)
    expect(asked).toHaveLength(2)
    schemas.put(2, asked[0]!, { reason: 'the registry is down', holdsMs: 30_000 })
    schemas.remove(1)
    decode(seven)
    expect(asked).toHaveLength(2)
    schemas.remove(2)
    decode(seven)
    expect(asked).toHaveLength(3)
  })

  it('is asked for again once the latest has held for its time, and decodes by the new one then', () => {
    const { asked, schemas, decode } = setUp([rule([{ as: 'registry', schema: { by: 'subject', subject: 'orders-value', version: null }, message: null, skip: 0 }])]) // oxfmt-ignore
    const one = Uint8Array.of(2)
    const latest = (text: string, version: number, holdsMs: number) => ({ schema: avro(text), subject: 'orders-value', version, holdsMs }) // oxfmt-ignore
    decode(one)
    schemas.put(1, asked[0]!, latest('"long"', 1, 30_000))
    expect(utf8Text(decode(one).written)).toBe('1')
    expect(asked).toHaveLength(1)
    schemas.put(2, asked[0]!, latest('"long"', 1, -1))
    expect(decode(one).as).toMatchObject({ waits: true })
    expect(asked).toEqual([asked[0], asked[0]])
    schemas.put(3, asked[0]!, latest('"boolean"', 2, 30_000))
    schemas.remove(2)
    expect(decode(Uint8Array.of(1)).as.schema).toMatchObject({ version: 2 })
    expect(utf8Text(decode(Uint8Array.of(1)).written)).toBe('true')
  })

  it('is not asked for where there is no registry, nor where bytes only look like many that nobody knows', () => {
    expect(setUp([]).decode(seven).as.attempts[0]?.reason).toBe('no registry in this profile; looks like schema id 7')
    const { asked, schemas, decode } = setUp([], 'confluent')
    const of = (id: number) => decode(Uint8Array.of(0, 0, 0, 1, id, 1)).as.attempts[0]?.reason
    for (let id = 0; id < 100; id += 1) of(id)
    expect(asked).toHaveLength(32)
    expect(of(99)).toBe('32 schemas of this topic are unknown, so no more are asked for')
    schemas.put(1, asked[0]!, { reason: 'not there', holdsMs: 30_000 })
    expect(of(0)).toBe('not there')
  })

  it('may be of the registry by choice, for data that names none', () => {
    const { asked, decode } = setUp([rule([{ as: 'registry', schema: { by: 'subject', subject: 'orders-value', version: null }, message: null, skip: 0 }])]) // oxfmt-ignore
    expect(decode(bytesOfText('x')).as.attempts[0]).toEqual({ encoding: 'Registry', reason: 'waiting for schema of orders-value' }) // oxfmt-ignore
    expect(asked).toMatchObject([{ id: { by: 'subject' } }])
  })

  it('has an id of the length that was chosen, where a byte 0 could be of two', () => {
    const long = Uint8Array.of(0, 0, 0, 0, 7, 0, 0, 0, 5, 1)
    const { asked, decode } = setUp([rule([{ as: 'schema-id', bytes: 8 }])], 'confluent')
    decode(long)
    expect(asked[0]).toMatchObject({ id: { by: 'long-id', id: 0x7_0000_0005n } })
  })

  it('decodes once it is here, says which it was, and is made ready once', () => {
    const { asked, schemas, decode } = setUp([], 'confluent')
    decode(seven)
    schemas.put(1, asked[0]!, { schema: avro(order), subject: 'orders-value', version: 3 })
    const found = decode(Uint8Array.of(0, 0, 0, 0, 7, 84, 4, 0x68, 0x69))
    expect(utf8Text(found.written)).toBe('{"id":42,"note":"hi"}')
    expect(found.as).toEqual({
      encoding: 'Confluent Avro',
      form: 'json',
      attempts: [],
      schema: { id: { by: 'id', id: 7 }, subject: 'orders-value', version: 3, type: 'com.acme.Order' },
    })
    expect(found.value?.()).toMatchObject({ kind: 'record', fields: [{ name: 'id', value: { value: 42n } }, {}] })
    expect(decode(Uint8Array.of(0, 0, 0, 0, 7, 2, 0)).as).toBe(found.as)
  })

  it.each([
    ['is cut short', [84, 4, 0x68], /^schema 7: /],
    ['is followed by more', [84, 0, 1], /^schema 7: /],
  ])('says of a value that %s why it is none', (_, data, reason) => {
    const { asked, schemas, decode } = setUp([], 'confluent')
    decode(seven)
    schemas.put(1, asked[0]!, { schema: avro(order), subject: null, version: null })
    const { as } = decode(Uint8Array.of(0, 0, 0, 0, 7, ...data))
    expect(as.attempts[0]).toEqual({ encoding: 'Confluent Avro', reason: expect.stringMatching(reason) })
    expect(as.encoding).not.toContain('Avro')
  })

  it('that cannot be used is a reason', () => {
    const { asked, schemas, decode } = setUp([], 'confluent')
    decode(seven)
    schemas.put(1, asked[0]!, { schema: avro('{"type":"record","name":"A","fields":[{"name":"b","type":"B"}]}'), subject: null, version: null }) // oxfmt-ignore
    expect(decode(seven).as.attempts[0]?.reason).toMatch(/^its schema cannot be used: /)
  })

  it('may be of a file', () => {
    const { decode } = setUp([rule([{ as: 'avro', schema: order, framing: 'plain' }])])
    expect(utf8Text(decode(Uint8Array.of(84, 0)).written)).toBe('{"id":42,"note":""}')
    const broken = setUp([rule([{ as: 'avro', schema: '{"type":"recor"}', framing: 'plain' }])])
    expect(broken.decode(Uint8Array.of(84, 0)).as.attempts[0]?.reason).toMatch(/^its schema cannot be used: /)
  })
})
