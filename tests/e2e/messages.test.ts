import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('record-orders')
const large = uniqueName('record-large')
const live = uniqueName('record-live')

const hebrew = '{"שם": 12, "name": "שלום", "n": 7}'
const header = 'h'.repeat(70_000)
/** Five megabytes of JSON in one line. */
const items = Array.from({ length: 52_000 }, (_, id) => ({ id, name: `item "${id}"`, tags: ['a', 'ü'], price: id / 4, note: 'some words to be wrapped' })) // oxfmt-ignore
const largeJson = JSON.stringify({ items })

describe('a record beside its list', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    const room = { 'max.message.bytes': '33554432' }
    await Promise.all([
      kafka.tools.createTopic(topic, 1),
      kafka.tools.createTopic(large, 1, room),
      kafka.tools.createTopic(live, 1),
    ])
    const lines = Array.from({ length: 18 }, (_, i) => `key-${i}\t{"order":${i},"text":"${'word '.repeat(60)}end"}`)
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: [...lines, `מפתח\t${hebrew}`].join('\n'), keyDelimiter: '\t', headers: ['source=web', `big=${header}`], settings: { 'batch.num.messages': '5' } }) // oxfmt-ignore
    const settings = { 'message.max.bytes': '33554432', 'compression.codec': 'gzip' }
    await kcatProduce(kafka.bootstrap, { topic: large, partition: 0, input: largeJson, settings })
    await kcatProduce(kafka.bootstrap, { topic: live, partition: 0, input: 'first' })
    await stage.profile('Records', kafka.bootstrap)
    await stage.open()
    await see.connect('Records')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const grid = () => see.view().getByRole('grid')
  const content = (name: string) => record().getByRole('region', { name })
  const clipboard = () => stage.page.evaluate(() => navigator.clipboard.readText())
  const hasFocus = async (what: ReturnType<typeof grid>) =>
    untilHolds('the focus', async () =>
      expect(await what.evaluate((element) => element === document.activeElement)).toBe(true),
    )
  const openRecord = async (key: string) => {
    await see.row(new RegExp(`${key}(?!\\w)`)).dblclick()
    await record().getByText('Timestamp').waitFor()
    await record().getByRole('radio', { name: 'JSON', exact: true }).click()
  }

  test('arrows take the open record along, a held one asks for the last alone, Escape goes back to the row', async () => {
    const { page } = stage
    await see.openTopic(topic)
    await see.row(/key-2\b/).waitFor()
    await openRecord('key-2')
    await record().getByText('"order": 2').waitFor()
    await grid().focus()
    await page.keyboard.press('ArrowDown')
    await record().getByText('"order": 3').waitFor()
    for (let i = 0; i < 8; i++) await page.keyboard.down('ArrowDown')
    await page.keyboard.up('ArrowDown')
    await record().getByText('"order": 11').waitFor()
    // Several rows are chosen for something else than being looked at.
    await page.keyboard.press('Shift+ArrowDown')
    await record().getByText('"order": 11').waitFor()
    await page.keyboard.press('Escape')
    await record().waitFor({ state: 'detached' })
    await hasFocus(grid())
    expect(await see.view().locator('[role=row][data-active]').textContent()).toContain('key-12')
    await page.keyboard.press('Enter')
    await record().getByText('"order": 12').waitFor()
    await record().getByRole('button', { name: 'Next record' }).focus()
    await page.keyboard.press('Escape')
    await record().waitFor({ state: 'detached' })
    await hasFocus(grid())
  })

  test('a menu in the record takes Escape for itself', async () => {
    const { page } = stage
    await openRecord('key-12')
    await record().getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Copy value' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menuitem', { name: 'Copy value' }).waitFor({ state: 'detached' })
    expect(await record().count()).toBe(1)
  })

  test('nothing of it is cut off sideways at 1280: sixteen bytes a line, and text wrapped', async () => {
    const { page } = stage
    for (const form of ['Hex', 'Text', 'JSON']) {
      await record().getByRole('radio', { name: form, exact: true }).click()
      const view = form === 'JSON' ? record().locator('.cm-scroller') : content(form === 'Hex' ? 'Value in hex' : 'Value as text') // oxfmt-ignore
      await view.waitFor()
      await untilHolds(`${form} fits`, async () => {
        const { scrollWidth, clientWidth } = await view.evaluate((one) => ({ scrollWidth: one.scrollWidth, clientWidth: one.clientWidth })) // oxfmt-ignore
        expect(scrollWidth).toBeLessThanOrEqual(clientWidth)
      })
      await stage.picture(`record-${form}`)
    }
    await record().getByRole('radio', { name: 'Hex' }).click()
    await content('Value in hex').getByText('7b 22 6f 72 64 65 72 22  3a 31 32 2c 22 74 65 78').waitFor()
    await record().getByRole('radio', { name: 'Text', exact: true }).click()
    await content('Value as text').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await untilHolds('the text as it was sent', async () =>
      expect(await clipboard()).toBe(`{"order":12,"text":"${'word '.repeat(60)}end"}`),
    )
  })

  test('one key finds: in the value where that has the keyboard, else by the filter', async () => {
    const { page } = stage
    await content('Value as text').focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('WORD')
    await record().getByText('1 of 60').waitFor()
    await page.keyboard.press('Enter')
    await record().getByText('2 of 60').waitFor()
    await page.keyboard.press('Escape')
    await hasFocus(content('Value as text'))
    await record().getByRole('radio', { name: 'Hex' }).click()
    await content('Value in hex').focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('0x6f72646572')
    await record().getByText('1 of 1').waitFor()
    await page.keyboard.press('Escape')
    await record().getByRole('radio', { name: 'JSON' }).click()
    await record().getByRole('textbox', { name: 'Value as JSON' }).click()
    await page.keyboard.press('Control+f')
    await hasFocus(record().locator('.cm-search input').first()) // oxfmt-ignore
    await page.keyboard.press('Escape')
    await grid().focus()
    await page.keyboard.press('Control+f')
    await hasFocus(see.view().getByRole('searchbox', { name: 'Search' }))
  })

  test('right-to-left names and values keep their places', async () => {
    await openRecord('מפתח')
    /** The words from left to right, as they are drawn. */
    const drawn = (scope: ReturnType<typeof grid>) =>
      scope.evaluate((element) => {
        const words: { at: number; word: string }[] = []
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          for (const { 0: word, index } of node.textContent!.matchAll(/[\u05d0-\u05ea]+|[a-z]+|\d+/g)) {
            const range = document.createRange()
            range.setStart(node, index)
            range.setEnd(node, index + word.length)
            const { left, top, height } = range.getBoundingClientRect()
            words.push({ word, at: Math.round(top / Math.max(8, height)) * 10_000 + left })
          }
        }
        return words.toSorted((a, b) => a.at - b.at).map(({ word }) => word)
      })
    const order = ['שם', '12', 'name', 'שלום', 'n', '7']
    const inRow = see.row(/מפתח/).getByRole('gridcell').nth(4) // oxfmt-ignore
    await untilHolds('the row in its order', async () => expect(await drawn(inRow)).toEqual(order))
    await record().getByRole('radio', { name: 'Text', exact: true }).click()
    await content('Value as text').waitFor()
    const asText = content('Value as text').locator('div > span').last() // oxfmt-ignore
    await untilHolds('the text in its order', async () => expect(await drawn(asText)).toEqual(order))
    await record().getByRole('radio', { name: 'JSON' }).click()
    const editor = record().getByRole('textbox', { name: 'Value as JSON' })
    await editor.waitFor()
    await untilHolds('each line in its order', async () => expect(await drawn(editor)).toEqual(order))
    await stage.picture('record-rtl')
  })

  test('copies of key, value and headers, from the record, the row’s menu and the palette: each whole', async () => {
    const { page } = stage
    const value = `{"order":14,"text":"${'word '.repeat(60)}end"}`
    const headers = [
      { name: 'source', value: 'web' },
      { name: 'big', value: header },
    ]
    const is = async (wanted: string) =>
      untilHolds('the clipboard', async () => expect((await clipboard()) === wanted).toBe(true))
    const tried = async (way: (name: string) => Promise<void>) => {
      await way('Copy value')
      await is(value)
      await way('Copy key')
      await is('key-14')
      await way('Copy headers')
      await untilHolds('the headers', async () => expect(JSON.parse(await clipboard())).toEqual(headers))
    }
    await see.row(/key-14\b/).click()
    await tried(async (name) => {
      await see.row(/key-14\b/).click({ button: 'right' })
      await page.getByRole('menuitem', { name, exact: true }).click()
    })
    await openRecord('key-14')
    await record().getByText('"order": 14').waitFor()
    await tried(async (name) => {
      await record().getByRole('button', { name: 'Copy', exact: true }).click()
      await page.getByRole('menuitem', { name, exact: true }).click()
    })
    await tried((name) => see.command(`${name} of the open record`))
  })

  test('five megabytes are formatted by one press and saved by one', async () => {
    const { page } = stage
    await see.openTopic(large)
    await see.row(/\{"items"/).dblclick()
    await record().getByText('Timestamp').waitFor()
    await record().getByRole('button', { name: 'Fetch all' }).waitFor()
    await record().getByRole('radio', { name: 'JSON' }).click()
    await content('Value as JSON').getByText('"name": "item').first().waitFor() // oxfmt-ignore
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await record().getByRole('button', { name: 'More' }).click()
        await page.getByRole('menuitem', { name: 'Save value…' }).click()
      })(),
    ])
    expect(await readFile(await download.path(), 'utf8')).toBe(largeJson)
  })

  test('Follow goes on after a reload, from where it stood', async () => {
    await see.openTopic(live)
    await see.row(/first/).waitFor()
    await see.button('Follow').click()
    await see.button('Pause').waitFor()
    await kcatProduce(kafka.bootstrap, { topic: live, partition: 0, input: 'second' })
    await see.row(/second/).waitFor()
    await stage.page.goto('about:blank')
    await kcatProduce(kafka.bootstrap, { topic: live, partition: 0, input: 'while away' })
    await stage.open()
    await see.row(/while away/).waitFor()
    await see.button('Pause').waitFor()
    await kcatProduce(kafka.bootstrap, { topic: live, partition: 0, input: 'after' })
    await see.row(/after/).waitFor()
    for (const once of [/first/, /second/, /while away/, /after/]) expect(await see.row(once).count()).toBe(1)
    await see.button('Stop').click()
    await see.button('Read').waitFor()
    await stage.open()
    await see.row(/after/).waitFor()
    await see.button('Follow').waitFor()
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
