import { expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '../../bytes.ts'
import type { ValuePath } from '../../model/row-field.ts'
import { JsonFields } from './json-fields.ts'
import { rounds } from '../../../tests/support/rounds.ts'

/** xorshift32: the same on every run. */
let state = 20_261_130
function random(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

const values = ['0', '-17', '9007199254740993', '1.5e3', 'true', 'false', 'null', '""', '"a"', '"a\\"b"', '"\\u00e9"', '"Zürich 😀"', `"${'x'.repeat(70)}"`, '{}', '[]', '[1]', '{"a":2}', '-', '01', 'nul', '"\t"', ''] // oxfmt-ignore
const names = ['a', 'b', 'c', 'a', 'name', 'grüße', '\\u0061', 'a"b'.replace('"', '\\"')]
/** The mark of a value. */
const HOLE = '\u0001'

/** All but the values of a text. */
function shape(level: number): string {
  const space = ['', '', '', ' ', '\n  '][random(5)]!
  const kind = random(level === 0 ? 1 : 4)
  if (kind < 2) return `${space}${HOLE}${space}`
  const parts = Array.from({ length: random(5) }, () => shape(level - 1))
  if (kind === 2) return `${space}[${parts.join(',')}]`
  return `${space}{${parts.map((part) => `"${names[random(names.length)]}"${space}:${part}`).join(',')}${space}}${space}`
}

/** Mostly values, now and then what is none or has some of its own. */
function filled(made: string): string {
  return made.replaceAll(HOLE, () => values[random(random(12) === 0 ? values.length : 13)]!)
}

const paths: ValuePath[] = [['a'], ['b'], ['name'], ['a', 'b'], ['a', 0], ['grüße'], ['a"b', 'a'], [0], [1, 'a'], []]

function newFields() {
  const fields = new JsonFields()
  const slots = paths.map((path) => fields.want(path))
  return { fields, slots }
}

/** As JSON.parse, which takes a number alone as well. */
function isParsed(bytes: Uint8Array): boolean {
  const text = utf8Text(bytes)
  if (text === null || !/^[ \t\r\n]*[[{"]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

it('finds in texts that are made alike what it finds in each of them alone', () => {
  const one = newFields()
  let valid = 0
  for (let round = 0; round < rounds(500); round += 1) {
    const shapes = Array.from({ length: 1 + random(5) }, () => shape(4))
    for (let n = 0; n < 30; n += 1) {
      const bytes = bytesOfText(filled(shapes[random(shapes.length)]!))
      if (random(8) === 0 && bytes.length > 0)
        bytes[random(bytes.length)] = random(3) === 0 ? random(256) : '{}[]",:\\0 \n'.charCodeAt(random(11))
      const before = random(7)
      const within = new Uint8Array([
        ...new Uint8Array(before).fill(0x20),
        ...bytes,
        ...new Uint8Array(random(7)).fill(0x22),
      ])
      const end = before + bytes.length
      // Its first text, which it can compare with no other.
      const alone = newFields()
      const isJson = alone.fields.find(within, before, end)
      expect(isJson).toBe(isParsed(bytes))
      expect(one.fields.find(within, before, end)).toBe(isJson)
      if (!isJson) continue
      valid += 1
      expect([...one.fields.starts]).toEqual([...alone.fields.starts])
      expect([...one.fields.ends]).toEqual([...alone.fields.ends])
    }
  }
  expect(valid).toBeGreaterThan(rounds(5_000))
})

it('goes on to tell where texts that have nothing in common were followed by such that do', () => {
  const { fields, slots } = newFields()
  const found = (text: string): string | null => {
    const bytes = bytesOfText(text)
    if (!fields.find(bytes, 0, bytes.length)) return null
    const start = fields.starts[slots[0]!]!
    return start < 0 ? '' : utf8Text(bytes.subarray(start, fields.ends[slots[0]!]))
  }
  for (let n = 0; n < 5_000; n += 1) expect(found(`{"f${n}":[],"a":${n}}`)).toBe(String(n))
  for (let n = 0; n < 5_000; n += 1) expect(found(`{"b":[],"a":"${n}"}`)).toBe(`"${n}"`)
})
