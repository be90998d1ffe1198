import { toBinary } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { Random } from './avro/fixtures/random.ts'
import { contextOf } from './fixtures/chains.ts'
import { protobufRaw } from './protobuf-raw.ts'
import { randomMessage } from './protobuf/fixtures/random-message.ts'
import { compiled } from './protobuf/fixtures/schemas.ts'
import { filesOf } from './protobuf/schema-files.ts'

const context = contextOf('value')
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

function treeOf(bytes: Uint8Array): Value {
  const answer = protobufRaw.decode(bytes, context)
  if (answer === null || !('value' in answer)) throw new Error(JSON.stringify(answer))
  const value = answer.value!()
  expect(Buffer.from(answer.written!).toString()).toBe(jsonOf(value))
  return value
}
const textOf = (hex: string): string => jsonOf(treeOf(bytesOf(hex)))

it.each([
  ['', '{}'],
  ['089601', '{"1":150}'],
  ['08ffffffffffffffffff01', '{"1":-1}'],
  ['0801 0802 1003 0804', '{"1":[1,2,4],"2":3}'],
  ['12036f6e65', '{"2":"one"}'],
  ['0a020801', '{"1":{"1":1}}'],
  ['0a0161 1a050a036f6e65', '{"1":"a","3":{"1":"one"}}'],
  ['0a03ff0000', '{"1":"/wAA"}'],
  ['0a0c 6c696e650a62726561 6b21 21', '{"1":"line\\nbreak!!"}'],
  ['09 000000000000f83f', '{"1":1.5}'],
  ['09 0700000000000000', '{"1":7}'],
  ['0d 0000c03f', '{"1":1.5}'],
  ['0d 07000000', '{"1":7}'],
  ['0b 0801 13 0802 14 0c', '{"1":{"1":1,"2":{"1":2}}}'],
])('%s is shown as %s', (hex, json) => {
  expect(textOf(hex)).toBe(json)
})

it('says which of it is guessed', () => {
  const value = treeOf(bytesOf('0a036f6e65 12020801 1801 22 01ff 29000000000000f83f'))
  expect(value.kind === 'record' && value.fields.map(({ value: { type } }) => type)).toEqual([
    'text (a guess)',
    'message (a guess)',
    'varint',
    'bytes',
    'double (a guess)',
  ])
})

it.each([
  ['08', 'it ends in the middle of a field'],
  ['0a05 01', 'it ends in the middle of a field'],
  ['0f226122', 'something that is no field'],
  ['0b0801', 'it ends in the middle of a field'],
])('%s is none: %s', (hex, reason) => {
  expect(protobufRaw.decode(bytesOf(hex), context)).toEqual({ reason })
})

it('ends whatever the bytes: deep messages, deep groups, endless repetition, random ones', () => {
  let deep = Uint8Array.of()
  for (let i = 0; i < 120; i += 1) deep = Uint8Array.from([10, ...(deep.length < 128 ? [deep.length] : [(deep.length & 127) | 128, deep.length >> 7]), ...deep]) // oxfmt-ignore
  expect(jsonOf(treeOf(deep))).toContain('more than a tree shows')
  const groups = new Uint8Array(200_000).fill(0x0b)
  expect(protobufRaw.decode(groups, context)).toEqual({ reason: 'nested more than 100 levels deep' })
  const many = Uint8Array.from({ length: 200_000 }, (_, i) => (i % 2 === 0 ? 8 : 1))
  expect(jsonOf(treeOf(many))).toMatch(/… 80,00\d more items"\]}$/)
  const random = new Random(3)
  for (let i = 0; i < 5_000; i += 1) {
    const answer = protobufRaw.decode(
      Uint8Array.from({ length: random.below(60) }, () => random.below(256)),
      context,
    )
    expect(answer).not.toBe(null)
  }
})

it('takes every message there is', () => {
  const { registry } = filesOf(compiled)
  const type = registry.getMessage('seekline.test.Everything')!
  const random = new Random(4)
  for (let i = 0; i < 100; i += 1) {
    const value = treeOf(toBinary(type, randomMessage(random, type, registry)))
    expect(value.kind).toBe('record')
  }
})
