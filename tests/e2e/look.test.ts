import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatConsume, kcatProduce } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// How the app looks, where that can be judged, and the ways that depend on it.

describe('the look', () => {
  let stage: Stage
  let kafka: RunningKafka
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([startKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic('empty', 3)
    await kafka.tools.createTopic('orders', 2)
    const input = Array.from({ length: 40 }, (_, i) => `k${i}\t{"orderId":"ORD-${i}","total":${i}.5,"paid":true}`)
    await kcatProduce(kafka.bootstrap, { topic: 'orders', partition: 0, input: input.slice(0, 20).join('\n'), keyDelimiter: '\t' }) // oxfmt-ignore
    await kcatProduce(kafka.bootstrap, { topic: 'orders', partition: 1, input: input.slice(20).join('\n'), keyDelimiter: '\t' }) // oxfmt-ignore
    await stage.profile('Shop', kafka.bootstrap, { environment: 'production', colour: 'red', accessMode: 'read-only' })
    await stage.profile('Yard', kafka.bootstrap)
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await kafka?.stop()
  })

  test('production tints the whole title bar, and the page’s fonts are its own', async () => {
    const { page } = stage
    const bar = () => page.evaluate(() => getComputedStyle(document.querySelector('header')!).backgroundColor)
    const plain = await bar()
    await see.connect('Shop')
    expect(await bar()).not.toBe(plain)
    await stage.audit('a production profile')
    // The system may have fonts of these names, too: what counts is that these files were loaded.
    const loaded = () =>
      page.evaluate(() => [...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family))
    const own = new Set(['Inter', 'JetBrains Mono', 'Seekline Thin Space'])
    await untilHolds('the fonts are loaded', async () => expect(new Set(await loaded())).toEqual(own))
    await see.connect('Yard')
    expect(await bar()).toBe(plain)
  })

  test('a topic without records gets its first one, judged by kcat', async () => {
    const { page } = stage
    await see.openTopic('empty')
    await see.view().getByText('empty holds no messages.').waitFor()
    await stage.audit('an empty topic')
    await see.button('Produce a record…').click()
    await see.tab('empty · produce').waitFor()
    await see.view().getByRole('textbox', { name: 'Value' }).fill('{"first":true}')
    await see.view().getByRole('textbox', { name: 'Partition' }).fill('2')
    await stage.audit('a new record')
    await see.button('Plan').click()
    await see.view().getByText('One record will be appended to empty').waitFor()
    await see.button('Produce…').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Produce the record' }).click()
    await see.button('Open it').waitFor()
    const [written] = await kcatConsume(kafka.bootstrap, { topic: 'empty', partition: 2, offset: '0', count: 1 })
    expect({ ...written, value: String(written?.value) }).toMatchObject({
      value: '{"first":true}',
      key: null,
      offset: 0n,
    })
    // From the palette: for the topic that is in front, and what was typed is still there.
    await see.tab('empty · messages').click()
    await see.command('Produce records')
    expect(await see.view().getByRole('textbox', { name: 'Value' }).textContent()).toBe('{"first":true}')
    // From the topic's own view.
    await see.sidebar.getByRole('treeitem', { name: /^empty/ }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Partitions and settings' }).click()
    await see.view().getByRole('button', { name: 'Produce…' }).click()
    await see.tab('empty · produce').waitFor()
  })

  test('columns are hidden, shown and made wider, by mouse and by keyboard, and stay so after a reload', async () => {
    const { page } = stage
    await see.openTopic('orders')
    const grid = () => see.view().getByRole('grid', { name: 'Messages of orders' })
    const head = (name: string) => grid().getByRole('columnheader', { name, exact: true })
    await grid().getByText('ORD-39').waitFor()
    await head('Headers').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Headers, chosen' }).click()
    await head('Headers').waitFor({ state: 'detached' })
    // The grid's own keys: the column under the cursor, here the second.
    await grid()
      .getByRole('row', { name: /ORD-39/ })
      .getByRole('gridcell')
      .nth(1)
      .click()
    const width = async () => (await head('Offset').boundingBox())!.width
    const before = await width()
    await page.keyboard.press('Alt+ArrowRight')
    await until('the column is wider', async () => (await width()) === before + 16)
    await see.button('Columns').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Size, chosen' }).focus()
    await stage.audit('the menu of columns')
    await page.keyboard.press('Enter')
    await head('Size').waitFor({ state: 'detached' })
    await until('the settings are written', async () => (await stage.client.call('settings.get', {})).columns['messages']?.hidden.length === 2) // oxfmt-ignore
    await page.reload()
    await grid().getByText('ORD-39').waitFor()
    expect(await width()).toBe(before + 16)
    expect(await head('Headers').count()).toBe(0)
    await head('Offset').click({ button: 'right' })
    await page.getByRole('menuitem', { name: /^All columns/ }).click()
    await head('Headers').waitFor()
    expect(await width()).toBe(before)
    await stage.audit('previews in colour')
  })

  test('nothing was said in the console, and no view lacks in accessibility', () => stage.clean())
})
