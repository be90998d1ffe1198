import { SeeklineError } from '#shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { inTime, settled } from '../../tests/support/wait-for.ts'
import type { KafkaCluster } from './cluster.ts'
import { type Answer, askLeaders, type Located } from './routing.ts'

interface Item {
  topic: string
  partition: number
}

/** Three partitions; leaders as in `leaders`; a refresh moves to the next row. */
function fakeCluster(leaders: (number | null)[][]): { cluster: KafkaCluster; refreshes: () => number } {
  let row = 0
  let refreshes = 0
  const known = { name: 't', topicId: 'id', internal: false, errorCode: 0, partitions: [0, 1, 2] }
  const cluster = {
    topic: (name: string) => (name === 't' ? known : undefined),
    partition: (name: string, partition: number) =>
      name === 't' && partition < 3
        ? { partition, leader: leaders[row]![partition], leaderEpoch: row, replicas: [1, 4], inSync: [], offline: [] }
        : undefined,
    info: () => ({ brokers: [1, 2, 3].map((nodeId) => ({ nodeId })) }),
    refresh: async ({ topics }: { topics: string[] }) => {
      if (topics.length === 0) return
      refreshes++
      row = Math.min(row + 1, leaders.length - 1)
    },
  }
  return { cluster: cluster as unknown as KafkaCluster, refreshes: () => refreshes }
}
const items = [0, 1, 2].map((partition) => ({ topic: 't', partition }))
const fine = (located: Located<Item>[], value = 'v'): Answer<Item, string>[] =>
  located.map(({ item }) => ({ item, errorCode: 0, value }))

describe('asking the leaders', () => {
  it('asks each once, with the epoch known, and keeps the order', async () => {
    const asked: [number, number[]][] = []
    const { cluster } = fakeCluster([[1, 2, 1]])
    const answers = await askLeaders(cluster, items, async (node, located) => {
      asked.push([node, located.map((l) => l.item.partition)])
      expect(located.every((l) => l.leaderEpoch === 0 && l.topicId === 'id')).toBe(true)
      return fine(located, `from ${node}`)
    })
    expect(asked).toEqual([
      [1, [0, 2]],
      [2, [1]],
    ])
    expect(answers.map((a) => a.outcome)).toEqual(['from 1', 'from 2', 'from 1'].map((value) => ({ ok: true, value })))
  })

  it('refreshes and asks the new leader, only for what failed', async () => {
    const asked: [number, number[]][] = []
    const { cluster, refreshes } = fakeCluster([
      [1, 1, null],
      [1, 2, 3],
    ])
    const answers = await askLeaders<Item, string>(cluster, items, async (node, located) => {
      asked.push([node, located.map((l) => l.item.partition)])
      return fine(located).map((a) => (node === 1 && a.item.partition === 1 ? { ...a, errorCode: 6 } : a))
    })
    expect(answers.every((a) => a.outcome.ok)).toBe(true)
    expect(asked).toEqual([
      [1, [0, 1]],
      [3, [2]],
      [2, [1]],
    ])
    expect(refreshes()).toBe(1)
  })

  it('keeps final errors per partition beside the values', async () => {
    const { cluster } = fakeCluster([[1, 1, 1]])
    const answers = await askLeaders<Item, string>(
      cluster,
      [...items, { topic: 't', partition: 9 }, { topic: 'gone', partition: 0 }],
      async (_node, located) => fine(located).map((a) => (a.item.partition === 2 ? { ...a, errorCode: 29 } : a)),
    )
    expect(answers.map((a) => (a.outcome.ok ? 'ok' : a.outcome.error.code))).toEqual([
      'ok',
      'ok',
      'kafka.unauthorised',
      'kafka.partition-unknown',
      'kafka.topic-unknown',
    ])
  })

  it('tries a lost connection again when reading, but never sends a change twice', async () => {
    let calls = 0
    const lost = async (): Promise<Answer<Item, string>[]> => {
      calls++
      throw new SeeklineError('connect.lost', 'lost', { retryable: true, details: { sent: true } })
    }
    const { cluster } = fakeCluster([[1, 1, 1]])
    const write = await askLeaders(cluster, items, lost, { write: true })
    expect(calls).toBe(1)
    expect(write.every((a) => !a.outcome.ok && a.outcome.error.details?.['sent'] === true)).toBe(true)
    calls = 0
    const read = await askLeaders(cluster, items, async (_n, located) =>
      calls === 0 ? lost() : (calls++, fine(located)),
    )
    expect(read.every((a) => a.outcome.ok)).toBe(true)
    expect(calls).toBe(2)
  })

  it('leaves open whether a change was made when the broker says that it timed out', async () => {
    let calls = 0
    const { cluster } = fakeCluster([[1, 1, 1]])
    const answers = await askLeaders<Item, string>(
      cluster,
      items.slice(0, 1),
      async (_node, located) => (calls++, fine(located).map((a) => ({ ...a, errorCode: 7 }))),
      { write: true },
    )
    expect(calls).toBe(1)
    expect(answers[0]!.outcome).toMatchObject({ ok: false, error: { details: { sent: true, kafkaCode: 7 } } })
  })

  it('ends within its time, and at once when cancelled', async () => {
    const { cluster } = fakeCluster([[null, null, null]])
    const asked = askLeaders(cluster, items, async (_n, l) => fine(l), { timeoutMs: 300 })
    const answers = await inTime('the end of its time', asked)
    expect(answers[0]!.outcome).toMatchObject({ ok: false, error: { code: 'kafka.no-leader' } })
    const abort = new AbortController()
    const cancelled = askLeaders(cluster, items, async (_n, l) => fine(l), { signal: abort.signal })
    cancelled.catch(() => undefined)
    await settled()
    abort.abort()
    await expect(inTime('the end by the signal', cancelled)).rejects.toMatchObject({ code: 'call.cancelled' })
  })
})
