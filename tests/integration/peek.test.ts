import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// The record that a group would read next from a position, judged by what kcat reads from there.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let wire: WireClient

beforeAll(async () => {
  const kafka = await sharedKafka()
  ;({ bootstrap, tools } = kafka)
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

async function peek(
  positions: { topic: string; partition: number; offset: bigint; topicId?: string }[],
): Promise<NextForGroup[]> {
  const { items } = await app.call('offsets.peek', { connectionId: id, positions })
  expect(items.map(({ topic, partition, offset }) => ({ topic, partition, offset }))).toEqual(
    positions.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
  )
  return items.map((item) => item.next)
}

const record = (key: string | null, timestamp: bigint) => ({
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from('value'),
  headers: [],
})

const asText = {
  encoding: 'UTF-8',
  form: 'text',
  attempts: [{ encoding: 'JSON', reason: 'it begins with none of { [ "' }],
}

describe('the next record of a position', () => {
  it('is the one kcat reads first from there, for many partitions and several positions of one', async () => {
    const topic = uniqueName('next')
    await wire.createTopic(topic, 3, { 'retention.ms': '-1' })
    for (const partition of [0, 1, 2]) {
      const records = Array.from({ length: 40 }, (_, i) =>
        record(i % 5 === 0 ? null : `${partition}/${i}`.padEnd(i === 7 ? 500 : 0, '.'), 1_700_000_000_000n + BigInt(i)),
      )
      await wire.produce(topic, partition, writeBatch(records, { codec: 'lz4' }))
    }
    const positions = [0n, 7n, 17n, 17n, 39n].flatMap((offset) =>
      [0, 1, 2].map((partition) => ({ topic, partition, offset })),
    )
    const judge = await kcatConsume(bootstrap, { topic })
    const found = await peek(positions)
    for (const [i, at] of positions.entries()) {
      const first = judge.find((one) => one.partition === at.partition && one.offset >= at.offset)!
      expect(found[i]).toEqual({
        kind: 'record',
        offset: first.offset,
        timestamp: first.timestamp,
        timestampType: 'CreateTime',
        key: first.key === null ? null : new Uint8Array(first.key.subarray(0, 128)),
        keyAs: first.key === null ? null : asText,
        isKeyCut: (first.key?.length ?? 0) > 128,
        keySize: first.key?.length ?? -1,
        valueSize: 5,
        open: false,
        hole: null,
      })
    }
  })

  it('passes markers and aborted records over and counts them; an open one is labelled', async () => {
    const topic = uniqueName('next-tx')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    let baseSequence = 0
    const round = async (keys: string[], end: boolean | null) => {
      await wire.addToTransaction(producer, topic, [0])
      const { producerId, epoch: producerEpoch, transactionalId } = producer
      const records = keys.map((key) => record(key, 1_700_000_000_000n))
      const batch = writeBatch(records, { producerId, producerEpoch, baseSequence, transactional: true })
      await wire.produce(topic, 0, batch, transactionalId ?? undefined)
      baseSequence += keys.length
      if (end !== null) await wire.endTransaction(producer, end)
    }
    await round(['a', 'b'], true) // 0, 1, marker 2
    await round(['c', 'd', 'e'], false) // 3 to 5, marker 6
    await round(['f'], true) // 7, marker 8
    await round(['g'], null) // 9
    const judge = await kcatConsume(bootstrap, { topic })
    const offsets = Array.from({ length: 11 }, (_, i) => BigInt(i))
    const found = await peek(offsets.map((offset) => ({ topic, partition: 0, offset })))
    for (const offset of offsets.slice(0, 8)) {
      const first = judge.find((one) => one.offset >= offset)!
      expect(found[Number(offset)]).toMatchObject({ kind: 'record', offset: first.offset, open: false })
    }
    expect(found[2]).toMatchObject({ hole: { first: 2n, last: 6n, markers: 2n, aborted: 3n } })
    expect(found[8]).toMatchObject({ kind: 'record', offset: 9n, open: true, hole: { markers: 1n } })
    expect(found[10]).toMatchObject({ kind: 'none', why: 'at-end' })
    await wire.endTransaction(producer, false)
    // The coordinator answers first and writes the marker then.
    await untilHolds('the marker is written', async () =>
      expect((await peek([{ topic, partition: 0, offset: 8n }]))[0]).toMatchObject({
        kind: 'none',
        why: 'nothing-visible',
        hole: { markers: 2n, aborted: 1n },
      }),
    )
  })

  it('says why there is none, each by itself: out of range, unknown, created again', async () => {
    const topic = uniqueName('next-none')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    await wire.produce(topic, 0, writeBatch([record('a', 1n), record('b', 2n), record('c', 3n)]))
    await wire.deleteRecords(topic, 0, 2n)
    const nowhere = uniqueName('nowhere')
    const found = await peek([
      { topic, partition: 0, offset: 0n },
      { topic, partition: 0, offset: -1n },
      { topic, partition: 0, offset: 3n },
      { topic, partition: 0, offset: 4n },
      { topic, partition: 7, offset: 0n },
      { topic: nowhere, partition: 0, offset: 0n },
      { topic, partition: 0, offset: 2n, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' },
      { topic, partition: 0, offset: 2n },
    ])
    expect(found).toMatchObject([
      { kind: 'none', why: 'before-log-start' },
      { kind: 'none', why: 'before-log-start' },
      { kind: 'none', why: 'at-end' },
      { kind: 'none', why: 'past-end' },
      { kind: 'failed', error: { code: 'kafka.partition-unknown' } },
      { kind: 'failed', error: { code: 'kafka.topic-unknown' } },
      { kind: 'failed', error: { code: 'kafka.topic-recreated' } },
      { kind: 'record', offset: 2n },
    ])
    // It was looked for, not created.
    expect((await tools.topics('--list')).stdout).not.toContain(nowhere)
  })

  it('can be cancelled', async () => {
    const topic = uniqueName('next-cancel')
    await wire.createTopic(topic, 1)
    await wire.produce(topic, 0, writeBatch([record('a', 1n)]))
    const positions = [{ topic, partition: 0, offset: 0n }]
    const abort = new AbortController()
    const call = app.call('offsets.peek', { connectionId: id, positions }, { signal: abort.signal })
    abort.abort()
    await expect(call).rejects.toMatchObject({ code: 'call.cancelled' })
  })
})
