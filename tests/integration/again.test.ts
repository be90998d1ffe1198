import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HeaderValue } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger } from '#shared/model/ledger.ts'
import { rowAt, rowFlags, type RowColumns } from '#shared/model/rows.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { createRowModel } from '../../renderer/features/messages/row-model.ts'
import { createWholeFilter } from '../../renderer/features/messages/whole-filter.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { until } from '../support/wait-for.ts'
import { kcatConsume, kcatProduce, type KafkaTools } from '../support/tools.ts'

// A list holds the beginnings of its rows; what is filtered and copied is whole all the same.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
})
afterAll(async () => app?.close())

async function produced(partitions: number, lines: readonly string[], headers?: string[]): Promise<string> {
  const topic = uniqueName('again')
  await tools.createTopic(topic, partitions)
  const settings = { 'compression.codec': 'gzip', 'linger.ms': '50' }
  for (let partition = 0; partition < partitions; partition += 1) {
    const input = lines.filter((_, i) => i % partitions === partition).join('\n')
    await kcatProduce(bootstrap, { topic, partition, input, keyDelimiter: '\t', settings, ...(headers === undefined ? {} : { headers }) }) // oxfmt-ignore
  }
  return topic
}

/** The list as the page holds it. */
async function listed(topic: string) {
  const rows = createRowModel({ capacity: 50_000, breathe: (run) => run() })
  const onBatch = (frame: RowColumns) => rows.append(frame)
  const { topicId } = await app.openStream('messages.browse', { connectionId: id, topic, start: { at: 'log-start' }, limit: 10_000 }, { onBatch }) // oxfmt-ignore
  return { rows, topicId }
}

async function filtered(topic: string, text: string) {
  const { rows, topicId } = await listed(topic)
  const filter = createWholeFilter({ api: app, connectionId: id, topic, topicId: () => topicId, lines: rows, onFound: () => undefined, restMs: 0 }) // oxfmt-ignore
  filter.set(text)
  const atOnce = rows.filter.matches
  await until('the filter has ended', () => rows.filter.unseen === 0 || filter.getState().ended !== undefined)
  return { rows, atOnce, filter }
}

describe('a filter over loaded rows', () => {
  const long = (i: number) => `{"note":"${'x'.repeat(i % 5 === 0 ? 20 : 500)}","Currency":"${i === 3 ? 'CHF' : 'EUR'}"}`

  it('finds all 500 gzip orders by a field that most of them have behind their beginning', async () => {
    const topic = await produced(
      3,
      Array.from({ length: 500 }, (_, i) => `order-${i}\t${long(i)}`),
    )
    const { rows, atOnce } = await filtered(topic, 'currency')
    // What the beginnings alone tell: the number that was shown for the whole.
    expect(atOnce).toBe(100)
    expect(rows.filter).toMatchObject({ matches: 500, unseen: 0 })
    const one = await filtered(topic, 'chf')
    expect(one.rows.filter).toMatchObject({ matches: 1, unseen: 0 })
    expect(one.rows.at(0)).toMatchObject({ kind: 'row', row: { partition: 0, offset: 1n } })
    const none = await filtered(topic, 'nowhere-at-all')
    expect(none.rows.filter).toMatchObject({ matches: 0, unseen: 0 })
  })

  it('looks into headers', async () => {
    const topic = await produced(1, ['a\t1', 'b\t2'], ['Trace-Id=ABC-17'])
    const { rows } = await filtered(topic, 'abc-17')
    expect(rows.filter).toMatchObject({ matches: 2, unseen: 0 })
  })

  it('says of how many rows it saw only a part, where the records are gone', async () => {
    const topic = await produced(
      1,
      Array.from({ length: 10 }, (_, i) => `order-${i}\t${long(1)}`),
    )
    const { rows, topicId } = await listed(topic)
    const wire = await connectWire(bootstrap)
    await wire.deleteRecords(topic, 0, 6n)
    wire.close()
    const filter = createWholeFilter({ api: app, connectionId: id, topic, topicId: () => topicId, lines: rows, onFound: () => undefined, restMs: 0 }) // oxfmt-ignore
    filter.set('currency')
    await until('what is left was found', () => rows.filter.matches === 4)
    await until('the filter has ended', () => !filter.getState().isLooking)
    expect(rows.filter).toMatchObject({ matches: 4, unseen: 6 })
  })

  it('refuses a topic that was deleted and created again', async () => {
    const topic = await produced(1, ['a\tb'])
    const at = { clusterId: null, topic, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }
    const ledger = newLedger(at, [{ partition: 0, from: 0n, to: 1n }])
    await expect(app.openStream('messages.scan', { connectionId: id, ledger })).rejects.toMatchObject({ code: 'kafka.topic-recreated' }) // oxfmt-ignore
  })
})

it('rows come whole again as kcat reads them; what a frame cannot carry is marked', async () => {
  const values = [10, 384, 385, 200_000, 300_000].map((size) => 'v'.repeat(size))
  const topic = await produced(
    1,
    values.map((value, i) => `${'k'.repeat(i * 100)}\t${value}`),
  )
  const { topicId } = await listed(topic)
  const rows: ReturnType<typeof rowAt>[] = []
  const onBatch = ({ rows: frame }: { rows: RowColumns }) => {
    for (let i = 0; i < frame.count; i += 1) rows.push(rowAt(frame, i))
  }
  const ledger = newLedger({ clusterId: null, topic, topicId }, [{ partition: 0, from: 1n, to: 5n }])
  await app.openStream('messages.scan', { connectionId: id, ledger, previews: 'whole' }, { onBatch })
  const read = await kcatConsume(bootstrap, { topic, partition: 0, offset: '1' })
  const isCut = (flags: number) => (flags & rowFlags.valueCut) !== 0
  expect(rows.map((row) => [row.offset, row.valueSize, isCut(row.flags)])).toEqual([
    [1n, 384, false],
    [2n, 385, false],
    [3n, 200_000, false],
    [4n, 300_000, true],
  ])
  for (const [i, row] of rows.slice(0, 3).entries()) {
    expect(Buffer.from(row.key!).equals(read[i]!.key!)).toBe(true)
    expect(Buffer.from(row.value!).equals(read[i]!.value!)).toBe(true)
  }
})

it('headers come a page at a time, all of them and in order, as kcat reads them', async () => {
  const headers = Array.from({ length: 1_100 }, (_, i) => `name-${i % 7}=value ${i}`)
  const topic = await produced(1, ['a\tb'], headers)
  const at = { connectionId: id, topic, partition: 0, offset: 0n }
  const found: string[] = []
  for (let from: number | null = 0; from !== null;) {
    const page: { headers: HeaderValue[]; next: number | null } = await app.call('messages.headers', { ...at, from })
    found.push(
      ...page.headers.map(({ name, value }) => `${Buffer.from(name).toString()}=${Buffer.from(value!).toString()}`),
    )
    from = page.next
  }
  const [record] = await kcatConsume(bootstrap, { topic, partition: 0 })
  expect(found).toHaveLength(1_100)
  expect(found.join(',')).toBe(record!.headers)
})
