import { readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import { tabTo } from './keyboard.ts'
import { slowed } from './main-thread.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('search')
const PARTITIONS = 3
const PER_PARTITION = 40_000
const PER_BATCH = 2_000
/** Of the first record; one a second from then on, in each partition. */
const BEGAN = Date.UTC(2026, 10, 20, 8)
const states = ['paid', 'shipped', 'refunded', 'failed']

const id = (n: number): string => `order-${String(n).padStart(7, '0')}`
const value = (n: number): string =>
  JSON.stringify({ orderId: id(n), customer: { id: n % 997, country: n % 3 === 0 ? 'DE' : 'SE' }, total: (n % 500) + 0.5, status: states[n % 4] }) // oxfmt-ignore

/** Order n lies in partition n mod 3, at offset n / 3. */
async function fill(wire: WireClient): Promise<void> {
  await wire.createTopic(topic, PARTITIONS)
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    for (let first = 0; first < PER_PARTITION; first += PER_BATCH) {
      const records = Array.from({ length: PER_BATCH }, (_, i) => {
        const n = (first + i) * PARTITIONS + partition
        return {
          timestamp: BigInt(BEGAN + (first + i) * 1000),
          key: Buffer.from(id(n)),
          value: Buffer.from(value(n)),
          headers: n % 1000 === 0 ? [{ name: Buffer.from('retry'), value: Buffer.from('2') }] : [],
        }
      })
      await wire.produce(topic, partition, writeBatch(records))
    }
}

describe('searching a topic', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>
  let wire: WireClient

  const field = () => see.view().getByRole('searchbox', { name: 'Search' })
  const band = () => see.view().getByRole('region', { name: 'Search' })
  const ledger = () => see.view().getByRole('region', { name: 'What was read' })
  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const grid = () => see.view().getByRole('grid')

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    await fill(wire)
    await stage.profile('Search', kafka.bootstrap)
    await stage.open()
    await see.connect('Search')
    await see.openTopic(topic)
    await see.row(/order-0119999/).waitFor()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('an order is found and opened with four keys besides its number', async () => {
    const { page } = stage
    await page.keyboard.press('Control+f')
    await field().and(page.locator(':focus')).waitFor()
    await page.keyboard.type('0004711')
    await page.keyboard.press('Enter')
    await see.row(/order-0004711/).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await record().getByText('/ 1 / 1\u202f570').waitFor()
    await band().getByText('1 match', { exact: true }).waitFor()
    await ledger().getByText('all of 120\u202f000 offsets read').waitFor()
    expect(await grid().locator('mark').first().textContent()).toBe('0004711')
    await stage.audit('a search')
    await stage.picture('search')
  })

  test('each partition tells on its seekline what was read and where something was found', async () => {
    const lines = ledger().getByRole('img')
    expect(await lines.count()).toBe(PARTITIONS)
    await ledger().getByRole('img', { name: /^Partition 1, 1 match: .*read from 0 to before 40\s000/ }).waitFor() // oxfmt-ignore
    await ledger()
      .getByRole('img', { name: /^Partition 0, 0 matches/ })
      .waitFor()
  })

  test('what is not there is said of what was read only', async () => {
    const { page } = stage
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('no such order')
    await page.keyboard.press('Enter')
    await see.view().getByText('No match in the 120\u202f000 offsets that were read.').waitFor()
    await stage.audit('a search without a match')
    await stage.picture('search-none')
  })

  test('a wrong pattern is told at its character, and nothing is read', async () => {
    const { page } = stage
    await see.choose(see.button('Text Search by'), 'Regex')
    await field().fill('order-(00')
    await page.keyboard.press('Enter')
    await see.view().getByRole('alert').getByText(/Character/).waitFor() // oxfmt-ignore
    await field().fill('order-00000[12]\\d"')
    await page.keyboard.press('Enter')
    await band().getByText('20 matches').waitFor()
    // From the newest back: of each partition the last comes first.
    await untilHolds('the order', async () => {
      const first = await grid().locator('[data-row="0"] [data-column="3"]').textContent()
      expect(first).toMatch(/order-000002[789]/)
    })
  })

  test('an expression is looked for in decoded values', async () => {
    const { page } = stage
    await see.choose(see.button('Regex Search by'), 'Expression')
    const editor = see.view().getByRole('textbox', { name: 'Search' })
    await editor.click()
    await page.keyboard.type('value.customer.id == 7 && value.status == "failed" && ')
    await page.keyboard.press('Enter')
    await see.view().getByRole('alert').waitFor() // oxfmt-ignore
    await page.keyboard.type('value.total > 400.0')
    await stage.picture('search-expression')
    await page.keyboard.press('Enter')
    const expected = Array.from({ length: PARTITIONS * PER_PARTITION }, (_, n) => n).filter(
      (n) => n % 997 === 7 && n % 4 === 3 && (n % 500) + 0.5 > 400,
    )
    await band().getByText(`${expected.length} matches`).waitFor()
    await stage.audit('a search by an expression')
  })

  test('all matches are counted and listed, however many, and in any order', async () => {
    const { page } = stage
    await see.choose(see.button('Expression Search by'), 'Text')
    await field().fill('order-')
    await page.keyboard.press('Enter')
    await band().getByText('120\u202f000 matches').waitFor()
    await see.listed(120_000)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+End')
    await untilHolds('the last match', async () => {
      const last = await grid().locator('[role=row][data-active] [data-column="3"]').textContent()
      expect(last).toMatch(/order-000000[012]/)
    })
    await see.choose(band().getByRole('button', { name: /^Order/ }), 'newest first')
    await see.row(/order-0119999/).waitFor()
    await stage.audit('many matches')
    await stage.picture('search-many')
  })

  test('the histogram narrows the search to a time, by keys alone', async () => {
    const { page } = stage
    const histogram = band().getByRole('group', { name: 'Matches over time' })
    await histogram.getByRole('img', { name: /^120\s000 matches from 08:00:00/ }).waitFor()
    await tabTo(page, histogram.getByRole('slider', { name: 'Narrow from' }))
    await page.keyboard.press('End')
    await stage.picture('search-brush')
    await page.keyboard.press('Enter')
    // Each of the 120 bars is 333 326 ms wide: the last one begins behind second 39 665.
    const inLast = PARTITIONS * (PER_PARTITION - 39_666)
    await band()
      .getByText(`${inLast.toLocaleString('en').replace(',', '\u202f')} matches`)
      .waitFor()
    await band()
      .getByText(/^ · Searched from 2026-11-20 19:01:05\.794/)
      .waitFor()
    await see.choose(band().getByRole('button', { name: /^Count by/ }), 'partition')
    await band()
      .getByText(/0 33\s% · 1 33\s% · 2 33\s%/)
      .waitFor()
    await stage.audit('a search narrowed to a time')
    await stage.picture('search-narrowed')
    await band().getByRole('button', { name: 'All counts…' }).click()
    const counts = page.getByRole('dialog', { name: 'Matches by partition' })
    await counts.getByRole('row').nth(3).waitFor() // oxfmt-ignore
    await stage.audit('counts of all values')
    await page.keyboard.press('Escape')
    await counts.waitFor({ state: 'detached' })
  })

  test('by keys alone: search, narrow by the histogram, open, page, export', async () => {
    const { page } = stage
    const file = path.join(os.tmpdir(), `${topic}.ndjson`)
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('failed')
    await page.keyboard.press('Enter')
    const histogram = band().getByRole('group', { name: 'Matches over time' })
    await tabTo(page, histogram.getByRole('slider', { name: 'Narrow to' }))
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await band().getByText(/^\d+ matches for failed · Searched from .* to /).waitFor() // oxfmt-ignore
    const count = Number((await band().getByText(/^\d+ matches$/).textContent())!.split(' ')[0]) // oxfmt-ignore
    expect(count).toBeGreaterThan(0)
    await see.listed(count)
    await page.keyboard.press('Control+f')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const place = record().getByText(/ \/ \d \/ /)
    const first = await place.textContent()
    await page.keyboard.press('Alt+ArrowDown')
    await untilHolds('the next record', async () => expect(await place.textContent()).not.toBe(first))
    await page.keyboard.press('Escape')
    await page.keyboard.press('PageDown')
    await page.keyboard.press('Control+End')
    await untilHolds('the last match', async () => {
      const at = await grid().locator('[role=row][data-active]').getAttribute('aria-rowindex')
      expect(Number(at)).toBeGreaterThanOrEqual(count)
    })
    await page.keyboard.press('Alt+x')
    const dialog = page.getByRole('dialog', { name: `Export of ${topic}` })
    await tabTo(page, dialog.getByRole('textbox', { name: 'File' }))
    await page.keyboard.press('Control+a')
    await page.keyboard.type(file)
    await page.keyboard.press('Enter')
    await dialog.getByText(new RegExp(`^${count} records, .* written\\.$`)).waitFor()
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(count)
    await rm(file)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('the list comes back as it was', async () => {
    const { page } = stage
    await tabTo(page, band().getByRole('button', { name: 'Back to the list' }), 'Shift+Tab')
    // The words in the field narrow the list then, a slice at a time: its newest stay in sight all along.
    await slowed(page, 20, async () => {
      await page.keyboard.press('Enter')
      await see.row(/order-0119999/).waitFor()
    })
    await see.button('Read').or(see.button('Search')).first().waitFor() // oxfmt-ignore
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
