import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { secondKafka } from '../support/lent.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KafkaTools } from '../support/tools.ts'

// A group of one cluster, and its place on another where the same records lie at other offsets: which record is read next on either, kcat tells.

let kafka: Awaited<ReturnType<typeof secondKafka>>
let app: TestApp
let here: ConnectionId
let there: ConnectionId
let other: { bootstrap: string; tools: KafkaTools }
const topic = uniqueName('copied')
const appended = uniqueName('appended')
const group = uniqueName('mover')

const T0 = 1_700_000_000_000n
type Made = { timestamp: bigint; value: string }
const numbered = (count: number, from = 0, name = 'record'): Made[] =>
  Array.from({ length: count }, (_, i) => ({ timestamp: T0 + BigInt(from + i) * 10n, value: `${name} ${from + i}` }))
const older = (count: number) => numbered(count, -count, 'older')

async function write(bootstrap: string, to: string, partition: number, records: readonly Made[]): Promise<void> {
  if (records.length === 0) return
  const wire = await connectWire(bootstrap)
  try {
    const batch = writeBatch(records.map(({ timestamp, value }) => ({ timestamp, key: Buffer.from('key'), value: Buffer.from(value), headers: [] })), { codec: 'none' }) // oxfmt-ignore
    await wire.produce(to, partition, batch)
  } finally {
    wire.close()
  }
}

/** A record and the marker that takes it back: two offsets that no consumer of committed records sees. */
async function abortOne(bootstrap: string, to: string, partition: number): Promise<void> {
  const wire = await connectWire(bootstrap)
  try {
    const producer = await wire.initProducer(uniqueName('aborts'))
    await wire.addToTransaction(producer, to, [partition])
    const record = { timestamp: T0, key: null, value: Buffer.from('aborted'), headers: [] }
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    const batch = writeBatch([record], { producerId, producerEpoch, baseSequence: 0, transactional: true })
    await wire.produce(to, partition, batch, transactionalId)
    await wire.endTransaction(producer, false)
  } finally {
    wire.close()
  }
}

const twins = [...numbered(20), ...Array.from({ length: 3 }, () => ({ timestamp: T0 + 200n, value: 'tick' })), ...numbered(9, 21)] // oxfmt-ignore
/** By partition: what lies there and here, where the group stands there, and where that is here. */
const cases: {
  says: string
  there: Made[]
  here: Made[]
  stands: number
  is: bigint | null
  note: RegExp | null
  isAbortedAfter?: true
}[] = [
  { says: 'a copy with its offsets', there: numbered(50), here: numbered(50), stands: 20, is: 20n, note: null },
  { says: 'older records before it', there: numbered(50), here: [...older(30), ...numbered(50)], stands: 20, is: 50n, note: null }, // oxfmt-ignore
  { says: 'the end, and more here', there: numbered(50), here: [...older(30), ...numbered(60)], stands: 50, is: 80n, note: null }, // oxfmt-ignore
  { says: 'not copied yet', there: numbered(50), here: numbered(10), stands: 20, is: null, note: /offset 20, is newer than all records here/ }, // oxfmt-ignore
  { says: 'other records', there: numbered(50), here: numbered(50, 0, 'other'), stands: 20, is: null, note: /offset 20, was not found among 30 records/ }, // oxfmt-ignore
  { says: 'several that look alike', there: twins, here: [...older(5), ...twins], stands: 21, is: 25n, note: /looks like 3 records here; the first/ }, // oxfmt-ignore
  { says: 'nothing in either', there: [], here: [], stands: 0, is: 0n, note: /Neither log holds a record/ },
  { says: 'the end behind an aborted transaction', there: numbered(50), isAbortedAfter: true, here: numbered(60), stands: 52, is: 50n, note: null }, // oxfmt-ignore
  { says: 'no such partition', there: numbered(5), here: [], stands: 2, is: null, note: /has no partition 8 here/ },
]

