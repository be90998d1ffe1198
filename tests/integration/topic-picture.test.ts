import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ThroughputColumns } from '#shared/contract/throughput.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// What a topic's picture is drawn of: how much was written when, judged by the timestamps that kcat reads, and where groups stand.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let wire: WireClient

const HOUR = 3_600_000n
const topic = uniqueName('picture')
/** A whole hour, long ago. */
const began = 472_222n * HOUR

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  await wire.createTopic(topic, 2, { 'retention.ms': '-1' })
  for (const partition of [0, 1]) {
    for (let hour = 0n; hour < 10n; hour += 1n) {
      const count = Number(hour) * 3 + partition
      if (count === 0) continue
      const records = Array.from({ length: count }, (_, i) => ({ timestamp: began + hour * HOUR + BigInt(i) * 1000n, key: null, value: Buffer.from('v'), headers: [] })) // oxfmt-ignore
      await wire.produce(topic, partition, writeBatch(records, { codec: 'gzip' }))
    }
  }
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

describe('the picture of a topic', () => {
  it('counts what was written in each hour as the timestamps say that kcat reads', async () => {
    const input = { connectionId: id, topic, from: began - HOUR, to: began + 11n * HOUR, steps: 12 }
    const { times, offsets, failures } = await app.call('topics.written', input)
    const judge = await kcatConsume(bootstrap, { topic })
    expect(failures).toEqual([])
    expect(times).toEqual(Array.from({ length: 13 }, (_, i) => began + (BigInt(i) - 1n) * HOUR))
    expect(offsets).toEqual(
      offsets.map((_, i) =>
        BigInt(judge.filter(({ timestamp }) => timestamp >= times[i]! && timestamp < times[i + 1]!).length),
      ),
    )
    expect(offsets.reduce((a, b) => a + b, 0n)).toBe(BigInt(judge.length))
  })

  it('has each group where Kafka’s own script says that it stands, and nothing of one that has no position there', async () => {
    const groups = [uniqueName('picture-a'), uniqueName('picture-b'), uniqueName('picture-none')]
    for (const [i, group] of groups.slice(0, 2).entries()) {
      await tools.groups('--group', group, '--topic', `${topic}:${i}`, '--reset-offsets', '--to-offset', String(7 + i), '--execute') // oxfmt-ignore
    }
    const { items } = await app.call('topics.positions', { connectionId: id, topic, groups })
    const judge = await Promise.all(
      groups.slice(0, 2).map(async (group) => (await tools.describeGroup(group)).map((row) => row.position)),
    )
    expect(items).toEqual([
      { group: groups[0], positions: [{ partition: 0, offset: judge[0]![0] }] },
      { group: groups[1], positions: [{ partition: 1, offset: judge[1]![0] }] },
      { group: groups[2], positions: [] },
    ])
  })

  it('is refused for a topic that is not there', async () => {
    const input = { connectionId: id, topic: uniqueName('picture-gone'), from: 0n, to: 1n, steps: 1 }
    await expect(app.call('topics.written', input)).rejects.toMatchObject({ code: 'kafka.topic-unknown' })
  })
})

/** What is told of one name over a while, and the looks that were made of it. */
function watchThroughput(kind: 'topics' | 'brokers', since = BigInt(Date.now())) {
  const frames: ThroughputColumns[] = []
  const end = new AbortController()
  const handlers = { signal: end.signal, onBatch: (frame: ThroughputColumns) => void frames.push(frame) }
  const stream = (
    kind === 'topics'
      ? app.openStream('throughput.topics', { connectionId: id, topics: [topic], since }, handlers)
      : app.openStream('throughput.brokers', { connectionId: id, since }, handlers)
  ).catch((error: unknown) => (end.signal.aborted ? undefined : Promise.reject(error as Error)))
  const rows = (source: ThroughputColumns['source'], of: string) =>
    frames
      .filter((frame) => frame.source === source)
      .flatMap((frame) =>
        [...frame.at].flatMap((at, i) =>
          frame.names[frame.name[i]!] === of
            ? [{ at, offsets: frame.offsets[i]!, bytes: frame.bytes[i]!, lacks: frame.lacks[i]! }]
            : [],
        ),
      )
  return { rows, stop: () => (end.abort(), stream) }
}

describe('the throughput of a topic', () => {
  it('comes to what kafka-get-offsets counts before and after the producer of Kafka’s own performance test, and is kept', async () => {
    const since = BigInt(Date.now())
    const sum = async () => [...(await tools.offsets(topic)).values()].reduce((all, one) => all + one, 0n)
    const watching = watchThroughput('topics')
    await until('a look before', () => watching.rows('live', topic).length > 0)
    const before = await sum()
    // 400 a second for some seconds: it says itself what it came to.
    await tools.producerPerformance(topic, 2_000, 100, {}, 400)
    const after = await sum()
    // Who comes later makes the next look early.
    const brokers = watchThroughput('brokers', since)
    await until('a look after', () => watching.rows('live', topic).length > 1 && brokers.rows('live', '1').length > 0)
    await Promise.all([watching.stop(), brokers.stop()])
    const rows = watching.rows('live', topic)
    const told = rows.slice(1).reduce((all, { at, offsets }, i) => all + (offsets * Number(at - rows[i]!.at)) / 1000, 0)
    expect(after - before).toBe(2_000n)
    expect(Math.round(told)).toBe(2_000)
    expect(rows[0]).toMatchObject({ offsets: -1 })
    const again = watchThroughput('topics', since)
    await until('what was kept', () => again.rows('kept', topic).length >= rows.length)
    const { offsets: kept } = again.rows('kept', topic)[1]!
    expect(kept).toBeCloseTo(rows[1]!.offsets, 6)
    await again.stop()
  })
})
