import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { usualLongestTask } from './main-thread.ts'
import { startStage, still, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// The page goes on while it shows what is large. Five records of each kind: one that was opened once costs less.

const TURNS = 5
const lines = uniqueName('large-lines')
const trees = uniqueName('large-trees')
const texts = uniqueName('large-texts')
const rows = uniqueName('large-rows')
const COPIED = 40_000

describe('what is large holds nothing up', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    const settings = { 'message.max.bytes': '33554432', 'compression.codec': 'gzip' }
    const five = (value: string) => Array.from({ length: TURNS }, (_, i) => `turn-${i}\t${value}`).join('\n')
    const produce = async (topic: string, input: string) => {
      await kafka.tools.createTopic(topic, 1, { 'max.message.bytes': '33554432' })
      await kcatProduce(kafka.bootstrap, { topic, partition: 0, input, keyDelimiter: '\t', settings })
    }
    await produce(lines, five('x'.repeat(1_000_000)))
    await produce(trees, five(JSON.stringify({ items: Array.from({ length: 19_990 }, (_, id) => id) })))
    const items = Array.from({ length: 52_000 }, (_, id) => ({ id, name: `item "${id}"`, tags: ['a', 'ü'], price: id / 4, note: 'some words to be wrapped' })) // oxfmt-ignore
    await produce(texts, five(JSON.stringify({ items })))
    await produce(rows, Array.from({ length: COPIED }, (_, i) => `k\trow ${i} ${'word '.repeat(38)}`).join('\n'))
    await stage.profile('Large', kafka.bootstrap)
    await stage.open()
    await see.connect('Large')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const tree = () => record().getByRole('tree', { name: 'Value as a tree' })
  const node = (name: string | RegExp) => tree().getByRole('treeitem', { name })
  const form = (name: string) => record().getByRole('radio', { name, exact: true })
  const rowOf = (turn: number) => see.row(new RegExp(`turn-${turn}\\b`))
  const isOpen = async (turn: number) => {
    await stage.page.keyboard.press('Enter')
    await record().getByText(`turn-${turn}`).first().waitFor()
  }

  test('a line of one megabyte is opened', async () => {
    await see.openTopic(lines)
    const isDrawn = async (turn: number) => {
      await isOpen(turn)
      await record().getByText('1\u202f000\u202f000 bytes', { exact: false }).waitFor()
      await still(stage.page)
    }
    expect(await usualLongestTask(stage.page, 'opening a line of 1 MB', isDrawn, (turn) => rowOf(turn).click())).toBeLessThan(50) // oxfmt-ignore
  })

  test('a tree of twenty thousand nodes is opened and unfolded', async () => {
    const { page } = stage
    await see.openTopic(trees)
    const isDrawn = async (turn: number) => {
      await isOpen(turn)
      await node(/^items/).waitFor()
    }
    const opened = await usualLongestTask(page, 'opening 20,000 nodes', isDrawn, (turn) => rowOf(turn).click())
    const unfolded = await usualLongestTask(
      page,
      'unfolding 20,000 nodes',
      async () => {
        await page.keyboard.press('*')
        await page.keyboard.press('End')
        await node(/19989/).waitFor()
        await page.keyboard.press('Home')
      },
      async (turn) => {
        await rowOf(turn).click()
        await node(/^items/).waitFor()
        await tree().focus()
      },
    )
    expect(Math.max(opened, unfolded)).toBeLessThan(50)
  })

  test('five megabytes are fetched and formatted', async () => {
    await see.openTopic(texts)
    const isFormatted = async () => {
      await form('JSON').click()
      await record().getByRole('region', { name: 'Value as JSON' }).getByText('"name": "item').first().waitFor() // oxfmt-ignore
    }
    const asText = async (turn: number) => {
      await rowOf(turn).dblclick()
      await record().getByText(`turn-${turn}`).first().waitFor()
      await form('Text').click()
    }
    expect(await usualLongestTask(stage.page, 'formatting 5 MB', isFormatted, asText)).toBeLessThan(50)
  })

  test('forty thousand selected rows are copied', async () => {
    const { page } = stage
    await see.openTopic(rows)
    await see.row(/row 39999 /).waitFor()
    await see.choose(see.select('From'), /^earliest/)
    await see.option('At most', /^10.000/)
    await see.bar('What to read').getByRole('button', { name: 'Read' }).click()
    for (let loaded = 10_000; loaded <= COPIED; loaded += 10_000) {
      if (loaded > 10_000) await see.button('Newer').click()
      await see
        .view()
        .locator(`[role=grid][aria-rowcount="${loaded + 1}"]`)
        .waitFor()
    }
    const said = page.getByText(/Copied 40.000 records/).first()
    const isCopied = async () => {
      await page.keyboard.press('Control+c')
      await said.waitFor()
    }
    const isChosen = async () => {
      await said.waitFor({ state: 'detached' })
      await see.view().getByRole('grid').focus()
      await page.keyboard.press('Control+a')
    }
    // The browser takes a copy's bytes in one task: 38 ms of eight megabytes on a quiet machine, more on a busy one.
    expect(await usualLongestTask(page, 'copying 40,000 rows', isCopied, isChosen)).toBeLessThan(75)
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
