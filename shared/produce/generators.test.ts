import { describe, expect, it } from 'vitest'
import { Chance } from './chance.ts'
import { readTemplate } from './generators.ts'

const now = Date.UTC(2026, 10, 28, 21, 5, 7, 89)

function made(source: string, number = 1, seed = 7): string {
  const template = readTemplate(source)
  if ('problems' in template) throw new Error(template.problems[0]!.message)
  return template.render({ chance: new Chance(seed, number), number, now }).text
}

function drawn(source: string, count = 2_000): string[] {
  return Array.from({ length: count }, (_, at) => made(source, at + 1))
}

describe('generators', () => {
  it.each([
    ['plain text', 'plain text'],
    ['${seq}', '3'],
    ['${seq:-5}', '-3'],
    ['${seq:9007199254740993}', '9007199254740995'],
    ['${now}', '2026-11-28T21:05:07.089Z'],
    ['${now:ms}', '1795899907089'],
    ['${now:s}', '1795899907'],
    ['${now:us}', '1795899907089000'],
    ['${now:date}', '2026-11-28'],
    ['a$${b}c', 'a${b}c'],
    ['$$${seq}', '$${seq}'],
    ['{"a":"${seq}","b":$}', '{"a":"3","b":$}'],
    ['${7..7}', '7'],
    ['${-1.50..-1.5}', '-1.50'],
    ['${x|x}', 'x'],
  ])('%s', (source, text) => {
    expect(made(source, 3)).toBe(text)
  })

  it('draw from whole ranges, the ends included, and nothing else', () => {
    expect(new Set(drawn('${-2..3}')).size).toBe(6)
    expect(drawn('${-2..3}').every((one) => Number(one) >= -2 && Number(one) <= 3)).toBe(true)
    expect(new Set(drawn('${0.8..1.15}')).size).toBe(36)
    expect(drawn('${-9223372036854775808..9223372036854775807}'.replace(/\d{19}/g, '999999999999999999')).every((one) => /^-?\d{1,18}$/.test(one))).toBe(true) // oxfmt-ignore
    expect(new Set(drawn('${red|green||blue}'))).toEqual(new Set(['red', 'green', '', 'blue']))
    expect(drawn('${2026-01-01..2026-01-01T00:00:00.003}').every((one) => /^2026-01-01T00:00:00\.00[0-3]Z$/.test(one))).toBe(true) // oxfmt-ignore
    expect(drawn('${text:12}').every((one) => /^[A-Za-z0-9]{12}$/.test(one))).toBe(true)
    expect(drawn('${hex:3}').every((one) => /^[0-9a-f]{3}$/.test(one))).toBe(true)
  })

  it('make UUIDs of version 4, none of them twice, and the same again from the same seed', () => {
    const uuids = drawn('${uuid}', 20_000)
    expect(new Set(uuids).size).toBe(20_000)
    expect(uuids.every((one) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(one))).toBe(
      true,
    )
    expect(made('${uuid}', 5)).toBe(uuids[4])
    expect(made('${uuid}', 5, 8)).not.toBe(uuids[4])
    expect(made('${uuid} ${uuid}').split(' ')[0]).not.toBe(made('${uuid} ${uuid}').split(' ')[1])
  })

  it.each([
    ['a ${nothing}', 2, /no generator "nothing"; there is/],
    ['${', 0, /not closed/],
    ['${}', 0, /no generator/],
    ['${toString}', 0, /no generator/],
    ['${__proto__}', 0, /no generator/],
    ['${now:year}', 0, /one of iso/],
    ['${now:constructor}', 0, /one of iso/],
    ['${seq:a}', 0, /whole number/],
    ['${5..4}', 0, /ends before it begins/],
    ['${a..b}', 0, /two numbers or two moments/],
    ['${2026-13-01..2026-14-01}', 0, /no range of moments/],
    ['${text}', 0, /how many/],
    ['${text:999999}', 0, /how many/],
    ['${uuid:4}', 0, /nothing behind/],
  ])('say of %s what is wrong, and where', (source, at, message) => {
    const template = readTemplate(source)
    expect('problems' in template && template.problems[0]).toEqual({
      at,
      message: expect.stringMatching(message) as string,
    })
  })

  it('are refused where they would make more than any broker takes', () => {
    const most = '${text:100000}'.repeat(83)
    expect(readTemplate(most)).toMatchObject({ longest: most.length + 8_300_000 })
    expect(readTemplate(`${most}${'${hex:90000}'}`)).toEqual({ problems: [{ at: most.length, message: expect.stringContaining('more than 8 million') as string }] }) // oxfmt-ignore
  })

  it('lead from a character that was made to where it was typed', () => {
    const source = '{"a":"${text:9}","b":$${}'
    const template = readTemplate(source)
    if ('problems' in template) throw new Error('it is none')
    expect(template.isPlain).toBe(false)
    const { text, placeOf } = template.render({ chance: new Chance(1, 1), number: 1, now })
    expect(placeOf(0)).toBe(0)
    expect(placeOf(8)).toBe(source.indexOf('${text'))
    expect(placeOf(text.indexOf('"b"'))).toBe(source.indexOf('"b"'))
    expect(placeOf(text.length - 1)).toBe(source.length - 1)
  })
})
