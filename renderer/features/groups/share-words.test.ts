import { expect, it } from 'vitest'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ShareState } from '#shared/model/share-state.ts'
import { inFlightTitle, inFlightWords, inState, whyNoneKnown } from './share-words.ts'

const known: ShareState = { kind: 'known', startOffset: 10n, end: 42n, acknowledged: 3n, archived: 2n, available: 17n, unwritten: 10n, mostDeliveries: 5, stretches: [], more: 0, writtenAt: 1n } // oxfmt-ignore
const unknown: ShareState = { kind: 'unknown', why: 'No right to read it.' }

it('says what is in flight as far as it is written, and never counts what only brokers know', () => {
  expect(inFlightWords(known)).toMatchObject({ text: '10–41', title: expect.stringContaining('10 of these offsets have none: they are acquired now, or not delivered yet.') }) // oxfmt-ignore
  expect(inFlightWords({ ...known, end: 10n })).toMatchObject({ text: 'none' })
  expect(inFlightWords(unknown)).toMatchObject({ text: 'not known', title: 'No right to read it.' })
  expect([inFlightWords({ kind: 'none' }), inFlightWords(undefined), inState(unknown, 'archived')]).toEqual([null, null, null]) // oxfmt-ignore
})

it('says of which of them the table is', () => {
  const at = (partition: number) => ({ topicId: 'id', partition }) as GroupPosition
  expect(inFlightTitle(1, [at(0)], new Map([['0/orders', known]]))).toBe('1 stretch of records in flight, as written in __share_group_state') // oxfmt-ignore
  const many = Array.from({ length: 401 }, (_, i) => at(i))
  expect(inFlightTitle(200, many, new Map([['0/orders', { ...known, more: 100 }]]))).toBe('The first 200 of 300 stretches of records in flight of the first 400 partitions, as written in __share_group_state') // oxfmt-ignore
})

it('says why nothing is known only where nothing is', () => {
  expect(whyNoneKnown([unknown, unknown])).toBe('No right to read it.')
  expect(whyNoneKnown([unknown, known])).toBeUndefined()
  expect(whyNoneKnown([])).toBeUndefined()
})
