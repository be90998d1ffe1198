import { readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const prefix = uniqueName('several')
const topics = ['orders', 'payments', 'refunds'].map((name) => `${prefix}-${name}`)
const [orders, payments, refunds] = topics as [string, string, string]
const PARTITIONS = 2
const PER_PARTITION = 500
const BEGAN = Date.UTC(2026, 10, 20, 8)

const valueOf = (topic: string, n: number): string =>
  JSON.stringify({ from: topic.slice(prefix.length + 1), order: `o-${String(n).padStart(4, '0')}`, total: n + 0.5 })

/** Number n of each topic lies in partition n mod 2; a second apart, and a third of one from topic to topic. */
async function fill(wire: WireClient): Promise<void> {
  for (const [at, topic] of topics.entries()) {
    await wire.createTopic(topic, PARTITIONS)
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const records = Array.from({ length: PER_PARTITION }, (_, i) => {
        const n = i * PARTITIONS + partition
        return { timestamp: BigInt(BEGAN + n * 1000 + at * 333), key: null, value: Buffer.from(valueOf(topic, n)), headers: [] } // oxfmt-ignore
      })
      await wire.produce(topic, partition, writeBatch(records))
    }
  }
  await wire.createTopic(`${prefix}-other`, 1)
}

describe('searching several topics', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>
  let wire: WireClient
  let bootstrap: string

  const pattern = () => see.view().getByRole('textbox', { name: 'Topics' })
  const field = () => see.view().getByRole('searchbox', { name: 'Search' })
  const band = () => see.view().getByRole('region', { name: 'Search' })
  const ledger = () => see.view().getByRole('region', { name: 'What was read' })
  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const matches = async (count: number) => {
    await band().getByText(count === 1 ? '1 match' : `${count} matches`, { exact: true }).waitFor() // oxfmt-ignore
    await see.listed(count)
  }

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    bootstrap = kafka.bootstrap
    stage = started
    see = steps(stage.page)
    wire = await connectWire(bootstrap)
    await fill(wire)
    await stage.profile('Several', bootstrap)
    await stage.open()
    await see.connect('Several')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('shows which topics fit before anything is searched', async () => {
    const { page } = stage
    await page.keyboard.press('Alt+Shift+f')
    await pattern().and(page.locator(':focus')).waitFor()
    await page.keyboard.type('(')
    await see.view().getByText(/missing closing \)/).waitFor() // oxfmt-ignore
    await page.keyboard.press('Backspace')
    await page.keyboard.type(`^${prefix.toUpperCase()}-(orders|payments|refunds)`)
    for (const topic of topics) await see.row(new RegExp(topic)).waitFor()
    // What was typed before fits all four.
    await see.status.getByText('3 topics, 6 partitions').waitFor()
    await see.row(/-other/).waitFor({ state: 'detached' })
    await stage.audit('topics to search')
    await stage.picture('search-topics-fit')
  })

  test('finds one order in all of them, by keys alone, and opens what was found', async () => {
    const { page } = stage
    await page.keyboard.press('Control+f')
    await field().and(page.locator(':focus')).waitFor()
    await page.keyboard.type('o-0471')
    await page.keyboard.press('Enter')
    await matches(3)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const place = record().locator('code').first()
    await untilHolds('the first record', async () => expect(await place.textContent()).toMatch(/ \/ 1 \/ 235$/))
    const first = await place.textContent()
    await page.keyboard.press('Alt+ArrowDown')
    await untilHolds('the record of another topic', async () => {
      const next = await place.textContent()
      expect(next).toMatch(/ \/ 1 \/ 235$/)
      expect(next).not.toBe(first)
    })
    for (const topic of topics) await see.row(new RegExp(`${topic}.*o-0471`)).waitFor()
    await stage.audit('a search of several topics')
    await stage.picture('search-topics')
    await page.keyboard.press('Escape')
    await record().waitFor({ state: 'detached' })
  })

  test('has a ledger for each topic', async () => {
    for (const topic of topics) {
      const own = ledger().getByRole('region', { name: topic })
      await own.getByText(/1 match · all of 1\s000 offsets read/).waitFor()
      expect(await own.getByRole('img').count()).toBe(PARTITIONS)
    }
    await ledger().getByText('all of 3\u202f000 offsets read').waitFor()
    await stage.page.getByRole('contentinfo').getByText('3 topics, 6 partitions').waitFor()
  })

  test('counts what kcat counts, and merges all topics by time', async () => {
    const { page } = stage
    await field().fill('o-00')
    await page.keyboard.press('Enter')
    let expected = 0
    for (const of of topics) {
      const records = await kcatConsume(bootstrap, { topic: of })
      expected += records.filter(({ value }) => value?.toString().includes('o-00')).length
    }
    expect(expected).toBe(300)
    await matches(expected)
    await see.choose(band().getByRole('button', { name: /^Order/ }), 'oldest first')
    await untilHolds('the order of time', async () => {
      const rows = await Promise.all([0, 1, 2, 3].map((at) => see.view().locator(`[data-row="${at}"]`).textContent()))
      expect(rows.map((row) => topics.find((topic) => row?.includes(topic)))).toEqual([orders, payments, refunds, orders]) // oxfmt-ignore
      expect(rows[3]).toContain('o-0001')
    })
    await band().getByRole('group', { name: 'Matches over time' }).getByRole('img', { name: /^300 matches/ }).waitFor() // oxfmt-ignore
  })

  test('counts the matches of each topic, and all of them by a field, as kcat has them', async () => {
    const { page } = stage
    await see.choose(see.button('Text Search by'), 'Expression')
    await see.view().getByRole('textbox', { name: 'Search' }).click()
    // Of the first half of all orders, those of one topic, and every fourth of another.
    await page.keyboard.type(
      'value.total < 500.0 && (value.from == "orders" || value.from == "refunds" && value.order.endsWith("4"))',
    )
    await page.keyboard.press('Enter')
    const expected: Record<string, number> = {}
    for (const topic of topics) {
      const all = await kcatConsume(bootstrap, { topic })
      const kept = all.filter(({ value }) => {
        const { from, order, total } = JSON.parse(value!.toString()) as { from: string; order: string; total: number }
        return total < 500 && (from === 'orders' || (from === 'refunds' && order.endsWith('4')))
      })
      if (kept.length > 0) expected[topic] = kept.length
    }
    expect(expected).toEqual({ [orders]: 500, [refunds]: 50 })
    await matches(550)
    await see.choose(band().getByRole('button', { name: /^Count by/ }), 'topic')
    await band().getByText(`${orders} 91\u202f% · ${refunds} 9\u202f%`).waitFor()
    await matches(550)
    await band().getByRole('button', { name: 'All counts…' }).click()
    const counts = page.getByRole('dialog', { name: 'Matches by topic' })
    for (const [topic, count] of Object.entries(expected)) await counts.getByRole('row', { name: new RegExp(`${topic}.*\\b${count}\\b`) }).waitFor() // oxfmt-ignore
    await stage.audit('counts by topic')
    await page.keyboard.press('Escape')
    await counts.waitFor({ state: 'detached' })
    await stage.shown('search-topics-counts')
    await see.choose(band().getByRole('button', { name: /^Count by/ }), 'nothing')
    await see.choose(see.button('Expression Search by'), 'Text')
  })

  test('an expression over decoded values, narrowed by a cell', async () => {
    const { page } = stage
    await see.choose(see.button('Text Search by'), 'Expression')
    await see.view().getByRole('textbox', { name: 'Search' }).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('value.total > 990.0 && value.from != "refunds"')
    await page.keyboard.press('Enter')
    await matches(20)
    await see.choose(see.button('Expression Search by'), 'Text')
  })

  test('what was found is written to a file, of all topics', async () => {
    const { page } = stage
    const file = path.join(os.tmpdir(), `${prefix}.ndjson`)
    await field().fill('o-0471')
    await page.keyboard.press('Enter')
    await matches(3)
    await page.keyboard.press('Alt+x')
    const dialog = page.getByRole('dialog', { name: 'Export of several topics' })
    await tabTo(page, dialog.getByRole('textbox', { name: 'File' }))
    await page.keyboard.press('Control+a')
    await page.keyboard.type(file)
    await page.keyboard.press('Enter')
    await dialog.getByText(/^3 records, .* written\.$/).waitFor()
    const lines = (await readFile(file, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { topic: string }) // oxfmt-ignore
    expect(lines.map(({ topic }) => topic).toSorted()).toEqual(topics)
    await rm(file)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('is kept, and taken up again from the list of a topic', async () => {
    const { page } = stage
    await see.openTopic(orders)
    await see.row(/o-0999/).waitFor()
    await see.command('Kept searches')
    const dialog = page.getByRole('dialog', { name: 'Kept searches' })
    await dialog.getByRole('row', { name: /3 topics: .*o-0471/ }).first().dblclick() // oxfmt-ignore
    await page.getByRole('tab', { name: 'Search of topics', selected: true }).waitFor()
    await matches(3)
    for (const topic of topics) await see.row(new RegExp(`${topic}.*o-0471`)).waitFor()
  })

  test('leads to the list of the topic that a record is of', async () => {
    const { page } = stage
    await see.row(new RegExp(`${payments}.*o-0471`)).click({ button: 'right' })
    await page.getByRole('menuitem', { name: `Open in the messages of ${payments}` }).click()
    await page.getByRole('tab', { name: `${payments} · messages`, selected: true }).waitFor()
    await untilHolds('its record', async () => expect(await record().locator('code').first().textContent()).toBe(`${payments} / 1 / 235`)) // oxfmt-ignore
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
