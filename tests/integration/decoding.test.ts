import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { fieldAt, rowAt, type RowColumns } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// What is chosen for a topic holds from the next read on, in rows, in a record and for whoever watches; and it is kept.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient
let topic: string

const order = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}'

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  topic = uniqueName('decoding')
  await wire.createTopic(topic, 1)
  // An order of Avro; what looks like Confluent's format; JSON.
  const values = [Uint8Array.of(84, 4, 0x68, 0x69), Uint8Array.of(0, 0, 0, 0, 7, 84, 0), Buffer.from('{"a":1}')]
  await wire.produce(
    topic,
    0,
    new Uint8Array(writeBatch(values.map((value) => ({ timestamp: 5n, key: null, value, headers: [] })))),
  )
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

async function rows(of = id) {
  const found: [string | null, string, string[]][] = []
  const onBatch = (frame: RowColumns): void => {
    for (let i = 0; i < frame.count; i += 1) {
      const { value, valueAs } = rowAt(frame, i)
      const attempts = valueAs!.attempts.map(({ encoding, reason }) => `${encoding}: ${reason}`)
      found.push([value && utf8Text(value), valueAs!.encoding, attempts])
    }
  }
  await app.openStream('messages.browse', { connectionId: of, topic, start: { at: 'log-start' } }, { onBatch })
  return found
}
const choose = (chain: DecodeRule['chain'] | null, pattern = topic) =>
  app.call('decoding.set', { connectionId: id, topic: pattern, part: 'value', chain })

describe('what is chosen for a topic', () => {
  it('decodes rows and records from then on, until it is chosen no more', async () => {
    const before = await rows()
    expect(before.map(([, encoding]) => encoding)).toEqual(['UTF-8', 'UTF-8', 'JSON'])
    expect(before[1]![2][0]).toBe('Confluent: no registry in this profile; looks like schema id 7')
    await choose([{ as: 'avro', schema: order, framing: 'plain' }])
    const after = await rows()
    expect(after[0]).toEqual(['{"id":42,"note":"hi"}', 'Avro', []])
    expect(after[2]).toEqual(['{"a":1}', 'JSON', [expect.stringMatching(/^Avro: /)]])
    const record = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 0n })
    expect(record).toMatchObject({ valueAs: { encoding: 'Avro', form: 'json', value: { kind: 'record', fields: [{ name: 'id', value: { value: 42n } }, {}] } } }) // oxfmt-ignore
    await choose(null)
    expect(await rows()).toEqual(before)
  })

  it('holds by patterns, the more exact one first, and by each part alone', async () => {
    await choose([{ as: 'hex' }], `${topic.slice(0, -2)}*`)
    expect((await rows()).map(([, encoding]) => encoding)).toEqual(['Hex', 'Hex', 'Hex'])
    await choose([{ as: 'automatic' }])
    expect((await rows()).map(([, encoding]) => encoding)).toEqual(['UTF-8', 'UTF-8', 'JSON'])
    const { rules } = await app.call('decoding.get', { connectionId: id })
    expect(rules.map((rule) => rule.topic)).toEqual([`${topic.slice(0, -2)}*`, topic])
    await choose(null)
    await choose(null, `${topic.slice(0, -2)}*`)
  })

  it('is told to whoever watches', async () => {
    const told: boolean[] = []
    const over = new AbortController()
    const watching = app.openStream('decoding.watch', { connectionId: id }, { signal: over.signal, onBatch: ({ isChosenAnew }) => void told.push(isChosenAnew) }) // oxfmt-ignore
    await until('the watch is on', () => told.length > 0)
    await choose([{ as: 'json' }])
    await untilHolds('it is told', () => expect(told).toEqual([false, true]))
    over.abort()
    await watching
    await choose(null)
  })
})

