import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import type { Place } from '#shared/model/place.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import type { KafkaVersion } from '../../scripts/lib/kafka-jars.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KcatRecord } from '../support/tools.ts'

// The oldest Kafka we promise, and the one before the current: the same browsing and editing, and a sentence for each thing that
// it lacks.

interface Older {
  version: KafkaVersion
  release: string
  /** Of a group without members. */
  type: string
  lacks: readonly string[]
  has: readonly string[]
}
const older: readonly Older[] = [
  {
    version: '3.3.2',
    release: '3.3',
    type: 'unknown',
    lacks: ['KIP-848', 'group’s type', 'members of share groups', 'where share groups start'],
    has: ['Topics have no ids', 'positions cannot be removed'],
  },
  {
    version: '4.3.0',
    release: '4.3',
    type: 'classic',
    lacks: ['assignor a streams group', 'Kafka 4.4 or later'],
    has: ['KIP-848', 'group’s type', 'share groups', 'Streams groups are not known'],
  },
]

describe.each(older)('Kafka $release', ({ version, release, type, lacks, has }) => {
  let kafka: RunningKafka
  let app: TestApp
  let id: ConnectionId
  let firstNote: string | null

  beforeAll(async () => {
    kafka = await startKafka({ version })
    app = await startApp()
    id = await app.connect(kafka.bootstrap)
    firstNote = (await app.call('groups.list', { connectionId: id })).note
    await kafka.tools.createTopic('orders', 2, { 'retention.ms': '-1' })
    const input = Array.from({ length: 50 }, (_, i) => `k${i}:value ${i}`).join('\n')
    for (const [partition, codec] of ['gzip', 'zstd'].entries()) {
      const settings = { 'compression.codec': codec }
      const headers = ['a=1', 'a=2']
      await kcatProduce(kafka.bootstrap, { topic: 'orders', partition, input, keyDelimiter: ':', headers, settings })
    }
  })

  afterAll(async () => {
    await app?.close()
    await kafka?.stop()
  })

  const plan = (group: string, target: Target, scope = [{ topic: 'orders' }]): Promise<Plan> =>
    app.call('offsets.plan', { connectionId: id, group, scope, target })
  const apply = (made: Plan) => app.call('offsets.apply', { connectionId: id, plan: made })
  const described = async (group: string) =>
    Object.fromEntries((await kafka.tools.describeGroup(group)).map((row) => [row.partition, row.position]))

  it('is recognised, and what it lacks is said in sentences', async () => {
    expect(firstNote).toContain('No group was ever used')
    const about = await app.call('connections.describe', { connectionId: id })
    expect(about.kafkaVersion).toBe(release)
    expect(about.lacks.every((sentence) => /^[A-Z].*\.$/.test(sentence))).toBe(true)
    const said = about.lacks.join('\n')
    for (const lacked of lacks) expect(said).toContain(lacked)
    // What it does have must not be denied.
    for (const there of has) expect(said).not.toContain(there)
  })

  it('lists topics with ids, edges, sizes and settings', async () => {
    const { items } = await app.call('topics.list', { connectionId: id })
    expect(items).toMatchObject([{ name: 'orders', partitions: 2, topicId: expect.stringMatching(/^[\w-]{22}$/) }])
    const about = await app.call('topics.describe', { connectionId: id, topic: 'orders' })
    expect(about.failures).toEqual([])
    expect(about.partitions.map((one) => [one.logStart, one.lastStable, one.highWatermark])).toEqual(
      Array(2).fill([0n, 50n, 50n]),
    )
    expect(about.partitions.every((one) => (one.size ?? 0n) > 0n)).toBe(true)
    const config = await app.call('topics.config', { connectionId: id, topic: 'orders' })
    expect(config.items.find((one) => one.name === 'retention.ms')).toMatchObject({ value: '-1', isDefault: false })
  })

  it.each<[string, Place, number[]]>([
    ['from the start', { at: 'log-start' }, [50, 50]],
    [
      'from offsets',
      {
        at: 'offsets',
        offsets: [
          { partition: 0, offset: 40n },
          { partition: 1, offset: 45n },
        ],
      },
      [10, 5],
    ],
    ['from a timestamp', { at: 'timestamp', timestamp: 1n }, [50, 50]],
  ])('is browsed %s as kcat reads it', async (_name, start, counts) => {
    const read = await kcatConsume(kafka.bootstrap, { topic: 'orders' })
    const rows: { partition: number; offset: bigint; timestamp: bigint; headers: number }[] = []
    const done = await app.openStream('messages.browse', { connectionId: id, topic: 'orders', start }, {
      onBatch: (batch) => {
        for (let i = 0; i < batch.count; i += 1) {
          rows.push({
            partition: batch.partition[i]!,
            offset: batch.offset[i]!,
            timestamp: batch.timestamp[i]!,
            headers: batch.headerCount[i]!,
          })
        }
      },
    }) // oxfmt-ignore
    expect(done.failures).toEqual([])
    for (const [partition, count] of counts.entries()) {
      const mine = rows.filter((row) => row.partition === partition)
      const theirs = read.filter((record) => record.partition === partition).slice(-count)
      expect(mine).toEqual(theirs.map(({ offset, timestamp }) => ({ partition, offset, timestamp, headers: 2 })))
    }
  })

  it('opens a record byte for byte', async () => {
    const [theirs] = await kcatConsume(kafka.bootstrap, { topic: 'orders', partition: 1, offset: '49', count: 1 })
    const ours = await app.call('messages.record', { connectionId: id, topic: 'orders', partition: 1, offset: 49n })
    expect(ours).toMatchObject({
      kind: 'record',
      timestamp: theirs!.timestamp,
      batch: { codec: 'zstd', crcValid: true },
    })
    if (ours.kind !== 'record') throw new Error('unreachable')
    expect(Buffer.from(ours.key!)).toEqual(theirs!.key)
    expect(Buffer.from(ours.value!)).toEqual(theirs!.value)
    const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString()
    expect(ours.headers.map((header) => `${text(header.name)}=${text(header.value)}`).join()).toBe(theirs!.headers)
  })

  it('has its positions edited, read back, and undone to a value and to none', async () => {
    const first = await apply(
      await plan('edited', { at: 'offset', offset: 20n }, [{ topic: 'orders', partitions: [0] }] as never),
    )
    expect(first).toMatchObject({ groupCreated: true, rows: [{ status: 'confirmed' }] })
    expect(await described('edited')).toEqual({ 0: 20n })
    const { items } = await app.call('groups.list', { connectionId: id })
    expect(items).toMatchObject([{ group: 'edited', state: 'Empty', type }])
    const second = await apply(await plan('edited', { at: 'timestamp', timestamp: 1n }))
    expect(second.rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed'])
    expect(await described('edited')).toEqual({ 0: 0n, 1: 0n })
    await apply(await app.call('offsets.planUndo', { connectionId: id, journalId: second.journalId ?? '' }))
    expect(await described('edited')).toEqual({ 0: 20n })
    const last = await apply(await app.call('offsets.planUndo', { connectionId: id, journalId: first.journalId ?? '' }))
    expect(last.groupDeleted).toBe(true)
    expect((await kafka.tools.groups('--list')).stdout).not.toContain('edited')
  })

  it('meets a conflict when another tool commits between plan and apply', async () => {
    const script = (to: string, where: string) =>
      kafka.tools.groups('--group', 'contested', '--topic', where, '--reset-offsets', '--to-offset', to, '--execute')
    await script('10', 'orders')
    const made = await plan('contested', { at: 'high-watermark' })
    await script('11', 'orders:1')
    const result = await apply(made)
    expect(result).toMatchObject({ journalId: null })
    expect(result.rows.map((row) => row.status)).toEqual(['same', 'conflict'])
    expect(await described('contested')).toEqual({ 0: 10n, 1: 11n })
  })

  it('refuses a live group by its members, and leaves it alone', async () => {
    const live = await kafka.tools.liveConsumer('orders', 'living', 'classic', { 'client.id': 'reader-7' })
    try {
      const before = await app.call('groups.describe', { connectionId: id, group: 'living' })
      expect(before).toMatchObject({ state: 'Stable', members: [{ clientId: 'reader-7' }] })
      const made = await plan('living', { at: 'high-watermark' })
      expect(made.refusal).toMatchObject({ code: 'kafka.group-live', message: expect.stringContaining('reader-7') })
      await expect(apply({ ...made, refusal: null })).rejects.toMatchObject({ code: 'kafka.group-live' })
      const after = await app.call('groups.describe', { connectionId: id, group: 'living' })
      expect(after.members).toEqual(before.members)
    } finally {
      await live.stop()
    }
  })

  /** Order, partition and every byte; offsets count anew. */
  const content = ({ partition, timestamp, key, value, headers }: KcatRecord) =>
    [partition, timestamp, key?.toString('hex'), value?.toString('hex'), headers].join(' ')

  it.each([
    { way: 'into the current Kafka', from: 'old', to: 'new' },
    { way: 'out of it', from: 'new', to: 'old' },
    { way: 'within this one', from: 'old', to: 'old' },
  ] as const)('is replayed $way, each record once, byte for byte', async ({ from, to }) => {
    const young = (await sharedKafka()).bootstrap
    const other = await app.connect(young, { name: uniqueName('current') })
    const sides = { old: id, new: other }
    const [source, target] = [sides[from], sides[to]]
    const at = (connection: ConnectionId) => (connection === id ? kafka.bootstrap : young)
    const topic = uniqueName('from')
    await (source === id ? kafka.tools : (await sharedKafka()).tools).createTopic(topic, 2, { 'retention.ms': '-1' })
    for (const [partition, codec] of ['lz4', 'zstd'].entries()) {
      await kcatProduce(at(source), {
        topic,
        partition,
        input: Array.from({ length: 5_000 }, (_, i) => `k${i}:value ${i} ${'x'.repeat(i % 90)}`).join('\n'),
        keyDelimiter: ':',
        headers: ['a=1', 'b=', 'a=2'],
        settings: { 'compression.codec': codec },
      })
    }
    const copy = uniqueName('to')
    const targetTopic = { create: true as const, name: copy, partitions: 2, replicationFactor: 1, configs: [{ name: 'retention.ms', value: '-1' }] } // oxfmt-ignore
    const plan = await app.call('replay.plan', {
      source,
      target,
      topic,
      range: { by: 'places', from: { at: 'log-start' } },
      targetTopic,
    })
    expect(plan.refusal).toBeNull()
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt).toMatchObject({ outcome: 'complete', copied: 10_000n, topicCreated: true })
    const [before, after] = [await kcatConsume(at(source), { topic }), await kcatConsume(at(target), { topic: copy })]
    const sorted = (records: KcatRecord[]) =>
      records.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset)).map(content)
    expect(before).toHaveLength(10_000)
    expect(sorted(after)).toEqual(sorted(before))
    await app.call('connections.close', { connectionId: other })
  })
})
