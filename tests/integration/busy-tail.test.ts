import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorValue } from '#shared/errors.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// Many small batches as fast as the broker takes them: now and then an answer holds records at and above the high watermark
// that it names, because the broker looks that up first. None of them may be missed, and none called damaged.

const records = 20_000
const partitions = 12
let app: TestApp

beforeAll(async () => {
  app = await startApp()
})

afterAll(async () => app?.close())

it('follows a busy topic without losing a record of it', { timeout: 240_000 }, async () => {
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
