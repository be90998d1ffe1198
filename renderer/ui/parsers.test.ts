import { describe, expect, it } from 'vitest'
import { indentJson } from './json-text.ts'
import { parseOffset } from './parse-offset.ts'
import { parsePartitions } from './partition-set.ts'
import { PIECE, lineAt, splitLines } from './text-lines.ts'
import { hasHidden, visiblePieces } from './visible-text.ts'

describe('parseOffset', () => {
  it('takes grouped input exactly', () => {
    for (const text of ['48211907', '48 211 907', '48\u202f211\u202f907', '48,211,907', ' 48_211_907 ']) {
      expect({ text, ...parseOffset(text) }).toEqual({ text, ok: true, value: 48_211_907n })
    }
    expect(parseOffset('9223372036854775807')).toEqual({ ok: true, value: 9_223_372_036_854_775_807n })
    expect(parseOffset('−5', { min: -10n, noun: 'shift' })).toEqual({ ok: true, value: -5n })
  })

  it('refuses with a reason', () => {
    const why = (text: string, limits = {}) => parseOffset(text, limits)
    expect(why('-1')).toMatchObject({ message: 'Offsets are never negative.' })
    expect(why('9223372036854775808')).toMatchObject({ message: expect.stringContaining('64 bits') })
    expect(why('100', { max: 99n })).toMatchObject({ message: 'The highest offset here is 99.' })
    const wrong = ['1.5', '1e9', 'abc', '0x10', '4 8', '', '1--2']
    expect(wrong.filter((text) => why(text).ok)).toEqual([])
  })
})

describe('parsePartitions', () => {
  it('reads ranges and words', () => {
    expect(parsePartitions('0-3, 7', 12)).toEqual({ ok: true, partitions: [0, 1, 2, 3, 7] })
    expect(parsePartitions('all', 3)).toEqual({ ok: true, partitions: [0, 1, 2] })
  })
  it('refuses partitions that do not exist before making a list of them', () => {
    expect(parsePartitions('0-999999999', 12)).toMatchObject({ ok: false, message: expect.stringContaining('has 12') })
    expect(parsePartitions('3-1', 12).ok).toBe(false)
    expect(parsePartitions('x', 12).ok).toBe(false)
  })
})

describe('splitLines', () => {
  it('puts a megabyte without a newline into pieces that join to the same text', () => {
    const text = 'x'.repeat(1_000_000)
    const lines = splitLines(text)
    expect(lines.count).toBe(Math.ceil(1_000_000 / PIECE))
    const joined = Array.from({ length: lines.count }, (_, i) => lineAt(text, lines, i)).join('')
    expect(joined).toBe(text)
  })
  it('never cuts a character in two and numbers real lines only', () => {
    const text = `${'a'.repeat(PIECE - 1)}😀b\r\nc`
    const lines = splitLines(text)
    expect([...lines.numbers]).toEqual([1, 0, 2])
    expect(lineAt(text, lines, 1)).toBe('😀b')
    expect(lineAt(text, lines, 2)).toBe('c')
    expect(splitLines('').count).toBe(1)
  })
})

describe('visiblePieces', () => {
  it('spells out what would act', () => {
    expect(visiblePieces('a\u202eb')).toEqual([
      { text: 'a' },
      { text: 'U+202E', hidden: 'right-to-left override (U+202E)' },
      { text: 'b' },
    ])
    expect(visiblePieces('\u0000')[0]).toMatchObject({ text: '␀' })
    expect(visiblePieces('\ud800x')[0]).toMatchObject({ hidden: 'lone surrogate (U+D800)' })
  })
  it('leaves ordinary writing alone', () => {
    for (const text of ['größer', '日本語', 'שלום', '😀', '👩‍💻', 'a\tb\nc', '<script>']) {
      expect(visiblePieces(text)).toEqual([{ text }])
    }
    expect(hasHidden('plain')).toBe(false)
    expect(hasHidden('\u200b')).toBe(true)
  })
})

describe('indentJson', () => {
  it('keeps digits, duplicate keys and escapes as they were sent', () => {
    const result = indentJson('{"id":12345678901234567890,"a":1,"a":"\\u0041","e":[],"o":{},"f":1.0}')
    expect(result).toEqual({
      ok: true,
      text: '{\n  "id": 12345678901234567890,\n  "a": 1,\n  "a": "\\u0041",\n  "e": [],\n  "o": {},\n  "f": 1.0\n}',
    })
  })
  it('is not fooled by brackets in strings and says what is no JSON', () => {
    expect(indentJson('["{,:}\\""]')).toEqual({ ok: true, text: '[\n  "{,:}\\""\n]' })
    expect(indentJson('{oops').ok).toBe(false)
  })
})
