import { describe, expect, it } from 'vitest'
import { coloursOf, createCommentFinder } from './line-colours.ts'
import { lineAt, splitLines } from './text-lines.ts'

function coloured(text: string, language: 'json' | 'protobuf', columns = 240): string[] {
  const lines = splitLines(text, columns)
  const finder = createCommentFinder(text)
  finder.run(() => false)
  return Array.from({ length: lines.count }, (_, i) => {
    const line = lineAt(text, lines, i)
    return coloursOf(text, lines, i, language, finder.found).map(({ from, to, colour }) => `${colour} ${line.slice(from, to)}`).join(' | ') // oxfmt-ignore
  })
}

describe('the colours of a drawn line', () => {
  it('are those of JSON', () => {
    expect(coloured('{\n  "a\\"b" : "c: 1",\n  "d": [-1.5e3, true, null]\n}', 'json')).toEqual([
      '',
      'key "a\\"b" | string "c: 1"',
      'key "d" | number -1.5e3 | atom true | atom null',
      '',
    ])
  })

  it('are those of Protobuf, also within comments of several lines', () => {
    const text =
      'syntax = "proto3"; // one\n/* "two\n message */ message A {\n  int64 b = 1; /* c */\n}\n// /* no\nenum B {}'
    expect(coloured(text, 'protobuf')).toEqual([
      'key syntax | string "proto3" | comment // one',
      'comment /* "two',
      'comment  message */ | key message',
      'key int64 | number 1 | comment /* c */',
      '',
      'comment // /* no',
      'key enum',
    ])
  })

  it('go on in the pieces of a line that is cut', () => {
    const found = coloured(`["${'x'.repeat(300)}", 12]`, 'json', 100)
    expect(found.map((one) => one.split(' ')[0])).toEqual(['string', 'string', 'string', 'string'])
    expect(found[3]).toMatch(/^string x+" \| number 12$/)
  })

  it('are left out far into a line, which would be read from its beginning for each piece', () => {
    const found = coloured(`"${'x'.repeat(10_000)}"`, 'json', 100)
    expect(found[3]).not.toBe('')
    expect(found.at(-1)).toBe('')
  })
})
