import { describe, expect, it } from 'vitest'
import { indentJson } from './json-text.ts'
import { parseOffset } from './parse-offset.ts'
import { parsePartitions } from './partition-set.ts'
import { PIECE, lineAt, splitLines } from './text-lines.ts'
import { directedPieces, hasRightToLeft } from './text-direction.ts'
import { findInBytes, findInText } from './find-in-text.ts'
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

describe('lines wrapped to a width', () => {
  it('end at a space where one is near, and wide or written-out characters count as what they take', () => {
    const of = (text: string, columns: number) => {
      const lines = splitLines(text, columns)
      return Array.from({ length: lines.count }, (_, i) => lineAt(text, lines, i))
    }
    expect(of('one two three four', 10)).toEqual(['one two ', 'three four'])
    expect(of('a'.repeat(25), 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)])
    expect(of('日本語日本語', 6)).toEqual(['日本語', '日本語'])
    expect(of('\u202e\u202e', 10)).toEqual(['\u202e', '\u202e'])
    expect(of('😀😀😀', 2)).toEqual(['😀', '😀', '😀'])
  })
})

describe('directedPieces', () => {
  const right = (text: string) => directedPieces(text).filter((piece) => piece.isRightToLeft).map(({ text: run }) => run) // oxfmt-ignore
  it('sets each name and value apart, and keeps a sentence together', () => {
    expect(right('{"שם": 12, "name": "שלום"}')).toEqual(['שם', 'שלום'])
    expect(right('שלום עולם, מה שלומך')).toEqual(['שלום עולם, מה שלומך'])
    expect(right('שם=12;أهلا=3')).toEqual(['שם', 'أهلا'])
    expect(right('א,ב,ג')).toEqual(['א', 'ב', 'ג'])
    expect(hasRightToLeft('größer 日本語')).toBe(false)
  })
  it('loses nothing', () => {
    for (const text of ['', 'plain', 'שלום 12', '(أهلا) x', '12 שלום'])
      expect(directedPieces(text).map((piece) => piece.text).join('')).toBe(text) // oxfmt-ignore
  })
})

describe('findInText and findInBytes', () => {
  it('finds whatever the case, across chunks, and nothing twice', async () => {
    const text = `${'x'.repeat(256 * 1024 - 2)}Needle (a+b) needle`
    expect(await findInText(text, 'NEEDLE')).toEqual([256 * 1024 - 2, 256 * 1024 + 11])
    expect(await findInText(text, '(A+B)')).toEqual([256 * 1024 + 5])
    expect(await findInText('aaaa', 'aa')).toEqual([0, 2])
  })
  it('finds bytes by their text or digits', async () => {
    const bytes = Uint8Array.of(0, 0x61, 0x0d, 0x0a, 0x61, 0x62)
    expect(await findInBytes(bytes, 'ab')).toEqual([4])
    expect(await findInBytes(bytes, '0x0d 0a')).toEqual([2])
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
  it('takes what JSON.parse takes, and refuses what it refuses', () => {
    const right = ['1', '-0.5e+3', '"a\\u00e4\\n"', '[]', ' { } ', '[1,[2,{"a":[]}],null]', 'true', '{"a":"b","":1}'] // oxfmt-ignore
    const wrong = ['', '01', '1.', '+1', '-', '"a', '"\t"', '"\\x"', '"\\u12g4"', '[1,]', '{"a":1,}', '{a:1}', '{"a" 1}', '[1 2]', 'nul', 'truex', '1 2', '[1}', ']', '1,', '{"a":1]', '"\\'] // oxfmt-ignore
    for (const text of right) {
      const indented = indentJson(text)
      expect([text, indented.ok && JSON.parse(indented.text)]).toEqual([text, JSON.parse(text)])
    }
    for (const text of wrong) {
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
      expect([text, indentJson(text).ok]).toEqual([text, false])
    }
  })
  it('reads one string of megabytes full of escapes in time that grows with its length alone', () => {
    const text = JSON.stringify(JSON.stringify(Array.from({ length: 60_000 }, (_, i) => `"${i}"\n`)))
    expect(indentJson(text)).toEqual({ ok: true, text })
  })
})
