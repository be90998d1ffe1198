import { describe, expect, it } from 'vitest'
import { utf8Text } from '../bytes.ts'
import { predicateOf } from './compile.ts'
import { RecordFilter } from './filter.ts'
import type { FilterRecord } from './predicate.ts'
import { testPart as part, testRecord as record } from './fixtures/record.ts'

const verdict = (text: string, of: FilterRecord) => predicateOf(RecordFilter.parse({ kind: 'text', text })).verdict(of)

describe('a text in what is known of a record', () => {
  it('is a match wherever it stands, however little is known', () => {
    expect(verdict('paid', record(part('k'), part('{"state":"PAID", "no', false), 'unknown'))).toBe('match')
  })

  it('is none only where all of it was seen', () => {
    expect(verdict('paid', record(part('k'), part('open')))).toBe('no')
    expect(verdict('paid', record(null, null))).toBe('no')
    expect(verdict('paid', record(part('k', false), part('open')))).toBe('unknown')
    expect(verdict('paid', record(part('k'), part('open', false)))).toBe('unknown')
    expect(verdict('paid', record(part('k'), part('open'), 'unknown'))).toBe('unknown')
  })

  it('is looked for as hex where that is what is shown', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62)
    expect(verdict('61 FF', record(null, part(bytes, true, 'bytes')))).toBe('match')
    expect(verdict('61 62', record(null, part('ab', true, 'text')))).toBe('no')
    expect(verdict('61 62', record(null, part('ab', true, 'control')))).toBe('match')
  })

  it('is a value that is bounded', () => {
    expect(RecordFilter.parse({ kind: 'text', text: 'a' })).toEqual({
      kind: 'text',
      text: 'a',
      matchCase: false,
      wholeWord: false,
      in: ['key', 'value', 'headers'],
    })
    expect(RecordFilter.safeParse({ kind: 'text', text: 'a'.repeat(1_001) }).success).toBe(false)
    expect(RecordFilter.safeParse({ kind: 'text', text: '' }).success).toBe(false)
  })

  it('is looked for in the bytes first by what every match has, whatever the case of its letters', () => {
    const literalOf = (filter: object) => predicateOf(RecordFilter.parse(filter)).literal?.anyOf.map(utf8Text) ?? null
    const texts: Record<string, string | null> = {
      '"id":4004711,': '":4004711,',
      '4711': '4711',
      'ORDER-2024-11': '-2024-11',
      // Letters alone, and too little between them.
      'rarely-seen': null,
      a1b2c3: null,
      // A letter of any script may be written otherwise, and what joins it may be, too.
      'größe 1000\u0301ß': ' 1000',
      '６７８９': null,
    }
    for (const [text, must] of Object.entries(texts))
      expect([text, literalOf({ kind: 'text', text })]).toEqual([text, must === null ? null : [must]])
    expect(literalOf({ kind: 'text', text: 'rarely-seen', matchCase: true })).toEqual(['rarely-seen'])
    const regex = (pattern: string, matchCase = false) => literalOf({ kind: 'regex', pattern, matchCase })
    expect(regex('order-4711|ORDER-4712')).toEqual(['-4711', '-4712'])
    expect(regex('order-4711|[a-z]+')).toBe(null)
    expect(regex('order-4711|paid')).toBe(null)
    expect(regex('order-4711|paid', true)).toEqual(['order-4711', 'paid'])
    // By RE2's folding, too, such a character is no other's.
    const found = predicateOf(RecordFilter.parse({ kind: 'regex', pattern: 'KÄSE-4711' }))
    expect(found.verdict(record(null, part('\u212aäse-4711')))).toBe('match')
    expect(found.literal?.anyOf.map(utf8Text)).toEqual(['-4711'])
  })
})
