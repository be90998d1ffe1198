import { describe, expect, it } from 'vitest'
import { utf8Text } from '../bytes.ts'
import { compileFilter, predicateOf } from './compile.ts'
import { testPart, testRecord } from './fixtures/record.ts'
import type { FilterRecord } from './predicate.ts'

const order =
  '{"id":4711,"customer":{"id":9007199254740993,"name":"Ann"},"total":123.45,"status":"shipped","items":[{"sku":"a","n":2},{"sku":"b","n":5}],"at":"2026-11-28T10:00:00.123456Z","none":null,"big":18446744073709551615,"least":-9223372036854775808,"flag":true,"first name":"Ann \\"A\\" \\u00c4"}'
const headers: [string, string | null][] = [['retry', '2'], ['retry', '3'], ['trace', 'abc'], ['empty', null]] // oxfmt-ignore
const json = (text: string): FilterRecord =>
  testRecord(testPart('k1'), testPart(text, true, 'json'), headers, {
    partition: 3,
    offset: 9_007_199_254_740_993n,
    timestamp: 1_700_000_000_123n,
  })
const verdict = (source: string, of: FilterRecord) => predicateOf({ kind: 'expression', source }).verdict(of)

describe('an expression over a record', () => {
  it.each([
    ['value.id == 4711 && value.total > 100.0 && has(headers.retry)', true],
    ['value.id == 4711.0 && value.id == 4711u && value.id != 4712', true],
    ['value.customer.id == 9007199254740993', true],
    ['value.customer.id == 9007199254740992', false],
    ['value.customer.id > 9007199254740992.0', true],
    ['value.big == 18446744073709551615u && value.big > 9223372036854775807', true],
    ['value.least == -9223372036854775808', true],
    ['offset == 9007199254740993 && partition == 3', true],
    ['offset == 9007199254740992', false],
    ['value.id / 2 == 2355 && value.id % 2 == 1 && -value.id == -4711', true],
    ['value.total * 2 > 246.8 && value.id + 0.5 > 4711', true],
    ['headers.retry == "3" && headers["trace"] == "abc" && headers.empty == null', true],
    ['"trace" in headers && !("x" in headers) && headers.exists(h, h == "retry") && size(headers) == 3', true],
    ['value.status in ["open", "shipped"] && value.id in [1, 4711.0]', true],
    ['value.items.exists(i, i.sku == "b" && i.n == 5) && !value.items.all(i, i.n > 4)', true],
    ['value.items.map(i, i.n > 2, i.sku) == ["b"] && value.items.filter(i, i.n > 2).size() == 1', true],
    ['value.items.exists_one(i, i.n == 5) && value.items[1].sku == "b"', true],
    ['value["first name"] == "Ann \\"A\\" Ä"', true],
    ['value.at > timestamp("2026-11-28T10:00:00.123455Z") && value.at < timestamp("2026-11-28T11:00:00.2+01:00")', true],
    ['timestamp - timestamp("2023-11-14T22:13:20Z") == duration("123ms") && timestamp.getHours("Europe/Berlin") == 23', true],
    ['value.at.getFullYear() == 2026 && millis(1700000000123) == timestamp', true],
    ['value.none == null && has(value.none)', true],
    ['value.status.matches("^ship(ped)?$") && value.status.contains("ipp") && value.status.endsWith("ed")', true],
    ['value.flag ? value.id > 1 : false', true],
    ['cel.bind(x, value.id, x > 1 && x < 5000)', true],
    ['type(value.id) == int && type(value.total) == double && type(timestamp) == google.protobuf.Timestamp', true],
    ['"status" in value && !("state" in value) && size(value) == 11', true],
    ['key == "k1" && keySize == 2 && !transactional && !isNull && valueEncoding == "JSON"', true],
    ['value.constructor == 1 || has(value.__proto__)', false],
  ])('%s: %s', (source, isMatch) => {
    expect(verdict(source, json(order))).toBe(isMatch ? 'match' : 'no')
  }) // oxfmt-ignore

  it.each([
    ['value.nope == 1'],
    ['!(value.nope == 1)'],
    ['value.nope.deeper != 3'],
    ['value.status.deeper == 1'],
    ['value.items[7].n == 1'],
    ['headers.nope == "x"'],
    ['has(value.nope.deeper)'],
    ['value.none > 3'],
    ['value.nope'],
  ])('is no match and no failure where a field is missing: %s', (source) => {
    expect(verdict(source, json(order))).toBe('no')
    expect(verdict(`${source} || value.id == 4711`, json(order))).toBe('match')
  })

  it.each([
    ['value.status > 3', 'failed'],
    ['value.id.contains("1")', 'failed'],
    ['value', 'failed'],
    ['value.id / 0 == 1', 'failed'],
    ['value.least - 1 == 0', 'failed'],
    ['timestamp(value.status) > timestamp("2026-11-28T10:00:00Z")', 'failed'],
  ])('cannot judge what is of another type: %s', (source, cannot) => {
    expect(verdict(source, json(order))).toMatchObject({ cannot })
    // One side that decides does so whatever the other is.
    expect(verdict(`value.id == 4712 && ${source}`, json(order))).toBe('no')
    expect(verdict(`value.id == 4711 || ${source}`, json(order))).toBe('match')
  })

  it('takes a text as a text, bytes as bytes, and no value as null', () => {
    const text = testRecord(null, testPart('hello'))
    expect(verdict('value == "hello" && key == null', text)).toBe('match')
    expect(verdict('value.id == 1', text)).toBe('no')
    const bytes = testRecord(null, testPart(Uint8Array.of(255, 0), true, 'bytes'))
    expect(verdict('value == b"\\xff\\x00"', bytes)).toBe('match')
    expect(verdict('value.id == 1', bytes)).toMatchObject({ cannot: 'undecodable' })
    const none = testRecord(null, null)
    expect(verdict('isNull && value == null && valueSize == -1', none)).toBe('match')
    expect(verdict('value.id == 1', none)).toBe('no')
  })

  it('cannot judge what names a schema that nobody has', () => {
    const part = testPart(Uint8Array.of(0, 0, 0, 0, 5, 1), true, 'bytes')!
    const attempts = [{ encoding: 'Confluent', reason: 'no registry in this profile; looks like schema id 5' }]
    const of = testRecord(null, { ...part, as: { ...part.as, attempts } })
    const why = 'Confluent: no registry in this profile; looks like schema id 5'
    expect(verdict('value.id == 1', of)).toEqual({ cannot: 'undecodable', why })
    expect(verdict(`valueError == "${why}"`, of)).toBe('match')
  })

  it('leaves open what is not seen of a loaded row, unless the rest decides', () => {
    const cut = testRecord(testPart('k'), testPart('{"id":1', false, 'json'), 'unknown')
    expect(verdict('value.id == 1', cut)).toBe('unknown')
    expect(verdict('key == "other" && value.id == 1', cut)).toBe('no')
    expect(verdict('key == "k" || has(headers.a)', cut)).toBe('match')
    expect(verdict('has(headers.a)', cut)).toBe('unknown')
  })

  it.each([
    ['value.id ==', 11, 0],
    ['foo == 1', 0, 3],
    ['value.status.matches("(a") && true', 21, 4],
    ['size == 3 && size > "x"', 13, 10],
    ['int', 0, 3],
  ])('that is none says where: %s', (source, at, length) => {
    const made = compileFilter({ kind: 'any', of: [{ kind: 'text', text: 'x', matchCase: false, wholeWord: false, in: ['key'] }, { kind: 'expression', source }] }) // oxfmt-ignore
    expect(made).toMatchObject({ at, length, path: [1], message: expect.stringMatching(/\.$/) as string })
  })
})

