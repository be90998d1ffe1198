import { describe, expect, it } from 'vitest'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import { conditionOf, withCondition } from './search-conditions.ts'

describe('a condition made of what a cell shows', () => {
  it('names the field and its value as expressions spell them', () => {
    const customer = { part: 'value' as const, path: ['customer', 'first name'] }
    expect(conditionOf(customer, { kind: 'text', text: 'a "b"' }, true)).toBe(
      'value.customer["first name"] == "a \\"b\\""',
    )
    expect(conditionOf({ part: 'value', path: ['id'] }, { kind: 'integer', text: '9007199254740993' }, false)).toBe('value.id != 9007199254740993') // prettier-ignore
    expect(conditionOf({ part: 'value', path: ['total'] }, { kind: 'float', text: '12' }, true)).toBe(
      'value.total == 12.0',
    )
    expect(conditionOf({ part: 'header', path: ['trace id'] }, { kind: 'text', text: 'x' }, true)).toBe('headers["trace id"] == "x"') // prettier-ignore
    expect(conditionOf({ part: 'key', path: [] }, { kind: 'null', text: '' }, true)).toBe('key == null')
  })

  it('is none of what is cut or has no literal', () => {
    expect(conditionOf({ part: 'value', path: ['a'] }, { kind: 'text', text: 'x'.repeat(250) }, true)).toBeNull()
    expect(conditionOf({ part: 'value', path: ['a'] }, { kind: 'bytes', text: 'ff' }, true)).toBeNull()
  })

  it('is added to an expression so that both have to hold', () => {
    expect(withCondition(' ', 'a == 1')).toBe('a == 1')
    expect(withCondition('value.b', 'value.a == 1')).toBe('value.b && value.a == 1')
    const either = withCondition('value.b == 2 || value.c == 3', 'value.a == 1')
    expect(either).toBe('(value.b == 2 || value.c == 3) && value.a == 1')
    expect(isProblem(compileFilter({ kind: 'expression', source: either }))).toBe(false)
  })
})
