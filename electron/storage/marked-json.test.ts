import { expect, it } from 'vitest'
import { mark, markedText, unmark } from './marked-json.ts'

it('is written as the tree of marks would be, and read back without loss', () => {
  const value = {
    at: 9_007_199_254_740_993n,
    bytes: Uint8Array.of(0, 255),
    none: null,
    left: undefined,
    isSo: true,
    half: 0.5,
    text: 'line\n"quoted" \u2028 ü \ud800',
    $int64: 'no mark of ours',
    'a key "with" signs': [[], {}, [1n, undefined, null, 'x'], Number.NaN],
    __proto__x: { $$: [''] },
  }
  const text = markedText(value)
  expect(text).toBe(JSON.stringify(mark(value)))
  // Twice: names are kept from the first time.
  expect(markedText([value, value])).toBe(JSON.stringify(mark([value, value])))
  const { left: _, ...kept } = value
  expect(unmark(JSON.parse(text))).toEqual({ ...kept, 'a key "with" signs': [[], {}, [1n, null, null, 'x'], null] })
})
