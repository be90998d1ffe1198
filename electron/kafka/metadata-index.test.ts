import { expect, it } from 'vitest'
import { MetadataIndex } from './metadata-index.ts'
import type { MetadataResponse, MetadataTopic } from './protocol/metadata.ts'
import { atOnce } from './protocol/slices.ts'
import { threadMs } from '../../tests/support/measure.ts'

const topic = (name: string, topicId: string, leaderEpoch = 0, leader = 1, errorCode = 0): MetadataTopic => ({
  errorCode,
  name,
  topicId,
  internal: false,
  rights: null,
  partitions: [1, 0].map((partition) => ({
    partition,
    leader: leader < 0 ? null : leader,
    leaderEpoch,
    replicas: [1],
    inSync: [1],
    offline: [],
  })),
})
const answer = (...topics: MetadataTopic[]): MetadataResponse => ({
  throttleTimeMs: 0,
  errorCode: 0,
  brokers: [],
  clusterId: 'c',
  controllerId: 1,
  topics,
})
const namesIn = (index: MetadataIndex): string[] =>
  index.topics
    .slice(0, 100)
    .map(({ name }) => name)
    .toSorted()

it('drops a topic that a full answer no longer lists, but not from an answer about others', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A'), topic('b', 'B')), true))
  atOnce(index.apply(answer(topic('b', 'B')), false))
  expect(namesIn(index)).toEqual(['a', 'b'])
  atOnce(index.apply(answer(topic('b', 'B')), true))
  expect(namesIn(index)).toEqual(['b'])
  atOnce(index.apply(answer(topic('b', 'B', 0, 1, 3)), false))
  expect(index.topics.size).toBe(0)
})

it('keeps the newer leader when a broker that lags behind answers, unless the topic was made anew', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A', 5, 2)), true))
  atOnce(index.apply(answer(topic('a', 'A', 4, 1)), true))
  expect(index.partition('a', 0)).toMatchObject({ leader: 2, leaderEpoch: 5 })
  atOnce(index.apply(answer(topic('a', 'A2', 0, 1)), true))
  expect(index.partition('a', 0)).toMatchObject({ leader: 1, leaderEpoch: 0 })
  expect(index.topic('a')?.topicId).toBe('A2')
})

it('sorts partitions and says when there is no leader', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A', 1, -1)), true))
  expect(index.topic('a')!.partitions.map((p) => [p.partition, p.leader])).toEqual([
    [0, null],
    [1, null],
  ])
  expect(index.partition('a', 2)).toBeUndefined()
})

it('takes and finds 5,000 topics of 10 partitions in no time', async () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({
    ...topic(`t${i}`, `id${i}`),
    partitions: Array.from({ length: 10 }, (__, p) => ({ ...topic('x', 'X').partitions[0]!, partition: p })),
  }))
  const index = new MetadataIndex()
  const spent = threadMs(() => {
    atOnce(index.apply(answer(...many), true))
    atOnce(index.apply(answer(...many), true))
    for (let i = 0; i < 5_000; i++) expect(index.partition(`t${i}`, 9)?.partition).toBe(9)
  })
  expect(spent).toBeLessThan(2_000)
})

it('knows what it knew until a full answer is taken in whole, and keeps what was told meanwhile', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A'), topic('b', 'B')), true))
  const many = Array.from({ length: 2_000 }, (_, i) => topic(`t${i}`, `id${i}`))
  const steps = index.apply(answer(...many), true)
  expect(namesIn(index)).toEqual(['a', 'b'])
  atOnce(index.apply(answer(topic('new', 'N')), false))
  expect(index.topic('new')?.topicId).toBe('N')
  atOnce(steps)
  expect(index.topic('a')).toBeUndefined()
  expect(index.topic('new')?.topicId).toBe('N')
  expect(index.topics.size).toBe(2_001)
})

it('keeps what was told while a full answer was on its way, which may have looked before', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A'), topic('b', 'B')), true))
  const expected = index.expectAll()
  atOnce(index.apply(answer(topic('a', 'A', 0, 1, 3), topic('new', 'N'), topic('brief', 'X')), false))
  atOnce(index.apply(answer(topic('brief', 'X', 0, 1, 3)), false))
  const steps = index.apply(answer(topic('a', 'A'), topic('b', 'B')), true, expected)
  // Taken over later, topic by topic: what is told until then counts too.
  atOnce(index.apply(answer(topic('late', 'L')), false))
  expect(namesIn(index)).toEqual(['b', 'late', 'new'])
  atOnce(steps)
  expect(namesIn(index)).toEqual(['b', 'late', 'new'])
  // The next one began after all that, so it counts alone.
  atOnce(index.apply(answer(topic('b', 'B')), true, index.expectAll()))
  expect(namesIn(index)).toEqual(['b'])
})

it('keeps the newer of a topic that a full answer and another told of meanwhile', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A'), topic('b', 'B')), true))
  const expected = index.expectAll()
  const unready = { ...topic('c', 'C', 0, -1, 5), partitions: [] }
  atOnce(index.apply(answer(topic('a', 'A2', 1, 2), topic('b', 'B', 1, 2), unready), false))
  atOnce(index.apply(answer(topic('a', 'A'), topic('b', 'B', 2, 3), topic('c', 'C')), true, expected))
  expect(index.topic('a')?.topicId).toBe('A2')
  expect(index.topic('c')?.partitions).toHaveLength(2)
  expect(index.partition('b', 0)).toMatchObject({ leader: 3, leaderEpoch: 2 })
})

it('keeps nothing that was told of another cluster, nor for a full answer that never comes', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(topic('a', 'A')), true))
  const expected = index.expectAll()
  atOnce(index.apply(answer(topic('new', 'N')), false))
  atOnce(index.apply({ ...answer(topic('c', 'C')), clusterId: 'next' }, true, expected))
  expect(namesIn(index)).toEqual(['c'])

  const failed = index.expectAll()
  index.expectNoMore(failed)
  atOnce(index.apply({ ...answer(topic('d', 'D')), clusterId: 'next' }, false))
  expect(failed.size).toBe(0)
})

it('gives its topics a page at a time, each once', () => {
  const index = new MetadataIndex()
  atOnce(index.apply(answer(...Array.from({ length: 2_500 }, (_, i) => topic(`t${i}`, `id${i}`))), true))
  const names: string[] = []
  for (let from = 0; from < index.topics.size; from += 1_000) {
    names.push(...index.topics.slice(from, 1_000).map(({ name }) => name))
  }
  expect(new Set(names).size).toBe(2_500)
  expect(names).toHaveLength(2_500)
  expect(index.topics.slice(2_500, 10)).toEqual([])
})
