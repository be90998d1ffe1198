import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('scope-orders')
const other = uniqueName('scope-payments')
const group = uniqueName('scope-billing')
/** Has never committed anything. */
const stranger = uniqueName('scope-stranger')

// Whoever asks for one partition gets a plan for one, whichever way led there and whatever is chosen afterwards.
describe('every way into a plan', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 5)
    await kafka.tools.createTopic(other, 2)
    for (let partition = 0; partition < 5; partition++) {
      const lines = Array.from({ length: 4 }, (_, i) => `p${partition}-${i}\tvalue ${i}`)
      await kcatProduce(kafka.bootstrap, { topic, partition, input: lines.join('\n'), keyDelimiter: '\t' })
    }
    await kcatProduce(kafka.bootstrap, { topic: other, partition: 0, input: 'a' })
    const reset = ['--reset-offsets', '--to-offset', '3', '--execute']
    await kafka.tools.groups('--group', group, '--topic', topic, ...reset)
    await kafka.tools.groups('--group', group, '--topic', other, ...reset)
    await stage.profile('Scopes', kafka.bootstrap)
    await stage.open()
    await see.connect('Scopes')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const partitionsField = () => see.view().getByRole('button', { name: /^Partitions/ })
  const rows = () =>
    see
      .view()
      .getByRole('grid', { name: /^Positions of/ })
      .getByRole('row')

  /** The plan in front is for exactly these partitions, and says so in its field. */
  async function touches(partitions: readonly number[], words: string): Promise<void> {
    await untilHolds('the partitions in the field', async () =>
      expect(await partitionsField().textContent()).toBe(`Partitions${words}`),
    )
    // The head is a row, too.
    await untilHolds('the partitions in the table', async () =>
      expect(await rows().count()).toBe(partitions.length + 1),
    )
  }

  async function name(typed: string): Promise<void> {
    const field = see
      .view()
      .getByRole('textbox', { name: 'Move' })
      .or(see.view().getByRole('combobox', { name: 'Move' }))
    await field.fill(typed)
    await stage.page.keyboard.press('Enter')
  }

  /** Goes through all that a plan can be asked for; the partitions are to stay. */
  async function tryEverything(partitions: readonly number[], words: string): Promise<void> {
    for (const to of ['earliest', 'latest', 'timestamp', 'shift by', 'offset per partition']) {
      await see.choose(see.select('To'), new RegExp(`^${to}`))
      if (to === 'shift by') await see.view().getByRole('textbox', { name: 'By' }).fill('-1')
      if (to === 'timestamp') await see.view().getByRole('textbox', { name: 'At', exact: true }).fill('2020-01-01')
      await touches(partitions, words)
    }
    // Nothing was typed, so nothing is ready to be applied.
    await see.choose(see.select('To'), /^offset per partition/)
    await see.view().getByText('Enter an offset for at least one partition.').waitFor()
    expect(await see.button(/^Apply/).isDisabled()).toBe(true)
    await touches(partitions, words)
    await see.choose(see.select('To'), /^latest/)
    const word = partitions.length === 1 ? '1 partition' : `${partitions.length} partitions`
    await see.button(`Apply to ${word}…`).waitFor()
  }

  async function openRow(): Promise<Locator> {
    await see.openTopic(topic)
    const row = see.row(/p3-1\b/)
    await row.waitFor()
    return row
  }

  test('a row’s menu, by mouse: naming the group moves that one partition only', async () => {
    const row = await openRow()
    await row.click({ button: 'right' })
    await stage.page.getByRole('menuitem', { name: 'Move a group here…' }).click()
    await touches([], '3')
    await name(group)
    await touches([3], '3')
    await see
      .view()
      .getByText(/2 records \(.*are read again/)
      .waitFor()
    await name(stranger)
    await touches([3], '3')
    await name(group)
    await tryEverything([3], '3')
  })

  test('a row’s menu, by keyboard alone, as far as the written position', async () => {
    const { page } = stage
    await openRow()
    await tabTo(page, see.view().getByRole('grid'))
    await page.keyboard.press('Control+Home')
    const place = await see.view().locator('[role=row][aria-rowindex="2"][data-active]').textContent()
    await page.keyboard.press('Shift+F10')
    await tabTo(page, page.getByRole('menuitem', { name: 'Move a group here…' }), 'ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'New group · positions', selected: true }).waitFor()
    const partition = Number(place![0])
    await page.keyboard.type(stranger)
    await page.keyboard.press('Enter')
    await touches([partition], String(partition))
    const apply = see.button('Apply to 1 partition…')
    await tabTo(page, apply)
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }))
    await page.keyboard.press('Enter')
    await see.view().getByText('1 confirmed').waitFor()
    expect((await kafka.tools.describeGroup(stranger)).map((at) => at.partition)).toEqual([partition])
  })

  test('the open record', async () => {
    const { page } = stage
    const row = await openRow()
    await row.dblclick()
    const record = page.getByRole('region', { name: 'Record' })
    await record.getByText('value 1').first().waitFor()
    await record.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Move a group here…' }).click()
    await name(group)
    await touches([3], '3')
    await tryEverything([3], '3')
  })

  test('typed coordinates, and a link: the record they open', async () => {
    const { page } = stage
    for (const typed of [`${topic}/2/1`, `seekline://Scopes/${topic}/2/2`]) {
      await see.command(typed)
      await page.getByRole('tab', { name: `${topic} · messages`, selected: true }).waitFor()
      const offset = typed.slice(-1)
      const record = page.getByRole('region', { name: 'Record' })
      await record.getByText(`value ${offset}`).first().waitFor()
      // A look at one place chooses nothing: what is read next is read from all.
      await untilHolds('nothing narrowed', async () => {
        expect(await see.view().getByRole('button', { name: 'Options', exact: true }).count()).toBe(1)
        expect(await partitionsField().count()).toBe(0)
      })
      await see.command('Move a group to this record')
      await name(group)
      await touches([2], '2')
    }
  })

  test('a group: a topic and partitions chosen stay, and one topic’s stay when another is added', async () => {
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.select('To').waitFor()
    await see.select('Topics').click()
    await stage.page.getByRole('option', { name: other }).click()
    await stage.page.keyboard.press('Escape')
    await partitionsField().click()
    await stage.page.getByRole('dialog', { name: 'Partitions' }).getByRole('textbox').fill('1, 4')
    await stage.page.keyboard.press('Escape')
    await touches([1, 4], '1, 4')
    await tryEverything([1, 4], '1, 4')
    await see.select('Topics').click()
    await stage.page.getByRole('option', { name: other }).click()
    await stage.page.keyboard.press('Escape')
    await untilHolds('the partitions in the field', async () =>
      expect(await partitionsField().textContent()).toContain(`${topic} 1, 4`),
    )
    await untilHolds('the partitions in the table', async () => expect(await rows().count()).toBe(1 + 2 + 2))
  })

  test('a position of a group, the list of groups, and the sidebar', async () => {
    const { page } = stage
    await see.openGroup(group)
    await see.row(new RegExp(topic)).first().click({ button: 'right' }) // oxfmt-ignore
    await page.getByRole('menuitem', { name: 'Move this position…' }).click()
    await page.getByRole('tab', { name: `${group} · positions`, selected: true }).waitFor()
    const field = await partitionsField().textContent()
    await touches([0], field!.replace('Partitions', ''))
    await tryEverything([0], field!.replace('Partitions', ''))
    await see.sidebar.getByRole('treeitem', { name: new RegExp(`^${group}`) }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: /Move/ }).click()
    await untilHolds('the partitions in the table', async () => expect(await rows().count()).toBe(1 + 5 + 2))
  })

  test('an undo, and what is planned after it', async () => {
    const { page } = stage
    await see.command('Journal of changes')
    await page.getByRole('tab', { name: 'Journal', selected: true }).waitFor()
    await see.row(new RegExp(stranger)).first().click() // oxfmt-ignore
    await see.button(/^Undo/).click()
    await see.view().getByText('Undo a change of').waitFor()
    await untilHolds('the partitions in the table', async () => expect(await rows().count()).toBe(2))
    await see.button('Plan something else').click()
    await see.select('To').waitFor()
    await untilHolds('the partitions in the table', async () => expect(await rows().count()).toBe(2))
    await untilHolds('the partitions in the field', async () =>
      expect(await partitionsField().textContent()).toMatch(/^Partitions\d$/),
    )
  })

  test('a new group: the topic is added before it has a name', async () => {
    const { page } = stage
    await see.sidebar.getByRole('treeitem', { name: 'All groups' }).click()
    await page.getByRole('tab', { name: 'Groups', selected: true }).waitFor()
    await see.button('New group at a position…').click()
    await see.button('Add topics…').click()
    const dialog = page.getByRole('dialog', { name: 'Add topics' })
    await dialog.getByRole('searchbox').fill(topic)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await partitionsField().click()
    await page.getByRole('dialog', { name: 'Partitions' }).getByRole('textbox').fill('2')
    await page.keyboard.press('Escape')
    await name(uniqueName('scope-new'))
    await untilHolds('the partitions in the field', async () => expect(await partitionsField().textContent()).toBe('Partitions2')) // oxfmt-ignore
    await tryEverything([2], '2')
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
