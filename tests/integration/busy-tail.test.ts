import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorValue } from '#shared/errors.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'

// Many small batches as fast as the broker takes them: now and then an answer holds records at and above the high watermark
// that it names, because the broker looks that up first. None of them may be missed, and none called damaged.

const records = 20_000
const partitions = 12
let app: TestApp

beforeAll(async () => {
  app = await startApp()
})

afterAll(async () => app?.close())

it('follows a busy topic without losing a record of it', async () => {
  const { bootstrap, tools } = await sharedKafka()
  const topic = uniqueName('busy')
  await tools.createTopic(topic, partitions)
  const id = await app.connect(bootstrap)
  const stop = new AbortController()
  const offsets = Array.from({ length: partitions }, () => [] as bigint[])
  let rows = 0
  let trouble: ErrorValue | null = null
  const from = offsets.map((_, partition) => ({ partition, offset: 0n }))
  await new Promise<void>((resolve, reject) => {
    const tail = app.openStream(
      'messages.tail',
      { connectionId: id, topic, from },
      {
        signal: stop.signal,
        onBatch: (frame) => {
          for (let row = 0; row < frame.count; row++) offsets[frame.partition[row]!]!.push(frame.offset[row]!)
          rows += frame.count
          if (rows >= records) resolve()
        },
        onProgress: ({ waiting }) => {
          trouble = waiting
          if (waiting?.code === 'records.corrupt') reject(new Error(waiting.message))
        },
      },
    )
    tail.catch(reject)
    tools.producerPerformance(topic, records, 100, { 'linger.ms': '0', acks: '1', 'batch.size': '1' }).catch(reject)
  }).finally(() => stop.abort())
  expect(trouble).toBeNull()
  expect(rows).toBe(records)
  for (const found of offsets) expect(found).toEqual(found.map((_, i) => BigInt(i)))
})

it('follows two thousand records a second by a filter, complete, and knows how many it looked at', async () => {
  const { bootstrap, tools } = await sharedKafka()
  const topic = uniqueName('busy-filter')
  await tools.createTopic(topic, 3)
  const id = await app.connect(bootstrap)
  const stop = new AbortController()
  const seconds = 10
  const wanted = 2_000 * seconds
  const found: string[] = []
  let looked = 0n
  let frames = 0
  const from = [0, 1, 2].map((partition) => ({ partition, offset: 0n }))
  const filter = { kind: 'expression', source: 'offset % 100 == 7' } as const
  const all = Promise.withResolvers<void>()
  const tail = app.openStream('messages.tail', { connectionId: id, topic, from, filter }, {
    signal: stop.signal,
    onBatch: (frame) => {
      frames += 1
      expect(frame.holes).toEqual([])
      for (let row = 0; row < frame.count; row++) found.push(`${frame.partition[row]}/${frame.offset[row]}`)
    },
    onProgress: (progress) => {
      looked = progress.looked
      if (looked >= BigInt(wanted)) all.resolve()
    },
  })
  tail.catch(all.reject)
  tools.producerPerformance(topic, wanted, 200, { acks: '1' }, 2_000).catch(all.reject)
  try {
    await all.promise
    const ends = await tools.offsets(topic)
    const judge = [...ends].flatMap(([partition, end]) => Array.from({ length: Number(end) }, (_, offset) => offset).filter((offset) => offset % 100 === 7).map((offset) => `${partition}/${offset}`))
    // How many were looked at is told apart from the rows, and may come first.
    await untilHolds('each match, and no other', () => expect(found.toSorted()).toEqual(judge.toSorted()))
  } finally {
    stop.abort()
  }
  expect((await tail).reason).toBe('cancelled')
  expect(looked).toBe(BigInt(wanted))
  // Ten a second at most, however many records come.
  expect(frames).toBeLessThan(found.length)
}) // oxfmt-ignore
