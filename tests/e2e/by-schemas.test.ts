import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newRegistry } from '#shared/model/registry.ts'
import { compileAvro } from '../../electron/kafka/decode/avro/codec.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import type { RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'
import { startApicurio, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What schemas say of records, all the way round: out by an export and in again by the page, through Protobuf and JSON Schema that
// are typed, two of them side by side. What stands in the topics is judged by kcat.

const orders = uniqueName('shop-orders')
const copies = uniqueName('shop-copies')
const renamed = uniqueName('shop-renamed')
const payments = uniqueName('shop-payments')
const events = uniqueName('shop-events')

const avro = JSON.stringify({
  type: 'record',
  name: 'Order',
  namespace: 'com.acme',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'note', type: ['null', 'string', 'bytes'], default: null },
  ],
})
const protobuf = `syntax = "proto3"; package acme;
message Line { string sku = 1; int64 count = 2; }
message Payment { string id = 1; repeated Line lines = 2; map<string, bool> flags = 3; }`
const jsonSchema = JSON.stringify({
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 }, kind: { enum: ['made', 'sent'] } },
  additionalProperties: false,
})

describe('records by their schemas', () => {
  let stage: Stage
  let registry: RunningApicurio
  let wire: WireClient
  let bootstrap: string
  let folder: string
  let see: ReturnType<typeof steps>
  let avroId: number

  const register = async (subject: string, schema: string, schemaType?: string): Promise<number> => {
    const answer = await fetch(`${registry.ccompat}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema, ...(schemaType === undefined ? {} : { schemaType }) }),
    })
    return ((await answer.json()) as { id: number }).id
  }
  const framed = (id: number, json: string): Uint8Array => {
    const made = compileAvro({ type: 'avro', text: avro, references: [] }).encode(json)
    if ('problems' in made) throw new Error(JSON.stringify(made.problems))
    const head = Buffer.alloc(5)
    head.writeInt32BE(id, 1)
    return Buffer.concat([head, made.bytes])
  }
  const text = (of: string) => Buffer.from(of)
  const inTopic = async (topic: string) =>
    (await kcatConsume(bootstrap, { topic })).toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset)) // oxfmt-ignore
  const box = (name: string) => see.view().getByRole('textbox', { name, exact: true })
  const as = (part: string, kind: string) =>
    see.view().getByRole('radiogroup', { name: `${part} as` }).getByRole('radio', { name: kind, exact: true }) // oxfmt-ignore
  const plan = () => see.button(/^Plan( again)?$/)
  const produce = async (action: string | RegExp) => {
    await see.button('Produce…').click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name: action }).click()
  }
  const record = () => stage.page.getByRole('region', { name: 'Record' })

  beforeAll(async () => {
    let kafka
    ;[kafka, registry, stage, folder] = await Promise.all([
      sharedKafka(),
      startApicurio('2.6.13.Final').then((started) => started!),
      startStage(),
      mkdtemp(path.join(os.tmpdir(), 'seekline-by-schemas-')),
    ])
    bootstrap = kafka.bootstrap
    see = steps(stage.page)
    wire = await connectWire(bootstrap)
    for (const topic of [orders, copies, renamed]) await wire.createTopic(topic, 2, { 'retention.ms': '-1' })
    for (const topic of [payments, events]) await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    avroId = await register(`${orders}-value`, avro)
    await register(`${renamed}-value`, avro.replace('"NEW","PAID"', '"NEW","PAID","GONE"'))
    await register(`${payments}-value`, protobuf, 'PROTOBUF')
    await register(`${events}-value`, jsonSchema, 'JSON')
    const none: RecordToWrite['headers'] = []
    const headers = [
      { name: text('h'), value: null },
      { name: text('h'), value: text('') },
      { name: text('ünï'), value: Buffer.of(0xff, 0, 1) },
      { name: text(''), value: text('again') },
    ]
    const first =
      '{"id":9007199254740993,"at":"2026-11-28T17:34:03.120Z","total":12.50,"status":"NEW","note":{"string":"€"}}'
    const second =
      '{"id":9007199254740994,"at":"2026-11-28T17:34:04.120Z","total":12.55,"status":"PAID","note":{"bytes":"AP8="}}'
    const of = (partition: number): RecordToWrite[] => [
      { timestamp: 1_700_000_000_000n, key: text('order-1'), value: framed(avroId, first), headers },
      { timestamp: 1_700_000_000_001n, key: text('order-1'), value: framed(avroId, second), headers: none },
      { timestamp: 1_600_000_000_000n, key: text('order-1'), value: null, headers: none },
      { timestamp: 1_700_000_000_002n, key: null, value: text(''), headers: none },
      { timestamp: 1_700_000_000_003n, key: text(''), value: Buffer.of(0xc3, 0x28, partition), headers: none },
      {
        timestamp: 1_700_000_000_004n,
        key: Buffer.of(0xff),
        value: text('{"plain": 1, "plain": 2}\r\n'),
        headers: none,
      },
    ]
    for (const partition of [0, 1]) await wire.produce(orders, partition, writeBatch(of(partition)))
    await stage.profile('Shop', bootstrap, { registry: newRegistry({ kind: 'confluent', urls: [registry.ccompat] }) })
    await stage.open()
    await see.connect('Shop')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
    await registry?.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  const exported = async (): Promise<string> => {
    const file = path.join(folder, `${uniqueName('export')}.ndjson`)
    const connectionId = 'shop' as never
    const { ledger } = await stage.client.call('messages.ledger', { connectionId, topic: orders })
    await stage.client.openStream('messages.export', { connectionId, ledger, format: { as: 'ndjson' }, path: file })
    return file
  }
  const fromFile = async (topic: string, file: string) => {
    await see.openTopic(topic)
    await see.command('Produce records')
    await see.tab(`${topic} · produce`).waitFor()
    await see.view().getByRole('radio', { name: 'From a file', exact: true }).click()
    await see.view().getByRole('radio', { name: 'A file by its path', exact: true }).click()
    await box('Path').fill(file)
  }

  test('what was exported is what the page produces from the file, to the last byte', async () => {
    await fromFile(copies, await exported())
    await plan().click()
    await see.view().getByText(/^12 records will be appended/).first().waitFor() // oxfmt-ignore
    await stage.shown('produce-export')
    await produce('Produce 12 records')
    await see.button('Journal entry').waitFor()
    const [before, after] = await Promise.all([inTopic(orders), inTopic(copies)])
    expect(before).toHaveLength(12)
    expect(after).toEqual(before)
  })

  test('values go through another schema, and what has none stays as it is', async () => {
    await fromFile(renamed, await exported())
    await see.choose(see.select('Values'), /by the topic’s subject/)
    await plan().click()
    await see.view().getByText(/^12 records will be appended/).first().waitFor() // oxfmt-ignore
    await produce('Produce 12 records')
    await see.button('Journal entry').waitFor()
    const [before, after] = await Promise.all([inTopic(orders), inTopic(renamed)])
    const idOf = (value: Buffer | null) => value?.readInt32BE(1)
    expect(idOf(after[0]!.value)).not.toBe(avroId)
    const withoutId = after.map((one) => (one.value !== null && one.value.length > 20 && one.value[0] === 0 ? { ...one, value: Buffer.concat([before[0]!.value!.subarray(0, 5), one.value.subarray(5)]) } : one)) // oxfmt-ignore
    expect(withoutId).toEqual(before)
    await see.openTopic(renamed)
    // It was read when it was opened, and empty then.
    await see.button('Read').click()
    await see.row(/id 9007199254740993 · at 2026-11-28T17:34:03.120Z · total 12.50 · status NEW/).first().waitFor() // oxfmt-ignore
  })

  test('two decoded values are compared by what they mean, with what is stored beside it', async () => {
    const { page } = stage
    await see.openTopic(orders)
    await see.row(/order-1 id 9007199254740994/).first().dblclick() // oxfmt-ignore
    await record().getByRole('tree').getByRole('treeitem', { name: /^total 12.55/ }).waitFor() // oxfmt-ignore
    await see.command('previous record of its key')
    const dialog = page.getByRole('dialog', { name: 'Compare records' })
    for (const change of [
      /changed value.id 9007199254740993 9007199254740994/,
      /changed value.at 2026-11-28T17:34:03.120Z \(1795887243120\) 2026-11-28T17:34:04.120Z \(1795887244120\)/,
      /changed value.total 12.50 12.55/,
      /changed value.status NEW \(0\) PAID \(1\)/,
      /changed value.note "€" 00 ff/,
      /removed headers.h null not there/,
    ]) {
      await dialog.getByRole('row', { name: change }).first().waitFor()
    }
    await stage.shown('compare-decoded')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    const at = record().getByRole('tree').getByRole('treeitem', { name: /^at 2026-11-28T17:34:04.120Z/ }) // oxfmt-ignore
    await at.click()
    await record().getByText(/stored as 1795887244120/).waitFor() // oxfmt-ignore
    await page.keyboard.press('Escape')
  })

  test('a Protobuf message is typed: its message is chosen, a mistake is at its place, and it is read back', async () => {
    await see.openTopic(payments)
    await see.command('Produce records')
    await see.tab(`${payments} · produce`).waitFor()
    await as('Value', 'Schema').click()
    await see.view().getByText(`${payments}-value v1`).waitFor()
    await box('Value').fill('{"id":"p1","lines":[{"sku":"a","count":9007199254740993}],"flags":{"paid":true}}')
    const problems = see.view().getByRole('list', { name: 'Problems of the value' })
    // The first message of the file is a line, which has no such fields.
    await problems.getByRole('button').first().waitFor() // oxfmt-ignore
    const message = see.view().getByRole('combobox', { name: 'Message' })
    await message.fill('acme.Payment')
    await message.press('Tab')
    await problems.getByRole('button').first().waitFor({ state: 'detached' }) // oxfmt-ignore
    await box('Value').fill('{"id":"p1","lines":[{"sku":"a","count":"many"}],"flags":{"paid":true}}')
    await problems.getByRole('button', { name: /^character 40/ }).waitFor() // oxfmt-ignore
    await stage.shown('produce-protobuf')
    await box('Value').fill('{"id":"p1","lines":[{"sku":"a","count":9007199254740993}],"flags":{"paid":true}}')
    await see.view().getByText('on the wire.').waitFor()
    await plan().click()
    await see.view().getByText(/^One record will be appended/).first().waitFor() // oxfmt-ignore
    await produce('Produce the record')
    await see.button('Open it').waitFor()
    const [written] = await inTopic(payments)
    // One index, 1: the second message; then "p1", a line of "a" and 2^53 + 1, and "paid" as true.
    expect(written!.value!.subarray(5).toString('hex')).toBe('02020a027031120c0a01611081808080808080101a080a04706169641001') // oxfmt-ignore
    await see.button('Open it').click()
    await record().getByRole('tree').getByRole('treeitem', { name: /^count 9007199254740993/ }).waitFor() // oxfmt-ignore
    await stage.page.keyboard.press('Escape')
  })

  test('what a JSON Schema forbids is said at its place, and what it allows is read back', async () => {
    await see.openTopic(events)
    await see.command('Produce records')
    await see.tab(`${events} · produce`).waitFor()
    await as('Value', 'Schema').click()
    await see.view().getByText(`${events}-value v1`).waitFor()
    await box('Value').fill('{"id":0,"kind":"lost","more":1}')
    const problems = see.view().getByRole('list', { name: 'Problems of the value' })
    await problems.getByRole('button', { name: 'character 7', exact: true }).waitFor()
    await problems.getByRole('button', { name: 'character 16', exact: true }).waitFor()
    await stage.shown('produce-json-schema')
    expect(await see.button('Produce…').isDisabled()).toBe(true)
    await box('Value').fill('{"id":9007199254740993,"kind":"made"}')
    await see.view().getByText('on the wire.').waitFor()
    await plan().click()
    await see.view().getByText(/^One record will be appended/).first().waitFor() // oxfmt-ignore
    await produce('Produce the record')
    await see.button('Open it').waitFor()
    const [written] = await inTopic(events)
    expect(written!.value!.subarray(5).toString()).toBe('{"id":9007199254740993,"kind":"made"}')
    await see.button('Open it').click()
    await record().getByRole('tree').getByRole('treeitem', { name: /^id 9007199254740993/ }).waitFor() // oxfmt-ignore
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
