import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '../bytes.ts'
import { shortJson } from './short-json.ts'

const short = (json: string, isCut = false): string => utf8Text(shortJson(bytesOfText(json), isCut)) ?? 'not UTF-8'

describe('a JSON value made short', () => {
  it('keeps what is short as it is, with every digit', () => {
    for (const json of [
      '{"id":9007199254740993,"total":129.90,"big":1e400,"ok":true,"note":null}',
      '{"customer":{"id":4711,"country":"DE"},"tags":["red","express"]}',
      '[1,2,3]',
      '"text"',
      '9223372036854775807',
      'null',
      '{}',
      '[]',
      '{"a":{},"b":[]}',
    ])
      expect(short(json)).toBe(json)
  })

  it('hides no field behind a long one: what is long inside is counted, or shown by its first fields', () => {
    const lines = Array.from({ length: 12 }, (_, n) => ({ sku: `sku-${n}`, count: n }))
    expect(short(JSON.stringify({ lines, status: 'paid' }))).toBe('{"lines":[#12],"status":"paid"}')
    const schema = { type: 'struct', fields: lines, optional: false, name: 'dbserver1.inventory.customers.Envelope' }
    expect(short(JSON.stringify({ schema, payload: { before: null, op: 'u' } }))).toBe(
      '{"schema":{"type":"struct","fields":[#12],"optional":false,"name":"dbserver1.inventory.customers.Envelope"},"payload":{"before":null,"op":"u"}}',
    )
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field${n}`, n]))
    expect(short(JSON.stringify({ a: { wide }, b: 1 }))).toBe('{"a":{"wide":{#40}},"b":1}')
    expect(short(JSON.stringify({ wide, b: 1 }))).toMatch(/^\{"wide":\{"field0":0,.*,#\},"b":1\}$/)
  })

  it('cuts a long text at a character, and never within an escape', () => {
    expect(short(JSON.stringify({ a: 'x'.repeat(500), b: 2 }))).toBe(`{"a":"${'x'.repeat(79)}…","b":2}`)
    for (let pad = 60; pad < 90; pad += 1) {
      for (const tail of ['ü'.repeat(40), '\u0001'.repeat(40), '\\'.repeat(80), '"'.repeat(80), '🙂'.repeat(40)]) {
        const made = short(JSON.stringify({ a: `${'x'.repeat(pad)}${tail}`, b: 2 }))
        expect(JSON.parse(made)).toMatchObject({ b: 2 })
      }
    }
  })

  it('ends where its line is full, and says that more follows', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`field${n}`, n]))
    const made = short(JSON.stringify(many))
    expect(made.length).toBeLessThan(500)
    expect(made).toMatch(/^\{"field0":0,.*,#\}$/)
  })

  it('takes half a number at the end of a beginning for none', () => {
    expect(short('{"a":1,"total":12', true)).toBe('{"a":1,"total":#}')
    expect(short('{"a":1,"total":12')).toBe('{"a":1,"total":12,#}')
    expect(short('{"a":1,"note":"abc', true)).toBe('{"a":1,"note":"abc…",#}')
    expect(short('{"a":1,"lines":[{"sku":"a"},{"sku"', true)).toBe('{"a":1,"lines":[#],#}')
    expect(short('{"a":1,"customer":{"id":4711,"name":"Ad', true)).toBe(
      '{"a":1,"customer":{"id":4711,"name":"Ad…",#},#}',
    )
  })

  it('makes something bounded of whatever it is given, also of what is no JSON', () => {
    for (const odd of [
      '',
      '{',
      '[',
      '"',
      '{"',
      '{"a"',
      '{"a":',
      '{a:1}',
      '[[[[[[',
      '}'.repeat(9),
      '{"a":}',
      ',',
      '#',
      '{"a" 1 2 3}',
    ]) {
      expect(short(odd).length).toBeLessThan(100)
    }
    expect(short('['.repeat(100_000)).length).toBeLessThan(1_000)
    expect(short(`{"${'n'.repeat(1_000)}":1}`).length).toBeLessThan(200)
    expect(short(`{"a":${'9'.repeat(1_000)}}`).length).toBeLessThan(200)
  })
})
