import { afterEach, expect, it } from 'vitest'
import { settled, until } from '../../tests/support/wait-for.ts'
import type { FetchRequest, FetchResponse } from './protocol/fetch.ts'
import { createReader, type ColumnEvent } from './log-reader.ts'
import type { LogSource } from './reading/source.ts'
import { writeBatch } from './records/batch-writer.ts'
import { decodeWorkerUrl } from './workers/entry-url.ts'
import { createDecodePool, type DecodePool } from './workers/pool.ts'

// Workers that die of some records, or never come back from them.

let pool: DecodePool

afterEach(async () => pool.close())

const POISON = 'poison'
const batch = (value: string) =>
  writeBatch(Array.from({ length: 10 }, () => ({ timestamp: 1n, key: null, value: Buffer.from(value), headers: [] })))

/** Three partitions of ten records on one broker; those of partition 1 are poison. */
const source: LogSource = {
  topic: async () => ({
    topicId: 'id',
    partitions: new Map([0, 1, 2].map((partition) => [partition, { leader: 1, leaderEpoch: 0 }])),
  }),
  fetch: async (_node, _channel, request: FetchRequest): Promise<FetchResponse> => ({
    throttleTimeMs: 0,
    errorCode: 0,
    nodeEndpoints: [],
    topics: request.topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId: topicId ?? null,
      partitions: partitions.map(({ partition }) => ({
        partition,
        errorCode: 0,
        highWatermark: 10n,
        lastStableOffset: 10n,
        logStartOffset: 0n,
        abortedTransactions: null,
        preferredReadReplica: -1,
        diverging: null,
        currentLeader: null,
        records: batch(partition === 1 ? POISON : 'good'),
      })),
    })),
  }),
  bounds: async () => new Map(),
  localStart: async () => new Map(),
}

/** The real decoder, behind one that does something else with poison. */
const deadly = (act: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads'
      const on = parentPort.on.bind(parentPort)
      parentPort.on = (name, handler) =>
        on(name, (message) => {
          if (Buffer.from(message.task.buffer).includes('${POISON}')) ${act}
          handler(message)
        })
      await import('${decodeWorkerUrl().href}')
    `)}`,
  )

const deaths = {
  // Asleep, for a loop would take a core for all of its time; `pool.test.ts` ends one of those.
  'never ends': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  // In small steps: a list that grows by more than Node's 16 MB of leeway at once has ended the whole process, once in many runs.
  'takes more memory than it may': 'for (let all = null; ;) all = { all }',
}

it.each(Object.entries(deaths))('names the offsets of records whose decoding %s; the others go on', async (_, act) => {
  pool = createDecodePool({ size: 1, entry: deadly(act), limitSeconds: 5, limitMegabytes: 32 })
  const reader = createReader(source, pool)
  const ranges = [0, 1, 2].map((partition) => ({ partition, from: 0n, to: 10n }))
  const events: ColumnEvent[] = []
  for await (const event of reader.columns({ topic: 'orders', ranges })) events.push(event)
  const rows = events.flatMap((e) => (e.kind === 'rows' ? [[e.partition, e.columns.count]] : []))
  expect(rows.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
    [0, 10],
    [2, 10],
  ])
  expect(events.filter((e) => e.kind === 'failed')).toMatchObject([
    {
      partition: 1,
      next: 0n,
      error: { code: 'worker.crashed', details: { topic: 'orders', partition: 1, from: 0n, next: 10n } },
    },
  ])
  expect(events.flatMap((e) => (e.kind === 'end' ? [e.partition] : [])).toSorted((a, b) => a - b)).toEqual([0, 2])
  // One that is opened alone, too; and the pool has a worker again.
  await expect(reader.one('orders', 1, 3n)).rejects.toMatchObject({
    message: expect.stringContaining('offsets 3 to 9'),
  })
  expect((await reader.one('orders', 2, 3n)).decoded).toMatchObject({ kind: 'record', offset: 3n })
})

it('begins a time limit once a worker can decode, or cannot be started; not before', async () => {
  const gated = `data:text/javascript,${encodeURIComponent(`
    new BroadcastChannel('go').onmessage = () => import('${decodeWorkerUrl().href}')
  `)}`
  pool = createDecodePool({ size: 1, entry: new URL(gated) })
  const reader = createReader(source, pool)
  const going = new AbortController()
  let limit: AbortSignal | undefined
  const begun = reader.timeLimit(1, going.signal).then((signal) => (limit = signal))
  const given = reader.timeLimit(1, going.signal)
  await settled()
  expect(limit).toBeUndefined()
  // Whoever stops waiting does not wait for the worker.
  const other = new AbortController()
  const cancelled = reader.timeLimit(1, other.signal)
  other.abort()
  await expect(cancelled).rejects.toMatchObject({ code: 'call.cancelled' })
  const channel = new BroadcastChannel('go')
  await until('the worker is loaded', () => (channel.postMessage('go'), limit))
  channel.close()
  await Promise.all([begun, given])
  await until('it is over', () => limit?.aborted)
  await pool.close()
  pool = createDecodePool({ size: 1, entry: new URL('data:text/javascript,process.exit(7)') })
  expect(await createReader(source, pool).timeLimit(60_000, going.signal)).toMatchObject({ aborted: false })
})
