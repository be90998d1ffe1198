import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { fieldAt, rowAt, type RowColumns } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// Records whose schemas a registry has, lacks, refuses, garbles or is slow to give. No real registry does all of that to order.

let app: TestApp
let bootstrap: string
let wire: WireClient
const order = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}'
const opened: http.Server[] = []

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  wire = await connectWire(bootstrap)
})
afterAll(async () => {
  for (const server of opened) server.close()
  wire?.close()
  await app?.close()
})

type Answer = { status?: number; body: string; type?: string; after?: Promise<unknown> }

/** Answers by schema id; counts who was asked for. */
async function registry(answers: Record<number, Answer>) {
  const asked = new Map<number, number>()
  const server = http.createServer((request, response) => {
    if (request.url?.includes('/versions') === true) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"subject":"orders-value","version":3}]')
      return
    }
    const id = Number(/\/schemas\/ids\/(\d+)$/.exec(request.url?.split('?')[0] ?? '')?.[1] ?? -1)
    if (id >= 0) asked.set(id, (asked.get(id) ?? 0) + 1)
    const unknown = { status: 404, body: '{"error_code":40403,"message":"Schema not found"}' }
    const { status = 200, body, type = 'application/json', after }: Answer = answers[id] ?? unknown
    void Promise.resolve(after).then(() => response.writeHead(status, { 'content-type': type }).end(body))
  })
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked }
}

const schema = (after?: Promise<unknown>): Answer => ({ body: JSON.stringify({ schema: order }), ...(after === undefined ? {} : { after }) }) // oxfmt-ignore
const framed = (id: number) => Uint8Array.of(0, 0, 0, 0, id, 84, 4, 0x68, 0x69)

async function topicOf(values: Uint8Array[]): Promise<string> {
  const topic = uniqueName('with-schemas')
  await wire.createTopic(topic, 1)
  const batch = writeBatch(values.map((value) => ({ timestamp: 5n, key: null, value, headers: [] })))
  await wire.produce(topic, 0, new Uint8Array(batch))
  return topic
}
const connect = (url: string) => app.connect(bootstrap, { profile: { registry: newRegistry({ urls: [url] }) } })

async function rows(id: ConnectionId, topic: string, patient = false) {
  const found: { value: string; encoding: string; first: string | undefined; waits: boolean; schema: unknown }[] = []
  const onBatch = (frame: RowColumns): void => {
    for (let i = 0; i < frame.count; i += 1) {
      const { value, valueAs } = rowAt(frame, i)
      const { encoding, attempts, waits, schema } = valueAs!
      const first = attempts[0] && `${attempts[0].encoding}: ${attempts[0].reason}`
      found.push({ value: utf8Text(value!) ?? '', encoding, first, waits: waits ?? false, schema })
    }
  }
  const input = { connectionId: id, topic, start: { at: 'log-start' as const }, patient }
  await app.openStream('messages.browse', input, { onBatch })
  return found
}

