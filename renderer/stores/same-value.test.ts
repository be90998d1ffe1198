import { expect, it } from 'vitest'
import { changedParts, kept } from './same-value.ts'

it('keeps what says the same, whatever it is made of', () => {
  const before = { at: 7n, of: [{ name: 'a', note: null }], more: undefined }
  expect(kept(before, { more: undefined, of: [{ note: null, name: 'a' }], at: 7n })).toBe(before)
  for (const next of [{ ...before, at: 8n }, { ...before, of: [] }, { ...before, of: [{ name: 'a', note: '' }] }, { at: 7n, of: before.of }]) {
    expect(kept<object>(before, next)).toBe(next)
  } // oxfmt-ignore
  expect(kept<unknown>([], {})).toEqual({})
})

it('changes nothing of a state where no part differs, and else only the parts that do', () => {
  const before = { counts: { records: 1n }, bounds: [{ partition: 0, end: 5n }], other: 1 }
  expect(changedParts(before, { counts: { records: 1n }, bounds: [{ partition: 0, end: 5n }] })).toBe(before)
  const next = changedParts(before, { counts: { records: 2n }, bounds: [{ partition: 0, end: 5n }] })
  expect(next).toEqual({ counts: { records: 2n }, bounds: before.bounds })
  expect(next.bounds).toBe(before.bounds)
})
