import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What a plan means, as a person sees it: on top in one sentence, and line by line.

const topic = uniqueName('means-orders')
const group = uniqueName('means-billing')
const HOUR = 3_600_000

describe('what a plan means', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let wire: WireClient
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    await wire.createTopic(topic, 3, { 'retention.ms': String(48 * HOUR), 'segment.ms': String(HOUR) })
    for (const partition of [0, 1, 2]) {
      const count = 300 + 40 * partition
      const records = Array.from({ length: count }, (_, i) => ({
        // Two days of them but for half an hour; the newest are of now.
        timestamp: BigInt(Math.round(Date.now() - (47.5 * HOUR * (count - 1 - i)) / (count - 1))),
        key: Buffer.from(`order-${partition}-${i}`),
        value: Buffer.from(JSON.stringify({ order: i, note: 'x'.repeat(100) })),
        headers: [],
      }))
      await wire.produce(topic, partition, writeBatch(records, { codec: 'lz4' }))
    }
    await kafka.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-latest', '--execute')
    await stage.profile('Meaning', kafka.bootstrap)
    await stage.open()
    await see.connect('Meaning')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('stands on top in one sentence, and in each line: records and bytes, age, and until when it is kept', async () => {
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^earliest/)
    const told = see.view().getByText(/^3 partitions go back by 1.d 23.h: 1.020 records \([\d.]+.kB\) are read again; nothing is skipped\.$/) // oxfmt-ignore
    await told.waitFor()
    await see
      .view()
      .getByText(/Retention reaches the oldest not before \d/)
      .waitFor()
    const row = see.row(/order-1-0/)
    const text = (await row.textContent()) ?? ''
    expect(text).toMatch(/repeats 340/)
    expect(text).toMatch(/end → 1.d 23.h/)
    const cell = row.getByTitle(
      /^Counted: 340 records, .* without compression; 0 offsets among them hold no visible record/,
    )
    await cell.waitFor()
    await row.getByTitle(/^Retention reaches it not before .*retention\.ms is 2.d.*segment\.ms/).waitFor()
    await stage.shown('what a plan means')
  })

  test('is what the confirmation says, and holds when the plan is made anew', async () => {
    await see.choose(see.select('To'), /^latest/)
    await see.view().getByText(`${group} already stands there; nothing would change.`).waitFor()
    await see.choose(see.select('To'), /^offset the same everywhere|^offset$/)
    await see.view().getByRole('textbox', { name: 'Offset' }).fill('290')
    await see
      .view()
      .getByText(/^3 partitions go back by up to .*: 150 records/)
      .waitFor()
    await see.button(/^Apply to 3 partitions/).click()
    const dialog = stage.page.getByRole('alertdialog')
    await dialog.getByText(/150 records \(.*\) are read again/).waitFor()
    await dialog.getByRole('button', { name: /^Apply to/ }).click()
    await see.view().getByText('3 confirmed').waitFor()
    expect((await kafka.tools.describeGroup(group)).map((one) => one.position)).toEqual([290n, 290n, 290n])
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
