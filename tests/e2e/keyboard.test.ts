import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { tabTo } from './keyboard.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const topic = uniqueName('typed')
const group = uniqueName('typists')

describe('the whole story without a mouse', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    const lines = Array.from({ length: 40 }, (_, i) => `key-${i}\tvalue ${i}`)
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: lines.join('\n'), keyDelimiter: '\t' })
    await kafka.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '30', '--execute')
    await stage.profile('Typed', kafka.bootstrap, { accessMode: 'guarded', environment: 'staging' })
    await stage.open()
    await stage.page.emulateMedia({ forcedColors: 'active', contrast: 'more' })
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const press = async (...keys: string[]) => {
    for (const key of keys) await stage.page.keyboard.press(key)
  }

  test('connect, open a topic, read a record, step, copy where it lies', async () => {
    const { page } = stage
    await see.command('Typed')
    await page.getByRole('tab', { name: 'Topics', selected: true }).waitFor()
    await see.command(topic)
    await page.getByRole('tab', { name: `${topic} · messages`, selected: true }).waitFor()
    await see.row(/key-39\b/).waitFor()
    await tabTo(page, see.view().getByRole('grid'))
    await press('Control+Home', 'ArrowDown', 'Enter')
    const record = page.getByRole('region', { name: 'Record' })
    await record.getByText('value 1').first().waitFor() // oxfmt-ignore
    await press('Alt+ArrowDown')
    await record.getByText('value 2').first().waitFor() // oxfmt-ignore
    await press('Shift+F10')
    await tabTo(page, page.getByRole('menuitem', { name: 'Copy coordinates' }), 'ArrowDown')
    await press('Enter')
    await untilHolds('the coordinates are copied', async () =>
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${topic} / 0 / 2`),
    )
  })

  test('read from an offset, page back, close the record', async () => {
    const { page } = stage
    await tabTo(page, see.select('From'), 'Shift+Tab')
    await press('Enter')
    await tabTo(page, page.getByRole('option', { name: /^offset/ }), 'ArrowDown')
    await press('Enter')
    await tabTo(page, see.view().getByRole('textbox', { name: 'Offset', exact: true }))
    await page.keyboard.type('35')
    await press('Enter')
    await see.row(/key-35\b/).waitFor()
    await tabTo(page, see.view().getByRole('grid'))
    await press('[')
    await see.row(/key-34\b/).waitFor()
    // Other rows: what was open belonged to those before.
    const record = page.getByRole('region', { name: 'Record' })
    await record.waitFor({ state: 'detached' })
    await press('Control+Home', 'Enter')
    await tabTo(page, record.getByRole('button', { name: 'Close' }))
    await press('Enter')
    await record.waitFor({ state: 'detached' })
  })

  test('plan, type the profile’s name, apply, and undo', async () => {
    const { page } = stage
    await see.command(group)
    await page.getByRole('tab', { name: group, exact: true, selected: true }).waitFor()
    await tabTo(page, see.button('Move…'))
    await press('Enter')
    await page.getByRole('tab', { name: `${group} · positions`, selected: true }).waitFor()
    await tabTo(page, see.select('To'))
    await press('Enter')
    await tabTo(page, page.getByRole('option', { name: /^earliest/ }), 'ArrowDown')
    await press('Enter')
    await see
      .view()
      .getByText(/30 records \(.*are read again/)
      .waitFor()
    await typedApply()
    expect(await position()).toBe(0n)
    await tabTo(page, see.button('Undo…'))
    await press('Enter')
    await see.view().getByText('Undo a change of').waitFor()
    await typedApply()
    expect(await position()).toBe(30n)
  })

  test('move between tabs, close one, and find the way out of each view', async () => {
    const { page } = stage
    await press('Alt+PageUp')
    const selected = page.getByRole('tab', { selected: true })
    await tabTo(page, selected, 'Shift+Tab')
    const name = await selected.textContent()
    await press('Delete')
    await page.getByRole('tab', { name: name ?? '', exact: true }).waitFor({ state: 'detached' })
    for (const view of ['Topics', 'Groups', 'Cluster overview', 'Journal of changes', 'Profiles', 'Replay records']) {
      await see.command(view)
      await page.getByRole('tab', { selected: true }).waitFor()
      // From the view to the window's own controls and back: nothing on the way keeps the focus.
      await tabTo(page, page.getByRole('button', { name: 'Theme' }))
    }
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())

  /** Through the dialog of a guarded profile, which wants its name. */
  async function typedApply(): Promise<void> {
    const { page } = stage
    await tabTo(page, see.button(/^Apply to/))
    await press('Enter')
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
    await dialog.waitFor()
    await tabTo(page, dialog.getByRole('textbox'))
    await page.keyboard.type('Typed')
    await press('Enter')
    await see.view().getByText('1 confirmed').waitFor()
  }

  async function position(): Promise<bigint | undefined> {
    return (await kafka.tools.describeGroup(group))[0]?.position
  }
})
