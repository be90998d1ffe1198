import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('then-orders')
const group = uniqueName('then-billing')

describe('where a group was', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 3)
    const input = Array.from({ length: 100 }, (_, i) => `order ${i}`).join('\n')
    for (const partition of [0, 1, 2]) await kcatProduce(kafka.bootstrap, { topic, partition, input })
    const wire = await connectWire(kafka.bootstrap)
    // On, two steps back on partition 1, and on again.
    for (let step = 1; step <= 30; step += 1) {
      // Two commits of one millisecond are one moment.
      const before = Date.now()
      await until('another millisecond', () => Date.now() > before)
      const back = step > 15 && step <= 20 ? 30 : 0
      await wire.commit(group, [0, 1, 2].map((partition) => ({ topic, partition, offset: BigInt(partition === 1 ? Math.max(0, 3 * step - back) : 2 * step + partition) }))) // oxfmt-ignore
    }
    wire.close()
    await stage.profile('Then', kafka.bootstrap)
    await stage.open()
    await see.connect('Then')
    await see.openGroup(group)
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const slider = (name: string) => stage.page.getByRole('slider', { name, exact: true })

  test('the group itself shows its commits first: where it stood at each, by keys, and the plan that sets it back there', async () => {
    const timeline = see.view().getByRole('region', { name: `Timeline of ${group}` })
    await timeline.getByText(/^90 commits since .* from __consumer_offsets/).waitFor()
    await timeline.getByRole('group', { name: /^Where the group stood: positions? (?:added up )?went from 9 to 212/ }).waitFor() // oxfmt-ignore
    await see.choose(timeline.getByRole('button', { name: /^Of\b/ }), 'partition 1')
    await timeline.getByRole('group', { name: /: position went from 3 to 90/ }).waitFor()
    await slider('Moment').press('Home')
    await timeline.getByText(/: position 3 \(commit\)/).waitFor()
    await see.row(/^1 90 3 commit/).waitFor()
    await stage.shown('a moment of a group')
    await timeline.getByRole('button', { name: 'Set the group back to here…' }).click()
    await see.tab(`${group} · positions`).waitFor()
    await see.button(/^Apply to/).waitFor()
    // What it reads next is opened beside the plan, after the move and before it.
    await see.row(/^0 60 2 /).dblclick()
    const record = see.view().getByRole('region', { name: `Record read next in ${topic}, partition 0` })
    await record.getByText('order 2', { exact: true }).first().waitFor()
    await stage.shown('a record beside a plan')
    await record.getByRole('radio', { name: 'Before' }).click({ force: true })
    await record.getByText('order 60', { exact: true }).first().waitFor()
    await record.getByRole('button', { name: 'Close' }).first().click()
    await record.waitFor({ state: 'detached' })
    await stage.page.getByRole('tab', { name: group, exact: true }).click()
  })

  test('the group leads to its history: every commit, as lines and as a table', async () => {
    await see.button('History').click()
    await see.tab(`${group} · history`).waitFor()
    await see.view().getByText(`${group} committed 90 positions on 3 partitions`).waitFor()
    await stage.shown('the history of a group')
    const table = see.view().getByRole('grid', { name: /^Positions of/ })
    expect(await table.getByRole('row').filter({ hasText: '60' }).count()).toBeGreaterThan(0)
  })

  test('by keys alone: back to the first commit, and the plan that sets the group there', async () => {
    await slider('Moment').focus()
    await stage.page.keyboard.press('Home')
    await see.row(/^0 2 .* commit 60/).waitFor()
    await see.button('Set the group back to here…').click()
    await see.tab(`${group} · positions`).waitFor()
    await see.button(/^Apply to/).waitFor()
    const { rows } = await stage.client.call('offsets.plan', { connectionId: (await stage.client.call('connections.list', {})).items[0]!.connectionId, group, target: { at: 'group-then', group, moment: BigInt(Date.now()) } }) // oxfmt-ignore
    expect(rows.map(({ status }) => status)).toEqual(['same', 'same', 'same'])
    await see.apply()
    await see.view().getByText('3 confirmed').waitFor()
    const at = (await kafka.tools.describeGroup(group)).toSorted((a, b) => a.partition - b.partition)
    expect(at.map(({ position }) => position)).toEqual([2n, 3n, 4n])
  })

  test('what it committed between two moments goes to a replay: once, or a pass by itself', async () => {
    await see.tab(`${group} · history`).click()
    await stage.page.keyboard.press('F5')
    await see.view().getByText(`${group} committed 93 positions`).waitFor()
    await slider('Moment').focus()
    await stage.page.keyboard.press('ArrowLeft')
    await slider('Between, from').focus()
    await stage.page.keyboard.press('Home')
    await see.view().getByText('and what was committed since').waitFor()
    await see.button('Replay what it committed between…').click()
    const dialog = stage.page.getByRole('dialog')
    // [2, 60), [3, 90) and [4, 62), each once.
    await dialog.getByText(`committed 203 offsets of ${topic}, on 3 partitions`).waitFor()
    await stage.audit('what to replay of a history')
    await stage.picture('history-replay')
    await see.choose(dialog.getByRole('button', { name: /moved back on 1 partition/ }), 'pass 2 of 2')
    // Partition 1 again, from 18 on.
    await dialog.getByText(/committed \d+ offsets of .*, on 1 partition\./).waitFor()
    await dialog.getByRole('button', { name: 'Plan the replay…' }).click()
    await see.tab(`${topic} · replay`).waitFor()
    expect(await see.view().getByRole('textbox').first().inputValue()).toMatch(/^1:18-90$/)
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
