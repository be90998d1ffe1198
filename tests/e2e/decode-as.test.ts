import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('decode-as')
const schema = '{"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"id","type":"string"},{"name":"status","type":"string"}]}' // oxfmt-ignore
const proto = 'syntax = "proto3"; package acme; message Line { string sku = 1; } message Order { string id = 1; string status = 2; }' // oxfmt-ignore

describe('what bytes are, by choice', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    // Avro has the length of a text, doubled, before it.
    const input = ['ab12\u0008paid', 'cd34\u0008open'].map((value, i) => `key-${i}\t\u0008${value}`).join('\n')
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input, keyDelimiter: '\t' })
    await stage.profile('Choices', kafka.bootstrap)
    await stage.open()
    await see.connect('Choices')
    await see.openTopic(topic)
    await see.row(/key-1/).waitFor()
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const dialog = () => stage.page.getByRole('dialog', { name: /^Decode / }) // oxfmt-ignore
  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const node = (name: string | RegExp) => record().getByRole('tree').getByRole('treeitem', { name })
  const chooseAs = (kind: string) => see.choose(dialog().getByRole('button', { name: /\bAs$/ }), kind) // oxfmt-ignore

  test('a pasted Avro schema decodes rows and record at once, and is remembered', async () => {
    const { page } = stage
    await see.row(/key-0/).dblclick()
    await record().getByRole('radio', { name: 'Report' }).click()
    await record().getByRole('button', { name: 'Decode as…' }).click()
    await dialog().getByText('Of 2 loaded rows: 2 UTF-8.').waitFor()
    await chooseAs('Avro by a schema')
    await dialog().getByText('Which schema?').waitFor()
    await dialog().getByRole('textbox', { name: 'Schema' }).fill(schema)
    await stage.shown('decode-as')
    await dialog().getByRole('button', { name: 'Decode', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
    await see.row(/key-1.*open/).waitFor()
    await record().getByText('com.acme.Order').first().waitFor()
    await record().getByRole('radio', { name: 'Tree' }).click()
    await node(/^status "paid" string/).waitFor()
    await stage.open()
    await see.tab(`${topic} · messages`).click()
    await see.row(/key-1.*open/).dblclick()
    await node(/^status "open" string/).waitFor()
    await page.keyboard.press('Escape')
  })

  test('automatic is one key away', async () => {
    const { page } = stage
    await see.view().getByRole('grid').focus()
    await page.keyboard.press('Alt+a')
    await see.command('decode values as')
    await dialog().getByText('Nothing is chosen for them.').waitFor()
    await dialog().getByText('Of 2 loaded rows: 2 UTF-8.').waitFor()
    await page.keyboard.press('Escape')
  })

  test('a choice that does not fit says why, for all topics of a pattern, and its messages are offered', async () => {
    const { page } = stage
    await see.command('decode values as')
    await chooseAs('Protobuf by a schema')
    await dialog().getByRole('textbox', { name: 'Schema' }).fill(proto)
    await see.choose(dialog().getByRole('button', { name: /Message$/ }), 'acme.Order')
    await dialog()
      .getByRole('textbox', { name: 'For topics' })
      .fill(`${topic.slice(0, 9)}*`)
    await stage.shown('decode-as-protobuf')
    await dialog().getByRole('button', { name: 'Decode', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
    await see.row(/key-0/).dblclick()
    await record().getByRole('radio', { name: 'Report' }).click()
    await record().getByRole('region', { name: 'How the value was decoded' }).getByText(/Protobuf/).first().waitFor() // oxfmt-ignore
    await see.command('decode values as')
    await dialog()
      .getByText(`A choice for ${topic.slice(0, 9)}* holds.`)
      .waitFor()
    expect(await dialog().getByRole('textbox', { name: 'Schema' }).inputValue()).toBe(proto)
    // For this topic alone, while the pattern goes on to hold for others.
    await dialog().getByRole('button', { name: 'Automatic again' }).click()
    await dialog().waitFor({ state: 'detached' })
    await record().getByRole('region', { name: 'How the value was decoded' }).getByText('UTF-8').first().waitFor() // oxfmt-ignore
    await page.keyboard.press('Escape')
  })

  test('a descriptor set, a subject of the registry, and a file with all that is chosen', async () => {
    const { page } = stage
    await see.command('decode values as')
    await chooseAs('a schema of the registry')
    await dialog().getByText('Which subject of the registry?').waitFor()
    await dialog().getByText(/registry/).first().waitFor() // oxfmt-ignore
    await stage.shown('decode-as-registry')
    await chooseAs('Protobuf by a descriptor set')
    await dialog().getByText('Which descriptor set?').waitFor()
    // message Order { string status = 1; } of package acme, as protoc writes it.
    const set = 'CiwKC29yZGVyLnByb3RvEgRhY21lIhcKBU9yZGVyEg4KBnN0YXR1cxgBIAEoCQ=='
    await dialog().getByRole('textbox', { name: 'Descriptor set in base64' }).fill(set)
    await dialog().getByRole('textbox', { name: 'Message' }).fill('acme.Order')
    await stage.shown('decode-as-descriptors')
    const [saved] = await Promise.all([page.waitForEvent('download'), dialog().getByRole('button', { name: 'Save all…' }).click()]) // oxfmt-ignore
    expect(saved.suggestedFilename()).toMatch(/\.decoding\.json$/)
    const path = await saved.path()
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog().getByRole('button', { name: 'Load from a file…' }).click()]) // oxfmt-ignore
    await chooser.setFiles(path)
    await page.getByText(/^0 choices added, \d replaced\.$/).waitFor() // oxfmt-ignore
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
