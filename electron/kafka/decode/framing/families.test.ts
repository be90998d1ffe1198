import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { RecordHeaders } from '../../records/headers.ts'
import { Undecodable } from '../codec.ts'
import { apicurioHeaders, apicurioLong, apicurioPrefix, apicurioShort } from './apicurio.ts'
import { azure } from './azure.ts'
import { confluentHeader, confluentPrefix } from './confluent.ts'
import { glue } from './glue.ts'
import { messageOf } from './protobuf-message.ts'
import { schemaHeaders } from './schema-headers.ts'

const guid = '00112233-4455-6677-8899-aabbccddeeff'
const guidBytes = Uint8Array.from({ length: 16 }, (_, i) => i * 0x11)
const long = (id: bigint) => new Uint8Array(new BigInt64Array([id]).buffer).toReversed()
const none = schemaHeaders(headersOf())

/** Headers as they lie in a record. */
function headersOf(...all: [string, Uint8Array | string | null][]): RecordHeaders {
  const lying = Buffer.concat(
    all.flatMap(([name, value]) => {
      const of = typeof value === 'string' ? bytesOfText(value) : value
      return [
        Buffer.of(name.length * 2),
        Buffer.from(name),
        Buffer.of(of === null ? 1 : of.length * 2),
        of ?? Buffer.of(),
      ]
    }),
  )
  const bytes = new Uint8Array(lying)
  return { count: all.length, bytes, start: 0, end: bytes.length, memo: null }
}
const read = (...all: [string, Uint8Array | string | null][]) => schemaHeaders(headersOf(...all))

describe('Confluent', () => {
  it('writes a byte 0 and an id of four bytes', () => {
    expect(confluentPrefix(Uint8Array.of(0, 0, 0, 1, 41, 9), 'value', none)).toEqual({ by: 'Confluent', id: { by: 'id', id: 297 }, start: 5 }) // oxfmt-ignore
  })

  it.each([
    ['an id of 0', [0, 0, 0, 0, 0, 1]],
    ['a negative id', [0, 0xff, 0, 0, 1]],
    ['less than an id', [0, 0, 0, 1]],
    ['another first byte', [2, 0, 0, 0, 7]],
    ['less than a GUID', [1, ...guidBytes.subarray(1)]],
    ['nothing', []],
  ])('does not write %s', (_, bytes) => {
    expect(confluentPrefix(Uint8Array.from(bytes), 'value', none)).toBeNull()
  })

  it('writes since its version 1 a GUID, in front of the data', () => {
    expect(confluentPrefix(Uint8Array.of(1, ...guidBytes, 5), 'key', none)).toMatchObject({ id: { by: 'guid', guid }, start: 17 }) // oxfmt-ignore
  })

  it('or in a header of its part, of which the last counts, with a message of Protobuf behind it', () => {
    const headers = read(
      ['__value_schema_id', Uint8Array.of(0, 0, 0, 0, 7)],
      ['__key_schema_id', Uint8Array.of(0, 0, 0, 0, 8)],
      ['__value_schema_id', Uint8Array.of(1, ...guidBytes, 2, 6)],
    )
    const value = confluentHeader(Uint8Array.of(9), 'value', headers)
    expect(value).toMatchObject({ id: { by: 'guid', guid }, start: 0, indexes: Uint8Array.of(2, 6) })
    expect(messageOf('protobuf', Uint8Array.of(9), value!)).toEqual({ message: [3], start: 0 })
    expect(confluentHeader(Uint8Array.of(9), 'key', headers)).toEqual({ by: 'Confluent', id: { by: 'id', id: 8 }, start: 0, message: null }) // oxfmt-ignore
    expect(confluentHeader(Uint8Array.of(9), 'value', read(['__value_schema_id', null]))).toBeNull()
    expect(confluentHeader(Uint8Array.of(9), 'value', read(['__value_schema_id', 'no id']))).toBeNull()
  })
})

