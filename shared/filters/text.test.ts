import { describe, expect, it } from 'vitest'
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
})
