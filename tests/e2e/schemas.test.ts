import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newRegistry } from '#shared/model/registry.ts'
import { startApicurio, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// The schema registry as somebody meets it: named in the profile, looked at, checked against, changed and taken back. What
// stands in it is judged by its own API, asked straight.

const topic = uniqueName('orders')
const value = `${topic}-value`
const customer = 'customer-value'
const plain = 'plain-value'
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })
const order = (...fields: object[]) =>
  JSON.stringify({ type: 'record', name: 'Order', namespace: 'com.acme', fields: [field('id', 'string'), ...fields] })
const proto = 'syntax = "proto3";\npackage com.acme;\n// One payment.\nmessage Payment {\n  string id = 1;\n  int64 cents = 2;\n}\n' // oxfmt-ignore

/** No registry that runs here tells of a thousand subjects and never of the others. */
const cut = http.createServer((request, response) => {
  const names = Array.from({ length: 1_000 }, (_, i) => `subject-${i}`)
  const [path] = (request.url ?? '').split('?')
  const known: Record<string, unknown> = { '/subjects': names, '/config': { compatibilityLevel: 'BACKWARD' } }
  const answer = known[path!] ?? { error_code: 40401, message: 'Subject not found' }
  response.writeHead(path! in known ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
})
async function cutRegistry(): Promise<string> {
  await new Promise<void>((resolve) => cut.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(cut.address() as AddressInfo).port}`
}

describe('the schema registry', () => {
  let stage: Stage
  let registry: RunningApicurio
  let see: ReturnType<typeof steps>

  const ask = async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const answer = await fetch(`${registry.ccompat}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }) // oxfmt-ignore
    return await answer.json()
  }
  const put = (subject: string, schema: string, more: object = {}) =>
    ask(`/subjects/${subject}/versions`, 'POST', { schema, ...more })

  beforeAll(async () => {
    let kafka
    ;[kafka, registry, stage] = await Promise.all([
      sharedKafka(),
      startApicurio('2.6.13.Final').then((started) => started!),
      startStage(),
    ])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    await put(customer, JSON.stringify({ type: 'record', name: 'Customer', namespace: 'com.acme', fields: [field('id', 'int')] })) // oxfmt-ignore
    await put(value, order(field('total', 'int')))
    const references = [{ name: 'com.acme.Customer', subject: customer, version: 1 }]
    const second = order(field('total', 'long'), field('note', ['null', 'string'], { default: null }), field('customer', ['null', 'com.acme.Customer'], { default: null })) // oxfmt-ignore
    const { id } = (await put(value, second, { references })) as { id: number }
    await put(plain, order(field('total', 'int')))
    await ask(`/config/${plain}`, 'PUT', { compatibility: 'BACKWARD' })
    await put('payments-value', proto, { schemaType: 'PROTOBUF' })
    await put('events-value', '{"type":"object","properties":{"id":{"type":"string"}}}', { schemaType: 'JSON' })
    // Every byte of it is ASCII: Confluent's beginning with the id, then an order.
    const input = `\0\0\0\0${String.fromCharCode(id)}\u0002a\u0004\0\0`
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input })
    await stage.profile('Shop', kafka.bootstrap)
    await stage.profile('Guarded', kafka.bootstrap, { accessMode: 'guarded', registry: newRegistry({ kind: 'apicurio', urls: [registry.url] }) }) // oxfmt-ignore
    await stage.profile('Cut', kafka.bootstrap, { registry: newRegistry({ urls: [await cutRegistry()] }) })
    await stage.profile('Nowhere', kafka.bootstrap, { registry: newRegistry({ urls: ['http://127.0.0.1:1'] }) })
    await stage.profile('Locked', kafka.bootstrap, { registry: newRegistry({ kind: 'apicurio', urls: [registry.url], auth: { kind: 'basic', username: 'ada' } }) }) // oxfmt-ignore
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await registry?.stop()
    cut.close()
  })

  const subjects = () => see.view().getByRole('grid', { name: 'Subjects' })
  const apply = async (name: string) => {
    await see.button(new RegExp(`^${name}…$`)).click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name }).click()
  }

  test('a profile without one says how to add it; the form takes it, tries it, and keeps it', async () => {
    const { page } = stage
    await see.connect('Shop')
    await see.sidebar.getByRole('treeitem', { name: 'All schemas' }).click()
    await see.view().getByText('Shop names no schema registry.').waitFor()
    await stage.shown('schemas-none')
    await see.button('Add one in the profile').click()
    const form = page.getByRole('region', { name: 'Schema registry' })
    await form.getByText('Read schemas from a registry').click()
    await form.getByRole('textbox', { name: 'Addresses' }).fill('registry:8081')
    await form.getByText(/Write the whole address/).waitFor()
    await form.getByRole('textbox', { name: 'Addresses' }).fill(registry.url)
    await see.choose(form.getByRole('button', { name: /Kind/ }), 'Apicurio')
    await form.getByRole('button', { name: 'Test the registry' }).click()
    await form.getByText('The registry answers, with 5 subjects.').waitFor()
    await form.scrollIntoViewIfNeeded()
    await stage.shown('registry-form')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Shop is saved').waitFor()
  })

  test('by keyboard alone: the list, a filter, a subject, another version, its topic', async () => {
    const { page } = stage
    await page.keyboard.press('Alt+s')
    await page.getByRole('tab', { name: 'Schemas', selected: true }).waitFor()
    await see.row(new RegExp(value)).waitFor()
    await see.row(/payments-value.*Protobuf/).waitFor()
    await see.row(new RegExp(`${value}.*Avro.*2.*NONE.*${topic}`)).waitFor()
    await stage.shown('schemas')
    await page.keyboard.press('Control+f')
    await page.keyboard.type('nothing like it')
    await see.view().getByText('No subject contains').waitFor()
    await stage.shown('schemas-filtered')
    await page.keyboard.press('Control+a')
    await page.keyboard.type(value)
    await subjects().getByText('customer-value').waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await see.tab(value).waitFor()
    await see.view().getByText(`${value} has 2 versions of an Avro schema; this is the latest, 2.`).waitFor()
    await see.view().getByText('"total"').waitFor()
    await see
      .view()
      .getByRole('button', { name: `${customer} v1` })
      .waitFor()
    await stage.shown('subject')
    await tabTo(page, see.select('Version'))
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: '2' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await see.view().getByText('this is version 1.').waitFor()
    await tabTo(page, see.button(topic))
    await page.keyboard.press('Enter')
    await see.tab(`${topic} · messages`).waitFor()
  })

  test('from a record one key opens its schema', async () => {
    await see.row(/id a · total 2/).click()
    await stage.page.keyboard.press('Enter')
    await stage.page.getByRole('region', { name: 'Record' }).getByText('"a"').first().waitFor() // oxfmt-ignore
    await stage.page.keyboard.press('Alt+Shift+S')
    await see.tab(/^Schema \d+$/).waitFor()
    await see.view().getByText('this is the latest, 2.').waitFor()
    await stage.shown('schema-of-a-record')
  })

  test('what hangs together leads both ways, and records that carry it are found', async () => {
    await see.tab(value).click()
    await see.choose(see.select('Version'), /^2/)
    await see.button('Check last records').click()
    await see.view().getByText(/Sampled: the last records of/).waitFor() // oxfmt-ignore
    await see.view().getByRole('button', { name: `${customer} v1` }).click() // oxfmt-ignore
    await see.tab(customer).waitFor()
    await see.view().getByRole('button', { name: `${value} v2` }).click() // oxfmt-ignore
    await see.view().getByText('this is the latest, 2.').waitFor()
  })

  test('two versions are compared by lines and by fields', async () => {
    await see.view().getByRole('radio', { name: 'Compare' }).click()
    await see.view().getByText(/^\d+ differences?$/).waitFor() // oxfmt-ignore
    await see.button('Next difference').click()
    await stage.shown('compare-lines')
    await see.view().getByRole('radio', { name: 'By fields' }).click()
    await see.row(/total.*changed.*int.*long/).waitFor()
    await see.row(/note.*added.*null \| string = null/).waitFor()
    await stage.shown('compare-fields')
  })

  test('Protobuf is shown in its own colours, and at a zoom of 200 % all is in reach', async () => {
    const { page } = stage
    await see.command('payments-value')
    await see.view().getByText('this is the latest, 1.').waitFor()
    const comment = see.view().getByText('// One payment.')
    await comment.waitFor()
    const colours = await see.view().locator('.cm-line span').evaluateAll((found) => new Set(found.map((one) => getComputedStyle(one).color)).size) // oxfmt-ignore
    expect(colours).toBeGreaterThan(1)
    await stage.shown('protobuf')
    // What 1280 × 800 has left.
    await page.setViewportSize({ width: 640, height: 400 })
    await see.button('Check last records').scrollIntoViewIfNeeded()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    await stage.audit('a schema at 200 %')
    await stage.picture('subject-640')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('a compatibility is planned, set, taken back, and that taken back', async () => {
    await see.command('Close other tabs')
    await see.command(value)
    await see.view().getByText('this is the latest, 2.').waitFor()
    await see.button('More').click()
    await stage.page.getByRole('menuitem', { name: 'Compatibility…' }).click()
    await see.view().getByText(/has no level of its own|is checked as/).waitFor() // oxfmt-ignore
    await see.choose(see.select('Compatibility'), /^BACKWARD(?!_)/)
    await see.view().getByText(/Nothing is written until you apply/).waitFor() // oxfmt-ignore
    await stage.shown('compatibility')
    await apply('Set BACKWARD')
    await see.view().getByText(/BACKWARD now/).waitFor() // oxfmt-ignore
    expect(await ask(`/config/${value}`)).toMatchObject({ compatibilityLevel: 'BACKWARD' })
    await stage.shown('compatibility-done')
    await see.button('Undo…').click()
    await see.view().getByText(/Nothing is written until you apply/).waitFor() // oxfmt-ignore
    await apply('Remove its own level')
    await see.view().getByText(/NONE now/).waitFor() // oxfmt-ignore
    await see.button('Undo…').click()
    await see.view().getByText(/Nothing is written until you apply/).waitFor() // oxfmt-ignore
    await apply('Set BACKWARD')
    await see.view().getByText(/BACKWARD now/).waitFor() // oxfmt-ignore
    expect(await ask(`/config/${value}`)).toMatchObject({ compatibilityLevel: 'BACKWARD' })
  })

  test('a draft that breaks it is told why, at its line; mended, it is registered', async () => {
    await see.button('Open the subject').click()
    await see.view().getByText('Compatibility: BACKWARD.').waitFor()
    // Apicurio 2.6 compares no schemas that refer to others.
    await see.command(plain)
    await see.view().getByText(`${plain} has 1 version`).waitFor()
    await see.button('New version…').click()
    await see.tab(`${plain} · new version`).waitFor()
    const editor = see.view().getByRole('textbox', { name: 'Schema', exact: true })
    const write = async (text: string) => {
      await editor.focus()
      await stage.page.keyboard.press('Control+a')
      await stage.page.keyboard.insertText(text)
    }
    const draft = (total: unknown) =>
      JSON.stringify(JSON.parse(order(field('total', total), field('extra', 'string'))), null, 2)
    await write(draft('string'))
    await see.button('Check').click()
    await see.view().getByText(/Not compatible/).first().waitFor() // oxfmt-ignore
    const reasons = see.view().getByRole('region', { name: 'What the registry says' })
    await reasons.getByRole('listitem').first().waitFor() // oxfmt-ignore
    await stage.shown('draft-refused')
    expect(await see.button(/^Register/).isDisabled()).toBe(true)
    const line = reasons.getByRole('button', { name: /^line \d+/ }).first() // oxfmt-ignore
    await line.click()
    await untilHolds('the keyboard is at the line', async () => expect(await editor.evaluate((one) => one.contains(document.activeElement))).toBe(true)) // oxfmt-ignore
    await write(JSON.stringify(JSON.parse(order(field('total', 'long'), field('extra', 'string', { default: '' }))), null, 2)) // oxfmt-ignore
    await see.button('Check').click()
    await see.view().getByText(/^Compatible|Compatible as/).first().waitFor() // oxfmt-ignore
    await stage.shown('draft')
    await apply('Register')
    await see.view().getByText(/has it as version 2/).waitFor() // oxfmt-ignore
    expect(await ask(`/subjects/${plain}/versions`)).toEqual([1, 2])
  })

  test('what was registered is taken back by the journal’s way', async () => {
    await see.button('Journal entry').click()
    await see.tab('Journal').waitFor()
    await see.button('Undo…').click()
    await see
      .view()
      .getByRole('grid', { name: /^Versions/ })
      .waitFor()
    await stage.shown('delete')
    await apply('Delete version 2')
    await see.view().getByText(/was deleted softly/).waitFor() // oxfmt-ignore
    expect(await ask(`/subjects/${plain}/versions`)).toEqual([1])
    await stage.shown('delete-done')
  })

  test('a guarded profile asks for its name, and what others refer to stays', async () => {
    await see.command('Close other tabs')
    const { page } = stage
    await see.connect('Guarded')
    await page.keyboard.press('Alt+s')
    await see.row(new RegExp(`^${customer}`)).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await see.view().getByText(/refers to it/).first().waitFor() // oxfmt-ignore
    await see.tab(/^Schemas/).click()
    await see.row(/events-value/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await see.button(/^Delete the subject…/).click()
    const dialog = page.getByRole('alertdialog')
    const button = dialog.getByRole('button', { name: 'Delete the subject' })
    expect(await button.isDisabled()).toBe(true)
    await dialog.getByLabel('Profile name').fill('Guarded')
    await button.click()
    await see.view().getByText(/was deleted softly/).waitFor() // oxfmt-ignore
    expect(await ask('/subjects')).not.toContain('events-value')
    await see.button('Undo…').click()
    await see.button(/^Register…/).waitFor()
    await stage.shown('undo')
    await see.button(/^Register…/).click()
    await dialog.getByLabel('Profile name').fill('Guarded')
    await dialog.getByRole('button', { name: 'Register' }).click()
    await see.view().getByText(/has it as version/).waitFor() // oxfmt-ignore
    expect(await ask('/subjects')).toContain('events-value')
  })

  test('one that does not answer, and one that needs a password, say so', async () => {
    await see.command('Close other tabs')
    const { page } = stage
    await see.connect('Nowhere')
    await page.keyboard.press('Alt+s')
    await see.view().getByRole('alert').waitFor()
    await stage.shown('schemas-unreachable')
    await see.connect('Locked')
    await page.keyboard.press('Alt+s')
    await see.view().getByText('The schema registry of Locked needs its password.').waitFor()
    await stage.shown('schemas-secret')
    await page.getByLabel('Password', { exact: true }).fill('secret')
    await see.button('Go on').click()
    await see.row(new RegExp(value)).waitFor()
  })

  test('one that lists part of its subjects has at least so many', async () => {
    await see.command('Close other tabs')
    await see.connect('Cut')
    await stage.page.keyboard.press('Alt+s')
    await see.view().getByText(/^At least 1.000 subjects in Confluent/).waitFor() // oxfmt-ignore
    await see.view().getByText(/^1.000 of at least 1.000$/).waitFor() // oxfmt-ignore
    await see.view().getByText(/there may be more than are shown/).waitFor() // oxfmt-ignore
    await stage.shown('schemas-cut')
  })

  test('nothing was said in the console, and no view lacks in accessibility', () => stage.clean())
})
