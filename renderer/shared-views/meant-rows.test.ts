import { expect, it } from 'vitest'
import { meantRows } from './meant-rows.ts'

it('a plan is made of what was chosen: what is filtered out of view makes a choice smaller, never wider', () => {
  const [a, b, c] = [{ key: 'a' }, { key: 'b' }, { key: 'c' }]
  const all = [a, b, c]
  expect(meantRows(all, [b, c], [])).toEqual({ meant: [b, c], isChosen: false })
  expect(meantRows(all, all, ['a', 'c'])).toEqual({ meant: [a, c], isChosen: true })
  expect(meantRows(all, [b, c], ['a', 'c'])).toEqual({ meant: [c], isChosen: true })
  expect(meantRows(all, [b, c], ['a'])).toEqual({ meant: [], isChosen: true })
  expect(meantRows(all, [b, c], ['gone'])).toEqual({ meant: [b, c], isChosen: false })
})