it('headers are decoded by the same chain, and by what is chosen for those of a name', async () => {
  const withHeaders = uniqueName('decoding-headers')
  await wire.createTopic(withHeaders, 1)
  const inner = Buffer.from('{"at":9007199254740993,"total":129.90}')
  const headers = [
    { name: Buffer.from('json'), value: inner },
    { name: Buffer.from('packed'), value: Buffer.from(inner.toString('base64')) },
    { name: Buffer.from('packed'), value: null },
    { name: Buffer.from('order'), value: Buffer.of(84, 4, 0x68, 0x69) },
    { name: Buffer.from('large'), value: Buffer.from(JSON.stringify({ a: 'x'.repeat(100_000) })) },
    { name: Buffer.from('number'), value: Buffer.of(0, 0, 0, 0, 7) },
  ]
  await wire.produce(withHeaders, 0, new Uint8Array(writeBatch([{ timestamp: 5n, key: null, value: inner, headers }])))
  const at = { connectionId: id, topic: withHeaders }
  const set = (header: string, chain: DecodeRule['chain'] | null) =>
    app.call('decoding.set', { connectionId: id, topic: `${withHeaders.slice(0, -1)}*`, part: 'header', header, chain })
  const record = async () => {
    const found = await app.call('messages.record', { ...at, partition: 0, offset: 0n })
    if (found.kind !== 'record') throw new Error(found.kind)
    return found.headers
  }
  const encodings = async () => (await record()).map(({ valueAs }) => valueAs?.encoding)
  const before = await record()
  const usual = ['JSON', 'UTF-8', undefined, 'UTF-8', 'JSON', 'UTF-8']
  expect(await encodings()).toEqual(usual)
  expect(before[0]?.valueAs?.value).toMatchObject({ fields: [{ value: { value: 9_007_199_254_740_993n } }, { value: { written: '129.90' } }] }) // oxfmt-ignore
  expect(before[4]).toMatchObject({ size: 100_008, value: { length: 65_536 } })
  await set('packed', [{ as: 'base64', around: { as: 'json' } }])
  await set('order', [{ as: 'avro', schema: order, framing: 'plain' }])
  const after = await record()
  expect(await encodings()).toEqual(['JSON', expect.stringContaining('ase64'), undefined, 'Avro', 'JSON', 'UTF-8'])
  expect(utf8Text(after[3]!.valueAs!.written!)).toBe('{"id":42,"note":"hi"}')
  // Columns are of the last of a name, and a null one has no fields.
  const paths: [string, ...string[]][] = [['packed'], ['order', 'id'], ['json', 'total'], ['packed', 'at']]
  const fields = paths.map((path): RowField => ({ part: 'header', path }))
  const texts: unknown[] = []
  const onBatch = (frame: RowColumns): void => void texts.push(fields.map((_, f) => fieldAt(frame, 0, f)?.text))
  await app.openStream('messages.browse', { ...at, start: { at: 'log-start' }, fields }, { onBatch })
  expect(texts).toEqual([['null', '42', '129.90', '']])
  // A filter sees what was chosen, too.
  const { ledger } = await app.call('messages.ledger', at)
  const matches = async (source: string): Promise<number> => {
    let count = 0
    const onRows = ({ rows }: { rows: RowColumns }): void => void (count += rows.count)
    await app.openStream('messages.scan', { connectionId: id, ledger, filter: { kind: 'expression', source } }, { onBatch: onRows }) // oxfmt-ignore
    return count
  }
  expect([await matches('headers.order.id == 42'), await matches('headers.order.id == 41')]).toEqual([1, 0])
  const page = await app.call('messages.headers', { ...at, partition: 0, offset: 0n, from: 3 })
  expect(page.headers[0]?.valueAs?.encoding).toBe('Avro')
  const { text } = await app.call('decoding.export', { connectionId: id })
  expect(text).toContain('"header": "packed"')
  await set('packed', null)
  await set('order', null)
  expect(await encodings()).toEqual(usual)
})

it('fields of values, keys and headers stand beside the rows that have them', async () => {
  await choose([{ as: 'avro', schema: order, framing: 'plain' }])
  const fields: RowField[] = [
    { part: 'value', path: ['id'] },
    { part: 'value', path: [] },
    { part: 'value', path: ['a'] },
    { part: 'key', path: [] },
    { part: 'header', path: ['trace'] },
  ]
  const found: unknown[] = []
  const onBatch = (frame: RowColumns): void => {
    for (let i = 0; i < frame.count; i += 1) found.push(fields.map((_, f) => fieldAt(frame, i, f)))
    expect(fieldAt(frame, 0, 5)).toBeNull()
  }
  await app.openStream('messages.browse', { connectionId: id, topic, start: { at: 'log-start' }, fields }, { onBatch })
  const absent = { kind: 'absent', text: '' }
  const noKey = { kind: 'null', text: 'null' }
  expect(found).toEqual([
    [{ kind: 'integer', text: '42' }, { kind: 'record', text: '{"id":42,"note":"hi"}' }, absent, noKey, absent],
    [absent, { kind: 'bytes', text: '00 00 00 00 07 54 00' }, absent, noKey, absent],
    [absent, { kind: 'record', text: '{"a":1}' }, { kind: 'integer', text: '1' }, noKey, absent],
  ])
  const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
  const scanned: unknown[] = []
  await app.openStream('messages.scan', { connectionId: id, ledger, previews: 'none', fields }, { onBatch: ({ rows }) => void scanned.push(fieldAt(rows, 0, 0)) }) // oxfmt-ignore
  expect(scanned).toEqual([{ kind: 'integer', text: '42' }])
  await choose(null)
})

describe('a file of what was chosen', () => {
  it('brings it to another profile, beside what is chosen there, and is kept with a profile until that is deleted', async () => {
    await choose([{ as: 'avro', schema: order, framing: 'plain' }])
    const { name, text } = await app.call('decoding.export', { connectionId: id })
    expect(name).toMatch(/\.decoding\.json$/)
    const other = await app.connect(bootstrap)
    await app.call('decoding.set', { connectionId: other, topic: 'else', part: 'key', chain: [{ as: 'hex' }] })
    // For the connection alone: nothing is kept.
    await app.call('decoding.import', { connectionId: other, text, keep: false })
    expect((await rows(other))[0]?.[1]).toBe('Avro')
    expect((await app.call('decoding.get', { connectionId: other })).rules.map((rule) => rule.topic)).toEqual(['else'])
    expect(await app.call('decoding.import', { connectionId: other, text })).toMatchObject({ added: 1, replaced: 0 })
    expect(await app.call('decoding.import', { connectionId: other, text })).toMatchObject({ added: 0, replaced: 1 })
    expect((await rows(other))[0]![1]).toBe('Avro')
    await app.call('connections.close', { connectionId: other })
    await app.call('connections.open', { profileId: other as never })
    expect((await rows(other))[0]![1]).toBe('Avro')
    const file = path.join(app.dataDir, 'decoding', `${other}.json`)
    expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ kind: 'seekline.decoding', version: 1 })
    await app.call('profiles.delete', { id: other as never })
    await expect(fs.stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
    await choose(null)
  })

  it('that is none is refused, and changes nothing', async () => {
    const refused = { code: 'call.invalid', message: expect.stringContaining('cannot be read') as string }
    await expect(app.call('decoding.import', { connectionId: id, text: '{}' })).rejects.toMatchObject(refused)
    expect((await app.call('decoding.get', { connectionId: id })).rules).toEqual([])
  })
})
