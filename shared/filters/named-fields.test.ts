import { expect, it } from 'vitest'
import { namedFields } from './named-fields.ts'

it('names the fields that a filter asks for', () => {
  const source = 'value.customer.id == 4711 && (has(headers.retry) || key.shop in ["a"]) && value.items[0].sku.startsWith("A") && value.items.exists(i, i.count > 1)' // oxfmt-ignore
  expect(
    namedFields({
      kind: 'all',
      of: [
        { kind: 'text', text: 'a', matchCase: false, wholeWord: false, in: ['key'] },
        { kind: 'expression', source },
      ],
    }),
  ).toEqual([
    // oxfmt-ignore
    { part: 'value', path: ['customer', 'id'] },
    { part: 'header', path: ['retry'] },
    { part: 'key', path: ['shop'] },
    { part: 'value', path: ['items', 0, 'sku'] },
    { part: 'value', path: ['items'] },
  ])
  expect(namedFields({ kind: 'expression', source: 'value.a ==' })).toEqual([])
  expect(namedFields({ kind: 'not', of: { kind: 'expression', source: 'value.a == 1' } })).toEqual([])
})