describe('what is hostile', () => {
  const items = JSON.stringify({ items: Array.from({ length: 200 }, (_, i) => i) })

  it('macros in macros end by their steps', () => {
    const nested = 'value.items.all(a, value.items.all(b, value.items.all(c, a + b + c < 100000)))'
    expect(verdict(nested, json(items))).toMatchObject({ cannot: 'over-time' })
    expect(verdict('value.items.all(a, value.items.all(b, a + b < 100000))', json(items))).toBe('match')
  })

  it('a text that doubles ends by its length', () => {
    let source = 'size(x20) > 0'
    for (let i = 20; i > 0; i -= 1) source = `cel.bind(x${i}, x${i - 1} + x${i - 1}, ${source})`
    const of = json(JSON.stringify({ s: 'x'.repeat(100) }))
    expect(verdict(`cel.bind(x0, value.s, ${source})`, of)).toMatchObject({ cannot: 'too-large' })
  })

  it('(a+)+$ takes linear time, and JSON may nest as it likes', () => {
    const long = json(JSON.stringify({ s: `${'a'.repeat(100_000)}!` }))
    expect(verdict('value.s.matches("(a+)+$")', long)).toBe('no')
    expect(predicateOf({ kind: 'regex', pattern: '(a+)+$', matchCase: true, in: ['value'] }).verdict(long)).toBe('no')
    const deep = json(`{"id":1,"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)
    expect(verdict('value.id == 1', deep)).toBe('match')
    expect(verdict('value.deep != 4711', deep)).toBe('match')
    expect(verdict('value.deep == []', deep)).toMatchObject({ cannot: 'too-large' })
  })

  it('a value of 20 MB is counted as too large', () => {
    const large = json(JSON.stringify({ id: 1, s: 'x'.repeat(20 << 20) }))
    expect(verdict('value.id == 1', large)).toMatchObject({ cannot: 'too-large' })
    expect(verdict('key == "k1"', large)).toBe('match')
  })
})

describe('what each match must have', () => {
  const literal = (source: string) => {
    const found = predicateOf({ kind: 'expression', source }).literal
    return found && { anyOf: found.anyOf.map((bytes) => utf8Text(bytes)), in: found.in, orEscapes: found.orEscapes }
  }

  it.each([
    ['value.id == 4711', ['4711', '4.711', '47.11', '471.1', '99999999'], 'value'],
    ['value.id == -123456700', ['123', '456'], 'value'],
    ['value.status == "a/bc" && value.id == 47', ['bc'], 'value'],
    ['value.id == 471122', ['47', '112'], 'value'],
    ['has(headers.retry) && value.status == "shipped"', ['shipped'], 'value'],
    ['value.items.exists(i, i.sku == "b-22")', ['b-22'], 'value'],
    ['key.matches("order-\\\\d+")', ['order-'], 'key'],
    ['headers.retry in ["aa", "bb"]', ['aa', 'bb'], 'headers'],
    ['value.id == 4711 || value.total > 3', null, null],
    ['!(value.id == 4711)', null, null],
    ['value.id != 4711', null, null],
    ['value.id == 12', null, null],
    ['value.id == 4711000', null, null],
  ])('%s', (source, anyOf, part) => {
    const found = literal(source)
    expect([found?.anyOf ?? null, found?.in[0] ?? null]).toEqual([anyOf, part])
  })

  it('is had by numbers of any number of digits that are rounded to what is looked for', () => {
    const round = (whole: bigint, digits: number): string[] => {
      const text = String(whole)
      const nines = `${whole - 1n}.${'9'.repeat(digits)}`
      const moved = (of: string): string => {
        const [before, behind = ''] = of.split('.') as [string, string?]
        return `${before[0]}.${before.slice(1)}${behind}e${before.length - 1}`
      }
      const above = `${text}.${'0'.repeat(digits)}1`
      return [text, nines, above, moved(text), moved(nines), moved(above), moved(`${text}4`).replace(/e\d+$/, `e${text.length - 1}`)] // oxfmt-ignore
    }
    let missed = 0
    let equal = 0
    const wholes = [4711n, 100n, 999n, 47_110n, 99_999n, 123_456n, 1_000_001n, 123_456_789n, 100_000_000_001n, 999_999_999_999_999n, 9_007_199_254_740_991n, 123_456_789_012_345_680n, 1_152_921_504_606_846_976n] // oxfmt-ignore
    for (const whole of wholes) {
      const { literal: must, verdict: judge } = predicateOf({ kind: 'expression', source: `value.id == ${whole}` })
      for (let digits = 1; digits < 25; digits += 1) {
        for (const spelt of round(whole, digits)) {
          const text = `{"id":${spelt}}`
          if (judge(json(text)) !== 'match') continue
          equal += 1
          if (must !== null && !must.anyOf.some((bytes) => text.includes(utf8Text(bytes)!))) missed += 1
        }
      }
    }
    expect(missed).toBe(0)
    expect(equal).toBeGreaterThan(1_000)
  })
})
