import { expect, it, vi } from 'vitest'
import type { Place } from '#shared/model/place.ts'
import type { KafkaCluster } from './cluster.ts'
import type { ListOffsetsRequest } from './protocol/list-offsets.ts'
import { findPlace } from './resolve-places.ts'

const log = { logStart: 100n, lastStable: 190n, highWatermark: 200n }
const partitions = [0, 1, 2].map((partition) => ({ topic: 'orders', partition }))

/** Leaders that answer for a time: partition 0 has a record that new, 1 has none, 2 is in trouble. */
function clusterOf(asked: bigint[]) {
  const cluster = {
    topic: () => ({ topicId: 'id', errorCode: 0 }),
    partition: (_topic: string, partition: number) => ({ partition, leader: 1, leaderEpoch: 0 }),
    refresh: async () => undefined,
    call: async (_node: number, _api: unknown, request: ListOffsetsRequest) => ({
      throttleTimeMs: 0,
      topics: request.topics.map(({ topic, partitions: list }) => ({
        topic,
        partitions: list.map(({ partition, timestamp }) => {
          asked.push(timestamp)
          const offset = partition === 0 ? 150n : -1n
          return { partition, errorCode: partition === 2 ? 29 : 0, offset, timestamp, leaderEpoch: 0 }
        }),
      })),
    }),
  }
  return cluster as unknown as KafkaCluster
}

async function found(place: Place, asked: bigint[] = []) {
  const find = await findPlace(
    { cluster: clusterOf(asked), reader: { rawBatches: expect.unreachable as never } },
    place,
    partitions,
  )
  return partitions.map((at) => find(at, log))
}

it.each<[Place, bigint]>([
  [{ at: 'log-start' }, 100n],
  [{ at: 'last-stable' }, 190n],
  [{ at: 'high-watermark' }, 200n],
  // Beyond the log it is told as it was given: whoever asked clamps, refuses or counts.
  [{ at: 'offset', offset: 999n }, 999n],
])('%o is where the edges say, and asks nobody', async (place, offset) => {
  const asked: bigint[] = []
  expect(await found(place, asked)).toEqual(Array(3).fill({ offset }))
  expect(asked).toEqual([])
})

it('finds offsets of named partitions, with a topic or of whichever is asked about', async () => {
  const offsets = [
    { topic: 'orders', partition: 0, offset: 1n },
    { topic: 'payments', partition: 1, offset: 2n },
    { partition: 2, offset: 3n },
  ]
  expect(await found({ at: 'offsets', offsets })).toEqual([
    { offset: 1n },
    { missing: { why: 'not-named' } },
    { offset: 3n },
  ])
})

it('finds a time per partition, and says where no record is that new or the leader refuses', async () => {
  expect(await found({ at: 'timestamp', timestamp: 5n })).toMatchObject([
    { offset: 150n },
    { missing: { why: 'none-that-new' } },
    { missing: { why: 'failed', error: { code: 'kafka.unauthorised' } } },
  ])
  await expect(found({ at: 'timestamp', timestamp: -1n })).rejects.toMatchObject({ code: 'call.invalid' })
})

it('counts a time ago back from now, and never to before 1970', async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const asked: bigint[] = []
  await found({ at: 'ago', ms: 60_000n }, asked)
  await found({ at: 'ago', ms: 9_000_000n }, asked)
  vi.useRealTimers()
  expect([...new Set(asked)]).toEqual([940_000n, 0n])
})
