import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startKafka, type KafkaCluster } from '../support/kafka.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startStage, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const hostile = uniqueName('hostile')
const doomed = uniqueName('doomed')
const group = uniqueName('readers')

describe('what may go wrong', () => {
  let stage: Stage
  let shared: { bootstrap: string; tools: KafkaTools }
  let guarded: KafkaCluster
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[shared, guarded, stage] = await Promise.all([
      sharedKafka(),
      startKafka({ security: { sasl: true }, heapMb: 256 }),
      startStage(),
    ])
    see = steps(stage.page)
    await shared.tools.createTopic(hostile, 1, { 'max.message.bytes': '4000000' })
    await shared.tools.createTopic(doomed, 1)
    const values = [
      '<script>window.hacked=1</script><img src=x onerror="window.hacked=2">',
      'x'.repeat(1_000_000),
      'invoice\u202Efdp.exe',
    ]
    await kcatProduce(shared.bootstrap, { topic: hostile, partition: 0, input: values.join('\n'), settings: { 'message.max.bytes': '4000000' } }) // prettier-ignore
    await kcatProduce(shared.bootstrap, { topic: doomed, partition: 0, input: 'here\ntoday' })
    await shared.tools.groups('--group', group, '--topic', doomed, '--reset-offsets', '--to-earliest', '--execute')
    await stage.profile('Looker', shared.bootstrap, { accessMode: 'read-only', environment: 'production', colour: 'red' }) // prettier-ignore
    await stage.profile('Locked', guarded.listeners.saslPlaintext ?? '', { sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' } }) // prettier-ignore
    await stage.open()
  })
  beforeEach(({ task }) => stage.watch(task.name.slice(0, 30)))
  afterAll(async () => {
    await stage?.close()
    await guarded?.stop()
  })

  test('by keyboard alone: connect, open a topic, read a record, move between tabs', async () => {
    const { page } = stage
    await see.command('Looker')
    await page.getByRole('tab', { name: 'Topics', selected: true }).waitFor()
    await see.command(hostile)
    await page.getByRole('tab', { name: `${hostile} · messages`, selected: true }).waitFor()
    const grid = see.view().getByRole('grid')
    await see.row(/script/).waitFor()
    for (let i = 0; i < 30 && !(await grid.evaluate((element) => element === document.activeElement)); i++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Record' }).getByText('<script>', { exact: false }).waitFor()
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByRole('region', { name: 'Record' }).getByText('1 000 000 bytes', { exact: false }).waitFor() // prettier-ignore
  })

  test('a hostile value is text, blocks nothing, and turns no line around', async () => {
    const { page } = stage
    await stage.audit('hostile values')
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByRole('region', { name: 'Record' }).getByText('invoice', { exact: false }).first().waitFor() // prettier-ignore
    expect(await page.evaluate(() => window.hacked)).toBeUndefined()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    const shown = await page.getByRole('tabpanel').filter({ visible: true }).innerText()
    expect(shown).not.toContain('\u202E')
    const tasks = await stage.longTasks()
    console.info(`long tasks so far, ms: ${tasks.map((task) => Math.round(task.ms)).join(', ') || 'none over 50'}`)
    // Machines differ and share their cores; a page that lays out a megabyte at once stands still for far longer.
    expect(Math.max(0, ...tasks.map((task) => task.ms))).toBeLessThan(1_000)
  })

  test('a read-only profile plans, and cannot apply', async () => {
    await see.sidebar.getByRole('searchbox', { name: 'Filter topics' }).fill('')
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^latest/)
    await see.view().getByText('is read-only', { exact: false }).first().waitFor() // prettier-ignore
    expect(await see.button(/^Apply/).isDisabled()).toBe(true)
    await stage.audit('a read-only plan')
  })

  test('a topic that is deleted while it is open says so, and the app goes on', async () => {
    await see.openTopic(doomed)
    await see.row(/today/).waitFor()
    await shared.tools.topics('--delete', '--topic', doomed)
    await see.button('Read').click()
    await see.view().getByRole('alert').or(see.view().getByText(/deleted|no topic|does not exist/i)).first().waitFor() // prettier-ignore
    await stage.audit('a deleted topic')
    await see.openTopic(hostile)
    await see.row(/script/).waitFor()
  })

  test('a wrong password is said as such, once', async () => {
    const { page } = stage
    await see.sidebar.getByRole('treeitem', { name: /^Locked\b/ }).click()
    await page.getByRole('tab', { name: 'Profiles', selected: true }).waitFor()
    await stage.audit('a profile to edit')
    await see.view().getByRole('textbox', { name: 'Password' }).first().fill('wrong') // prettier-ignore
    await see.button('Save and connect').click()
    await see.view().getByText(/password|sign-in|refused/i).filter({ hasText: /wrong|refused|not accept|reject/i }).first().waitFor() // prettier-ignore
    await stage.audit('a wrong password')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
