import { expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { compileSchema } from './compile-schema.ts'
import { jsonValue } from './json-value.ts'
import { bytesValue, cutMore, textValue, TreeRoom } from './tree-limits.ts'

it('leaves room for so many nodes and levels', () => {
  const room = new TreeRoom()
  expect([room.take(99), room.take(100)]).toEqual([true, false])
  let taken = 1
  while (room.take(0)) taken += 1
  expect([taken, room.isFull]).toEqual([20_000, true])
})

it('shows the beginning of what is long, and says how long it is', () => {
  const bytes = new Uint8Array(65_537)
  expect(bytesValue(bytes.subarray(1))).toMatchObject({ kind: 'bytes', value: { length: 65_536 } })
  expect(bytesValue(bytes)).toMatchObject({ kind: 'cut', why: expect.stringMatching(/^A{1334}== … of 65,537 bytes$/) })
  expect(textValue('x'.repeat(65_536))).toMatchObject({ kind: 'text' })
  expect([cutMore(1, 'entries'), cutMore(1_200, 'items')]).toMatchObject([{ why: '1 more entry' }, { why: '1,200 more items' }]) // oxfmt-ignore
})

it('lets a tree over the wire to a page, with all of its levels and digits', () => {
  const deep = (levels: number, inner: string): string => `${'{"a":'.repeat(levels)}${inner}${'}'.repeat(levels)}`
  const proto = 'syntax = "proto3"; message M { M a = 1; uint64 n = 2; map<uint64, M> m = 3; }'
  const codec = compileSchema({ type: 'protobuf', text: proto, references: [] }, 'M')
  if ('reason' in codec) throw new Error(codec.reason)
  const most = '"18446744073709551615"'
  const encoded = codec.encode(deep(95, `{"n":${most},"m":{${most}:{"n":${most}}}}`))
  if ('problems' in encoded) throw new Error(encoded.problems[0]?.message)
  const trees = [
    jsonValue(deep(10_000, '1')),
    jsonValue(`[18446744073709551615,-${'9'.repeat(300)},${'['.repeat(98)}1${']'.repeat(98)}]`),
    codec.value(encoded.bytes),
    codec.value(bytesOfText('')),
  ]
  for (const value of trees) {
    const message = { type: 'answer', id: '1', answer: { ok: true, value: { kind: 'record', headers: [{ valueAs: { value } }] } } } // oxfmt-ignore
    expect(decodeWire(encodeWire(message))).toEqual(message)
  }
})
