import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// All positions saved, changed, compared and given back in part, as a person does it; then two groups, a moment, and two clusters.

describe('comparing positions', () => {
  let stage: Stage
  let kafka: RunningKafka
  let other: RunningKafka
  let see: ReturnType<typeof steps>
  let folder: string
  let snapshot: string

  beforeAll(async () => {
    ;[kafka, other, stage] = await Promise.all([startKafka(), startKafka({ heapMb: 256 }), startStage()])
    folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-compare-'))
    see = steps(stage.page)
    for (const [cluster, count] of [
      [kafka, 400],
      [other, 300],
    ] as const) {
      // oxfmt-ignore
      await cluster.tools.createTopic('orders', 2)
      const input = Array.from({ length: count }, (_, i) => `order ${i}`).join('\n')
      for (const partition of [0, 1]) await kcatProduce(cluster.bootstrap, { topic: 'orders', partition, input })
    }
    for (const [group, to] of [['billing', 100], ['billing-copy', 120], ['search-index', 250]] as const) await reset(group, to) // oxfmt-ignore
    await other.tools.groups('--group', 'billing', '--topic', 'orders', '--reset-offsets', '--to-offset', '290', '--execute') // oxfmt-ignore
    await stage.profile('Staging', kafka.bootstrap)
    await stage.profile('Mirror', other.bootstrap)
    await stage.open()
    await see.connect('Staging')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await Promise.all([kafka?.stop(), other?.stop()])
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const reset = (group: string, to: number) =>
    kafka.tools.groups('--group', group, '--topic', 'orders', '--reset-offsets', '--to-offset', String(to), '--execute')
  const stand = async (group: string) => (await kafka.tools.describeGroup(group)).map(({ position }) => position)
  const side = (name: 'Left' | 'Right') => see.view().getByRole('group', { name, exact: true })
  const choose = (name: 'Left' | 'Right', kind: RegExp) => see.choose(side(name).getByRole('button', { name: new RegExp(`^${name}`) }), kind) // oxfmt-ignore
  const openFile = async (text: string, by: () => Promise<void>) => {
    const file = path.join(folder, 'opened.jsonl')
    await writeFile(file, text)
    const chooser = stage.page.waitForEvent('filechooser')
    await by()
    await (await chooser).setFiles(file)
  }
  const name = async (which: 'Left' | 'Right', group: string) => {
    await side(which)
      .getByRole('combobox', { name: `Group on the ${which.toLowerCase()}` })
      .fill(group)
    await stage.page.keyboard.press('Enter')
  }
  const planMenu = async (item: RegExp) => {
    await see.view().getByRole('button', { name: 'Plan', exact: true }).click()
    await stage.page.getByRole('menuitem', { name: item }).click()
  }

  test('the palette leads to all positions, which are saved as a snapshot', async () => {
    const { page } = stage
    await see.command('Snapshot of all positions')
    await see.tab('Compare positions').waitFor()
    await see.view().getByText('6 positions of 3 groups.').waitFor()
    await see.view().getByRole('button', { name: 'Save', exact: true }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Save the left side as a snapshot' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^Staging-.*-positions\.jsonl$/)
    const saved = path.join(folder, 'saved.jsonl')
    await download.saveAs(saved)
    snapshot = await readFile(saved, 'utf8')
    await stage.shown('all positions')
  })

  test('a file that was cut off is not taken; whole it is compared with now, and given back in part', async () => {
    await reset('billing', 180)
    await openFile(snapshot.slice(0, -20), () => choose('Right', /^a snapshot/))
    await see.view().getByText('opened.jsonl was not taken.').waitFor()
    await see.view().getByText('it was cut off', { exact: false }).waitFor()
    await openFile(snapshot, () => see.button('Open a snapshot…').click())
    await see.view().getByRole('button', { name: 'Refresh' }).click()
    await see.view().getByText('2 partitions differ in offset (160 more on the left); 4 the same.').waitFor()
    await stage.shown('a comparison')
    await planMenu(/^Set 2 positions of all groups of Staging to the right/)
    await see.tab('1 group · positions').waitFor()
    await see.view().getByText('2 partitions go back: 160 records', { exact: false }).waitFor()
    await see.button(/^Apply to 2 partitions of 1 group/).click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
    await see.view().getByText('1 group was moved, read back and confirmed.').waitFor()
    expect(await stand('billing')).toEqual([100n, 100n])
  })

  test('two groups, and one of them with where it stood a moment ago', async () => {
    await see.tab('Compare positions').click()
    await choose('Left', /^a group as/)
    await name('Left', 'billing')
    await choose('Right', /^a group as/)
    await name('Right', 'billing-copy')
    await see.view().getByText('2 partitions differ in offset (40 more on the right).').waitFor()
    await see
      .row(/orders.*\+20.*differs/)
      .first()
      .waitFor()
    await choose('Right', /^a group at a moment/)
    await name('Right', 'billing')
    await side('Right').getByRole('textbox', { name: 'At, on the right' }).fill('-1s')
    await see.view().getByText('All 2 partitions are the same on both sides.').waitFor()
  })

  test('two clusters are compared by lag, and by offsets only where that is asked for', async () => {
    await choose('Right', /^a group as/)
    await see.choose(side('Right').getByRole('button', { name: /^on/ }), /^Mirror/)
    await see.view().getByText('The two sides are of different clusters', { exact: false }).waitFor()
    await see.view().getByText('2 partitions differ in lag (580 more on the left).').waitFor()
    await stage.shown('two clusters')
    await see.view().getByRole('button', { name: 'Plan', exact: true }).click()
    const item = stage.page.getByRole('menuitem', { name: /offsets of another cluster mean nothing there/ }).first()
    expect(await item.getAttribute('aria-disabled')).toBe('true')
    await stage.page.keyboard.press('Escape')
    await see.view().getByRole('radio', { name: 'Offsets' }).or(see.view().getByRole('button', { name: 'Offsets' })).first().click() // oxfmt-ignore
    await see.view().getByText('2 partitions differ in offset (380 more on the right).').waitFor()
  })

  test('a group is put where one stands on the other cluster, by the records that lie there', async () => {
    const made = (count: number, from: number, name: string) =>
      Array.from({ length: count }, (_, i) => ({ timestamp: 1_700_000_000_000n + BigInt(from + i), key: null, value: Buffer.from(`${name} ${from + i}`), headers: [] })) // oxfmt-ignore
    for (const [cluster, parts] of [
      [other, [made(50, 0, 'copy'), made(50, 0, 'there')]],
      [kafka, [[...made(10, -10, 'older'), ...made(60, 0, 'copy')], made(50, 0, 'here')]],
    ] as const) {
      await cluster.tools.createTopic('copied', 2)
      const wire = await connectWire(cluster.bootstrap)
      for (const [partition, records] of parts.entries()) await wire.produce('copied', partition, writeBatch(records, { codec: 'none' })) // oxfmt-ignore
      wire.close()
    }
    await other.tools.groups('--group', 'shipping', '--topic', 'copied', '--reset-offsets', '--to-offset', '20', '--execute') // oxfmt-ignore
    await see.openGroup('search-index')
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^a group on another cluster/)
    await see.choose(see.select('on'), /^Mirror/)
    await see.view().getByRole('combobox', { name: 'Group there' }).fill('shipping')
    await stage.page.keyboard.press('Enter')
    await see.view().getByText('was found in none of these partitions', { exact: false }).waitFor()
    await stage.shown('a group elsewhere')
    await see.button('Take all its partitions').click()
    await see.view().getByText('Of 2 partitions in which shipping has a position on the other cluster, 1 was found here.', { exact: false }).waitFor() // oxfmt-ignore
    await see.view().getByText('copied, partition 1: The record that it would read next there, at offset 20,', { exact: false }).waitFor() // oxfmt-ignore
    await see
      .row(/orders.*It stays: shipping has no position in it there/)
      .first()
      .waitFor()
    await stage.shown('a group elsewhere, found in part')
    await see.button('Apply to 1 partition').click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
    await see.view().getByText('read back and confirmed', { exact: false }).first().waitFor()
    expect(new Set(await stand('search-index'))).toEqual(new Set([30n, 250n]))
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
