import { describe, expect, it } from 'vitest'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import { conditionOf, presenceOf, withCondition } from './search-conditions.ts'
import { emptySearch, filterOf, formOfFilter, type SearchForm } from './search-form.ts'

describe('a condition made of what a cell shows', () => {
  it('names the field and its value as expressions spell them', () => {
    const customer = { part: 'value' as const, path: ['customer', 'first name'] }
    expect(conditionOf(customer, { kind: 'text', text: 'a "b"' }, true)).toBe(
      'value.customer["first name"] == "a \\"b\\""',
    )
    expect(conditionOf({ part: 'value', path: ['id'] }, { kind: 'integer', text: '9007199254740993' }, false)).toBe('value.id != 9007199254740993') // oxfmt-ignore
    expect(conditionOf({ part: 'value', path: ['total'] }, { kind: 'float', text: '12' }, true)).toBe(
      'value.total == 12.0',
    )
    expect(conditionOf({ part: 'header', path: ['trace id'] }, { kind: 'text', text: 'x' }, true)).toBe('headers["trace id"] == "x"') // oxfmt-ignore
    expect(conditionOf({ part: 'key', path: [] }, { kind: 'null', text: '' }, true)).toBe('key == null')
  })

  it('is none of what is cut or has no literal', () => {
    expect(conditionOf({ part: 'value', path: ['a'] }, { kind: 'text', text: 'x'.repeat(250) }, true)).toBeNull()
    expect(conditionOf({ part: 'value', path: ['a'] }, { kind: 'bytes', text: 'ff' }, true)).toBeNull()
  })

  it('spells decimals, and what is written out as it is meant', () => {
    const total = { part: 'value' as const, path: ['total'] }
    expect(conditionOf(total, { kind: 'decimal', text: '129.90' }, true)).toBe('value.total == 129.90')
    expect(conditionOf(total, { kind: 'decimal', text: '12' }, true)).toBe('value.total == 12.0')
    expect(conditionOf(total, { kind: 'meant', text: '2026-11-28T10:00:00Z' }, true)).toBe('value.total == "2026-11-28T10:00:00Z"') // oxfmt-ignore
  })

  it('takes of headers what an expression sees of them: their text', () => {
    expect(conditionOf({ part: 'header', path: ['a', 'b'] }, { kind: 'text', text: 'x' }, true)).toBeNull()
    expect(conditionOf({ part: 'header', path: ['a'] }, { kind: 'meant', text: '7' }, true)).toBeNull()
    expect(presenceOf({ part: 'header', path: ['trace id'] })).toBe('("trace id" in headers)')
    expect(presenceOf({ part: 'value', path: ['a', 'b'] })).toBe('has(value.a.b)')
    expect(presenceOf({ part: 'value', path: ['a', 0] })).toBeNull()
    for (const source of ['"trace id" in headers', 'has(value.a.b)', 'value.total == 129.90'])
      expect(isProblem(compileFilter({ kind: 'expression', source }))).toBe(false)
  })

  it('is added to an expression so that both have to hold', () => {
    const expressed = (expression: string): SearchForm => ({ ...emptySearch, mode: 'expression', texts: { ...emptySearch.texts, expression } }) // oxfmt-ignore
    const added = (before: string) => withCondition(expressed(before), 'value.a == 1').texts?.expression
    expect(added(' ')).toBe('value.a == 1')
    expect(added('value.b')).toBe('value.b && value.a == 1')
    const either = added('value.b == 2 || value.c == 3')!
    expect(either).toBe('(value.b == 2 || value.c == 3) && value.a == 1')
    expect(isProblem(compileFilter({ kind: 'expression', source: either }))).toBe(false)
  })

  it('stands beside words and patterns, which stay', () => {
    const words: SearchForm = { ...emptySearch, texts: { ...emptySearch.texts, text: '4711' } }
    const narrowed = { ...words, ...withCondition(words, 'value.a == 1') }
    expect(narrowed).toEqual({ ...words, conditions: ['value.a == 1'] })
    expect({ ...narrowed, ...withCondition(narrowed, 'value.a == 1') }).toEqual(narrowed)
    expect(formOfFilter(filterOf(narrowed)!)).toMatchObject({ mode: 'text', texts: { text: '4711' }, conditions: ['value.a == 1'] }) // oxfmt-ignore
    expect({ ...emptySearch, ...withCondition(emptySearch, 'value.a == 1') }).toMatchObject({ mode: 'expression', texts: { expression: 'value.a == 1' }, conditions: [] }) // oxfmt-ignore
  })
})
