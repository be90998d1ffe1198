import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RowField } from '#shared/model/row-field.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { fieldName } from '../../renderer/features/messages/field-columns.ts'
import { ROW_BUDGET } from '../../renderer/workbench/row-budget.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { heapBytes } from './main-thread.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const TABS = 100
/** A page's; with twenty fields a row they are near three megabytes a tab: together above the budget. */
const ROWS = 500
const BATCH = 100
const MiB = 1 << 20
/** What an open tab takes beside its rows: it stays built, but draws none while it is hidden. Measured: nine tenths. */
const TAB_BYTES = MiB

const topics = Array.from({ length: TABS }, (_, i) => uniqueName(`full-${String(i).padStart(3, '0')}`))
const names = Array.from({ length: 20 }, (_, i) => `field${i}`)
const fields = names.map((name): RowField => ({ part: 'value', path: [name] }))
let stage: Stage
let see: ReturnType<typeof steps>
let wire: WireClient

function batch(first: number): Uint8Array {
  const timestamp = BigInt(Date.now())
  const texts = names.map((name) => [name, 'x'.repeat(300)] as const)
  const records = Array.from({ length: BATCH }, (_, i) => ({
    timestamp,
    key: Buffer.from(`order-${first + i}-${'k'.repeat(110)}`),
    value: Buffer.from(JSON.stringify(Object.fromEntries(texts))),
    headers: [],
  }))
  return writeBatch(records)
}

beforeAll(async () => {
  const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
  stage = started
  see = steps(stage.page)
  wire = await connectWire(kafka.bootstrap)
  const batches = Array.from({ length: ROWS / BATCH }, (_, i) => batch(i * BATCH))
  await mapLimited(topics, 10, async (topic) => {
    await wire.createTopic(topic, 1)
    for (const rows of batches) await wire.produce(topic, 0, rows)
  })
  await stage.profile('Full', kafka.bootstrap)
  await stage.open()
  await see.connect('Full')
  // As a start finds them: each is built, and its page read, when it is first looked at. The fields come along and are hidden.
  await stage.page.goto('about:blank')
  await stage.client.call('settings.save', {
    tabs: topics.map((topic) => ({ id: topic, intent: { kind: 'messages', connectionId: 'full', topic } })),
    fieldColumns: Object.fromEntries(topics.map((topic) => [`full/${topic}`, fields])),
    columns: { messages: { widths: {}, hidden: fields.map(fieldName) } },
  })
  await stage.open()
})
tellFailures(() => stage)
afterAll(async () => {
  wire?.close()
  await stage?.close()
})

test('a hundred tabs full of rows keep the page’s memory within what rows and tabs may take', async () => {
  const { page } = stage
  const last = see.row(new RegExp(`order-${ROWS - 1}-`))
  await last.waitFor()
  const before = await heapBytes(page)
  for (const topic of topics) {
    await page.getByRole('tab', { name: `${topic} · messages`, selected: true }).waitFor()
    await last.waitFor()
    await page.keyboard.press('Alt+PageDown')
  }
  const grown = (await heapBytes(page)) - before
  console.log(`${TABS} tabs with ${ROWS} rows of twenty fields each: ${(grown / MiB).toFixed(0)} MiB more than one`)
  // What was read is above the budget, so a page that held much less would hold no rows.
  expect(grown).toBeGreaterThan(ROW_BUDGET * 0.8)
  expect(grown).toBeLessThan(ROW_BUDGET + TABS * TAB_BYTES)
})

test('nothing of it upset the browser or the CSP', () => stage.clean())
