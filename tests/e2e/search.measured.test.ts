import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import { heapBytes, usualLongestTask } from './main-thread.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('million')
const PARTITIONS = 4
const PER_PARTITION = 250_000
const PER_BATCH = 5_000
const ALL = '1\u202f000\u202f000'
const BEGAN = Date.UTC(2026, 10, 20, 8)
const MiB = 1 << 20

const batchOf = (partition: number, first: number): Uint8Array =>
  writeBatch(
    Array.from({ length: PER_BATCH }, (_, i) => {
      const n = (first + i) * PARTITIONS + partition
      return {
        timestamp: BigInt(BEGAN + (first + i) * 100),
        key: Buffer.from(`customer-${n % 997}`),
        value: Buffer.from(JSON.stringify({ order: `order-${n}`, total: (n % 500) + 0.5, status: ['paid', 'shipped', 'failed'][n % 3] })), // oxfmt-ignore
        headers: [],
      }
    }),
  )

describe('a million hits', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>
  let wire: WireClient

  const band = () => see.view().getByRole('region', { name: 'Search' })
  const active = (column: number) => see.view().locator(`[role=row][data-active] [data-column="${column}"]`)
  const median = async (what: string, action: () => Promise<void>): Promise<void> =>
    expect(await usualLongestTask(stage.page, what, action)).toBeLessThan(50)
  const press = async (key: string, times: number) => {
    for (let i = 0; i < times; i += 1) await stage.page.keyboard.press(key)
  }
  /** Where the keyboard is there is a row, not the place of one. */
  const isDrawn = () =>
    untilHolds('the row of the cursor', async () => expect(await active(3).textContent()).toMatch(/^customer-/))

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    await wire.createTopic(topic, PARTITIONS)
    const firsts = Array.from({ length: PER_PARTITION / PER_BATCH }, (_, i) => i * PER_BATCH)
    await mapLimited([0, 1, 2, 3], PARTITIONS, async (partition) => {
      for (const first of firsts) await wire.produce(topic, partition, batchOf(partition, first))
    })
    await stage.profile('Million', kafka.bootstrap)
    await stage.open()
    await see.connect('Million')
    await see.openTopic(topic)
    await see.row(/order-999999/).waitFor()
  }, 300_000)
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('are found without a task of fifty milliseconds, and take no memory of the page', async () => {
    const { page } = stage
    const before = await heapBytes(page)
    const words = ['order', 'rder-', 'total', 'status', 'atus']
    await median('searching a million records that all match', async () => {
      const word = words.shift()!
      await page.keyboard.press('Control+f')
      await page.keyboard.press('Control+a')
      await page.keyboard.type(word)
      await page.keyboard.press('Enter')
      await band().getByText(new RegExp(`^${ALL} matches for ${word} · Searched`)).waitFor({ timeout: 120_000 }) // oxfmt-ignore
    })
    const held = await heapBytes(page)
    console.log(`the page with a million hits: ${(held / MiB).toFixed(0)} MiB, ${((held - before) / MiB).toFixed(0)} more than before`) // oxfmt-ignore
    expect(held).toBeLessThan(300 * MiB)
  }, 600_000)

  test('are scrolled through in each order, and stay as small', async () => {
    const { page } = stage
    await page.keyboard.press('ArrowDown')
    await isDrawn()
    await median('scrolling by pages, as they were found', () => press('PageDown', 60))
    await isDrawn()
    await see.choose(band().getByRole('button', { name: /^Order/ }), 'newest first')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('ArrowDown')
    await isDrawn()
    await median('scrolling by pages, merged by time', () => press('PageDown', 60))
    await median('from one end to the other', async () => {
      await page.keyboard.press('Control+End')
      await isDrawn()
      await page.keyboard.press('Control+Home')
      await isDrawn()
    })
    const held = await heapBytes(page)
    console.log(`after scrolling: ${(held / MiB).toFixed(0)} MiB`)
    expect(held).toBeLessThan(300 * MiB)
  }, 600_000)

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
