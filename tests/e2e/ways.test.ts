import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('ways-orders')
/** Stands so that a plan to offset 4 goes forward in 0, backward in 1, nowhere in 2. */
const stands = [2n, 6n, 4n]
const back = uniqueName('ways-back')
const forth = uniqueName('ways-forth')
const stuck = uniqueName('ways-stuck')
const guided = uniqueName('ways-guided')
/** Has no position in partition 2. */
const guide = uniqueName('ways-to')

describe('moves of less than all', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 3)
    for (let partition = 0; partition < 3; partition++) {
      const lines = Array.from({ length: 8 }, (_, i) => `p${partition}-${i}\tvalue ${i}`)
      await kcatProduce(kafka.bootstrap, { topic, partition, input: lines.join('\n'), keyDelimiter: '\t' })
    }
    const groups: [string, bigint[]][] = [...[back, forth, stuck, guided].map((group): [string, bigint[]] => [group, stands]), [guide, [1n, 5n]]] // oxfmt-ignore
    for (const [group, offsets] of groups) {
      for (const [partition, at] of offsets.entries()) {
        await kafka.tools.groups('--group', group, '--topic', `${topic}:${partition}`, '--reset-offsets', '--to-offset', String(at), '--execute') // oxfmt-ignore
      }
    }
    await stage.profile('Ways', kafka.bootstrap)
    await stage.open()
    await see.connect('Ways')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  /** By Kafka's own script. */
  const positions = async (group: string) =>
    (await kafka.tools.describeGroup(group)).toSorted((a, b) => a.partition - b.partition).map((at) => at.position)

  const planRow = (partition: number) =>
    see
      .view()
      .getByRole('grid', { name: /^Positions of/ })
      .getByRole('row', { name: new RegExp(`^${partition}\\b`) })

  async function planBothWays(group: string): Promise<void> {
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^offset the same everywhere|^offset$/)
    await see.view().getByRole('textbox', { name: 'Offset' }).fill('4')
    await see.button('Apply to 2 partitions…').waitFor()
    await see
      .view()
      .getByText(/1 partition goes back and 1 goes forward/)
      .waitFor()
  }

  test('Only backwards leaves the others out, and so does what is written', async () => {
    await planBothWays(back)
    await see.button('Only backwards').click()
    await see.button('Apply to 1 partition…').waitFor()
    await planRow(0).getByText('it would go forward').waitFor()
    await see.button('Both ways').click()
    await see.button('Apply to 2 partitions…').waitFor()
    await see.button('Only backwards').click()
    await see.button('Apply to 1 partition…').waitFor()
    await stage.picture('plan-only-backwards')
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await positions(back)).toEqual([2n, 4n, 4n])
  })

  test('Only forwards likewise', async () => {
    await planBothWays(forth)
    await see.button('Only forwards').click()
    await see.button('Apply to 1 partition…').waitFor()
    await planRow(1).getByText('it would go backward').waitFor()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await positions(forth)).toEqual([4n, 6n, 4n])
  })

  test('a record reached from a group is skipped for that group, in its partition alone', async () => {
    const { page } = stage
    await see.openGroup(stuck)
    await see.row(/^(?:ways-orders-\S+ )?1\b/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Open the message at the position' }).click()
    const record = page.getByRole('region', { name: 'Record' })
    await record.getByText('value 6').first().waitFor()
    await record.getByRole('button', { name: 'More' }).click()
    await stage.picture('record-skip')
    await page.getByRole('menuitem', { name: `Skip this record for ${stuck} (6 → 7)…` }).click()
    await page.getByRole('tab', { name: `${stuck} · positions`, selected: true }).waitFor()
    await see.button('Apply to 1 partition…').waitFor()
    await untilHolds('one row beside the head', async () =>
      expect(
        await see
          .view()
          .getByRole('grid', { name: /^Positions of/ })
          .getByRole('row')
          .count(),
      ).toBe(2),
    )
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await positions(stuck)).toEqual([2n, 7n, 4n])
  })

  test('a group goes to where another stands, and what it had passed is replayed from there', async () => {
    const { page } = stage
    await see.openGroup(guided)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^another group’s positions/)
    await see.view().getByRole('combobox', { name: 'Group' }).fill(guide)
    await page.keyboard.press('Escape')
    await see.button('Apply to 2 partitions…').waitFor()
    await see.view().getByText(`Where ${guide} stands was read for this plan.`).waitFor()
    await planRow(2).getByText('has no position here').waitFor()
    await stage.audit('a plan to another group’s positions')
    await stage.picture('plan-group')
    await see.choose(see.select('No position'), /^the log start/)
    await see.button('Apply to 3 partitions…').waitFor()
    await see.apply()
    await see.view().getByText('3 confirmed').waitFor()
    expect(await positions(guided)).toEqual([1n, 5n, 0n])

    const copy = `${topic}-copy`
    await see.openTopic(topic)
    await see.command('Replay records')
    await page.getByRole('tab', { name: /replay/i }).waitFor()
    await see.view().getByRole('combobox', { name: 'topic' }).fill(topic)
    await page.keyboard.press('Escape')
    await see.choose(see.select('Copy'), /^from … to …/)
    await see.choose(see.bar('From').getByRole('button', { name: /^from\b/ }), /^a group’s positions/)
    await see.view().getByRole('combobox', { name: 'Group' }).fill(guide)
    await page.keyboard.press('Escape')
    await see.view().getByRole('textbox', { name: 'called' }).fill(copy)
    await see.button('Plan').click()
    await see.button('Run…').waitFor()
    await see.view().getByText(`${guide} has no position for ${topic}[2].`).first().waitFor()
    await stage.audit('a replay from a group’s positions')
    await stage.picture('replay-group')
    await see.button('Run…').click()
    await page.getByRole('alertdialog').getByRole('button', { name: /^Copy into/ }).click() // oxfmt-ignore
    await see.button('New replay').waitFor()
    const wrote = await Promise.all([0, 1, 2].map((partition) => kcatConsume(kafka.bootstrap, { topic: copy, partition }))) // oxfmt-ignore
    expect(wrote.map((records) => [String(records[0]?.value), records.length])).toEqual([
      ['value 1', 7],
      ['value 5', 3],
      ['undefined', 0],
    ])
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
