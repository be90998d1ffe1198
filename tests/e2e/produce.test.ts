import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newRegistry } from '#shared/model/registry.ts'
import { startApicurio, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { serialisers } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { sorted } from '../support/tagged.ts'
import { kcatConsume } from '../support/tools.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// Records written by hand: from nothing, from one that is there, many from one, from a file. What reached the topic is judged by
// kcat, and what it means by Confluent's own deserialisers.

const topic = uniqueName('orders')
const plain = uniqueName('plain')
/** Of one profile each: a tab of the same topic is called otherwise once another profile shows it, too. */
const away = uniqueName('away')
const guarded = uniqueName('guarded')
const looked = uniqueName('looked')
const customer = { type: 'record', name: 'Customer', fields: [{ name: 'id', type: 'long' }] }
const fields = [
  { name: 'id', type: 'string' },
  { name: 'total', type: 'int' },
  { name: 'customer', type: ['null', customer], default: null },
]
const schema = JSON.stringify({ type: 'record', name: 'Order', namespace: 'com.acme', fields })

describe('producing', () => {
  let stage: Stage
  let registry: RunningApicurio
  let bootstrap: string
  let see: ReturnType<typeof steps>
  let schemaId: number

  const box = (name: string) => see.view().getByRole('textbox', { name, exact: true })
  const mode = (name: string) => see.view().getByRole('radio', { name, exact: true })
  const as = (part: string, kind: string) =>
    see.view().getByRole('radiogroup', { name: `${part} as` }).getByRole('radio', { name: kind, exact: true }) // oxfmt-ignore
  const plan = () => see.button(/^Plan( again)?$/)
  const produce = async (action: string | RegExp) => {
    await see.button('Produce…').click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name: action }).click()
  }
  const read = async (of: string, partition?: number, offset?: string) =>
    (await kcatConsume(bootstrap, { topic: of, ...(partition === undefined ? {} : { partition }), ...(offset === undefined ? {} : { offset }) })).map(({ key, value, ...rest }) => ({ ...rest, key: key === null ? null : String(key), value: value === null ? null : String(value) })) // oxfmt-ignore

  beforeAll(async () => {
    let kafka
    ;[kafka, registry, stage] = await Promise.all([
      sharedKafka(),
      startApicurio('2.6.13.Final').then((started) => started!),
      startStage(),
    ])
    bootstrap = kafka.bootstrap
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 3)
    await kafka.tools.createTopic(plain, 2)
    for (const name of [away, guarded, looked]) await kafka.tools.createTopic(name, 1)
    const answer = await fetch(`${registry.ccompat}/subjects/${topic}-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    })
    schemaId = ((await answer.json()) as { id: number }).id
    const known = newRegistry({ kind: 'apicurio', urls: [registry.url] })
    // As Confluent's serialisers write it, so that their deserialisers read it.
    const confluent = newRegistry({ kind: 'confluent', urls: [registry.ccompat] })
    await stage.profile('Shop', bootstrap, { registry: confluent })
    await stage.profile('Guarded', bootstrap, { accessMode: 'guarded', registry: known })
    await stage.profile('Looking', bootstrap, { accessMode: 'read-only', registry: known })
    await stage.profile('Nowhere', bootstrap, { registry: newRegistry({ urls: ['http://127.0.0.1:1'] }) })
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await registry?.stop()
  })

  test('by keyboard alone: a record by the schema of its topic, its mistake shown at the place, and what Confluent reads of it', async () => {
    const { page } = stage
    await see.connect('Shop')
    await see.openTopic(topic)
    await see.view().getByText(`${topic} holds no messages.`).waitFor()
    await page.keyboard.press('Alt+n')
    await see.tab(`${topic} · produce`).waitFor()
    await see.view().getByText('Nothing is written yet.').waitFor()
    await stage.shown('produce-empty')
    await tabTo(page, as('Value', 'Text'))
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await see.view().getByText(`${topic}-value v1`).waitFor()
    await tabTo(page, box('Value'))
    await page.keyboard.type('{"id":"a","total":"many"}')
    const problems = see.view().getByRole('list', { name: 'Problems of the value' })
    await problems.getByRole('button', { name: 'character 19' }).waitFor()
    await stage.shown('produce-problems')
    await tabTo(page, problems.getByRole('button').first())
    await page.keyboard.press('Enter')
    // At the place: what is typed now stands before the mistake, which goes.
    for (let at = 0; at < 6; at++) await page.keyboard.press('Delete')
    await page.keyboard.type('12')
    await problems.getByRole('button').first().waitFor({ state: 'detached' })
    await see.view().getByText('on the wire.').waitFor()
    await page.keyboard.press('F5')
    await see.view().getByText(`One record will be appended to ${topic}`).first().waitFor()
    await stage.shown('produce-plan')
    await tabTo(page, see.button('Produce…'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('alertdialog')
    await tabTo(page, dialog.getByRole('button', { name: 'Produce the record' }))
    await page.keyboard.press('Enter')
    await see.button('Open it').waitFor()
    await stage.shown('produce-done')
    const [written] = await kcatConsume(bootstrap, { topic })
    // Confluent's frame: a zero, the id, then Avro: "a", 12, and the first branch of the union.
    const head = Buffer.alloc(5)
    head.writeInt32BE(schemaId, 1)
    expect(written?.value).toEqual(Buffer.concat([head, Buffer.from([2, 97, 24, 0])]))
    const [theirs] = await serialisers('read', { bootstrap, registry: registry.ccompat, kind: 'avro', topic, count: 1 })
    expect(sorted(theirs!.value)).toEqual(['fields', [['customer', ['null']], ['id', ['text', 'a']], ['total', ['integer', '12']]]]) // oxfmt-ignore
    await tabTo(page, see.button('Open it'))
    await page.keyboard.press('Enter')
    await see.tab(`${topic} · messages`).waitFor()
    await see.view().getByRole('tree', { name: 'Value as a tree' }).getByText('total').waitFor()
  })

  test('a record that is there is edited by its schema, with a key, a header and a partition of its own', async () => {
    const { page } = stage
    await page.keyboard.press('Alt+Shift+e')
    await see.view().getByText(`The original stays at ${topic} / `, { exact: false }).waitFor() // oxfmt-ignore
    await see.select('Schema').getByText('of the record').waitFor()
    await box('Value').fill('{"id":"b","total":13,"customer":{"id":9007199254740993}}')
    await as('Key', 'Text').click()
    await box('Key').fill('order-b')
    await box('Partition').fill('2')
    await see.button('Add a header').click()
    await box('Name 1').fill('source')
    await box('Value 1').fill('by hand')
    await see.view().getByText('on the wire.').waitFor()
    await stage.shown('produce-edited')
    await plan().click()
    await see.view().getByText(`One record will be appended to ${topic}`).first().waitFor()
    await produce('Produce the record')
    await see.button('Open it').waitFor()
    const written = (await kcatConsume(bootstrap, { topic, partition: 2 })).at(-1)
    expect([String(written?.key), written?.headers]).toEqual(['order-b', 'source=by hand'])
    const theirs = await serialisers('read', { bootstrap, registry: registry.ccompat, kind: 'avro', topic, count: 2 })
    expect(sorted(theirs.findLast(({ partition }) => partition === 2)!.value)).toEqual(['fields', [['customer', ['fields', [['id', ['integer', '9007199254740993']]]]], ['id', ['text', 'b']], ['total', ['integer', '13']]]]) // oxfmt-ignore
    // The journal tells of it, and leads to it.
    await see.button('Journal entry').click()
    await see.tab('Journal').waitFor()
    await see.view().getByRole('grid', { name: `Where records were written in ${topic}` }).waitFor() // oxfmt-ignore
    await stage.shown('produce-journal')
    await see.tab(`${topic} · produce`).click()
  })

  test('a tombstone for its key', async () => {
    await as('Value', 'Tombstone').click()
    await see.view().getByText('tombstone', { exact: true }).waitFor()
    await plan().click()
    await see.view().getByText(/tombstone will be appended/i).first().waitFor() // oxfmt-ignore
    await produce('Produce the tombstone')
    await see.button('Open it').waitFor()
    expect((await read(topic, 2)).at(-1)).toMatchObject({ key: 'order-b', value: null })
  })

  test('many records are made of one by generators that are inserted, shown first, and none is like another', async () => {
    await see.openTopic(plain)
    await see.button('Produce a record…').click()
    await see.tab(`${plain} · produce`).waitFor()
    await mode('Several').click()
    await box('Records').fill('40')
    await as('Key', 'Text').click()
    await box('Key').click()
    await see.button('${uuid}').click()
    await box('Value').fill('{"n":')
    await box('Value').press('End')
    await see.button('${seq}').click()
    await stage.page.keyboard.type('}')
    await plan().click()
    const preview = see.view().getByRole('grid', { name: `The first records for ${plain}` })
    await preview.getByRole('row', { name: /\{"n":1\}/ }).waitFor()
    await stage.shown('produce-several')
    const first = await preview.getByRole('row').nth(1).textContent()
    await produce('Produce 40 records')
    await see.view().getByRole('grid', { name: `Where records were written in ${plain}` }).waitFor() // oxfmt-ignore
    await stage.shown('produce-receipt')
    const written = await read(plain)
    expect(written).toHaveLength(40)
    expect(new Set(written.map(({ key }) => key)).size).toBe(40)
    expect(new Set(written.map(({ value }) => value))).toEqual(new Set(Array.from({ length: 40 }, (_, at) => `{"n":${at + 1}}`))) // oxfmt-ignore
    // What was shown is what was sent.
    expect(first).toContain(written.find(({ value }) => value === '{"n":1}')?.key)
  })

  test('a template keeps what was typed, is renamed, used and deleted', async () => {
    const { page } = stage
    const dialog = page.getByRole('dialog', { name: `Templates of ${plain}` })
    await see.button(/^Templates/).click()
    await dialog.getByRole('textbox', { name: 'Save the form as' }).fill('numbers')
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click()
    await dialog.getByRole('button', { name: 'Rename numbers' }).click()
    await dialog.getByRole('textbox', { name: 'New name' }).fill('forty numbers')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Use forty numbers' }).waitFor()
    await stage.shown('produce-templates')
    await page.keyboard.press('Escape')
    await see.button('Clear').click()
    await mode('One record').click()
    expect(await box('Value').textContent()).toBe('')
    await see.button('Templates (1)…').click()
    await dialog.getByRole('button', { name: 'Use forty numbers' }).click()
    expect(await box('Value').textContent()).toBe('{"n":${seq}}')
    expect(await box('Records').inputValue()).toBe('40')
    await see.button('Templates (1)…').click()
    await dialog.getByRole('button', { name: 'Delete forty numbers' }).click()
    await dialog.getByText('None yet.').waitFor()
    await page.keyboard.press('Escape')
  })

  test('a slow run is cancelled, and the receipt says how far it came', async () => {
    await box('Records').fill('1000')
    await box('Records a second').fill('2')
    await plan().click()
    await see.view().getByText(/^1.?000 records will be appended/).first().waitFor() // oxfmt-ignore
    await produce(/^Produce 1.?000 records/)
    await see.view().getByText(/of 1.?000 records done/).first().waitFor() // oxfmt-ignore
    await stage.shown('produce-running')
    await see.button('Cancel').click()
    await see.view().getByText('cancelled', { exact: true }).first().waitFor() // oxfmt-ignore
    const written = (await read(plain)).length - 40
    expect(written).toBeLessThan(1000)
  })

  test('a file is read line by line: a bad one is named, left out if asked for, and the others are written', async () => {
    const { page } = stage
    const lines = [
      '{"partition":1,"key":{"text":"f1"},"value":{"json":{"a":9007199254740993}},"headers":[]}',
      '{"partition":1,"key":{"text":"f2"},"value":',
      '{"partition":1,"key":{"text":"f2"},"value":null,"headers":[{"name":"h","value":{"base64":"AP8="}}]}',
    ]
    const file = path.join(os.tmpdir(), `${plain}.ndjson`)
    await writeFile(file, lines.join('\n'))
    await mode('From a file').click()
    const chosen = page.waitForEvent('filechooser')
    await see.button('Open a file…').click()
    await (await chosen).setFiles(file)
    await see.view().getByText(`${plain}.ndjson`, { exact: false }).first().waitFor() // oxfmt-ignore
    await plan().click()
    await see.view().getByRole('list', { name: 'What cannot be written' }).getByText('line 2').waitFor()
    expect(await see.button('Produce…').isDisabled()).toBe(true)
    await stage.shown('produce-file')
    await see.view().getByText('Leave out lines that cannot be written').click()
    await box('Records a second').fill('')
    await plan().click()
    await see.view().getByText(/^2 records will be appended/).first().waitFor() // oxfmt-ignore
    const before = (await read(plain, 1)).length
    await produce('Produce 2 records')
    await see.button('Journal entry').waitFor()
    expect((await read(plain, 1)).slice(before)).toMatchObject([
      { key: 'f1', value: '{"a":9007199254740993}' },
      { key: 'f2', value: null },
    ])
  })

  test('a registry that is away and a subject that is not there say so beside the part, and nothing can be planned', async () => {
    await mode('One record').click()
    await as('Value', 'Schema').click()
    await see.view().getByRole('region', { name: 'The value' }).getByRole('alert').first().waitFor() // oxfmt-ignore
    expect(await see.button('Produce…').isDisabled()).toBe(true)
    await stage.shown('produce-unknown-subject')
    await see.connect('Nowhere')
    await see.openTopic(away)
    await see.command('Produce records')
    await see.tab(`${away} · produce`).waitFor()
    await as('Value', 'Schema').click()
    await see.view().getByRole('region', { name: 'The value' }).getByRole('alert').first().waitFor() // oxfmt-ignore
    await stage.shown('produce-registry-down')
  })

  test('a guarded profile asks for its name; one that is read-only shows the plan, says why, and sends nothing', async () => {
    const { page } = stage
    await see.connect('Guarded')
    await see.openTopic(guarded)
    await see.command('Produce records')
    await box('Value').fill('guarded')
    await plan().click()
    await see.button('Produce…').click()
    const dialog = page.getByRole('alertdialog')
    const action = dialog.getByRole('button', { name: 'Produce the record' })
    expect(await action.isDisabled()).toBe(true)
    await dialog.getByRole('textbox', { name: 'Profile name' }).fill('Guarded')
    await stage.shown('produce-guarded')
    await action.click()
    await see.button('Open it').waitFor()
    expect((await read(guarded)).map(({ value }) => value)).toContain('guarded')
    await see.connect('Looking')
    await see.openTopic(looked)
    await see.command('Produce records')
    await see.view().getByText('Looking is read-only: this plan can be looked at, not applied.').waitFor()
    await box('Value').fill('never')
    await plan().click()
    await see.view().getByText('One record will be appended to').first().waitFor() // oxfmt-ignore
    expect(await see.button('Produce…').isDisabled()).toBe(true)
    await stage.shown('produce-read-only')
    expect((await read(looked)).map(({ value }) => value)).not.toContain('never')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
