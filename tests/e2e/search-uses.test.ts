import { readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('search-uses')
const COUNT = 300
const BEGAN = Date.UTC(2026, 10, 20, 8)
const states = ['paid', 'shipped', 'failed']

/** Of each key ten records; every fiftieth is no JSON, every seventh has a total that is a text. */
function valueOf(n: number): string {
  if (n % 50 === 0) return `\u0001\u0002 ${n}`
  return JSON.stringify({ order: `order-${n}`, status: states[n % 3], total: n % 7 === 0 ? 'much' : n + 0.5 })
}

const record = (n: number) => ({
  timestamp: BigInt(BEGAN + n * 1000),
  key: Buffer.from(`customer-${n % 30}`),
  value: Buffer.from(valueOf(n)),
  headers: n % 10 === 1 ? [{ name: Buffer.from('retry'), value: Buffer.from(String(n % 3)) }] : [],
})

describe('what a search leads to', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>
  let wire: WireClient

  const field = () => see.view().getByRole('searchbox', { name: 'Search' })
  const band = () => see.view().getByRole('region', { name: 'Search' })
  const ledger = () => see.view().getByRole('region', { name: 'What was read' })
  const opened = () => stage.page.getByRole('region', { name: 'Record' })
  const item = (name: string | RegExp) => stage.page.getByRole('menuitem', { name })
  const found = async (count: number) => {
    await band().getByText(`${count} ${count === 1 ? 'match' : 'matches'}`, { exact: true }).waitFor() // oxfmt-ignore
    await see
      .view()
      .locator(`[role=grid][aria-rowcount="${count + 1}"]`)
      .waitFor()
  }
  const look = async (words: string) => {
    await stage.page.keyboard.press('Control+f')
    await stage.page.keyboard.press('Control+a')
    await stage.page.keyboard.type(words)
    await stage.page.keyboard.press('Enter')
  }

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    await wire.createTopic(topic, 1)
    await wire.produce(topic, 0, writeBatch(Array.from({ length: COUNT }, (_, n) => record(n))))
    await stage.profile('Uses', kafka.bootstrap)
    await stage.open()
    await see.connect('Uses')
    await see.openTopic(topic)
    await see.row(/order-299/).waitFor()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('only these and not these stand beside the words, which stay', async () => {
    const { page } = stage
    await look('order-2')
    const held = Array.from({ length: COUNT }, (_, n) => n).filter(
      (n) => n % 50 !== 0 && `order-${n}`.includes('order-2'),
    )
    await found(held.length)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const status = opened().getByRole('treeitem', { name: /status/ })
    await status.click({ button: 'right' })
    await item(/^Only these: value\.status == /).waitFor()
    await stage.picture('uses-menu')
    await item('Not these: value.status == "failed"'.replace('==', '!=')).or(item(/^Not these/)).first().click() // oxfmt-ignore
    const shown = states[held.at(-1)! % 3]
    await found(held.filter((n) => states[n % 3] !== shown).length)
    expect(await field().inputValue()).toBe('order-2')
    await stage.audit('a condition beside words')
    await stage.picture('uses-conditions')
    await see.button(`Without value.status != "${shown}"`).click()
    await found(held.length)
  })

  test('a header leads to those that have it', async () => {
    const { page } = stage
    await page.keyboard.press('Escape')
    await look('order-291')
    await found(1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await opened().getByRole('button', { name: 'Headers 1' }).or(opened().getByRole('radio', { name: 'Headers 1' })).first().click() // oxfmt-ignore
    await opened().getByRole('button', { name: 'Actions for retry' }).click()
    await item(/^Only records that have it: has\(headers\.retry\)/).click()
    await found(1)
    await see.button('Without has(headers.retry)').waitFor()
  })

  test('the records of one key are found from any of them, by a key', async () => {
    const { page } = stage
    await page.keyboard.press('Alt+k')
    await found(10)
    await see.view().getByRole('textbox', { name: 'Search' }).getByText('key == "customer-21"').waitFor()
    await page.keyboard.press('Escape')
  })

  test('what could not be judged is listed by its reason, and nothing else with it', async () => {
    const { page } = stage
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('value.total > 100.0 ')
    await page.keyboard.press('Enter')
    const numbers = Array.from({ length: COUNT }, (_, n) => n)
    const isText = (n: number) => n % 50 !== 0 && n % 7 === 0
    await found(numbers.filter((n) => n % 50 !== 0 && !isText(n) && n + 0.5 > 100).length)
    await stage.picture('uses-not-judged')
    const failed = numbers.filter(isText).length
    await ledger().getByRole('button', { name: `${failed} the expression failed` }).click() // oxfmt-ignore
    await band().getByText(`${failed} the expression failed`).waitFor()
    await see
      .row(/"?much"?/)
      .first()
      .waitFor()
    await stage.audit('records that could not be judged')
    await ledger().getByRole('button', { name: 'List the matches' }).click()
    await band().getByText(/^\d+ matches$/).waitFor() // oxfmt-ignore
  })

  test('of each key its newest record', async () => {
    const { page } = stage
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await see.button(/^Options/).click()
    await page.getByText('Newest record of each key only').click()
    await page.keyboard.press('Escape')
    await see.view().getByRole('button', { name: 'Search', exact: true }).click()
    await found(30)
    await stage.picture('uses-newest')
    await see.button(/^Options/).click()
    await page.getByText('Newest record of each key only').click()
    await page.keyboard.press('Escape')
  })

  test('rows of field, operator and value are the expression, and it is them', async () => {
    const { page } = stage
    await see.choose(see.button('Expression Search by'), 'Form')
    const form = see.view().getByRole('region', { name: 'Form' })
    const row = (number: number) => form.getByRole('group', { name: `Row ${number}` })
    await row(1).getByRole('combobox', { name: 'Field' }).click()
    await page.keyboard.type('tot')
    await page.getByRole('option', { name: 'value.total' }).click()
    await row(1).getByRole('button', { name: /number\b/ }).waitFor() // oxfmt-ignore
    await see.choose(row(1).getByRole('button', { name: /Operator/ }), 'more than')
    await row(1).getByRole('textbox', { name: 'Value' }).fill('280')
    await page.keyboard.press('Enter')
    const numbers = Array.from({ length: COUNT }, (_, n) => n).filter(
      (n) => n % 50 !== 0 && n % 7 !== 0 && n + 0.5 > 280,
    )
    await found(numbers.length)
    const text = see.view().getByRole('textbox', { name: 'Search' })
    expect(await text.textContent()).toBe('value.total > 280')
    await stage.audit('a form')
    await stage.picture('uses-form')
    await text.click()
    await page.keyboard.press('End')
    await page.keyboard.type(' && value.status == "paid" ')
    await untilHolds('a second row', async () =>
      expect(await row(2).getByRole('combobox', { name: 'Field' }).inputValue()).toBe('value.status'),
    )
    await page.keyboard.press('Enter')
    await found(numbers.filter((n) => n % 3 === 0).length)
    await page.keyboard.type('&& value.total > value.other ')
    await form.getByText('This expression says more than rows can.').waitFor()
    await stage.audit('an expression that is no form')
    await stage.picture('uses-no-form')
    await form.getByRole('button', { name: 'Start again with rows' }).click()
    await see.choose(see.button('Form Search by'), 'Expression')
  })

  test('matches are written to a file, by keys alone', async () => {
    const { page } = stage
    const file = path.join(os.tmpdir(), `${topic}.csv`)
    await rm(file, { force: true })
    await see.choose(see.button('Expression Search by'), 'Text')
    await look('order-29')
    await found(Array.from({ length: COUNT }, (_, n) => n).filter((n) => n % 50 !== 0 && `order-${n}`.includes('order-29')).length) // oxfmt-ignore
    await page.keyboard.press('Alt+x')
    const dialog = page.getByRole('dialog', { name: `Export of ${topic}` })
    await tabTo(page, dialog.getByRole('button', { name: /Format/ }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await tabTo(page, dialog.getByRole('textbox', { name: 'File' }))
    await page.keyboard.press('Control+a')
    await page.keyboard.type(file)
    await dialog.getByRole('button', { name: 'Copy as kcat | jq' }).waitFor()
    await stage.audit('the export')
    await stage.picture('uses-export')
    await page.keyboard.press('Enter')
    await dialog.getByText(/^11 records, .* written\.$/).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor()
    await stage.picture('uses-exported')
    const lines = (await readFile(file, 'utf8')).trim().split(/\r?\n/)
    expect(lines).toHaveLength(1 + 11)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await rm(file, { force: true })
  })

  test('a Follow shows what matches, says how many it looked at, and ends with the first', async () => {
    const { page } = stage
    await see.choose(see.button('Text Search by'), 'Expression')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('value.total == 777.5 ')
    await see.button(/^Options/).click()
    await page.getByText('Follow until the first match').click()
    await page.keyboard.press('Escape')
    await see.button('Follow matches').click()
    await see.view().getByText('Waiting for a record that matches…').waitFor()
    await wire.produce(topic, 0, writeBatch(Array.from({ length: 20 }, (_, n) => record(COUNT + n))))
    await see.status.getByText(/20 records looked at · 0 match/).waitFor()
    await stage.audit('a Follow by a filter')
    await stage.picture('uses-follow')
    await wire.produce(
      topic,
      0,
      writeBatch([{ ...record(777), value: Buffer.from(valueOf(776).replace('776.5', '777.5')) }]),
    )
    await page.getByText(/The first match came: .* \/ 0 \/ 320/).waitFor()
    await see.row(/order-776/).waitFor()
    await see.button('Follow matches').waitFor()
    await stage.picture('uses-found')
  })

  test('a search is kept, and taken up again after a reload with what it found', async () => {
    const { page } = stage
    await page.reload()
    await see
      .row(/order-\d+/)
      .first()
      .waitFor()
    await see.command('Kept searches')
    const dialog = page.getByRole('dialog', { name: 'Kept searches' })
    await dialog.getByRole('row', { name: /order-29/ }).first().waitFor() // oxfmt-ignore
    await stage.audit('kept searches')
    await stage.picture('uses-kept')
    await dialog.getByRole('row', { name: /order-29/ }).first().dblclick() // oxfmt-ignore
    await dialog.waitFor({ state: 'detached' })
    await found(11)
    await see.row(/order-299/).waitFor()
    expect(await field().inputValue()).toBe('order-29')
    await ledger().getByText('all of 300 offsets read').waitFor()
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