describe('a schema that a record names', () => {
  it('decodes it, is told with it, and is asked for once; one that is not there is a reason', async () => {
    const { url, asked } = await registry({ 7: schema() })
    const id = await connect(url)
    const topic = await topicOf([framed(7), framed(8), Buffer.from('{"a":1}'), framed(7)])
    const [one, other, json] = await rows(id, topic, true)
    expect(one).toMatchObject({ value: '{"id":42,"note":"hi"}', encoding: 'Confluent Avro', first: undefined })
    expect(one?.schema).toEqual({ id: { by: 'id', id: 7 }, subject: 'orders-value', version: 3, type: 'Order' })
    expect(other).toMatchObject({ encoding: 'UTF-8', first: 'Confluent: schema 8 is not in this registry (404)' })
    expect(json).toMatchObject({ value: '{"a":1}', encoding: 'JSON' })
    for (let n = 0; n < 3; n += 1) await rows(id, topic)
    expect(Object.fromEntries(asked)).toEqual({ 7: 1, 8: 1 })
    const record = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 0n })
    expect(record).toMatchObject({ valueAs: { encoding: 'Confluent Avro', schema: { id: { id: 7 } }, value: { kind: 'record' } } }) // oxfmt-ignore
  })

  it.each([
    ['refuses', { status: 401, body: '{"message":"no"}' }, 'the registry does not let this profile in (401)'],
    ['forbids', { status: 403, body: '{"message":"no"}' }, 'the registry does not let this profile in (403)'],
    ['answers with a page', { body: '<html>Sign in</html>', type: 'text/html' }, 'the registry’s address answers what is no registry'], // oxfmt-ignore
  ] as [string, Answer, string][])('is a reason where the registry %s', async (_, answer, reason) => {
    const { url, asked } = await registry({ 7: answer })
    const id = await connect(url)
    const topic = await topicOf([framed(7), Buffer.from('{"a":1}')])
    const [one, json] = await rows(id, topic, true)
    expect(one?.first).toContain(`Confluent: ${reason}`)
    expect(json?.encoding).toBe('JSON')
    await rows(id, topic, true)
    expect(asked.get(7)).toBe(1)
  })

  it('is a reason where the registry is down', async () => {
    const { url } = await registry({})
    const server = opened.pop()!
    await new Promise((resolve) => server.close(resolve))
    const id = await connect(url)
    const [one, json] = await rows(id, await topicOf([framed(7), Buffer.from('{"a":1}')]), true)
    expect([one?.first, json?.encoding]).toEqual(['Confluent: the registry cannot be reached', 'JSON'])
  })

  it('that comes after half a minute is given up after twenty seconds, which are named; the other rows wait for none of it', async () => {
    const { url, asked } = await registry({ 9: schema(new Promise(() => undefined)), 7: schema() })
    const id = await connect(url)
    const topic = await topicOf([Buffer.from('{"a":1}'), framed(9), framed(7)])
    const patient = rows(id, topic, true)
    const [json, slow, other] = await rows(id, topic)
    expect([json?.encoding, slow?.waits]).toEqual(['JSON', true])
    expect(other?.first ?? other?.encoding).not.toContain('within')
    const [, late, here] = await patient
    expect(late).toMatchObject({ first: 'Confluent: the registry did not answer within 20 s', waits: false })
    expect(here?.encoding).toBe('Confluent Avro')
    // And is not asked for again at once.
    await rows(id, topic, true)
    expect(asked.get(9)).toBe(1)
  })

  it('that is slow to come holds up no row for long, not a second time, and who watches is told of it', async () => {
    let come = (): void => undefined
    const { url, asked } = await registry({ 9: schema(new Promise<void>((resolve) => (come = resolve))) })
    const id = await connect(url)
    const topic = await topicOf([Buffer.from('{"a":1}'), framed(9)])
    let told = 0
    const over = new AbortController()
    const watching = app.openStream('decoding.watch', { connectionId: id }, { signal: over.signal, onBatch: ({ schemas }) => void (told += schemas) }) // oxfmt-ignore
    const [json, slow] = await rows(id, topic)
    expect(json?.encoding).toBe('JSON')
    expect(slow).toMatchObject({ first: 'Confluent: waiting for schema 9', waits: true })
    // Patient ones wait for it, whatever the others do meanwhile.
    const patient = rows(id, topic, true)
    expect((await rows(id, topic))[1]?.waits).toBe(true)
    const record = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 1n })
    expect(record).toMatchObject({ valueAs: { waits: true } })
    expect(told).toBe(0)
    come()
    await until('the schema is told of', () => told === 1)
    expect((await patient)[1]).toMatchObject({ value: '{"id":42,"note":"hi"}', waits: false })
    await untilHolds('it is decoded', async () => expect((await rows(id, topic))[1]?.encoding).toBe('Confluent Avro'))
    expect(asked.get(9)).toBe(1)
    over.abort()
    await watching
  })

  it('that a column of a header waits for is told of with its rows', async () => {
    let come = (): void => undefined
    const { url } = await registry({ 9: schema(new Promise<void>((resolve) => (come = resolve))) })
    const id = await connect(url)
    const topic = uniqueName('with-schemas')
    await wire.createTopic(topic, 1)
    const headers = [{ name: Buffer.from('order'), value: framed(9).subarray(5) }]
    await wire.produce(topic, 0, new Uint8Array(writeBatch([{ timestamp: 5n, key: null, value: Buffer.from('{}'), headers }]))) // oxfmt-ignore
    const chain = [{ as: 'registry' as const, schema: { by: 'id' as const, id: 9 }, message: null, skip: 0 }]
    await app.call('decoding.set', { connectionId: id, topic, part: 'header', header: 'order', chain })
    const read = async () => {
      const found: (string | undefined)[] = []
      const onBatch = (frame: RowColumns) => void found.push(fieldAt(frame, 0, 0)?.text, frame.decodings.some(({ waits }) => waits === true) ? 'waits' : 'here') // oxfmt-ignore
      const fields = [{ part: 'header' as const, path: ['order', 'id'] as [string, string] }]
      await app.openStream('messages.browse', { connectionId: id, topic, start: { at: 'log-start' }, fields }, { onBatch }) // oxfmt-ignore
      return found
    }
    expect(await read()).toEqual(['', 'waits'])
    come()
    await untilHolds('it is decoded', async () => expect(await read()).toEqual(['42', 'here']))
  })
})

it('another registry of the profile is asked anew', async () => {
  const first = await registry({})
  const second = await registry({ 7: schema() })
  const id = await connect(first.url)
  const topic = await topicOf([framed(7)])
  expect((await rows(id, topic, true))[0]?.first).toContain('not in this registry')
  const { items } = await app.call('profiles.list', {})
  const { profile } = items.find((one) => one.profile.id === (id as string))!
  await app.call('profiles.save', { profile: { ...profile, registry: newRegistry({ urls: [second.url] }) } })
  expect((await rows(id, topic, true))[0]?.encoding).toBe('Confluent Avro')
})
