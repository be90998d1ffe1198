import { describe, expect, it } from 'vitest'
import { sideBySide } from './side-by-side.ts'
import { diffLines, type LineDiff } from './line-diff.ts'

function diff(before: string, after: string): LineDiff {
  const running = diffLines(before, after)
  for (;;) {
    const step = running.next()
    if (step.done === true) return step.value
  }
}

/** The text that the changes make of the one before. */
function applied({ before, after, changes }: LineDiff): string {
  const lines: string[] = []
  let at = 0
  for (const { beforeStart, beforeEnd, afterStart, afterEnd } of changes) {
    lines.push(...before.slice(at, beforeStart), ...after.slice(afterStart, afterEnd))
    at = beforeEnd
  }
  return [...lines, ...before.slice(at)].join('\n')
}

const words = (changes: LineDiff['changes']) => changes.map((one) => `${one.beforeStart}-${one.beforeEnd} ${one.afterStart}-${one.afterEnd}`) // oxfmt-ignore

describe('what differs line by line', () => {
  it.each([
    ['a\nb\nc', 'a\nb\nc', []],
    ['a\nb\nc', 'a\nx\nc', ['1-2 1-2']],
    ['a\nc', 'a\nb\nc', ['1-1 1-2']],
    ['a\nb\nc', 'a\nc', ['1-2 1-1']],
    ['', 'a', ['0-1 0-1']],
    ['{\n}\n{\n}', '{\n}\n{\n1\n}', ['3-3 3-4']],
    ['a\nb\nc\nd', 'b\nc\nd\ne', ['0-1 0-0', '4-4 3-4']],
  ])('%j → %j', (before, after, expected) => {
    expect(words(diff(before, after).changes)).toEqual(expected)
  })

  it('makes the one text of the other, whatever they are', () => {
    let seed = 7
    const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below
    for (let round = 0; round < 400; round += 1) {
      const lines = Array.from({ length: random(60) }, () => `line ${random(round % 40 === 0 ? 3 : 25)}`)
      const other = lines.flatMap((line) =>
        random(5) === 0 ? [] : random(5) === 0 ? [line, `new ${random(9)}`] : [line],
      )
      if (random(4) === 0) other.reverse()
      expect(applied(diff(lines.join('\n'), other.join('\n')))).toBe(other.join('\n'))
    }
  })

  it('calls all changed where nearly all is, rather than to look for the least', () => {
    const many = (from: number, word: string) =>
      Array.from({ length: 5_000 }, (_, i) => `${word}${(i + from) % 3}`).join('\n')
    const found = diff(`head\n${many(0, 'a')}\ntail`, `head\n${many(1, 'b')}\ntail`)
    expect(words(found.changes)).toEqual(['1-5001 1-5001'])
  })

  it('finds few changes among very many equal lines', () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => (i % 3 === 0 ? `"field_${i}": {` : '"null",'))
    const other = lines.map((line, i) => (i % 50_000 === 3 ? `${line} // changed` : line))
    expect(diff(lines.join('\n'), other.join('\n')).changes).toHaveLength(4)
  })
})

describe('the rows that it takes', () => {
  it('put equal lines at one height, and a change as high as its longer side', () => {
    const rows = sideBySide(diff('a\nb\nc\nd', 'a\nx\ny\nc\nd\ne'))
    const told = Array.from({ length: rows.count }, (_, i) => rows.at(i)).map((row) => [row.before, row.after, row.change].map((one) => one ?? '-').join(' ')) // oxfmt-ignore
    expect(told).toEqual(['0 0 -', '1 1 0', '- 2 0', '2 3 -', '3 4 -', '- 5 1'])
    expect([rows.ofChange(0), rows.ofChange(1)]).toEqual([1, 5])
  })
})
