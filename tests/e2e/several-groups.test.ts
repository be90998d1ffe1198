import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// "These three groups back to 14:05", clicked and counted; what came of each is judged by Kafka's own script.

const topic = uniqueName('several-orders')
const stem = uniqueName('several')
const groups = ['a', 'b', 'c'].map((one) => `${stem}-${one}`)

describe('several groups in one plan', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>
  let folder: string

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-several-'))
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 2)
    const input = Array.from({ length: 40 }, (_, i) => `order ${i}`).join('\n')
    for (const partition of [0, 1]) await kcatProduce(kafka.bootstrap, { topic, partition, input })
    for (const group of groups) await reset(group, 30)
    await stage.profile('Several', kafka.bootstrap)
    await stage.open()
    await see.connect('Several')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const reset = (group: string, to: number) =>
    kafka.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(to), '--execute')
  const stand = async (group: string) => (await kafka.tools.describeGroup(group)).map((row) => row.position)

  test('three of them go back to a time in eight clicks, and one is undone by itself', async () => {
    const { page } = stage
    await see.command('Groups')
    await page.getByRole('tab', { name: 'Groups', selected: true }).waitFor()
    // No click of those that are counted: it only brings the three to sight among other tests' groups.
    await see.view().getByRole('searchbox', { name: 'Filter groups' }).fill(stem)
    await see.row(new RegExp(groups[2]!)).waitFor()
    let clicks = 0
    const click = async (of: { click: (how?: { modifiers?: 'ControlOrMeta'[] }) => Promise<void> }, more = false) => {
      clicks += 1
      await of.click(more ? { modifiers: ['ControlOrMeta'] } : {})
    }
    for (const [i, group] of groups.entries()) await click(see.row(new RegExp(group)), i > 0)
    await click(see.button('Plan for 3 groups…'))
    await click(see.select('To'))
    await click(page.getByRole('option', { name: /^timestamp/ }))
    await see.view().getByRole('textbox', { name: 'At', exact: true }).fill('2020-01-01 14:05')
    await see.view().getByText(/6 partitions of 3 groups go back.*: 180 records \(.*\) are read again; nothing is skipped/).waitFor() // oxfmt-ignore
    await stage.shown('a plan for several groups')
    await click(see.button(/^Apply to 6 partitions of 3 groups/))
    await click(page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }))
    await see.view().getByText('3 groups were moved, read back and confirmed.').waitFor()
    expect(clicks).toBeLessThanOrEqual(8)
    await stage.audit('several groups that were moved')
    for (const group of groups) expect(await stand(group)).toEqual([0n, 0n])

    await see.button(`Undo ${groups[1]}…`).click()
    await page.getByRole('tab', { name: `${groups[1]} · positions`, selected: true }).waitFor()
    await see.apply()
    await see.view().getByText('2 confirmed').waitFor()
    expect(await Promise.all(groups.map(stand))).toEqual([
      [0n, 0n],
      [30n, 30n],
      [0n, 0n],
    ])
  })

  test('says of one that is in use why it stays, and moves the others', async () => {
    const live = await kafka.tools.liveConsumer(topic, groups[0]!)
    try {
      await page().getByRole('tab', { name: '3 groups · positions' }).click()
      await see.button('Plan again').click()
      await see.view().getByText(`${groups[0]}: ${groups[0]} has 1 live member`, { exact: false }).first().waitFor() // oxfmt-ignore
      await see.button(/^Apply to 2 partitions of 1 group/).click()
      await page().getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
      await see.view().getByText('1 of 2 groups was moved.', { exact: false }).waitFor()
    } finally {
      await live.stop()
    }
    expect(await stand(groups[1]!)).toEqual([0n, 0n])
  })

  test('a file names the groups and their offsets; a bad line is told by its number', async () => {
    const file = path.join(folder, 'positions.csv')
    const open = async (text: string) => {
      await writeFile(file, text)
      const chooser = page().waitForEvent('filechooser')
      await see.button('From a file…').click()
      await (await chooser).setFiles(file)
    }
    await see.command('Move positions of several groups')
    await see.view().getByText('No group is chosen.').waitFor()
    await open(`${groups[1]},${topic},0,12\n${groups[2]},${topic},1,minus\n`)
    await see.view().getByText('Line 2: “minus” is no offset', { exact: false }).waitFor()
    await open(`${groups[1]},${topic},0,12\n"${groups[2]}",${topic},1,13\n`)
    await see
      .view()
      .getByText(/2 partitions of 2 groups go forward.*: 25 records/)
      .waitFor()
    await see.button(/^Apply to 2 partitions of 2 groups/).click()
    await page().getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
    await see.view().getByText('2 groups were moved, read back and confirmed.').waitFor()
    await untilHolds('where they stand', async () =>
      expect([await stand(groups[1]!), await stand(groups[2]!)]).toEqual([
        [12n, 0n],
        [0n, 13n],
      ]),
    )
  })

  test('one is cloned; its undo is a conflict where somebody committed since, until that is to go as well', async () => {
    const clone = `${stem}-clone`
    await see.command('Groups')
    await see.row(new RegExp(groups[1]!)).dblclick()
    await page().getByRole('tab', { name: groups[1]!, exact: true, selected: true }).waitFor()
    await see.button('Clone…').click()
    await see.view().getByRole('combobox', { name: 'Move' }).fill(clone)
    await page().keyboard.press('Enter')
    await see.view().getByText('applying creates it', { exact: false }).waitFor()
    await see.apply()
    await see.view().getByText('2 confirmed').waitFor()
    expect(await stand(clone)).toEqual(await stand(groups[1]!))
    await kafka.tools.groups('--group', clone, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '9', '--execute') // oxfmt-ignore
    await see.button('Undo…').click()
    await see.view().getByText('It was committed after that change', { exact: false }).first().waitFor() // oxfmt-ignore
    await see.button('Take back later commits as well').click()
    await see.view().getByText('1 partition was committed after that change', { exact: false }).waitFor()
    await see.apply()
    await see.view().getByText('The group, which the undone change had created, is removed.', { exact: false }).waitFor() // oxfmt-ignore
    expect((await kafka.tools.groups('--list')).stdout.split('\n')).not.toContain(clone)
  })

  test('where a group stands is kept as an anchor, which a plan goes back to', async () => {
    const anchor = `before ${stem}`
    await see.command('Groups')
    await see.row(new RegExp(groups[1]!)).dblclick()
    await page().getByRole('tab', { name: groups[1]!, exact: true, selected: true }).waitFor()
    const kept = await stand(groups[1]!)
    await see.button('Anchors…').click()
    const dialog = page().getByRole('dialog', { name: 'Anchors' })
    await dialog.getByRole('textbox', { name: `Keep where ${groups[1]} stands as` }).fill('draft')
    await page().keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Rename draft' }).click()
    await dialog.getByRole('textbox', { name: 'New name of draft' }).fill(anchor)
    await page().keyboard.press('Enter')
    await dialog.getByRole('button', { name: `Delete ${anchor}` }).waitFor()
    await stage.shown('anchors')
    await dialog.getByRole('button', { name: 'Close' }).last().click() // oxfmt-ignore
    await reset(groups[1]!, 33)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^an anchor/)
    await see.choose(see.select('Anchor'), new RegExp(anchor))
    await see.apply()
    await see.view().getByText('2 confirmed').waitFor()
    expect(await stand(groups[1]!)).toEqual(kept)
  })

  test('an anchor is a place to read from and to copy from, and what it does not know of a topic is said', async () => {
    const { items } = await stage.client.call('connections.list', {})
    const connectionId = items.find(({ name }) => name === 'Several')!.connectionId
    const name = `half ${stem}`
    const source = { what: 'offsets' as const, of: 'by hand', offsets: [{ topic, topicId: null, partition: 0, offset: 37n }] } // oxfmt-ignore
    await stage.client.call('anchors.save', { connectionId, name, source })
    await see.openTopic(topic)
    await see.choose(see.select('From'), /^an anchor/)
    await see.choose(see.select('Anchor'), new RegExp(name))
    await see.view().getByText('It does not know partition 1: left out.').waitFor()
    await see.button(/^Read$/).click()
    await see.listed(3)
    await see.row(/order 39/).waitFor()
    await stage.shown('messages from an anchor')
    await see.command('Replay records')
    await page().getByRole('tab', { name: 'Replay', exact: true, selected: true }).waitFor()
    await see.view().getByRole('combobox', { name: 'topic' }).fill(topic)
    await page().keyboard.press('Escape')
    await see.choose(see.select('Copy'), /^from … to …/)
    await see.choose(see.select('from'), /^an anchor/)
    await see.choose(see.select('Anchor'), new RegExp(name))
    await see.view().getByText('It does not know partition 1: left out.').waitFor()
    await stage.shown('a replay from an anchor')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())

  const page = () => stage.page
})