describe('Apicurio', () => {
  it('writes ids of 8 bytes or of 4, which no id that there is leaves open', () => {
    expect(apicurioPrefix(Uint8Array.of(0, ...long(7n), 1), 'value', none)).toMatchObject({ id: { by: 'long-id', id: 7n }, start: 9 }) // oxfmt-ignore
    expect(apicurioPrefix(Uint8Array.of(0, 0, 0, 0, 7, 1, 1, 1, 1), 'value', none)).toMatchObject({ id: { by: 'id', id: 7 }, start: 5 }) // oxfmt-ignore
    expect(apicurioPrefix(Uint8Array.of(0, 0, 0, 0, 0, 1), 'value', none)).toBeNull()
    expect(apicurioLong(Uint8Array.of(0, 0, 0, 0, 7, 0, 0, 0, 1))).toMatchObject({ id: { id: 0x7_0000_0001n } })
    expect(apicurioShort(Uint8Array.of(0, ...long(7n)))).toBeNull()
  })

  it.each([
    [[['apicurio.value.globalId', long(5n)]], { by: 'global-id', id: 5n }],
    [[['apicurio.value.contentId', long(6n)]], { by: 'content-id', id: 6n }],
    [[['apicurio.value.contentHash', 'abc']], { by: 'content-hash', hash: 'abc' }],
    [[['apicurio.value.artifactId', 'orders']], { by: 'artifact', group: null, artifact: 'orders', version: null }],
    [[['apicurio.value.groupId', 'acme'], ['apicurio.value.artifactId', 'orders'], ['apicurio.value.version', '3']], { by: 'artifact', group: 'acme', artifact: 'orders', version: '3' }], // oxfmt-ignore
  ] as [[string, Uint8Array | string][], object][])('names a schema in headers: %j', (all, id) => {
    expect(apicurioHeaders(Uint8Array.of(1), 'value', read(...all))).toMatchObject({ by: 'Apicurio', id, start: 0 })
    expect(apicurioHeaders(Uint8Array.of(1), 'key', read(...all))).toBeNull()
  })

  it('names the message of a Protobuf schema in front of the data, or in a header, or as Confluent does', () => {
    const of = (...bytes: number[]) => messageOf('protobuf', Uint8Array.of(0, 0, 0, 0, 7, ...bytes), apicurioShort(Uint8Array.of(0, 0, 0, 0, 7))!) // oxfmt-ignore
    expect(of(4, 0x0a, 2, 0x41, 0x42, 1)).toEqual({ message: 'AB', start: 10 })
    expect(of(0, 1)).toEqual({ message: [0], start: 6 })
    expect(of(4, 2, 0, 1)).toEqual({ message: [1, 0], start: 8 })
    const headers = read(['apicurio.value.globalId', long(5n)], ['apicurio.value.protobuf.type', 'Order'])
    expect(apicurioHeaders(Uint8Array.of(1), 'value', headers)).toMatchObject({ message: 'Order' })
  })
})

describe('others', () => {
  it('AWS Glue writes a version, a compression and the uuid of a schema’s version', () => {
    expect(glue(Uint8Array.of(3, 0, ...guidBytes, 7), 'value', none)).toEqual({ by: 'AWS Glue', id: { by: 'glue', version: guid }, start: 18, message: null }) // oxfmt-ignore
    expect(glue(Uint8Array.of(3, 5, ...guidBytes), 'value', none)).toMatchObject({ isZlib: true })
    expect(glue(Uint8Array.of(3, 1, ...guidBytes), 'value', none)).toBeNull()
    expect(glue(Uint8Array.of(3, 0, 1), 'value', none)).toBeNull()
  })

  it('Azure names the schema of a value in its content type', () => {
    const type = read(['content-type', 'avro/binary+9e1a4c'])
    expect(azure(Uint8Array.of(1), 'value', type)).toEqual({ by: 'Azure', id: { by: 'azure', guid: '9e1a4c' }, start: 0 }) // oxfmt-ignore
    expect(azure(Uint8Array.of(1), 'key', type)).toBeNull()
    expect(azure(Uint8Array.of(1), 'value', read(['content-type', 'application/json']))).toBeNull()
  })
})

it('message indexes that cannot be are no message', () => {
  const framed = confluentPrefix(Uint8Array.of(0, 0, 0, 0, 7), 'value', none)!
  for (const bytes of [[1], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff], [4, 1, 1], [2]]) {
    expect(() => messageOf('protobuf', Uint8Array.of(0, 0, 0, 0, 7, ...bytes), framed)).toThrow(Undecodable)
  }
})

it('headers are read once a record, and no names kept of those that no serialiser writes', () => {
  const headers = headersOf(['traceparent', 'x'], ['content-type', 'y'], ['apicurio.other.thing', 'z'])
  const first = schemaHeaders(headers)
  expect([...first.keys()]).toEqual(['content-type'])
  expect(schemaHeaders(headers)).toBe(first)
  expect(schemaHeaders({ ...headers, memo: null })).not.toBe(first)
})

it('headers that are cut short or lie about themselves end what is read of them', () => {
  const headers = headersOf(['content-type', 'y'], ['__value_schema_id', 'z'])
  for (let end = 0; end < headers.end; end += 1) expect(schemaHeaders({ ...headers, end }).size).toBeLessThan(2)
  const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
  expect(schemaHeaders({ count: 1 << 30, bytes, start: 0, end: 6, memo: null }).size).toBe(0)
})
