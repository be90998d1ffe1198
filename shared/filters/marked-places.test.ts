import { describe, expect, it } from 'vitest'
import { RecordFilter } from './filter.ts'
import { placesOf } from './marked-places.ts'

/** What is marked in a text, as the pieces themselves. */
const marked = (filter: unknown, text: string): string[] | undefined =>
  placesOf(RecordFilter.parse(filter))?.(text).map(({ from, to }) => text.slice(from, to))

describe('where what is looked for stands', () => {
  it('is each place of a text, in either case unless the case counts', () => {
    expect(marked({ kind: 'text', text: 'paid' }, 'paid, PAID, unpaid')).toEqual(['paid', 'PAID', 'paid'])
    expect(marked({ kind: 'text', text: 'paid', matchCase: true }, 'paid, PAID')).toEqual(['paid'])
    expect(marked({ kind: 'text', text: 'paid', wholeWord: true }, 'paid, unpaid, "paid"')).toEqual(['paid', 'paid'])
    expect(marked({ kind: 'text', text: 'aa' }, 'aaaa')).toEqual(['aa', 'aa'])
  })

  it('is nowhere in a text whose other case has another length', () => {
    expect(marked({ kind: 'text', text: 'i' }, 'İi')).toEqual([])
  })

  it('is each match of a pattern, in a time that grows with the text alone', () => {
    expect(marked({ kind: 'regex', pattern: '47\\d+' }, '4711 and 4712')).toEqual(['4711', '4712'])
    expect(marked({ kind: 'regex', pattern: '(a+)+$' }, `${'a'.repeat(5_000)}!`)).toEqual([])
    expect(marked({ kind: 'regex', pattern: 'x*' }, 'abc')).toEqual([])
  })

  it('are the literals of an expression, as whole words', () => {
    const source = 'value.customer.id == 4711 && value.state in ["paid", \'a\'] && value.v2 > 10.5'
    expect(marked({ kind: 'expression', source }, '{"id":4711,"n":47110,"state":"paid","x":10.5}')).toEqual(['4711', 'paid', '10.5']) // oxfmt-ignore
  })

  it('are those of all filters that are combined, and of none that is turned round', () => {
    const of = [
      { kind: 'text', text: 'ab' },
      { kind: 'text', text: 'bcd' },
      { kind: 'not', of: { kind: 'text', text: 'e' } },
    ]
    expect(marked({ kind: 'any', of }, 'abcd e bcd')).toEqual(['ab', 'bcd'])
  })
})
