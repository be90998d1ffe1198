import { expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '../../bytes.ts'
import type { ValuePath } from '../../model/row-field.ts'
import { isJson, JsonFields } from './json-fields.ts'
import { rounds } from '../../../tests/support/rounds.ts'

/** xorshift32: the same on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const texts = ['', 'id', 'a"b\\c', 'tab\tnew\nline', 'Zürich', '😀', '\u0000\u007f', '__proto__', 'x'.repeat(300), 'constructor'] // oxfmt-ignore
const digits = ['0', '-0', '1', '-17', '9007199254740993', '18446744073709551616', '1.5', '129.90', '1e400', '5E-324', '0.12345678901234567890', '-0.0', '1E+5'] // oxfmt-ignore

/** A JSON text, spelt in many ways. */
function written(random: (below: number) => number, level: number): string {
  const space = (): string => ['', '', '', ' ', '\n\t', '\r'][random(6)]!
  const text = (): string => {
    const plain = JSON.stringify(texts[random(texts.length)])
    if (random(4) > 0 || plain.includes('\\')) return plain
    return plain.replaceAll(/[a-z]/g, (char) => (random(3) > 0 ? char : `\\u00${char.charCodeAt(0).toString(16)}`))
  }
  const value = (): string => {
    const kind = random(level > 0 ? 8 : 5)
    if (kind === 0) return ['true', 'false', 'null'][random(3)]!
    if (kind < 3) return digits[random(digits.length)]!
    if (kind < 5) return text()
    const items = Array.from(
      { length: random(5) },
      () =>
      kind === 5 ? written(random, level - 1) : `${space()}"${'abc'[random(3)]}${random(4) === 0 ? '"' : `${random(2)}"`}${space()}:${written(random, level - 1)}`, // oxfmt-ignore
    )
    return kind === 5 ? `[${items.join(',')}${space()}]` : `{${items.join(',')}${space()}}`
  }
  return `${space()}${value()}${space()}`
}

/** What JSON.parse says of the same bytes. */
function parsed(bytes: Uint8Array): { value: unknown } | null {
  const text = utf8Text(bytes)
  // A number or word alone is no JSON here.
  if (text === null || !/^[ \t\r\n]*[[{"]/.test(text)) return null
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

/** An own field or item of what was parsed. */
function at(value: unknown, path: ValuePath): { value: unknown } | null {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return null
    if (Array.isArray(found) !== (typeof step === 'number') || !Object.hasOwn(found, step)) return null
    found = (found as Record<string | number, unknown>)[step]
  }
  return { value: found }
}

it('tells of every text, damaged or not, what JSON.parse tells, and finds the same at each path', () => {
  const random = numbers(20_261_129)
  const paths: ValuePath[] = [['a0'], ['a1'], ['b'], ['b', 'c1'], ['a0', 'a1'], ['c', 0], ['a0', 1, 'b'], [0], [2, 'a'], []] // oxfmt-ignore
  const fields = new JsonFields()
  const slots = paths.map((path) => fields.want(path))
  let valid = 0
  let found = 0
  for (let round = 0; round < rounds(12_000); round += 1) {
    const bytes = bytesOfText(written(random, 4))
    for (let n = round % 2 === 0 ? 0 : 1 + random(2); n > 0 && bytes.length > 0; n -= 1) {
      bytes[random(bytes.length)] = random(3) === 0 ? random(256) : '{}[]",:\\0-.eE \n'.charCodeAt(random(15))
    }
    const judge = parsed(bytes)
    // Whatever stands around it is none of it.
    const within = new Uint8Array([0x7b, 0x22, ...bytes, 0x22, 0x7d])
    const end = bytes.length + 2
    expect([isJson(bytes), utf8Text(bytes)]).toEqual([judge !== null, utf8Text(bytes)])
    expect(fields.find(within, 2, end)).toBe(judge !== null)
    if (judge === null) continue
    valid += 1
    for (const [i, path] of paths.entries()) {
      const start = fields.starts[slots[i]!]!
      const wanted = at(judge.value, path)
      const own = start < 0 ? null : { value: JSON.parse(utf8Text(within.subarray(start, fields.ends[slots[i]!]!))!) as unknown } // oxfmt-ignore
      expect({ text: utf8Text(bytes), path, own }).toEqual({ text: utf8Text(bytes), path, own: wanted })
      if (own !== null) found += 1
    }
  }
  expect(valid).toBeGreaterThan(rounds(2_000))
  expect(found).toBeGreaterThan(rounds(2_000))
})
