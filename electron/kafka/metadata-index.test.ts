import { expect, it } from 'vitest'
import { MetadataIndex } from './metadata-index.ts'
import type { MetadataResponse, MetadataTopic } from './protocol/metadata.ts'
import { cpuMs } from '../../tests/support/measure.ts'

const topic = (name: string, topicId: string, leaderEpoch = 0, leader = 1, errorCode = 0): MetadataTopic => ({
  errorCode,
  name,
  topicId,
  internal: false,
  rights: null,
  partitions: [1, 0].map((partition) => ({
    errorCode: 0,
    partition,
    leader,
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

it('drops a topic that a full answer no longer lists, but not from an answer about others', () => {
  const index = new MetadataIndex()
  index.apply(answer(topic('a', 'A'), topic('b', 'B')), true)
  index.apply(answer(topic('b', 'B')), false)
  expect([...index.topics.keys()]).toEqual(['a', 'b'])
  index.apply(answer(topic('b', 'B')), true)
  expect([...index.topics.keys()]).toEqual(['b'])
  expect(index.topicById('A')).toBeUndefined()
  index.apply(answer(topic('b', 'B', 0, 1, 3)), false)
  expect(index.topics.size).toBe(0)
})

it('keeps the newer leader when a broker that lags behind answers, unless the topic was made anew', () => {
  const index = new MetadataIndex()
  index.apply(answer(topic('a', 'A', 5, 2)), true)
  index.apply(answer(topic('a', 'A', 4, 1)), true)
  expect(index.partition('a', 0)).toMatchObject({ leader: 2, leaderEpoch: 5 })
  index.apply(answer(topic('a', 'A2', 0, 1)), true)
  expect(index.partition('a', 0)).toMatchObject({ leader: 1, leaderEpoch: 0 })
  expect(index.topicById('A')).toBeUndefined()
  expect(index.topicById('A2')?.name).toBe('a')
})

it('sorts partitions and says when there is no leader', () => {
  const index = new MetadataIndex()
  index.apply(answer(topic('a', 'A', 1, -1)), true)
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
  const spent = await cpuMs(() => {
    index.apply(answer(...many), true)
    index.apply(answer(...many), true)
    for (let i = 0; i < 5_000; i++) expect(index.partition(`t${i}`, 9)?.partition).toBe(9)
  })
  expect(spent).toBeLessThan(2_000)
})
