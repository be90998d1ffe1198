import { describe, expect, it } from 'vitest'
import { linePieces } from './line-pieces.ts'

const line = (json: string): string =>
  linePieces(json)
    .map(({ text }) => text)
    .join('')

describe('a value in one line', () => {
  it('says field and value, without the signs of JSON', () => {
    expect(line('{"status":"paid","total":129.90,"id":9007199254740993,"ok":true,"note":null}')).toBe(
      'status paid · total 129.90 · id 9007199254740993 · ok true · note null',
    )
    expect(line('{"customer":{"id":4711,"country":"DE"},"tags":["red","express"]}')).toBe(
      'customer {id 4711 · country DE} · tags [red · express]',
    )
  })

  it('counts what is long, and says where more follows', () => {
    expect(line('{"lines":[#12],"wide":{#1},"rest":[#],"a":{"b":1,#},#}')).toBe(
      'lines 12 items · wide 1 field · rest […] · a {b 1 · …} · …',
    )
    expect(line('{"a":1,"total":#}')).toBe('a 1 · total …')
  })

  it('leaves quotes where a text could be taken for something else', () => {
    expect(line('{"a":"42","b":"null","c":"","d":" x","e":"1.5e3","f":"2026-11-28","g":"a · b","h":"{x"}')).toBe(
      'a "42" · b "null" · c "" · d " x" · e "1.5e3" · f 2026-11-28 · g "a · b" · h "{x"',
    )
  })

  it('shows values that are no object', () => {
    expect(line('[1,"a",{"b":2}]')).toBe('[1 · a · {b 2}]')
    expect(line('"text"')).toBe('"text"')
    expect(line('12')).toBe('12')
    expect(line('{}')).toBe('{}')
    expect(line('[]')).toBe('[]')
    expect(line('{"a":{},"b":[]}')).toBe('a {} · b []')
  })

  it('knows names from texts', () => {
    const kinds = linePieces('{"a":"b","c":{"d":["e",1]}}').map(({ kind, text }) => [kind, text])
    expect(kinds).toEqual([
      ['name', 'a'],
      ['sign', ' '],
      ['string', 'b'],
      ['sign', ' · '],
      ['name', 'c'],
      ['sign', ' {'],
      ['name', 'd'],
      ['sign', ' ['],
      ['string', 'e'],
      ['sign', ' · '],
      ['number', '1'],
      ['sign', ']}'],
    ])
  })

  it('takes escapes for what they stand for', () => {
    expect(line(String.raw`{"a":"line\nbreak","b":"\u00fc\ud800"}`)).toBe('a line\nbreak · b ü\ud800')
  })
})
