import { expect, test } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { decodedRecord } from './decoded-output.ts'

const none = { written: null, isCut: false, value: null, attempts: [] }
const record = (value: Uint8Array<ArrayBuffer> | null, valueAs: Decoded | null): FullRecord => ({
  kind: 'record', topic: 'orders', topicId: null, clusterId: null, partition: 3, offset: 9_007_199_254_740_993n,
  timestamp: -1n, timestampType: 'CreateTime', flags: 0, keySize: 1, valueSize: value?.length ?? -1,
  key: bytesOfText('k'), keyAs: { encoding: 'UTF-8', form: 'text', ...none }, value, valueAs,
  headers: [
    { name: bytesOfText('retry'), value: Uint8Array.of(0, 0, 0, 7), size: 4, nameAs: { encoding: 'UTF-8', form: 'text', attempts: [] }, valueAs: { encoding: 'bytes', form: 'bytes', ...none }, known: { label: 'Tries', meant: '7' } },
    { name: bytesOfText('empty'), value: null, size: -1, nameAs: { encoding: 'UTF-8', form: 'text', attempts: [] }, valueAs: null },
  ],
  headerCount: 2, headersProblem: null,
  batch: { first: 0n, last: 0n, records: 1, bytes: 1, codec: 'none', crc: 0, crcValid: true, leaderEpoch: 0, magic: 2, transactional: false, producerId: -1n, producerEpoch: -1, sequence: -1 },
}) // oxfmt-ignore

const tree: Value = {
  kind: 'record',
  fields: [
    { name: 'id', value: { kind: 'integer', value: 9_223_372_036_854_775_807n } },
    { name: 'at', value: { kind: 'integer', value: 0n, meant: '1970-01-01T00:00:00Z' } },
    { name: 'price', value: { kind: 'decimal', digits: '12.50' } },
    { name: 'rates', value: { kind: 'list', items: [1.5, NaN].map((value) => ({ kind: 'float', value })) } },
    { name: 'raw', value: { kind: 'bytes', value: Uint8Array.of(255) } },
    { name: 'either', value: { kind: 'text', value: 'x', branch: 'string' } },
    { name: '__proto__', value: { kind: 'map', entries: [{ key: { kind: 'integer', value: 7n }, value: { kind: 'null' } }] } }, // oxfmt-ignore
    { name: 'more', value: { kind: 'cut', why: '3 more' } },
  ],
}

test('a record is printed as what it means, with every digit, and with how it was decoded', () => {
  const attempts = [{ encoding: 'Apicurio Avro', reason: 'schema 7 is not in this registry (404)' }]
  const decoded = decodedRecord(record(Uint8Array.of(0), { encoding: 'Avro', form: 'json', ...none, value: tree, attempts })) // oxfmt-ignore
  expect(decoded).toBe(
    '{"type":"record","topic":"orders","partition":3,"offset":"9007199254740993","timestamp":"-1","key":"k",' +
      '"value":{"id":"9223372036854775807","at":"1970-01-01T00:00:00Z","price":"12.50","rates":[1.5,"NaN"],"raw":"/w==",' +
      '"either":{"string":"x"},"__proto__":{"7":null},"more":{"cut":"3 more"}},' +
      '"headers":[{"name":"retry","value":"7"},{"name":"empty","value":null}],' +
      '"keyAs":{"encoding":"UTF-8","attempts":[]},' +
      '"valueAs":{"encoding":"Avro","attempts":["Apicurio Avro: schema 7 is not in this registry (404)"]}}',
  )
})

test('what nobody could decode is bytes, and a null is null', () => {
  const bytes = { encoding: 'bytes', form: 'bytes', ...none } as const
  expect(JSON.parse(decodedRecord(record(Uint8Array.of(255), bytes)))).toMatchObject({ value: { base64: '/w==' } })
  expect(JSON.parse(decodedRecord(record(null, null)))).toMatchObject({ value: null, valueAs: null })
})

test('of a name that is there several times all are printed, and a zero keeps its sign', () => {
  const twice: Value = {
    kind: 'record',
    fields: [1n, 2n].map((value) => ({ name: 'a', value: { kind: 'integer', value } })),
  }
  const keys: Value[] = [
    { kind: 'integer', value: 1n },
    { kind: 'text', value: '1' },
  ]
  const map: Value = { kind: 'map', entries: keys.map((key) => ({ key, value: { kind: 'float', value: -0 } })) }
  const value: Value = { kind: 'list', items: [twice, map] }
  const decoded = decodedRecord(record(Uint8Array.of(0), { encoding: 'JSON', form: 'json', ...none, value }))
  expect(decoded).toContain('"value":[{"a":"1","a":"2"},{"1":-0.0,"1":-0.0}],')
})
