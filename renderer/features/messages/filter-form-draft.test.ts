import { describe, expect, it } from 'vitest'
import type { SampledField } from '#shared/contract/search.ts'
import {
  draftOf,
  emptyRow,
  fieldOf,
  sourceOfDraft,
  typeOfField,
  type FormDraft,
  type DraftRow,
} from './filter-form-draft.ts'

const row = (part: Partial<DraftRow>): DraftRow => ({ ...emptyRow(), ...part })
const sourceOf = (...rows: Partial<DraftRow>[]) => sourceOfDraft({ join: 'all', rows: rows.map(row) })

describe('rows of a form', () => {
  it('are the expression that they say, as far as they say all', () => {
    expect(
      sourceOf(
        { field: 'value.customer.id', value: '4711', type: 'number' },
        { field: 'total', operator: 'more than', value: '100.5', type: 'number' },
        { field: 'headers.retry', operator: 'is there' },
        { field: 'status', operator: 'is one of', value: 'paid, "a, b"' },
        { field: 'value.paid', value: 'true', type: 'bool' },
        { field: 'timestamp', operator: 'at least', value: '2026-11-28T10:00:00Z', type: 'timestamp' },
      ),
    ).toBe(
      'value.customer.id == 4711 && value.total > 100.5 && has(headers.retry) && value.status in ["paid", "a, b"] && value.paid == true && timestamp >= timestamp("2026-11-28T10:00:00Z")',
    )
    expect(sourceOf({ field: '' }, { field: 'a', value: 'x' }, { field: 'b', value: 'much', type: 'number' })).toBe('value.a == "x"') // oxfmt-ignore
  })

  it('come back from the expression that they are', () => {
    const source =
      'value.status in ["paid", "a, b", "say \\"x\\""] || partition == 3 || value["first name"].contains("A")'
    const draft = draftOf(source) as FormDraft
    expect(draft.join).toBe('any')
    expect(draft.rows.map(({ field, operator, value, type }) => ({ field, operator, value, type }))).toEqual([
      { field: 'value.status', operator: 'is one of', value: 'paid, "a, b", "say \\"x\\""', type: 'text' },
      { field: 'partition', operator: 'is', value: '3', type: 'number' },
      { field: 'value["first name"]', operator: 'contains', value: 'A', type: 'text' },
    ])
    expect(sourceOfDraft(draft)).toBe(source)
  })

  it('are not made of what says more', () => {
    expect(draftOf('value.a == value.b')).toMatchObject({ why: expect.any(String) as string })
    expect((draftOf('') as FormDraft).rows).toHaveLength(1)
  })

  it('name fields as expressions do, or by the name alone', () => {
    expect(fieldOf('customer.id')).toEqual({ of: 'value', path: ['customer', 'id'] })
    expect(fieldOf('first name')).toEqual({ of: 'value', path: ['first name'] })
    expect(fieldOf('key')).toEqual({ of: 'key', path: [] })
    expect(fieldOf('value.a ==')).toBeUndefined()
  })

  it('take values for what the newest records have there', () => {
    const field = (expression: string, types: SampledField['types']): SampledField => ({ expression, types, part: 'value', path: [], count: 1, example: null }) // oxfmt-ignore
    const sampled = [field('value.id', ['null', 'int']), field('value.name', ['string'])]
    expect(typeOfField('id', sampled)).toBe('number')
    expect(typeOfField('value.name', sampled)).toBe('text')
    expect(typeOfField('offset', sampled)).toBe('number')
    expect(typeOfField('value.other', sampled)).toBeUndefined()
  })
})
