import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../bytes.ts'
import type { Form } from '../model/decoded.ts'
import { compileFilter, RecordFilter } from './filter.ts'
import type { FilterPart, FilterRecord } from './predicate.ts'

const part = (of: string | Uint8Array | null, isWhole = true, form: Form = 'text'): FilterPart | null => {
  if (of === null) return null
  const bytes = typeof of === 'string' ? bytesOfText(of) : of
  return { bytes, start: 0, end: bytes.length, form, isWhole }
}
const record = (key: FilterPart | null, value: FilterPart | null, hasHeaders: boolean | 'unknown' = false): FilterRecord => ({
  key: () => key,
  value: () => value,
  headers: () => (hasHeaders === 'unknown' ? 'unknown' : null),
}) // prettier-ignore
const verdict = (text: string, of: FilterRecord) => compileFilter({ kind: 'text', text, matchCase: false }).verdict(of)

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
    expect(RecordFilter.parse({ kind: 'text', text: 'a' })).toEqual({ kind: 'text', text: 'a', matchCase: false })
    expect(RecordFilter.safeParse({ kind: 'text', text: 'a'.repeat(1_001) }).success).toBe(false)
    expect(RecordFilter.safeParse({ kind: 'text', text: '' }).success).toBe(false)
  })
})
