import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Locator } from 'playwright-core'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { joinConsumerGroup, type MemberByHand } from '../support/streams-group.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// A consumer that is stuck on a record and lives: clicked, counted, and judged by Kafka's own script.

const topic = uniqueName('armed-orders')
const stem = uniqueName('armed')
const group = `${stem}-stuck`
const other = `${stem}-other`

describe('a plan that is armed', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>
  const members: MemberByHand[] = []

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 2)
    const input = Array.from({ length: 40 }, (_, i) => `order ${i}`).join('\n')
    for (const partition of [0, 1]) await kcatProduce(kafka.bootstrap, { topic, partition, input })
    for (const one of [group, other]) {
      await kafka.tools.groups('--group', one, '--topic', topic, '--reset-offsets', '--to-offset', '30', '--execute')
      members.push(await joinConsumerGroup(kafka.bootstrap, one, topic))
    }
    await stage.profile('Armed', kafka.bootstrap)
    await stage.open()
    await see.connect('Armed')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    for (const member of members) await member.leave().catch(() => undefined)
    await stage?.close()
  })

  const page = () => stage.page
  const stand = async (of: string) => (await kafka.tools.describeGroup(of)).map((row) => row.position)
  const badge = (counts: string) =>
    page()
      .getByRole('banner')
      .getByRole('button', { name: `Armed plans: ${counts}` })
  const leave = async () => await members.shift()!.leave()

  test('moves a stuck consumer past its record in six clicks from the list, once its member has gone', async () => {
    let clicks = 0
    const click = async (of: Locator, button: 'left' | 'right' = 'left') => {
      clicks += 1
      await of.click({ button })
    }
    await click(see.sidebar.getByRole('tree', { name: 'Groups' }).getByRole('treeitem', { name: new RegExp(`^${group}\\b`) })) // oxfmt-ignore
    await page().getByRole('tab', { name: group, exact: true, selected: true }).waitFor()
    const row = see.view().getByRole('grid', { name: `Positions of ${group}` }).getByRole('row').nth(1) // oxfmt-ignore
    await row.getByText('30', { exact: true }).first().waitFor() // oxfmt-ignore
    await click(row, 'right')
    await click(page().getByRole('menuitem', { name: 'The record it stands at, and past it…' }))
    await click(see.button('2. Move past it…'))
    await see.view().getByText('has 1 live member', { exact: false }).first().waitFor() // oxfmt-ignore
    await click(see.button('Apply when empty…'))
    const dialog = page().getByRole('alertdialog')
    await dialog.getByText('will skip up to 1 record', { exact: false }).waitFor()
    await stage.shown('arming a plan')
    await click(dialog.getByRole('button', { name: 'Arm the plan' }))
    await see.view().getByText('Waiting for', { exact: false }).waitFor()
    await badge('1 armed').waitFor()
    expect(clicks).toBeLessThanOrEqual(6)
    await stage.shown('an armed plan')
    expect(await stand(group)).toEqual([30n, 30n])
    // It is the app's, not the page's.
    await page().reload()
    await badge('1 armed').waitFor()
    await see.view().getByText('Waiting for', { exact: false }).waitFor()
    await leave()
    await see.view().getByText('was moved on 1 partition, read back and confirmed', { exact: false }).first().waitFor() // oxfmt-ignore
    expect(await stand(group)).toEqual([31n, 30n])
    await badge('1 applied').waitFor()
    await stage.shown('an armed plan that was applied')
    await see.button('Undo…').click()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await stand(group)).toEqual([30n, 30n])
  })

  test('asks which offsets a shift means, and is cancelled from the list by keys alone', async () => {
    await see.command('Groups')
    await see.row(new RegExp(other)).click()
    await page().keyboard.press('Enter')
    await page().getByRole('tab', { name: other, exact: true, selected: true }).waitFor()
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^shift by/)
    await see.view().getByRole('textbox', { name: 'By' }).fill('-5')
    await see.button('Apply when empty…').waitFor()
    await untilHolds('it can be armed', async () =>
      expect(await see.button('Apply when empty…').isEnabled()).toBe(true),
    )
    await see.button('Apply when empty…').focus()
    await page().keyboard.press('Enter')
    const dialog = page().getByRole('alertdialog')
    const action = dialog.getByRole('button', { name: 'Arm the plan' })
    expect(await action.isDisabled()).toBe(true)
    const radio = dialog.getByRole('radio', { name: /^Worked out again then/ })
    await radio.focus()
    await page().keyboard.press('Space')
    await stage.shown('arming a shift')
    await action.focus()
    await page().keyboard.press('Enter')
    await badge('1 armed · 1 applied').waitFor()
    await see.command('Armed plans')
    const list = page().getByRole('dialog', { name: 'Armed plans' })
    await list.getByText(`Waiting for ${other}`, { exact: false }).waitFor()
    await stage.shown('the list of armed plans')
    await list.getByRole('button', { name: `Cancel the plan of ${other}` }).focus()
    await page().keyboard.press('Enter')
    await list.getByText('Cancelled. Nothing was written.', { exact: false }).waitFor()
    for (const one of [group, other]) await list.getByRole('button', { name: `Dismiss the plan of ${one}` }).click()
    await list.getByText('No plan is armed.').waitFor()
    await page().keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
    await untilHolds('the badge is gone', async () => expect(await page().getByRole('button', { name: /^Armed plans:/ }).count()).toBe(0)) // oxfmt-ignore
    await leave()
    expect(await stand(other)).toEqual([30n, 30n])
  })

  test('of several groups arms each by itself, and moves each in its own moment', async () => {
    for (const one of [group, other]) members.push(await joinConsumerGroup(kafka.bootstrap, one, topic))
    await see.command('Groups')
    await see.view().getByRole('searchbox', { name: 'Filter groups' }).fill(stem)
    await see.row(new RegExp(group)).click()
    await see.row(new RegExp(other)).click({ modifiers: ['ControlOrMeta'] })
    await see.button('Plan for 2 groups…').click()
    await see.choose(see.select('To'), /^offset/)
    await see.view().getByRole('textbox', { name: 'Offset' }).fill('7')
    await page().keyboard.press('Enter')
    await untilHolds('they can be armed', async () =>
      expect(await see.button('Apply 2 when empty…').isEnabled()).toBe(true),
    )
    await see.button('Apply 2 when empty…').click()
    const dialog = page().getByRole('alertdialog', { name: 'Apply when each of 2 groups is empty?' })
    await dialog.getByRole('button', { name: 'Arm 2 plans' }).waitFor()
    await stage.shown('arming several plans')
    await dialog.getByRole('button', { name: 'Arm 2 plans' }).click()
    await badge('2 armed').waitFor()
    await leave()
    await badge('1 armed · 1 applied').waitFor()
    expect([await stand(group), await stand(other)]).toEqual([
      [7n, 7n],
      [30n, 30n],
    ])
    await leave()
    await badge('2 applied').waitFor()
    expect(await stand(other)).toEqual([7n, 7n])
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
