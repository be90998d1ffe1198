import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { RecordInput } from '#shared/model/produce.ts'
import type { SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { WorkerSchemas } from '../decode/worker-schemas.ts'
import { decodeOne } from '../records/one-record.ts'
import { partitionForKey } from '../sending/partitioner.ts'
import { compose } from './compose.ts'
import { schemaRef, type ComposeFrom, type ComposeSettings } from './compose-task.ts'

const avro = (text: string): SchemaText => ({ type: 'avro', text, references: [] })
const order = avro('{"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"id","type":"long"},{"name":"note","type":["null","string"],"default":null}]}') // oxfmt-ignore

function worker(held: Record<number, SchemaText> = { 7: order }): WorkerSchemas {
  const schemas = new WorkerSchemas(({ connection, id }) => {
    const schema = id.by === 'id' ? held[id.id] : undefined
    const answer = schema === undefined ? { reason: 'schema 8 is not in this registry (404)', holdsMs: 30_000 } : { schema, subject: 'orders-value', version: 3 } // oxfmt-ignore
    schemas.put(1, { connection, id }, answer)
  })
  return schemas
}

const id7: SchemaId = { by: 'id', id: 7 }
const schema = { as: 'schema', schema: id7, message: null, frame: null } as const
const settings: ComposeSettings = {
  connection: 'c',
  partitions: 3,
  schemas: (['key', 'value'] as const).map((part) => ({ use: schemaRef(part, schema), find: id7, frame: 'confluent-id', ids: { id: 7, guid: null, globalId: null } })), // oxfmt-ignore
  frame: 'confluent-id',
  chosen: { key: { as: 'primitive', type: 'long' }, value: null },
  seed: 5,
  maxBatchBytes: 1_000_000,
  show: 10,
}

function made(from: ComposeFrom, more: Partial<ComposeSettings> = {}) {
  const schemas = worker()
  // The first time it asks; what came of it is there the second time.
  compose(from, { ...settings, ...more }, schemas)
  return compose(from, { ...settings, ...more }, schemas).composed
}

const records = (...all: object[]): ComposeFrom => ({ kind: 'records', first: 1, records: all.map((one) => RecordInput.parse(one)) }) // oxfmt-ignore
const lines = (...all: (string | object)[]): ComposeFrom => ({
  kind: 'lines',
  first: 1,
  bytes: bytesOfText(all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')),
  key: { as: 'line' },
  value: { as: 'line' },
  partitioning: 'keep',
  timestamps: 'keep',
})
const text = (value: string) => ({ as: 'text', text: value }) as const

describe('records as they stand', () => {
  it('are batches of their partitions, as Kafka’s own producers choose them by the key', () => {
    const { batches, places, preview } = made(records({ key: text('a'), value: text('1'), timestamp: 5n }, { partition: 2, value: null }, { key: text('a'), value: text('2') })) // oxfmt-ignore
    const first = partitionForKey(bytesOfText('a'), 3)
    expect(places.find(([partition]) => partition === first)?.[1]).toBeGreaterThanOrEqual(2)
    expect(preview.map(({ line, partition }) => [line, partition])).toEqual([[1, first], [2, 2], [3, first]]) // oxfmt-ignore
    const batch = batches.find(({ target }) => target === first)!
    expect(batch).toMatchObject({ firstOffset: 1n, deltas: first === 2 ? null : [0, 2] })
    const record = decodeOne(batch.bytes, 0n)
    expect(record).toMatchObject({ kind: 'record', timestamp: 5n, key: bytesOfText('a'), value: bytesOfText('1') })
  })

  it('say what is wrong with each part, at its character', () => {
    const {
      problems,
      bad,
      records: good,
    } = made(
      records({
        partition: 3,
        key: { as: 'hex', text: '00 0g' },
        value: { ...schema, json: '{"id": "x", "more": 1}' },
        headers: [{ name: text('a'), value: { as: 'base64', text: '€' } }],
      }),
    )
    expect([bad, good]).toEqual([1, 0])
    expect(problems).toMatchObject([
      { part: 'headers', header: { index: 0, of: 'value' } },
      { part: 'key', at: 4 },
      { part: 'value', path: 'id', at: 7 },
      { part: 'value', at: 12 },
      { part: 'partition', message: expect.stringContaining('0 to 2') as string },
    ])
  })

  it('are written by the schema with its frame in front, and by what was chosen for the topic', () => {
    const { preview } = made(records({ key: { as: 'choice', json: '9007199254740993' }, value: { ...schema, json: '{"id":3}' } })) // oxfmt-ignore
    expect(preview[0]!.value!.head).toEqual(Uint8Array.of(0, 0, 0, 0, 7, 6, 0))
    expect(preview[0]!.key!.head).toEqual(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 1))
    const nothing = made(records({ value: { as: 'choice', json: '1' } }))
    expect(nothing.problems[0]!.message).toContain('nothing was chosen')
  })

  it('that are too large for a batch together come in several', () => {
    const all = Array.from({ length: 50 }, () => ({ partition: 0, value: text('x'.repeat(1_000)) }))
    const { batches } = made(records(...all), { maxBatchBytes: 10_000 })
    expect(batches.length).toBeGreaterThan(4)
    expect(batches.every(({ bytes }) => bytes.length <= 10_000)).toBe(true)
    expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(50)
  })
})

describe('records that are generated', () => {
  const record = RecordInput.parse({
    key: text('k${seq}'),
    value: { ...schema, json: '{"id": ${1..5}, "note": {"string": "${uuid}"}}' },
    headers: [{ name: text('n'), value: text('${seq:10}') }],
  })
  const from = (first: number, count: number): ComposeFrom => ({ kind: 'generated', first, record, count })

  it('are the same from the same seed, in whatever pieces they are made', () => {
    const whole = made(from(1, 10)).preview
    expect([...made(from(1, 4)).preview, ...made(from(5, 6)).preview]).toEqual(whole)
    expect(whole.map(({ key, headers }) => [key!.text, headers[0]!.value!.text]).slice(0, 2)).toEqual([['k1', '10'], ['k2', '11']]) // oxfmt-ignore
    expect(new Set(whole.map(({ value }) => value!.text)).size).toBe(10)
    expect(made(from(1, 10), { seed: 6 }).preview[0]!.value!.text).not.toBe(whole[0]!.value!.text)
  })

  it('say where in what was typed something is wrong', () => {
    const json = '{"note": {"string": "${text:30}"}, "id": "${uuid}"}'
    const wrong = { ...record, value: { ...schema, json } }
    const { problems } = made({ kind: 'generated', first: 1, record: wrong, count: 1 })
    expect(problems[0]).toMatchObject({ part: 'value', path: 'id', at: json.indexOf('"${uuid}"') })
    const unknown = made({ kind: 'generated', first: 1, record: { ...record, key: text('a ${nothing}') }, count: 1 })
    expect(unknown.problems[0]).toMatchObject({ part: 'key', at: 2 })
  })

  it('stay as they are where nobody asked for generators', () => {
    expect(made(records({ value: text('${uuid}') })).preview[0]!.value!.text).toBe('${uuid}')
  })
})

describe('lines of a file', () => {
  it('are the bytes that they name, by the schema that they name, or JSON', () => {
    const { preview, used, bad } = made(
      lines(
        { partition: 1, offset: '7', timestamp: '1700000000000', topic: 'other', key: 'k', value: { text: '€', base64: 'AAE=' }, headers: [{ name: 'h', value: null }] }, // oxfmt-ignore
        '',
        { key: null, value: { json: { id: 3, note: null }, schema: { id: 7, type: 'com.acme.Order' } } },
        '{"value": {"json": {"big": 123456789012345678901234567890}}}',
        { value: null },
        { type: 'progress', value: {} },
      ),
    )
    expect(bad).toBe(0)
    expect(preview.map(({ line }) => line)).toEqual([1, 3, 4, 5])
    expect(preview[0]).toMatchObject({ partition: 1, timestamp: 1_700_000_000_000n, value: { head: Uint8Array.of(0, 1) }, headers: [{ name: 'h', value: null }] }) // oxfmt-ignore
    expect(preview[1]!.value!.head).toEqual(Uint8Array.of(0, 0, 0, 0, 7, 6, 0))
    expect(utf8Text(preview[2]!.value!.head)).toBe('{"big":123456789012345678901234567890}')
    expect(preview[3]!.value).toBeNull()
    expect(used).toMatchObject([{ part: 'value', type: 'avro', schema: { subject: 'orders-value', version: 3 } }])
  })

  it.each([
    ['{', 'line', 1, /no line of JSON/],
    ['[1]', 'line', 0, /to be an object/],
    ['{"key": null}', 'line', 0, /"value" is missing/],
    ['{"value": null, "vlaue": 1}', 'line', 16, /no "vlaue"/],
    ['{"value": {"id": 1}}', 'value', 17, /no "id" here/],
    ['{"value": 5}', 'value', 10, /Write it as/],
    ['{"value": {"base64": "€"}}', 'value', 21, /no base64/],
    ['{"value": null, "partition": -1}', 'partition', 29, /whole number/],
    ['{"value": null, "partition": 3}', 'partition', null, /0 to 2/],
    ['{"value": null, "timestamp": "now"}', 'line', 29, /milliseconds/],
    ['{"value": null, "headers": {}}', 'headers', 27, /a list/],
    ['{"value": null, "headers": [{"name": "a"}]}', 'headers', 28, /A header is/],
    ['{"value": {"json": {"id": "x"}, "schema": {"id": 7, "type": "com.acme.Order"}}}', 'value', 26, /whole number/],
    ['{"value": {"json": {"id": 1}, "schema": {"id": 7, "type": "com.acme.Invoice"}}}', 'value', 19, /com\.acme\.Order in this registry, not com\.acme\.Invoice/], // oxfmt-ignore
    ['{"value": {"json": {"id": 1}, "schema": {"id": 8}}}', 'value', 19, /not in this registry/],
    ['{"value": {"json": 1, "schema": {"id": -8}}}', 'value', 32, /No registry has/],
    ['{"value": "a", "value": null}', 'line', 15, /is there twice/],
    ['{"value": {"text": "a", "text": "b"}}', 'value', 24, /is there twice/],
    ['{"value": null, "headers": [{"name": "a", "value": null, "value": "b"}]}', 'headers', 57, /is there twice/],
    ['{"value": {"json": 1, "schema": {"id": 7, "id": 8}}}', 'value', 42, /is there twice/],
  ])('say of %s what is wrong, with its number', (line, part, at, message) => {
    const { problems, bad, records: good } = made(lines({ value: 'a' }, line, { value: 'b' }))
    expect([bad, good]).toEqual([1, 2])
    expect(problems[0]).toMatchObject({ line: 2, part, at, message: expect.stringMatching(message) as string })
  })

  it('that are not UTF-8 are bad ones, and a byte order mark is none of the first', () => {
    const from = { ...(lines({ value: 'a' }) as Extract<ComposeFrom, { kind: 'lines' }>) }
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, ...from.bytes, 0x0a, 0xff)
    expect(made({ ...from, bytes })).toMatchObject({ records: 1, bad: 1, problems: [{ line: 2, message: expect.stringContaining('UTF-8') as string }] }) // oxfmt-ignore
  })
})
