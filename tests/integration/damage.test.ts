import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '#shared/model/place.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { rowAt, rowFlags } from '#shared/model/rows.ts'
import { type Hole } from '#shared/model/hole.ts'
import { crc32c } from '../../electron/kafka/records/crc32c.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// Damaged logs, undecided ends, and topics that go away under one's eyes: each is said, and the app goes on.

let kafka: Awaited<ReturnType<typeof sharedKafka>>
let app: TestApp
let id: ConnectionId
let wire: WireClient

beforeAll(async () => {
  kafka = await sharedKafka()
  app = await startApp()
  id = await app.connect(kafka.bootstrap)
  wire = await connectWire(kafka.bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

const record = (i: number) => ({
  timestamp: 1_700_000_000_000n + BigInt(i),
  key: null,
  value: Buffer.from(`value ${i}`),
  headers: [],
})
const batch = (first: number) => writeBatch(Array.from({ length: 10 }, (_, i) => record(first + i)))

/** Three batches of ten; the middle one is then changed on the broker's disk, as a bad disk or memory would. */
async function damaged(change: (batch: Buffer) => void): Promise<string> {
  const topic = uniqueName('damaged')
  await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
  for (const first of [0, 10, 20]) await wire.produce(topic, 0, batch(first))
  const folder = path.join(kafka.dir, 'node-1', 'data', `${topic}-0`)
  const log = path.join(
    folder,
    (await fs.readdir(folder)).find((file) => file.endsWith('.log'))!,
  )
  const bytes = await fs.readFile(log)
  const start = 12 + bytes.readInt32BE(8)
  const end = start + 12 + bytes.readInt32BE(start + 8)
  change(bytes.subarray(start, end))
  // In place: the broker has the file open.
  const file = await fs.open(log, 'r+')
  await file.write(bytes, start, end - start, start)
  await file.close()
  return topic
}

async function browse(topic: string, start: Place = { at: 'log-start' }, show = { aborted: false, open: true }) {
  const rows: { offset: bigint; flags: number }[] = []
  const holes: Hole[] = []
  const done = await app.openStream('messages.browse', { connectionId: id, topic, start, show }, {
    onBatch: (frame) => {
      for (let i = 0; i < frame.count; i++) {
        const { offset, flags } = rowAt(frame, i)
        rows.push({ offset, flags })
      }
      holes.push(...frame.holes.map((one) => one.hole))
    },
  }) // oxfmt-ignore
  return { offsets: rows.map((row) => Number(row.offset)), rows, holes, done }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('a batch on a damaged disk', () => {
  it('with a wrong checksum is shown and marked, forward and backward', async () => {
    const topic = await damaged((bytes) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 0x20, bytes.length - 3))
    for (const start of [{ at: 'log-start' }, { at: 'high-watermark' }] as const) {
      const { rows, offsets } = await browse(topic, start)
      expect(offsets).toEqual(numbers(0, 30))
      const bad = rows.filter((row) => (row.flags & rowFlags.badCrc) !== 0).map((row) => Number(row.offset))
      expect(bad).toEqual(numbers(10, 20))
    }
    const opened = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 12n })
    expect(opened).toMatchObject({ kind: 'record', batch: { crcValid: false } })
    // kcat, told to check, stops before it: what we mark is what other clients refuse.
    const judge = await kcatConsume(kafka.bootstrap, { topic, count: 10, settings: { 'check.crcs': 'true' } })
    expect(judge.map((one) => Number(one.offset))).toEqual(numbers(0, 10))
  })

  it('with a codec nobody knows is a hole with its reason; the records around it are shown', async () => {
    const topic = await damaged((bytes) => {
      bytes.writeInt16BE(7, 21)
      bytes.writeUInt32BE(crc32c(bytes, 21), 17)
    })
    for (const start of [{ at: 'log-start' }, { at: 'high-watermark' }] as const) {
      const { offsets, holes } = await browse(topic, start)
      expect(offsets).toEqual([...numbers(0, 10), ...numbers(20, 30)])
      expect(holes).toMatchObject([
        { first: 10n, last: 19n, corrupt: 10n, problem: expect.stringMatching(/compression type 7/) },
      ])
    }
    const opened = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 12n })
    expect(opened).toMatchObject({
      kind: 'hole',
      hole: { problem: expect.stringMatching(/compression type 7/) },
      next: 20n,
    })
  })

  it('whose records are garbage is a hole with its reason; the records around it are shown', async () => {
    const topic = await damaged((bytes) => {
      bytes.fill(0xff, 61)
      bytes.writeUInt32BE(crc32c(bytes, 21), 17)
    })
    const { offsets, holes } = await browse(topic)
    expect(offsets).toEqual([...numbers(0, 10), ...numbers(20, 30)])
    expect(holes).toMatchObject([{ first: 10n, last: 19n, corrupt: 10n, problem: expect.stringMatching(/\w/) }])
  })
})

