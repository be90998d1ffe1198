import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { RecordFilter, type GivenFilter } from '#shared/filters/filter.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

let app: TestApp
let bootstrap: string
let id: ConnectionId
let wire: WireClient

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  // Filters are the person's own: they are kept also where nothing may be written.
  id = await app.connect(bootstrap, { profile: { accessMode: 'read-only' } })
  wire = await connectWire(bootstrap)
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

const failed: GivenFilter = { kind: 'expression', source: 'value.status == "failed"' }
const save = (where: 'profile' | 'all', name: string, filter: GivenFilter, topic: string | null = null) =>
  app.call('search.filters.save', { connectionId: id, for: where, filter: { name, topic, filter } })

it('filters are kept with a profile or for all by name and topic, and end with their profile', async () => {
  await save('profile', 'b', failed)
  await save('profile', 'a', { kind: 'text', text: 'x' }, 'orders')
  await save('all', 'b', { kind: 'regex', pattern: 'x+' })
  const kept = await save('profile', 'b', { kind: 'not', of: failed })
  expect(kept.profile).toEqual([
    { name: 'a', topic: 'orders', filter: RecordFilter.parse({ kind: 'text', text: 'x' }) },
    { name: 'b', topic: null, filter: { kind: 'not', of: failed } },
  ])
  expect(kept.all).toMatchObject([{ name: 'b', filter: { kind: 'regex' } }])

  const other = await app.connect(bootstrap)
  const used = (source: string) =>
    app.call('search.filters.used', { connectionId: other, topic: 'orders', filter: { kind: 'expression', source } })
  for (let i = 0; i < 60; i += 1) await used(`offset == ${i}`)
  await used('offset == 50')
  const seen = await app.call('search.filters.list', { connectionId: other })
  expect(seen).toMatchObject({ profile: [], all: [{ name: 'b' }] })
  expect(seen.recent.map(({ filter }) => 'source' in filter && filter.source).slice(0, 3)).toEqual(['offset == 50', 'offset == 59', 'offset == 58']) // oxfmt-ignore
  expect(seen.recent).toHaveLength(50)

  const file = path.join(app.dataDir, 'filters', `${other}.json`)
  expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ kind: 'seekline.filters', version: 1 })
  await app.call('connections.close', { connectionId: other })
  await app.call('profiles.delete', { id: other as never })
  await expect(fs.stat(file)).rejects.toMatchObject({ code: 'ENOENT' })

  const left = await app.call('search.filters.delete', { connectionId: id, for: 'profile', name: 'b', topic: null })
  expect(left).toMatchObject({ profile: [{ name: 'a' }], all: [{ name: 'b' }] })
})

it('what is no filter is not kept, and neither are too many of them', async () => {
  await expect(save('profile', 'wrong', { kind: 'expression', source: 'value.id ==' })).rejects.toMatchObject({ code: 'call.invalid', details: { at: 11 } }) // oxfmt-ignore
  const deep = (levels: number): GivenFilter => (levels === 0 ? failed : { kind: 'not', of: deep(levels - 1) })
  await expect(save('profile', 'deep', deep(10))).rejects.toMatchObject({ code: 'call.invalid' })
  for (let i = 0; i < 199; i += 1) await save('profile', `many ${i}`, { kind: 'text', text: `${i}` })
  await expect(save('profile', 'one more', failed)).rejects.toMatchObject({ code: 'call.invalid', message: expect.stringContaining('200') as string }) // oxfmt-ignore
})

it('is tried on the newest records: what is kept and dropped, what cannot be judged and why, and which fields there are', async () => {
  const topic = uniqueName('try')
  await wire.createTopic(topic, 2)
  const bytes = (text: string) => new TextEncoder().encode(text)
  const record = (value: string | Uint8Array | null, key: string | null = null) => ({
    timestamp: 1_700_000_000_000n,
    key: key === null ? null : bytes(key),
    value: typeof value === 'string' ? bytes(value) : value,
    headers: key === null ? [] : [{ name: bytes('retry'), value: bytes('2') }],
  })
  await wire.produce(topic, 0, writeBatch([record('{"status":"failed","id":9007199254740993,"items":[{"sku":"a b"}]}', 'k1'), record('{"status":"open","first name":null}')])) // oxfmt-ignore
  await wire.produce(topic, 1, writeBatch([record(Uint8Array.of(0xff, 0xfe)), record(null), record('{"status":3}')]))
  const tried = await app.call('search.try', { connectionId: id, topic, filter: failed })
  const of = (partition: number, offset: bigint) =>
    tried.records.find((one) => one.partition === partition && one.offset === offset)!
  expect(tried).toMatchObject({ kept: 1, records: { length: 5 } })
  expect(of(0, 0n)).toMatchObject({ verdict: 'kept', why: null, key: 'k1', value: expect.stringContaining('9007199254740993') as string }) // oxfmt-ignore
  expect(of(0, 1n).verdict).toBe('dropped')
  expect(of(1, 1n)).toMatchObject({ verdict: 'dropped', key: null, value: null })

  const { records, fields } = await app.call('search.fields', { connectionId: id, topic })
  expect(records).toBe(5)
  const field = (expression: string) => fields.find((one) => one.expression === expression)
  expect(field('value.status')).toEqual({ expression: 'value.status', part: 'value', path: ['status'], types: expect.arrayContaining(['string', 'int']) as string[], count: 3, example: expect.stringMatching(/^"(failed|open)"$|^3$/) as string }) // oxfmt-ignore
  expect(field('value.id')).toMatchObject({ types: ['int'], example: '9007199254740993' })
  expect(field('value.items[0].sku')).toMatchObject({ types: ['string'], example: '"a b"' })
  expect(field('value["first name"]')).toMatchObject({ types: ['null'], example: null })
  expect(field('headers.retry')).toMatchObject({ part: 'headers', types: ['string'], count: 1, example: '"2"' })
  expect(field('key')).toMatchObject({ count: 5, types: expect.arrayContaining(['null', 'string']) as string[] })

  await expect(app.call('search.try', { connectionId: id, topic, filter: { kind: 'regex', pattern: 'a(b' } })).rejects.toMatchObject({ code: 'call.invalid', message: expect.stringContaining('missing closing') as string }) // oxfmt-ignore
})
