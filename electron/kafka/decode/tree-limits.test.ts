import { expect, it } from 'vitest'
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
  expect([cutMore(1, 'entries'), cutMore(1_200, 'items')]).toMatchObject([{ why: '1 more entry' }, { why: '1,200 more items' }]) // prettier-ignore
})
