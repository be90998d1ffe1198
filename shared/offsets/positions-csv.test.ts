import { describe, expect, it } from 'vitest'
import { csvProblemSentence, positionsCsv, readPositionsCsv, specsOfCsv } from './positions-csv.ts'

const lineOf = (text: string) => readPositionsCsv(text).lines

describe('reading', () => {
  it('takes one group and several, with whatever stands in their names', () => {
    expect(lineOf('orders,0,5\n"a,""b""",12,9223372036854775807\n')).toEqual([
      { line: 1, group: null, topic: 'orders', partition: 0, offset: 5n },
      { line: 2, group: null, topic: 'a,"b"', partition: 12, offset: 9_223_372_036_854_775_807n },
    ])
    expect(lineOf('"x, y",orders,0,5')).toEqual([{ line: 1, group: 'x, y', topic: 'orders', partition: 0, offset: 5n }])
  })

  it('passes over what editors and Windows put there, and counts lines as they do', () => {
    const read = readPositionsCsv('\uFEFForders,0,5\r\n\r\norders, 1 , 6 \r\n')
    expect(read.problems).toEqual([])
    expect(read.lines.map(({ line, topic, offset }) => [line, topic, offset])).toEqual([
      [1, 'orders', 5n],
      [3, 'orders', 6n],
    ])
  })

  it.each([
    ['orders,0', 'It has 2 values; write topic,partition,offset, or group,topic,partition,offset of several groups.'],
    ['orders,x,1', '“x” is no partition: write its number, such as 0.'],
    ['orders,2147483648,1', '“2147483648” is no partition: write its number, such as 0.'],
    ['orders,0,-1', '“-1” is no offset: write a whole number, 0 or more, without separators.'],
    ['orders,0,', 'Nothing is no offset: write a whole number, 0 or more, without separators.'],
    ['orders,0,1e3', '“1e3” is no offset: write a whole number, 0 or more, without separators.'],
    ['orders,0,9223372036854775808', '“9223372036854775808” is no offset: write a whole number, 0 or more, without separators.'], // oxfmt-ignore
    ['"orders,0,1', 'A quote is not closed: end the name with ", and write a quote within it twice.'],
    ['"orders"x,0,1', 'After a closing quote a comma is missing.'],
    ['topic,partition,offset', 'This is a heading, and the format has none: leave the line out.'],
    [',0,1', 'It names no topic: write topic,partition,offset.'],
    ['"",orders,0,1', 'It names no group: write group,topic,partition,offset.'],
  ])('refuses %s with its line and what to write', (text, message) => {
    const read = readPositionsCsv(text)
    expect(read.lines).toEqual([])
    expect(csvProblemSentence(read)).toBe(`Line 1: ${message}`)
  })

  it('refuses a partition that is there twice, and lines of another shape, by the first of each', () => {
    const read = readPositionsCsv('orders,0,5\ng,orders,1,5\norders,0,6\n')
    expect(read.problems).toEqual([
      { line: 2, message: 'It has 4 values; write topic,partition,offset, as the lines before.' },
      { line: 3, message: 'Line 1 has this partition already: leave one of them out.' },
    ])
    expect(csvProblemSentence(read)).toMatch(/^Line 2: .* 1 more line is not readable: 3\.$/)
  })

  it('is bounded in size, lines and what it says of them', () => {
    expect(csvProblemSentence(readPositionsCsv('x'.repeat(2_000_001)))).toMatch(/larger than 2 MB/)
    expect(csvProblemSentence(readPositionsCsv('a,0,1\n'.repeat(20_001)))).toMatch(/more than 20,000 lines/)
    const bad = readPositionsCsv('x\n'.repeat(5_000))
    expect([bad.problems.length, bad.problemCount]).toEqual([20, 5_000])
    expect(csvProblemSentence(bad)!.length).toBeLessThan(300)
    expect(csvProblemSentence(readPositionsCsv('\n\n'))).toMatch(/has no line/)
  })
})

describe('writing', () => {
  it('is read again, name by name', () => {
    const names = ['plain', 'a,b', 'say "so"', ' edge ', '=1+1', 'tab\there']
    const positions = names.map((group, partition) => ({
      group,
      topic: 'orders',
      partition,
      offset: BigInt(partition),
    }))
    expect(lineOf(positionsCsv(positions).text).map(({ group }) => group)).toEqual(names)
  })

  it('has no line for what the script has no word for', () => {
    const at = { topic: 'orders', partition: 0 }
    const csv = positionsCsv([
      { ...at, offset: null },
      { ...at, offset: -1n },
      { ...at, offset: 1n, group: 'two\nlines' },
    ])
    expect(csv).toEqual({ text: '', lines: 0, leftOut: 3 })
  })
})

describe('what a file asks for', () => {
  const several = lineOf('a,orders,0,5\nb,orders,1,6\na,orders,2,7\na,payments,0,8\n')

  it('is a plan a group, over the partitions that it names alone', () => {
    expect(specsOfCsv(several)).toMatchObject([
      {
        group: 'a',
        scope: [
          { topic: 'orders', partitions: [0, 2] },
          { topic: 'payments', partitions: [0] },
        ],
      },
      { group: 'b', target: { at: 'offsets', offsets: [{ topic: 'orders', partition: 1, offset: 6n }] } },
    ])
    expect(specsOfCsv(several, 'b')).toMatchObject([{ group: 'b' }])
  })

  it('says where file and group do not fit', () => {
    expect(specsOfCsv(several, 'c')).toBe('The file has no line of c. It has those of a, b.')
    expect(specsOfCsv(lineOf('orders,0,1'))).toMatch(/^The file names no group/)
    const many = Array.from({ length: 201 }, (_, i) => `g${i},orders,0,1`).join('\n')
    expect(specsOfCsv(lineOf(many))).toBe('The file has 201 groups; one plan takes 200 at most.')
  })
})
