import { afterAll, beforeAll, describe, test } from 'vitest'
import { linkText } from '#shared/links.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What opens above a view, each looked at by axe in both themes on a profile of production. Those that have a story of their own
// are looked at there; `tests/support/audits.ts` lists all.

const topic = uniqueName('asked')
const group = uniqueName('asked-by')

describe('every dialog', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 3)
    await kafka.tools.createTopic(uniqueName('other'), 1)
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: 'one\ntwo\nthree' })
    await kafka.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-earliest', '--execute')
    const production = { environment: 'production', colour: 'red', accessMode: 'read-only' } as const
    await stage.profile('Shop', kafka.bootstrap, production)
    await stage.profile('Away', kafka.bootstrap, production)
    await stage.open()
    await see.connect('Shop')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const dialog = (name: string | RegExp, role: 'dialog' | 'alertdialog' = 'dialog') =>
    stage.page.getByRole(role, { name })
  /** Looks at what is open, and closes it as its keys do. */
  const closed = async (one: ReturnType<typeof dialog>) => {
    await stage.page.keyboard.press('Escape')
    await one.waitFor({ state: 'detached' })
  }

  test('of the window', async () => {
    const { page } = stage
    const palette = dialog('Go to topic, group, offset or command')
    await page.keyboard.press('Control+k')
    await palette.getByRole('option').first().waitFor() // oxfmt-ignore
    await stage.shown('the palette')
    await closed(palette)
    await see.command('Keyboard shortcuts')
    await dialog('Keyboard shortcuts').waitFor()
    await stage.shown('the shortcuts')
    await closed(dialog('Keyboard shortcuts'))
    await see.command('Change time zone')
    await page.getByRole('menuitemradio', { name: 'Another zone…' }).or(page.getByRole('menuitem', { name: 'Another zone…' })).click() // oxfmt-ignore
    await page.getByRole('textbox', { name: 'IANA name' }).fill('Europe/B')
    await stage.shown('another zone')
    await closed(dialog('Show times in another zone'))
    await see.command(linkText('Away', { topic, partition: 0, offset: 1n }))
    await dialog('Open a link?', 'alertdialog').waitFor()
    await stage.shown('a link')
    await dialog('Open a link?', 'alertdialog').getByRole('button', { name: 'Cancel' }).click()
  })

  test('of a cluster and a topic, and what is behind their chips', async () => {
    await see.command('Cluster overview')
    await see.button('reads only').waitFor()
    await stage.shown('a cluster')
    await see.button('reads only').click()
    await dialog('Requests sent since connecting').waitFor()
    await stage.shown('what was sent')
    await closed(dialog('Requests sent since connecting'))
    await see.openTopic(topic)
    await see.row(/three/).waitFor()
    await see.sidebar.getByRole('treeitem', { name: new RegExp(`^${topic}\\b`) }).click({ button: 'right' })
    await stage.page.getByRole('menuitem', { name: 'Partitions and settings' }).click()
    await see.view().getByRole('grid').first().waitFor() // oxfmt-ignore
    await stage.shown('a topic')
  })

  test('of messages', async () => {
    const { page } = stage
    await see.tab(`${topic} · messages`).click()
    await see.choose(see.select('From'), /^offset/)
    await see.button('Per partition…').click()
    await dialog('Start at an offset per partition').waitFor()
    await stage.shown('offsets of partitions')
    await closed(dialog('Start at an offset per partition'))
    await see.view().getByRole('searchbox', { name: 'Search' }).or(see.view().getByRole('textbox', { name: 'Search' })).fill('two') // oxfmt-ignore
    const filters = see.button(/^Filters/)
    await filters.click()
    await page.getByRole('menuitem', { name: 'Save this filter…' }).click()
    await dialog('Save this filter').waitFor()
    await stage.shown('a filter to save')
    await closed(dialog('Save this filter'))
    await filters.click()
    await page.getByRole('menuitem', { name: 'Try on 100 records…' }).click()
    await dialog(/^Tried on the newest/).getByRole('row').nth(1).waitFor() // oxfmt-ignore
    await stage.shown('a filter that is tried')
    await closed(dialog(/^Tried on the newest/))
  })

  test('of a plan', async () => {
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.button('Add topics…').click()
    await dialog('Add topics').getByRole('row').nth(1).waitFor() // oxfmt-ignore
    await stage.shown('topics to add')
    await closed(dialog('Add topics'))
  })

  test('of a profile', async () => {
    const { page } = stage
    await see.openProfiles()
    await see.view().getByRole('row', { name: /^Shop\b/ }).click() // oxfmt-ignore
    await see.view().getByRole('radio', { name: 'Full', exact: true }).click()
    await see.button('Save').click()
    await dialog(/^Let more be changed/, 'alertdialog').waitFor()
    await stage.shown('the question before more may be changed')
    await dialog(/^Let more be changed/, 'alertdialog').getByRole('button', { name: 'Cancel' }).click() // oxfmt-ignore
    await see.button('More').click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await dialog('Delete Shop?', 'alertdialog').waitFor()
    await stage.shown('the question before a profile goes')
    await dialog('Delete Shop?', 'alertdialog').getByRole('button', { name: 'Cancel' }).click()
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
