import { expect, it } from 'vitest'
import type { KeptSearch } from '#shared/contract/searches.ts'
import { noTally } from '#shared/model/ledger.ts'
import { changeWords, keptFilterWords, keptShare, onlyTopicOf, requestOfKept, topicsWords } from './kept-search.ts'

const topic = (name: string, covered: bigint, left: bigint) => ({ topic: name, topicId: null, covered, left, ...noTally() }) // oxfmt-ignore
const kept: KeptSearch = {
  search: '0'.repeat(32),
  name: null,
  of: {
    topics: { by: 'names', names: ['orders'] },
    start: { at: 'log-start' },
    end: null,
    filter: { kind: 'expression', source: 'value.id == 7' },
    time: null,
    show: { aborted: false, open: true },
    list: 'matches',
    newestPerKey: false,
    fields: [],
    spreads: [],
  },
  direction: 'backward',
  order: 'newest',
  startedAt: 0,
  changedAt: 0,
  topics: [topic('orders', 40n, 60n)],
  hits: 3,
  bytes: 100,
  stopped: null,
  isRunning: false,
}

it('says of a kept search what it looked for, where, and how far it came', () => {
  expect([topicsWords(kept), keptFilterWords(kept), keptShare(kept)]).toEqual(['orders', 'value.id == 7', 0.4])
  const several = { ...kept, topics: [topic('a', 0n, 0n), topic('b', 0n, 0n)], of: { ...kept.of, filter: null, topics: { by: 'pattern' as const, pattern: '^[ab]$', matchCase: true, internal: false } } } // oxfmt-ignore
  expect([topicsWords(several), keptFilterWords(several), keptShare(several)]).toEqual(['2 topics: ^[ab]$', 'all records', 1]) // oxfmt-ignore
  expect([onlyTopicOf(kept), onlyTopicOf(several)]).toEqual(['orders', undefined])
})

it('is asked for again as it was, with its words in the fields', () => {
  const request = requestOfKept(kept)
  expect(request).toMatchObject({ filter: kept.of.filter, direction: 'backward', by: null, list: 'matches' })
  expect(request.form).toMatchObject({ mode: 'expression', texts: { expression: 'value.id == 7' } })
})

it('tells what has become of its topic', () => {
  expect(changeWords({ what: 'made-anew', topic: 'orders' }).title).toBe('orders was deleted and created again since.')
  expect(changeWords({ what: 'deleted', topic: 'orders', ranges: [{ partition: 0, from: 5n, to: 9n }] }).title).toBe('4 offsets that were left of orders are deleted.') // oxfmt-ignore
})
