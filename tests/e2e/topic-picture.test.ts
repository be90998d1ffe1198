import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// A topic as a picture: how much was written when, every group's tick on each partition, and what it gains while one looks.

const topic = uniqueName('drawn-orders')
const groups = ['a', 'b', 'c'].map((one) => uniqueName(`drawn-${one}`))
const HOUR = 3_600_000

describe('a topic', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let wire: WireClient
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    await wire.createTopic(topic, 4, { 'retention.ms': '-1' })
    for (const partition of [0, 1, 2, 3]) {
      for (let hour = 46; hour > 0; hour -= 1) {
        const count = 5 + Math.round(4 * Math.sin(hour / 5)) + partition
        const at = BigInt(Math.floor(Date.now() / HOUR - hour) * HOUR)
        const records = Array.from({ length: count }, () => ({ timestamp: at, key: null, value: Buffer.from('order'), headers: [] })) // oxfmt-ignore
        await wire.produce(topic, partition, writeBatch(records))
      }
    }
    for (const [i, group] of groups.entries()) {
      await kafka.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(i === 0 ? 90 : 200), '--execute') // oxfmt-ignore
    }
    await stage.profile('Drawn', kafka.bootstrap)
    await stage.open()
    await see.connect('Drawn')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  test('shows how much was written when, and every group where it stands, by name', async () => {
    await see.row(new RegExp(topic)).dblclick()
    await stage.page.getByRole('tab', { name: topic, exact: true, selected: true }).waitFor()
    await see
      .view()
      .getByRole('img', { name: /offsets from .* to .*, by timestamps; at most .* in an hour/ })
      .waitFor()
    const here = see.view().getByRole('complementary', { name: 'Groups here' })
    for (const group of groups) await here.getByRole('button', { name: group }).waitFor()
    const line = see.view().getByRole('img', { name: new RegExp(`Partition 0: .*groups: ${groups[0]} at 90`) })
    await line.waitFor()
    // Two stand in one place: one tick that names both.
    await line.getByText(`${groups[1]} at 200, ${groups[2]} at 200`, { exact: true }).waitFor({ state: 'attached' })
    await stage.shown('a topic drawn')
    await stage.page.emulateMedia({ contrast: 'more' })
    await stage.picture('a topic drawn-contrast')
    await stage.page.emulateMedia({ contrast: null })
  })

  test('narrows the bars by keys alone, and leads to a group', async () => {
    const from = see.view().getByRole('slider', { name: 'Narrow from' })
    await from.focus()
    await stage.page.keyboard.press('End')
    await see.view().getByText(/ offsets from .*, by timestamps/).first().waitFor() // oxfmt-ignore
    await stage.page.keyboard.press('Escape')
    await see.view().getByRole('complementary').getByRole('button', { name: groups[0]! }).focus() // oxfmt-ignore
    await stage.page.keyboard.press('Enter')
    await stage.page.getByRole('tab', { name: groups[0]!, exact: true, selected: true }).waitFor()
  })

  test('draws what a topic gains, as a line in the list and as a picture with its numbers', async () => {
    const gain = async () => wire.produce(topic, 0, writeBatch(Array.from({ length: 40 }, () => ({ timestamp: BigInt(Date.now()), key: null, value: Buffer.from('order'), headers: [] })))) // oxfmt-ignore
    await see.tab(topic).click()
    const panel = see.view().getByRole('region', { name: `Throughput of ${topic}` })
    const part = (name: string) => see.view().getByRole('radio', { name }).click({ force: true })
    await part('Throughput')
    await panel.getByText(/^Read every/).waitFor()
    // Whoever comes anew looks at once.
    for (let looks = 0; looks < 3; looks += 1) {
      await gain()
      await part('Partitions')
      await panel.waitFor({ state: 'detached' })
      await part('Throughput')
      await panel.getByText(/^Read every/).waitFor()
    }
    const chart = panel.getByRole('group', { name: /^What .* gained: [\d.\s]+\/s offsets lately, [\d.\s]+\/s at most/ })
    await chart.waitFor()
    const numbers = panel.getByRole('grid', { name: `Throughput of ${topic}, in numbers` })
    await numbers.getByRole('row', { name: /\d\/s/ }).first().waitFor() // oxfmt-ignore
    await chart.focus()
    await stage.page.keyboard.press('+')
    await panel.getByRole('button', { name: 'All of it' }).click()
    await stage.shown('the throughput of a topic')
    await see.command('Topics')
    await see.row(new RegExp(topic)).getByRole('img', { name: /^drawn-orders.* went from .* by offsets$/ }).waitFor() // oxfmt-ignore
    await stage.shown('topics that gain')
  })

  test('draws what each broker gains in the cluster’s view, one of them or all', async () => {
    await see.command('Cluster overview')
    const brokers = see.view().getByRole('grid', { name: 'Brokers' })
    await see.view().getByText(/^Read every/).waitFor() // oxfmt-ignore
    const back = async () => {
      await see.command('Topics')
      await see.tab('Cluster').click()
    }
    await back()
    await back()
    await brokers.getByRole('img', { name: /went from .* by offsets$/ }).waitFor()
    await see.view().getByRole('region', { name: 'Throughput of all brokers' }).waitFor()
    // What a browser says of sizes that change by sizes is no fault of ours.
    await stage.page.evaluate(() => window.dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop completed with undelivered notifications.' }))) // oxfmt-ignore
    await brokers.getByRole('row').nth(1).dblclick()
    const one = see.view().getByRole('region', { name: /^Throughput of broker \d+$/ })
    await one.getByRole('radio', { name: 'Numbers' }).click({ force: true })
    await one.getByRole('grid').waitFor()
    await one.getByRole('radio', { name: 'Chart' }).click({ force: true })
    await one.getByRole('group', { name: /gained: / }).waitFor()
    expect(await stage.page.getByText('Something failed unexpectedly.').count()).toBe(0)
    await stage.shown('the throughput of brokers')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
