import { expect, it } from 'vitest'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import type { ListedOffset, ListOffsetsRequest } from '../../kafka/protocol/list-offsets.ts'
import { newestTimestamp } from './source-ranges.ts'

/** A leader that answers ListOffsets for logs given as one timestamp per offset. */
function clusterOf(logs: Record<number, readonly bigint[]>) {
  let requests = 0
  const answer = (partition: number, timestamp: bigint): ListedOffset => {
    const log = logs[partition]!
    const newest = log.reduce((a, b) => (b > a ? b : a), -1n)
    const offset = timestamp === -3n ? log.indexOf(newest) : log.findIndex((time) => time >= timestamp)
    return { partition, errorCode: 0, offset: BigInt(offset), timestamp: log[offset] ?? -1n, leaderEpoch: 0 }
  }
  const cluster = {
    topic: () => ({ topicId: 'id', errorCode: 0 }),
    partition: (_topic: string, partition: number) => ({ partition, leader: 1, leaderEpoch: 0 }),
    refresh: async () => undefined,
    call: async (_node: number, _api: unknown, request: ListOffsetsRequest) => {
      requests++
      const topics = request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, timestamp }) => answer(partition, timestamp)),
      }))
      return { throttleTimeMs: 0, topics }
    },
  }
  return { cluster: cluster as unknown as KafkaCluster, requests: () => requests }
}

const row = (partition: number, to: bigint) => ({ partition, from: 0n, to, offsets: to, openLeftOut: 0n, outside: 0n })
const signal = new AbortController().signal
const day = 86_400_000n

it('finds the newest timestamp before the ends, whatever the order of time in the log', async () => {
  let seed = 7
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 200; round++) {
    const spread = [3, 1_000, 10_000_000][round % 3]!
    const logs = Object.fromEntries(
      [0, 1, 2].map((p) => {
        const times = Array.from({ length: 1 + random(30) }, () => BigInt(random(spread)))
        return [p, round % 2 === 0 ? times.toSorted((a, b) => Number(a - b)) : times]
      }),
    )
    const rows = [0, 1, 2].map((p) => row(p, BigInt(random(logs[p]!.length + 1))))
    const before = rows.flatMap(({ partition, to }) => logs[partition]!.slice(0, Number(to)))
    const expected = before.length === 0 ? null : before.reduce((a, b) => (b > a ? b : a))
    const { cluster } = clusterOf(logs)
    expect(await newestTimestamp(cluster, 't', rows, signal), `round ${round}`).toBe(expected)
  }
})

it('asks all partitions together: their number costs no more requests', async () => {
  const log = Array.from({ length: 1_000 }, (_, i) => 1_700_000_000_000n + (BigInt(i) * 30n * day) / 1_000n)
  const few = clusterOf({ 0: log })
  await newestTimestamp(few.cluster, 't', [row(0, 500n)], signal)
  const many = clusterOf(Object.fromEntries(Array.from({ length: 100 }, (_, p) => [p, log])))
  const rows = Array.from({ length: 100 }, (_, p) => row(p, 500n))
  expect(await newestTimestamp(many.cluster, 't', rows, signal)).toBe(log[499])
  expect(many.requests()).toBe(few.requests())
  expect(few.requests()).toBeLessThan(80)
})