beforeAll(async () => {
  ;[kafka, other, app] = await Promise.all([secondKafka(), sharedKafka(), startApp()])
  ;[here, there] = await Promise.all([app.connect(kafka.bootstrap), app.connect(other.bootstrap)])
  await other.tools.createTopic(topic, cases.length)
  await kafka.tools.createTopic(topic, cases.length - 1)
  await other.tools.createTopic(appended, 1)
  await kafka.tools.createTopic(`west.${appended}`, 1, { 'message.timestamp.type': 'LogAppendTime' })
  for (const [partition, { there: theirs, here: ours, isAbortedAfter }] of cases.entries()) {
    await write(other.bootstrap, topic, partition, theirs)
    if (isAbortedAfter === true) await abortOne(other.bootstrap, topic, partition)
    await write(kafka.bootstrap, topic, partition, ours)
  }
  await write(other.bootstrap, appended, 0, numbered(50))
  await write(kafka.bootstrap, `west.${appended}`, 0, [...older(7), ...numbered(50)])
  const offsets = cases.map(({ stands }, partition) => ({ topic, partition, offset: BigInt(stands) }))
  const target = { at: 'offsets' as const, offsets: [...offsets, { topic: appended, partition: 0, offset: 30n }] }
  const plan = await app.call('offsets.plan', { connectionId: there, group, scope: [{ topic }, { topic: appended }], target }) // oxfmt-ignore
  await app.call('offsets.apply', { connectionId: there, plan })
})
afterAll(async () => {
  await app?.close()
})

const next = async (bootstrap: string, of: string, partition: number, offset: bigint) =>
  (await kcatConsume(bootstrap, { topic: of, partition, offset: String(offset), count: 1 }))[0]?.value?.toString()

describe('positions of a group on another cluster', () => {
  it('are found by the record that is read next, or was read last, and what is not found says why', async () => {
    const { items, failures } = await app.call('offsets.elsewhere', { connectionId: here, other: there, group })
    expect(failures).toEqual([])
    const found = items.filter((at) => at.topic === topic)
    expect(found.map((at) => [cases[at.partition]!.says, at.there, at.here])).toEqual(cases.map(({ says, stands, is }) => [says, BigInt(stands), is])) // oxfmt-ignore
    for (const { partition, note } of found) expect(note ?? 'none').toMatch(cases[partition]!.note ?? /^none$/)
    // The topic of the other name is not here under its own.
    expect(items.find((at) => at.topic === appended)).toMatchObject({ here: null, note: expect.stringContaining('no such topic') }) // oxfmt-ignore
    const offsets = found.flatMap(({ partition, here: offset }) => (offset === null ? [] : [{ topic, partition, offset }])) // oxfmt-ignore
    const plan = await app.call('offsets.plan', { connectionId: here, group, scope: [{ topic }], target: { at: 'offsets', offsets } }) // oxfmt-ignore
    await app.call('offsets.apply', { connectionId: here, plan })
    const stand = new Map((await kafka.tools.describeGroup(group)).map((row) => [row.partition, row.position]))
    expect(stand).toEqual(new Map(cases.flatMap(({ is }, partition) => (is === null ? [] : [[partition, is]]))))
    for (const partition of [0, 1, 5]) {
      const theirs = await next(other.bootstrap, topic, partition, BigInt(cases[partition]!.stands))
      expect(await next(kafka.bootstrap, topic, partition, stand.get(partition)!)).toBe(theirs)
    }
  })

  it('of topics with a prefix here, whose timestamps are the brokers’ own', async () => {
    const { items } = await app.call('offsets.elsewhere', { connectionId: here, other: there, group, prefix: 'west.' })
    const west = items.find((at) => at.topic === `west.${appended}`)
    expect(west).toMatchObject({ there: 30n, here: 37n, note: null })
    expect(await next(kafka.bootstrap, `west.${appended}`, 0, 37n)).toBe(await next(other.bootstrap, appended, 0, 30n))
  })

  it('of the same cluster by another way are the same offsets, and of a group without any are refused', async () => {
    const again = await app.connect(other.bootstrap)
    const { items } = await app.call('offsets.elsewhere', { connectionId: again, other: there, group })
    expect(items.every((at) => at.here === at.there)).toBe(true)
    await expect(app.call('offsets.elsewhere', { connectionId: here, other: there, group: 'nobody' })).rejects.toThrow('nobody has no position on that cluster.') // oxfmt-ignore
  })
})
