import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UnreadOf } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// What stands unread behind a position, judged by what kcat reads from there.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient

beforeAll(async () => {
  const kafka = await sharedKafka()
  ;({ bootstrap } = kafka)
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

const record = (key: string, timestamp: bigint) => ({
  timestamp,
  key: Buffer.from(key),
  value: Buffer.from('value'),
  headers: [],
})
const unread = async (topic: string, offsets: readonly bigint[]): Promise<UnreadOf[]> => {
  // One call a position: a partition that is asked about twice is counted once.
  const found = await Promise.all(
    offsets.map((offset) =>
      app.call('groups.unread', { connectionId: id, positions: [{ topic, partition: 0, offset }] }),
    ),
  )
  return found.flatMap(({ items }) => items)
}

/** On a busy machine its few seconds may be over before all is read, which it says; asked again it goes on. */
const readWhole = (topic: string, offset: bigint, readable: UnreadOf['readable']['kind']): Promise<UnreadOf> =>
  until(`what is unread from ${offset}`, async () => {
    const [one] = await unread(topic, [offset])
    return one?.readable.kind === readable && one.age.kind !== 'unknown' ? one : undefined
  })

describe('what stands unread', () => {
  it('is counted in records that can be seen, and aged by the first of them', async () => {
    const topic = uniqueName('unread')
    const hour = 3_600_000n
    await wire.createTopic(topic, 1, { 'retention.ms': String(48n * hour) })
    const began = BigInt(Date.now())
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    let baseSequence = 0
    const round = async (keys: string[], hoursAgo: bigint, end: boolean | null) => {
      await wire.addToTransaction(producer, topic, [0])
      const { producerId, epoch: producerEpoch, transactionalId } = producer
      const records = keys.map((key) => record(key, began - hoursAgo * hour))
      const batch = writeBatch(records, { producerId, producerEpoch, baseSequence, transactional: true })
      await wire.produce(topic, 0, batch, transactionalId ?? undefined)
      baseSequence += keys.length
      if (end !== null) await wire.endTransaction(producer, end)
    }
    await round(['a', 'b'], 9n, true) // 0, 1, marker 2
    await round(['c', 'd', 'e'], 8n, false) // 3 to 5, marker 6
    await round(['f'], 7n, true) // 7, marker 8
    await round(['g', 'h'], 6n, null) // 9, 10
    const judge = await kcatConsume(bootstrap, { topic })
    const offsets = Array.from({ length: 12 }, (_, i) => BigInt(i))
    const found: UnreadOf[] = []
    for (const offset of offsets) found.push(await readWhole(topic, offset, 'counted'))
    for (const [i, offset] of offsets.entries()) {
      const seen = judge.filter((one) => one.offset >= offset)
      const passed = 9n - offset - BigInt(seen.length)
      expect(found[i]?.readable, `from ${offset}`).toEqual(
        offset >= 9n
          ? { kind: 'counted', records: 0n, passed: 0n }
          : { kind: 'counted', records: BigInt(seen.length), passed },
      )
      expect(found[i]?.undecided).toBe(11n - (offset > 9n ? offset : 9n))
    }
    expect(found[0]).toMatchObject({
      age: { kind: 'record', offset: 0n, timestamp: began - 9n * hour, timestampType: 'CreateTime' },
      retention: { kind: 'at', at: began + 39n * hour, retentionMs: 48n * hour },
    })
    const { age } = found[2]!
    expect(age.kind === 'record' && age.ageMs! - 7n * hour).toBeGreaterThanOrEqual(0n)
    // At the end there is nothing to be late with.
    expect(found[11]).toMatchObject({ age: { kind: 'nothing' }, retention: { kind: 'never' } })
    await wire.endTransaction(producer, false)
  })

  it('says what is not known: positions outside of the log, no timestamp, more than can be counted', async () => {
    const topic = uniqueName('unread-far')
    await wire.createTopic(topic, 1, { 'cleanup.policy': 'compact' })
    const many = Array.from({ length: 25_000 }, (_, i) => record(`k${i}`, -1n))
    for (let at = 0; at < many.length; at += 5_000) {
      await wire.produce(topic, 0, writeBatch(many.slice(at, at + 5_000), { codec: 'lz4' }))
    }
    const all = await readWhole(topic, 0n, 'at-most')
    const some = await readWhole(topic, 10_000n, 'counted')
    const [past] = await unread(topic, [25_001n])
    expect(all).toMatchObject({
      age: { kind: 'record', offset: 0n, timestamp: -1n, ageMs: null },
      readable: { kind: 'at-most', records: 25_000n },
      retention: { kind: 'never' },
    })
    expect(some.readable).toEqual({ kind: 'counted', records: 15_000n, passed: 0n })
    expect(past).toMatchObject({
      age: { kind: 'unknown', why: expect.stringContaining('past the end') },
      readable: { kind: 'unknown', why: expect.stringContaining('outside of the log') },
      retention: { kind: 'unknown' },
    })
  })

  it('says when retention reaches it at the earliest: the broker deletes it then or later, with all of its segment', async () => {
    const topic = uniqueName('unread-kept')
    const hour = 3_600_000n
    await wire.createTopic(topic, 1, { 'retention.ms': String(hour), 'segment.ms': '1000' })
    const began = BigInt(Date.now())
    // In one segment with a newer record, which holds it back.
    const [old, newer] = [began - hour + 4_000n, began - hour + 6_000n]
    await wire.produce(topic, 0, writeBatch([record('a', old), record('b', newer)], { codec: 'none' }))
    const [one] = await unread(topic, [0n])
    expect(one?.retention).toEqual({ kind: 'at', at: old + hour, retentionMs: hour })
    const start = async () => (await kcatConsume(bootstrap, { topic })).length === 0
    const goneAt = await until('the broker has deleted it', async () => (await start()) && BigInt(Date.now()), { everyMs: 200 }) // oxfmt-ignore
    expect(goneAt).toBeGreaterThanOrEqual(newer + hour)
    const [after] = await unread(topic, [0n])
    expect(after?.age).toMatchObject({ kind: 'unknown', why: expect.stringContaining('before the log start 2') })
  })

  it('fails for one topic alone where that is not there', async () => {
    const topic = uniqueName('unread-none')
    const { items } = await app.call('groups.unread', {
      connectionId: id,
      positions: [{ topic, partition: 0, offset: 0n }],
    })
    expect(items).toMatchObject([
      { age: { kind: 'unknown', error: { code: 'kafka.topic-unknown' } }, readable: { kind: 'unknown' } },
    ])
  })
})
