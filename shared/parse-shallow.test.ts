import { describe, expect, it } from 'vitest'
import { parseShallow } from './parse-shallow.ts'

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('JSON that may nest', () => {
  it.each([
    'null',
    '"[[[["',
    String.raw`{"a":"\"[[[[","b":"\\","c":["]"]}`,
    String.raw`["\\\"[[[", "\\\\"]`,
    nested(4),
    `[${nested(3)},${nested(3)},{"x":[[]]}]`,
  ])('is read as JSON.parse would: %s', (text) => {
    expect(parseShallow(text, 4)).toEqual(JSON.parse(text))
  })

  it.each([nested(5), '[[[[[', '{"a":'.repeat(5), `{"a":"x",${'"b":{'.repeat(5)}`])('is refused deeper: %s', (text) => {
    expect(() => parseShallow(text, 4)).toThrow('deeper than 4')
  })

  it('counts items and members, not what stands in strings', () => {
    const text = String.raw`{"a:,":"\":,\\","b":[1,2]}`
    expect(parseShallow(text, 4, { items: 3, members: 2 })).toEqual(JSON.parse(text))
    expect(() => parseShallow(text, 4, { items: 2 })).toThrow(new RangeError('It has more than 2 items.'))
    expect(() => parseShallow(text, 4, { members: 1 })).toThrow(new RangeError('It has more than 1 members.'))
  })

  it.each(['', '"', String.raw`"\"`, '["', ']]]]', '{"a":1'])('is refused when broken: %s', (text) => {
    expect(() => parseShallow(text, 4)).toThrow(SyntaxError)
  })

  it('looks no further than it must', () => {
    // JSON.parse takes more than the time of this test.
    expect(() => parseShallow('['.repeat(60_000_000))).toThrow('deeper')
  })
})
