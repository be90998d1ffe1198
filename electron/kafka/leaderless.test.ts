import { expect, it } from 'vitest'
import type { KafkaCluster } from './cluster.ts'
import { brokers, leaderless } from './leaderless.ts'

const why = (replicas: number[], alive: number[], details = {}) => {
  const partition = { partition: 3, leader: null, leaderEpoch: 1, replicas, inSync: [], offline: [] }
  const info = { brokers: alive.map((nodeId) => ({ nodeId })) }
  const cluster = { partition: () => partition, info: () => info } as unknown as KafkaCluster
  return leaderless(cluster, { topic: 'orders', partition: 3 }, details)
}

it('says which brokers are down where a partition has no leader because of them', () => {
  expect(why([2], [1, 3]).message).toBe('orders[3]: broker 2, which has its only replica, is down.')
  expect(why([3, 2], [1]).message).toBe('orders[3]: brokers 2 and 3, which have its replicas, are down.')
  expect(why([1, 2], [1, 3])).toMatchObject({
    code: 'kafka.no-leader',
    message: 'orders[3]: broker 2 is down, and what broker 1 has of it was not in sync.',
    hint: 'It can be read and written again once broker 2 runs.',
    retryable: true,
    details: { topic: 'orders', partition: 3, down: [2], kafkaCode: 5 },
  })
  expect(why([4, 1, 5], [1, 2, 3]).message).toContain('brokers 4 and 5 are down, and what broker 1 has')
})

it('claims no broker to be down while all that have it live', () => {
  expect(why([1, 2], [1, 2, 3], { sent: false })).toMatchObject({
    message: 'orders[3]: the partition has no leader at the moment.',
    details: { sent: false },
  })
})

it('lists brokers as one says it', () => {
  expect([brokers([3]), brokers([3, 1]), brokers([10, 9, 2])]).toEqual([
    'broker 3',
    'brokers 1 and 3',
    'brokers 2, 9 and 10',
  ])
})