describe('a transaction open at the end', () => {
  it('is labelled, left out on request with a count, and shown as what it became', async () => {
    const topic = uniqueName('open')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    await wire.produce(topic, 0, batch(0))
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    await wire.addToTransaction(producer, topic, [0])
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    const open = writeBatch([record(10), record(11)], {
      producerId,
      producerEpoch,
      baseSequence: 0,
      transactional: true,
    })
    await wire.produce(topic, 0, open, transactionalId ?? undefined)

    const all = await browse(topic)
    expect(all.offsets).toEqual(numbers(0, 12))
    expect(all.rows.filter((row) => (row.flags & rowFlags.open) !== 0).map((row) => Number(row.offset))).toEqual([
      10, 11,
    ])
    const stable = await browse(topic, { at: 'log-start' }, { aborted: false, open: false })
    expect(stable.offsets).toEqual((await kcatConsume(kafka.bootstrap, { topic })).map((one) => Number(one.offset)))
    expect(stable.holes).toMatchObject([{ first: 10n, last: 11n, open: 2n }])

    await wire.endTransaction(producer, false)
    // The coordinator answers first and writes the markers then.
    await untilHolds('the marker is written', async () => expect((await browse(topic)).offsets.length).toBe(10))
    const aborted = await browse(topic)
    expect(aborted.offsets).toEqual(numbers(0, 10))
    expect(aborted.holes).toMatchObject([{ first: 10n, last: 12n, aborted: 2n, markers: 1n }])
  })
})

describe('a topic that goes away while it is followed', () => {
  it.each([false, true])('ends the tail with a sentence, and the app goes on; created again: %s', async (again) => {
    const topic = uniqueName('followed')
    await wire.createTopic(topic, 1)
    await wire.produce(topic, 0, batch(0))
    let seen = 0
    const tail = app.openStream(
      'messages.tail',
      { connectionId: id, topic, from: [{ partition: 0, offset: 0n }] },
      { onBatch: (frame) => void (seen += frame.count) },
    )
    const ended = tail.then(
      () => null,
      (error: ErrorValue) => error,
    )
    await untilHolds('all ten', () => expect(seen).toBe(10))
    await wire.deleteTopic(topic)
    if (again) {
      await wire.createTopic(topic, 1)
      await wire.produce(topic, 0, batch(0))
    }
    const error = await ended
    // Between deletion and creation the tail may already have learnt that the topic is gone.
    const codes = again ? ['kafka.topic-recreated', 'kafka.topic-unknown'] : ['kafka.topic-unknown']
    expect(codes).toContain(error?.code)
    expect(error?.message).toContain(topic)
    expect(error?.hint).toMatch(/\w/)
    expect(seen).toBe(10)
    await app.call('topics.list', { connectionId: id })
    const after = await browse(topic).then(
      ({ offsets }) => offsets,
      (thrown: ErrorValue) => thrown.code,
    )
    expect(after).toEqual(again ? numbers(0, 10) : 'kafka.topic-unknown')
  })
})
