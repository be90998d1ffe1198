import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What bytes mean, in the record beside its list.

const topic = uniqueName('panel-orders')
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const lines = [['A-1', 2, 9.5], ['B-22', 1, 120]].map(([sku, count, price]) => `{"sku":"${sku}","count":${count},"price":${price},"tags":["new","blue"]}`) // oxfmt-ignore
const order = (status: string, country: string) =>
  `{"orderId":9007199254740993,"customer":{"id":4711,"country":"${country}","name":"Zoë"},"total":129.90,"status":"${status}","lines":[${lines.join(',')}],"coupon":null,"express":true,"note":"${'Ring twice. '.repeat(40)}"}`

describe('what a record means', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    const input = ['open\tDE', 'paid\tDE', 'paid\tAT'].map((line, i) => `order-${i % 2}\t${order(line.split('\t')[0]!, line.split('\t')[1]!)}`) // oxfmt-ignore
    const headers = [`traceparent=${trace}`, '__connect.errors.topic=elsewhere', '__connect.errors.partition=2', '__connect.errors.offset=17', '__connect.errors.exception.message=no such field', 'source=web', 'context={"user":{"id":4711,"total":1.50},"roles":["admin","ops"]}', 'packed=eyJhIjo5MDA3MTk5MjU0NzQwOTkzfQ=='] // oxfmt-ignore
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: input.join('\n'), keyDelimiter: '\t', headers })
    await stage.profile('Panel', kafka.bootstrap)
    await stage.open()
    await see.connect('Panel')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const tree = () => record().getByRole('tree', { name: 'Value as a tree' })
  const node = (name: string | RegExp) => tree().getByRole('treeitem', { name })
  const shownAs = (form: string) => record().getByRole('radio', { name: form, exact: true }).click()
  const clipboard = () => stage.page.evaluate(() => navigator.clipboard.readText())
  const copied = async (wanted: string) => untilHolds('the clipboard', async () => expect(await clipboard()).toBe(wanted)) // oxfmt-ignore
  /** A name that is typed; a busy machine may make two of its letters two names. */
  const goToName = (typed: string, name: string) =>
    untilHolds(`at ${name}`, async () => {
      await stage.page.keyboard.press('Home')
      await stage.page.keyboard.type(typed)
      expect(await current()).toContain(name)
    })
  const current = () => tree().evaluate((view) => document.getElementById(view.getAttribute('aria-activedescendant') ?? '')?.textContent) // oxfmt-ignore
  const hasFocus = async () =>
    untilHolds('the focus', async () => expect(await tree().evaluate((one) => one === document.activeElement)).toBe(true)) // oxfmt-ignore

  test('a JSON value is a tree that keeps each digit, with types beside it', async () => {
    await see.openTopic(topic)
    await see.row(/order-0/).last().dblclick() // oxfmt-ignore
    await node(/^orderId 9007199254740993 ?integer/).waitFor()
    await node(/country "AT"/).waitFor()
    await node(/^total 129\.90 ?number/).waitFor()
    await stage.shown('panel-tree')
  })

  test('a row says field and value in one line, with every digit, and what stands behind a long field', async () => {
    const line = /orderId 9007199254740993 · customer \{id 4711 · country AT · name Zoë\} · total 129\.90 · status paid · lines 2 items · coupon null · express true · note Ring twice\./ // oxfmt-ignore
    await see.row(line).waitFor()
  })

  test('by keys alone: folding, going to a name, copying value and path', async () => {
    const { page } = stage
    await tree().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Control+c')
    await copied('9007199254740993')
    await goToName('cust', 'customer')
    await page.keyboard.press('ArrowLeft')
    await node(/^customer 3 fields/).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Alt+c')
    await copied('value.customer.country')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Copy value' }).press('Enter')
    await copied('AT')
    await hasFocus()
    // The arrows with Alt go to another record; what is folded stays so.
    await goToName('lines', 'lines')
    await page.keyboard.press('ArrowLeft')
    await node(/^lines 2 items/).waitFor()
    await page.keyboard.press('Alt+ArrowUp')
    await node(/country "DE"/).waitFor()
    await node(/^lines 2 items/).waitFor()
    expect(await node(/sku/).count()).toBe(0)
  })

  test('one key finds in it, also in what is folded', async () => {
    const { page } = stage
    await tree().focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('b-22')
    await record().getByText('1 of 1').waitFor()
    await node(/sku "B-22"/).waitFor()
    await record().getByText('value.lines[1].sku').waitFor()
    await page.keyboard.press('Escape')
    await hasFocus()
  })

  test('it is the same in each of its forms, and the form stays for the next record', async () => {
    const { page } = stage
    await shownAs('JSON')
    await record().getByText('"orderId": 9007199254740993').waitFor()
    await record().getByText('"total": 129.90').waitFor()
    await record().getByText('Indented').click()
    await record().getByText('{"orderId":9007199254740993,"customer"').waitFor()
    await stage.shown('panel-json')
    await shownAs('Report')
    await record().getByRole('region', { name: 'How the value was decoded' }).getByText('JSON', { exact: true }).waitFor() // oxfmt-ignore
    await stage.shown('panel-report')
    await record().getByRole('radio', { name: 'Key' }).click()
    await record().getByRole('region', { name: 'How the key was decoded' }).getByText('it begins with none of').waitFor() // oxfmt-ignore
    await page.keyboard.press('Alt+ArrowDown')
    await record().getByRole('radio', { name: 'Report', checked: true }).waitFor()
    await record().getByRole('radio', { name: 'Value' }).click()
    await shownAs('Tree')
  })

  test('what changed since the previous record of its key, and between two that are chosen, by keys alone', async () => {
    const { page } = stage
    const dialog = () => page.getByRole('dialog', { name: 'Compare records' })
    await page.keyboard.press('Escape')
    await see
      .row(/order-0/)
      .last()
      .click()
    await page.keyboard.press('Enter')
    await tree().waitFor()
    await see.command('previous record of its key')
    await dialog()
      .getByRole('row', { name: /changed value.status "open" "paid"/ })
      .waitFor()
    await dialog()
      .getByRole('row', { name: /changed value.customer.country "DE" "AT"/ })
      .waitFor()
    await dialog().getByText(/^2 differences; [23]\d values are the same/).waitFor() // oxfmt-ignore
    await stage.shown('panel-compare')
    await dialog().getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await copied('value.customer.country\t"DE"\t"AT"\nvalue.status\t"open"\t"paid"')
    // The first lets go of what was chosen.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await see.row(/order-1/).click()
    await see.command('previous record of its key')
    await dialog().getByText('The partition holds no earlier record with this key.').waitFor()
    await page.keyboard.press('Escape')
    await see.view().getByRole('grid').focus()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Compare the two records…' }).click()
    await dialog()
      .getByRole('row', { name: /changed key "order-1" "order-0"/ })
      .waitFor()
    await page.keyboard.press('Escape')
  })

  test('fields become columns by menu and by key, are kept for the topic, and go again', async () => {
    const { page } = stage
    const head = (name: string) => see.view().getByRole('columnheader', { name, exact: true })
    await see
      .row(/order-0/)
      .last()
      .dblclick()
    await node(/country/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: /^Show as column/ }).click() // oxfmt-ignore
    await head('customer.country').waitFor()
    await tree().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Alt+l')
    await head('orderId').waitFor()
    await page.keyboard.press('Escape')
    await record().waitFor({ state: 'detached' })
    await see.row(/order-0 AT 9007199254740993/).waitFor()
    await see.row(/order-1 DE 9007199254740993/).waitFor()
    // No order over what was not read is offered.
    expect(await head('orderId').getAttribute('aria-sort')).toBeNull()
    await stage.shown('panel-columns')
    await stage.open()
    await see.tab(`${topic} · messages`).click()
    await see.row(/order-0 AT 9007199254740993/).waitFor()
    await head('orderId').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Remove column orderId' }).click()
    await head('orderId').waitFor({ state: 'detached' })
    await see
      .row(/order-0 AT orderId/)
      .last()
      .dblclick()
    await node(/country/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: /^Remove column/ }).click() // oxfmt-ignore
    await head('customer.country').waitFor({ state: 'detached' })
    await see
      .row(/order-0 orderId/)
      .first()
      .waitFor()
  })

  test('headers of known names say what they mean, and a dead letter leads to where it failed', async () => {
    const { page } = stage
    await record().getByRole('radio', { name: /^Headers/ }).click() // oxfmt-ignore
    await record().getByText('4bf92f3577b34da6a3ce929d0e0e4736', { exact: true }).waitFor()
    await record().getByText('Kafka Connect: message of the exception').waitFor()
    await stage.shown('panel-headers')
    await record().getByRole('button', { name: /^Open the record that failed: elsewhere/ }).click() // oxfmt-ignore
    await page.getByRole('tab', { name: 'elsewhere · messages' }).waitFor()
    await page.keyboard.press('Alt+w')
    await see.openTopic(topic)
    await record().getByRole('radio', { name: 'Value' }).click()
  })

  test('a header with parts opens as a tree, becomes a column, and is decoded as somebody chooses', async () => {
    const { page } = stage
    const head = (name: string) => see.view().getByRole('columnheader', { name, exact: true })
    const headers = () => record().getByRole('radio', { name: /^Headers/ }) // oxfmt-ignore
    const action = async (header: string, name: string | RegExp) => {
      await record().getByRole('button', { name: `Actions for ${header}` }).click() // oxfmt-ignore
      await page.getByRole('menuitem', { name }).click() // oxfmt-ignore
    }
    await headers().click()
    await record().getByText('user {id 4711 · total 1.50} · roles [admin · ops]').waitFor() // oxfmt-ignore
    await record().getByRole('button', { name: 'Open context' }).click() // oxfmt-ignore
    const parts = record().getByRole('tree', { name: 'Header context as a tree' })
    await parts.getByRole('treeitem', { name: /^total 1.50/ }).waitFor() // oxfmt-ignore
    await stage.shown('panel-header-tree')
    await parts.getByRole('treeitem', { name: /^id 4711/ }).click({ button: 'right' }) // oxfmt-ignore
    await page.getByRole('menuitem', { name: /^Show as column/ }).click() // oxfmt-ignore
    await head('header.context.user.id').waitFor()
    await record().getByRole('button', { name: 'Close context' }).click() // oxfmt-ignore
    await record().getByText('web', { exact: true }).click({ button: 'right' }) // oxfmt-ignore
    await page.getByRole('menuitem', { name: 'Show as column' }).click() // oxfmt-ignore
    await head('header.source').waitFor()
    await see.row(/4711 web/).first().waitFor() // oxfmt-ignore
    await stage.shown('panel-header-columns')
    await action('packed', 'Decode packed as…')
    const dialog = page.getByRole('dialog', { name: /^Decode/ }) // oxfmt-ignore
    await dialog.getByRole('radio', { name: 'Header packed' }).waitFor() // oxfmt-ignore
    await see.choose(dialog.getByRole('button', { name: /\bAs$/ }), 'JSON') // oxfmt-ignore
    await see.choose(dialog.getByRole('button', { name: /Taken out of$/ }), 'base64') // oxfmt-ignore
    await stage.shown('panel-header-decode')
    await dialog.getByRole('button', { name: 'Decode', exact: true }).click() // oxfmt-ignore
    await record().getByText('a 9007199254740993').waitFor() // oxfmt-ignore
    await action('source', 'Remove column')
    await head('header.source').waitFor({ state: 'detached' })
    await record().getByRole('radio', { name: 'Value' }).click()
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
