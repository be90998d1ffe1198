import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { commitSurely } from '../support/commit.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { joinConsumerGroup } from '../support/streams-group.ts'
import { kcatProduce } from '../support/tools.ts'
import { every, until } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// Lag over time: a line in each row, and one large chart of a group, with the same numbers as a table; by keyboard alone.

describe('lag over time', () => {
  let stage: Stage
  let kafka: RunningKafka
  let cluster: KafkaCluster
  let see: ReturnType<typeof steps>
  let reading: { stop(): void }
  let committing = Promise.resolve()
  let offset = 0n

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([startKafka({ heapMb: 256 }), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic('orders', 3)
    for (const partition of [0, 1, 2]) {
      const input = Array.from({ length: 5_000 }, (_, i) => `v${i}`).join('\n')
      await kcatProduce(kafka.bootstrap, { topic: 'orders', partition, input })
    }
    const [host = '', port] = kafka.bootstrap.split(':')
    cluster = await openCluster({ brokers: [{ host, port: Number(port) }], clientId: 'lag' }, { mode: 'read-write' })
    const commit = async () => {
      offset += 3n
      const at = { offset, leaderEpoch: -1, metadata: '' }
      const still = { offset: 4_000n, leaderEpoch: -1, metadata: '' }
      await commitSurely(cluster, 'billing', [
        { topic: 'orders', partition: 0, position: at },
        { topic: 'orders', partition: 1, position: at },
        { topic: 'orders', partition: 2, position: still },
      ])
    }
    await commit()
    reading = every(400, () => {
      committing = commit().catch(() => undefined)
    })
    await stage.profile('Lag', kafka.bootstrap, { accessMode: 'read-only' })
    await stage.open()
    await see.connect('Lag')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    reading?.stop()
    await committing
    cluster?.close()
    await stage?.close()
    await kafka?.stop()
  })

  test('a limit is told of from connection on, although nobody has looked at a group', async () => {
    const { items } = await stage.client.call('connections.list', {})
    const { connectionId } = items[0]!
    const limit = { group: 'billing', records: 500n, ms: null, dies: false }
    await stage.client.call('limits.set', { connectionId, limit })
    await stage.page.getByText(/^The lag of billing is .* offsets; the limit is 500 offsets\.$/).waitFor()
    await stage.page.getByRole('tab', { name: 'Topics', selected: true }).waitFor()
    await stage.page.getByRole('button', { name: /^1 alert/ }).waitFor()
    await stage.page.getByRole('button', { name: 'Dismiss' }).click()
    await stage.client.call('limits.remove', { connectionId, group: 'billing' })
    await stage.page.getByRole('button', { name: /alert/ }).waitFor({ state: 'detached' })
  })

  test('the list draws how each group’s lag has changed, and says what comes of it', async () => {
    await see.command('Groups')
    const row = see.view().getByRole('row', { name: /billing/ })
    await row.getByRole('img', { name: /^Lag of billing went from/ }).waitFor()
    await row.getByText(/^0 · \d/).waitFor()
    await row.getByText(/^in \d/).waitFor()
    await stage.shown('groups-lag')
  })

  test('a group is one large picture, zoomed by keys and with the mouse, and a table of the same numbers', async () => {
    const { page } = stage
    const denied = 'These credentials may not read __consumer_offsets.'
    stage.hinder((route) => (route === 'groups.history' ? { code: 'kafka.unauthorised', message: denied, retryable: false } : undefined)) // oxfmt-ignore
    await see.openGroup('billing')
    const timeline = see.view().getByRole('region', { name: 'Timeline of billing' })
    const chart = timeline.getByRole('group', { name: /^Where the group stood: positions? went from/ })
    await chart.waitFor()
    await timeline.getByText(/^Its commits could not be read, so only what this app saw is drawn\. These/).waitFor()
    // Of the records behind it a partition says how old the first is, and how many they are.
    const row = see.view().getByRole('row', { name: /^2 4\s000/ })
    await row
      .getByText(/^1\s000$/)
      .nth(1)
      .waitFor()
    await stage.shown('group-lag')
    // What only this app saw is handed to a plan as offsets.
    await timeline.getByRole('slider', { name: 'Moment' }).press('Home')
    await see.view().getByRole('row', { name: /seen by this app/ }).first().waitFor() // oxfmt-ignore
    await timeline.getByRole('button', { name: 'Set the group back to here…' }).click()
    await see.tab('1 group · positions').waitFor()
    await see.view().getByText('where billing stood').first().waitFor()
    await see.tab('billing').click()
    stage.hinder(() => undefined)
    await timeline.getByRole('button', { name: 'Now' }).click()
    await timeline.getByRole('button', { name: 'Read its commits again' }).click()
    await timeline
      .getByText(/^\d+ commits since .*, from __consumer_offsets; the rest was seen by this app\./)
      .waitFor()
    await chart.focus()
    await page.keyboard.press('+')
    await timeline.getByRole('button', { name: 'All of it' }).waitFor()
    await page.keyboard.press('Home')
    await timeline.getByRole('button', { name: 'All of it' }).waitFor({ state: 'detached' })
    const box = (await chart.locator('canvas').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60)
    // The vector under the mouse, and who tells it.
    await timeline.getByText(/: positions added up [\d\s]+ \(.*\)/).waitFor()
    await see.view().getByRole('columnheader', { name: 'Position then' }).waitFor()
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await timeline.getByRole('button', { name: 'All of it' }).click()
    await timeline.getByRole('radio', { name: 'Rates' }).click({ force: true })
    await timeline.getByRole('group', { name: /^Rates in and out/ }).waitFor()
    await timeline.getByRole('radio', { name: 'Numbers' }).click({ force: true })
    const numbers = timeline.getByRole('grid', { name: 'The group over time, in numbers' })
    await until('two looks in the table', async () => (await numbers.getByRole('row', { name: /seen by this app/ }).count()) > 1) // oxfmt-ignore
    await stage.shown('group-lag-numbers')
    stage.clean()
  })

  test('a group with a member shows eight of its positions at once at 1280 × 800, and its members in one line', async () => {
    const { page } = stage
    const group = 'wide-readers'
    await kafka.tools.createTopic('wide', 12)
    const positions = Array.from({ length: 12 }, (_, partition) => ({ topic: 'wide', partition, position: { offset: 0n, leaderEpoch: -1, metadata: '' } })) // oxfmt-ignore
    await commitSurely(cluster, group, positions)
    const member = await joinConsumerGroup(kafka.bootstrap, group, 'wide')
    try {
      const before = page.viewportSize()!
      await page.setViewportSize({ width: 1280, height: 800 })
      // Made after the list was read, whose next reading is as far away as the last one took long.
      await page.getByRole('button', { name: 'Refresh groups' }).click()
      await see.openGroup(group)
      await see.view().getByRole('button', { name: 'Show', exact: true }).waitFor()
      const grid = see.view().getByRole('grid', { name: `Positions of ${group}` })
      await grid.getByRole('row').nth(8).waitFor() // oxfmt-ignore
      await see.view().getByRole('group', { name: /^Where the group stood/ }).waitFor() // oxfmt-ignore
      const shown = await grid.evaluate((element) => {
        const { bottom } = element.getBoundingClientRect()
        const rows = [...element.querySelectorAll('[role=row]')].slice(1)
        return rows.filter((row) => row.getBoundingClientRect().bottom <= bottom + 1).length
      })
      await stage.shown('a group with members')
      expect(shown).toBeGreaterThanOrEqual(8)
      await see.view().getByRole('button', { name: 'Show', exact: true }).click()
      await see.view().getByRole('grid', { name: `Members of ${group}` }).waitFor() // oxfmt-ignore
      await see.view().getByRole('button', { name: 'Fold', exact: true }).click()
      await see.view().getByRole('grid', { name: `Members of ${group}` }).waitFor({ state: 'detached' }) // oxfmt-ignore
      await page.setViewportSize(before)
    } finally {
      await member.leave()
    }
    stage.clean()
  })

  test('a limit is set by keys, and passed it is told of at the top, in the list and in the group', async () => {
    const { page } = stage
    await see.openGroup('billing')
    await see.view().getByRole('button', { name: 'Limits…' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Limits of billing' })
    await dialog.getByRole('textbox', { name: 'Lag, in offsets' }).fill('0')
    await dialog.getByText('The lowest limit here is 1.').waitFor()
    await dialog.getByRole('textbox', { name: 'Lag, in offsets' }).fill('500')
    await dialog.getByRole('textbox', { name: 'Age of what is not read' }).fill('2 h')
    await stage.shown('limits of a group')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/^The lag of billing is .* offsets; the limit is 500 offsets\.$/).waitFor()
    await see.view().getByText('lag over its limit').waitFor()
    await stage.shown('a passed limit')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await see.command('Groups')
    await see
      .view()
      .getByRole('row', { name: /billing/ })
      .getByText('lag over its limit')
      .waitFor()
    await page.getByRole('button', { name: /^1 alert/ }).click()
    await page.getByRole('menuitem', { name: /^The lag of billing is/ }).click()
    await see.view().getByRole('button', { name: 'Limits…' }).click()
    await dialog.getByRole('textbox', { name: 'Lag, in offsets' }).fill('')
    await dialog.getByRole('textbox', { name: 'Age of what is not read' }).fill('')
    await dialog.getByRole('button', { name: 'Remove the limits' }).click()
    await page.getByRole('button', { name: /alert/ }).waitFor({ state: 'detached' })
    stage.clean()
  })
})
