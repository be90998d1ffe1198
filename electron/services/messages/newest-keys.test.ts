import { expect, it } from 'vitest'
import { NewestKeys } from './newest-keys.ts'

const MOST = 4 << 20

it('knows four million keys apart, and says when there are more', () => {
  const keys = new NewestKeys()
  const count = 1 << 20
  const piece = (from: number) => ({
    hash: Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 7 : from + (i >> 1) + 1)),
    row: Int32Array.from({ length: count }, (_, i) => i),
  })
  let found = 0
  for (let from = 0; from < MOST - count; from += count) found += keys.newestRows(0, piece(from)).length
  expect([found, keys.isFull]).toEqual([MOST - count, false])
  // Met already, all of them.
  expect(keys.newestRows(0, piece(0))).toEqual([])
  // Of another partition they are others.
  expect(keys.newestRows(1, piece(0)).length).toBe(count)
  expect(keys.isFull).toBe(true)
})
