import { describe, expect, it } from 'vitest'
import { chance, type Chance } from '../../tests/support/hostile-values.ts'
import { compileFilter, isProblem } from './compile.ts'
import { formFacts, formOfSource, formOperators, isForm, sourceOfForm, type FilterForm, type FormField, type FormOperator, type FormRow, type FormValue } from './filter-form.ts' // oxfmt-ignore
import { rounds } from '../../tests/support/rounds.ts'

const odd = ['', 'id', 'first name', 'in', '__proto__', 'a"b\\c', 'ü', '1st', '😀', 'null', 'a.b', '\n\t\u0001', "'", '{}[]', '-', 'has', 'has(value.x)'] // oxfmt-ignore

function randomPath(random: Chance): (string | number)[] {
  return Array.from({ length: 1 + random.below(3) }, () => (random.below(5) === 0 ? random.below(100) : random.pick(odd.filter(Boolean)))) // oxfmt-ignore
}

function randomField(random: Chance, operator: FormOperator): FormField {
  const isPresence = operator === 'is there' || operator === 'is not there'
  switch (isPresence ? 1 + random.below(2) : random.below(4)) {
    case 0:
      return { of: random.pick(Object.keys(formFacts) as (keyof typeof formFacts)[]) }
    case 1:
      return { of: 'headers', path: [random.pick(odd.filter(Boolean))] }
    case 2: {
      const path = randomPath(random)
      return { of: random.pick(['key', 'value'] as const), path: isPresence ? [...path, random.pick(odd.filter(Boolean))] : path } // oxfmt-ignore
    }
    default:
      return { of: random.pick(['key', 'value'] as const), path: [] }
  }
}

function randomValue(random: Chance): FormValue {
  switch (random.below(6)) {
    case 0:
      return { type: 'text', value: random.pick(odd) }
    case 1:
      return { type: 'int', value: random.pick([0n, 1n, -1n, 4711n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 9007199254740993n]) } // oxfmt-ignore
    case 2:
      return {
        type: 'double',
        value: random.pick([0, 1, -1, 0.1, 123.45, -1e21, 1e-7, 5e-324, 1.7976931348623157e308]),
      }
    case 3:
      return { type: 'bool', value: random.below(2) === 0 }
    case 4:
      return { type: 'timestamp', value: '2026-11-28T10:00:00Z' }
    default:
      return { type: 'duration', value: '1h30m' }
  }
}

function randomRow(random: Chance): FormRow {
  const operator = random.pick(Object.keys(formOperators) as FormOperator[])
  const field = randomField(random, operator)
  const takes = formOperators[operator]
  const values =
    takes === 'none'
      ? []
      : takes === 'text'
        ? [{ type: 'text', value: random.pick(odd) } as const]
        : Array.from({ length: takes === 'one' ? 1 : 1 + random.below(4) }, () => randomValue(random))
  return { field, operator, values }
}

describe('a form', () => {
  it('is the expression that it is, both ways, whatever its fields and values are', () => {
    let checked = 0
    for (let seed = 1; seed <= rounds(2_000); seed += 1) {
      const random = chance(seed)
      const rows = Array.from({ length: 1 + random.below(5) }, () => randomRow(random))
      const form: FilterForm = { join: rows.length > 1 && random.below(2) === 0 ? 'any' : 'all', rows }
      const source = sourceOfForm(form)
      const made = compileFilter({ kind: 'expression', source })
      const found = formOfSource(source)
      // Some rows are wrong by their types: an expression says so, and the form says it in its words.
      const wanted = isProblem(made) && made.path.length === 0 && !isForm(found) ? { why: made.message, at: made.at, length: made.length } : form // oxfmt-ignore
      if (wanted === form) checked += 1
      expect([seed, source, found]).toEqual([seed, source, wanted])
    }
    expect(checked).toBeGreaterThan(rounds(700))
  })

  it.each([
    ['value.id == 4711', [['is', 4711n]]],
    ['isNull && !transactional', [['is', true], ['is', false]]],
    ['value.a in ["x", 2]', [['is one of', 'x', 2n]]],
    ['!(value.a in ["x"])', [['is none of', 'x']]],
    ['!has(headers.retry) && (value.b != null)', [['is not there'], ['is not null']]],
    ['(value.a == 1 && value.b == 2) && (value.c == 3)', [['is', 1n], ['is', 2n], ['is', 3n]]],
    ['"first name" in value', [['is there']]],
  ])('is read of %s', (source, rows) => {
    const form = formOfSource(source)
    expect(isForm(form) && form.rows.map(({ operator, values }) => [operator, ...values.map(({ value }) => value)])).toEqual(rows) // oxfmt-ignore
  }) // oxfmt-ignore

  it.each([
    ['value.a == 1 || value.b == 2 && value.c == 3', 16, 28],
    ['value.items.exists(i, i.n > 4)', 0, 30],
    ['value.a == 1 && value.b == value.c', 16, 18],
    // An item of a list may be meant.
    ['"x" in value.tags', 0, 17],
    ['!(value.a < 3)', 0, 13],
    ['value.a == 1 ? value.b == 2 : value.c == 3', 0, 42],
    ['value.a * 2 > 3', 0, 15],
  ])('is none of %s, which says where', (source, at, length) => {
    expect(formOfSource(source)).toEqual({ why: 'This is no row of field, operator and value.', at, length })
  })

  it('says of what is no expression where it is wrong, and of nothing that it is empty', () => {
    expect(formOfSource('value.id ==')).toMatchObject({ at: 11 })
    expect(formOfSource('  ')).toEqual({ join: 'all', rows: [] })
    expect(sourceOfForm({ join: 'any', rows: [] })).toBe('')
  })
})
