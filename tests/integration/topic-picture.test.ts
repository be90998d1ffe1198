import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KafkaTools } from '../support/tools.ts'

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
      const records = Array.from({ length: count }, (_, i) => ({ timestamp: began + hour * HOUR + BigInt(i) * 1000n, key: null, value: Buffer.from('v'), headers: [] })) // prettier-ignore
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
      await tools.groups('--group', group, '--topic', `${topic}:${i}`, '--reset-offsets', '--to-offset', String(7 + i), '--execute') // prettier-ignore
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
