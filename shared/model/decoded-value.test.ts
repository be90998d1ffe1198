import { expect, test } from 'vitest'
import { jsonOf, Value } from './decoded-value.ts'

const all: Value = {
  kind: 'record',
  type: 'Order',
  fields: [
    { name: 'id', value: { kind: 'integer', value: 9_223_372_036_854_775_807n } },
    { name: 'at', value: { kind: 'integer', value: 0n, meant: '1970-01-01T00:00:00.000Z', type: 'timestamp-millis' } },
    { name: 'total', value: { kind: 'decimal', digits: '12.50' } },
    {
      name: 'rates',
      value: { kind: 'list', items: [NaN, Infinity, -0, 1.5].map((value) => ({ kind: 'float', value })) },
    },
    { name: 'raw', value: { kind: 'bytes', value: Uint8Array.of(0, 255) } },
    { name: 'suit', value: { kind: 'enum', symbol: 'HEARTS', number: 2n } },
    { name: 'note', value: { kind: 'text', value: 'a"b', branch: 'string' } },
    { name: '__proto__', value: { kind: 'null' } },
    {
      name: 'by id',
      value: {
        kind: 'map',
        entries: [
          { key: { kind: 'integer', value: 7n }, value: { kind: 'boolean', value: true } },
          { key: { kind: 'bytes', value: Uint8Array.of(1) }, value: { kind: 'cut', why: '3 more' } },
        ],
      },
    },
  ],
}

test('each kind has its JSON form, exact in every digit', () => {
  expect(jsonOf(all)).toBe(
    '{"id":9223372036854775807,"at":"1970-01-01T00:00:00.000Z","total":12.50,"rates":["NaN","Infinity",-0.0,1.5],' +
      '"raw":"AP8=","suit":"HEARTS","note":{"string":"a\\"b"},"__proto__":null,"by id":{"7":true,"AQ==":"… 3 more"}}',
  )
})

test('a tree passes the contract as it is', () => {
  expect(Value.parse(all)).toEqual(all)
})
