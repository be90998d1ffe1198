import { expect, it } from 'vitest'
import { commands } from '#shared/commands.ts'
import { best } from './palette-search.ts'

it.each([
  ['reset', 'record.move'],
  ['seek', 'record.move'],
  ['produce', 'go.produce'],
  ['search', 'view.find'],
  ['lag', 'go.groups'],
])('the palette finds what people call %s', (word, id) => {
  expect(best(commands, ({ title, words = '' }) => `${title} ${words}`, word, 1)[0]?.id).toBe(id)
})
