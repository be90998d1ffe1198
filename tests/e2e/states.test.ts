import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startStage, still, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const hostile = uniqueName('hostile')
const doomed = uniqueName('doomed')
const followed = uniqueName('followed')
const group = uniqueName('readers')

describe('what may go wrong', () => {
  let stage: Stage
  let shared: { bootstrap: string; tools: KafkaTools }
  let guarded: RunningKafka
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
    await shared.tools.createTopic(followed, 1)
    const values = [
      '<script>window.hacked=1</script><img src=x onerror="window.hacked=2">',
      'x'.repeat(1_000_000),
      'invoice\u202Efdp.exe',
    ]
    await kcatProduce(shared.bootstrap, { topic: hostile, partition: 0, input: values.join('\n'), settings: { 'message.max.bytes': '4000000' } }) // oxfmt-ignore
    await kcatProduce(shared.bootstrap, { topic: doomed, partition: 0, input: 'here\ntoday' })
    await kcatProduce(shared.bootstrap, { topic: followed, partition: 0, input: numbered(0, 200) })
    await shared.tools.groups('--group', group, '--topic', doomed, '--reset-offsets', '--to-earliest', '--execute')
    await stage.profile('Looker', shared.bootstrap, { accessMode: 'read-only', environment: 'production', colour: 'red' }) // oxfmt-ignore
    await stage.profile('Locked', guarded.listeners.saslPlaintext ?? '', { sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' } }) // oxfmt-ignore
    await stage.open()
  })
  tellFailures(() => stage)
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
  })

  test('a hostile value is text, and turns no line around', async () => {
    const { page } = stage
    const record = page.getByRole('region', { name: 'Record' })
    await page.keyboard.press('Alt+ArrowDown')
    await record.getByText('1\u202f000\u202f000 bytes', { exact: false }).waitFor()
    await still(page)
    await stage.audit('hostile values')
    await page.keyboard.press('Alt+ArrowDown')
    await record.getByText('invoice', { exact: false }).first().waitFor() // oxfmt-ignore
    expect(await page.evaluate(() => window.hacked)).toBeUndefined()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    const shown = await page.getByRole('tabpanel').filter({ visible: true }).innerText()
    expect(shown).not.toContain('\u202E')
  })

  test('one who follows from the end sees what comes; one who scrolled away is left there', async () => {
    await see.openTopic(followed)
    await see.row(/line 199/).waitFor()
    await see.button('Follow').click()
    await kcatProduce(shared.bootstrap, { topic: followed, partition: 0, input: numbered(200, 10) })
    await see.row(/line 209/).waitFor()
    const grid = see.view().getByRole('grid')
    await grid.evaluate((element) => element.scrollTo(0, 1_000))
    await see.row(/line 40/).waitFor()
    await kcatProduce(shared.bootstrap, { topic: followed, partition: 0, input: numbered(210, 10) })
    await see.button('10 new').waitFor()
    expect(await grid.evaluate((element) => element.scrollTop)).toBe(1_000)
    await see.button('10 new').click()
    await see.row(/line 219/).waitFor()
    await see.button('Stop').click()
  })

  test('a list stays where it is: a record opened in it, its tab left as it still moves', async () => {
    const { page } = stage
    const grid = see.view().getByRole('grid')
    const scrolled = async () => grid.evaluate((element) => element.scrollTop)
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await see.row(/line 219/).waitFor()
    // A row drawn above the window: the click scrolls to it, and the record's pane draws the list anew as it moves.
    await see.view().getByRole('row').nth(6).dblclick()
    const record = page.getByRole('region', { name: 'Record' })
    await record.getByRole('radio', { name: 'Value' }).waitFor()
    await still(page)
    const places = await grid.evaluate(async (element) => {
      const seen = new Set<number>()
      for (let frames = 0; frames < 30; frames++) {
        await new Promise((drawn) => requestAnimationFrame(drawn))
        seen.add(element.scrollTop)
      }
      return [...seen]
    })
    expect(places).toHaveLength(1)
    // In one go, so that no scroll event comes between.
    const other = await page.getByRole('tab', { name: `${hostile} · messages` }).elementHandle()
    await grid.evaluate((element, tab) => {
      element.scrollTo(0, 2_000)
      ;(tab as HTMLElement).click()
    }, other)
    await page.getByRole('tab', { name: `${hostile} · messages`, selected: true }).waitFor()
    await still(page)
    const hidden = page.locator(`[role=grid][aria-label="Messages of ${followed}"]`)
    await untilHolds('a tab that is hidden draws no row', async () =>
      expect(await hidden.locator('[data-row]').count()).toBe(0),
    )
    const back = await page.getByRole('tab', { name: `${followed} · messages` }).elementHandle()
    const inFirstFrame = await hidden.evaluate(async (element, tab) => {
      ;(tab as HTMLElement).click()
      await new Promise((frame) => requestAnimationFrame(frame))
      // Behind all that belongs to this frame.
      const { port1, port2 } = new MessageChannel()
      await new Promise((painted) => {
        port1.onmessage = painted
        port2.postMessage(null)
      })
      return element.querySelectorAll('[data-row]').length
    }, back)
    expect(inFirstFrame).toBeGreaterThan(10)
    expect(await scrolled()).toBe(2_000)
    const at = await grid.boundingBox()
    const middle = { x: at!.x + 60, y: at!.y + at!.height / 2 }
    const drawn = () =>
      page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.closest('[role=row]')?.textContent, middle)
    await untilHolds('rows are drawn', async () => expect(await drawn()).toMatch(/line \d+/))
    await record.getByRole('button', { name: 'Close' }).click()
  })

  test('a read-only profile plans, and cannot apply', async () => {
    await see.sidebar.getByRole('searchbox', { name: 'Filter topics' }).fill('')
    await see.openGroup(group)
    await see.button('Move…').click()
    await see.choose(see.select('To'), /^latest/)
    await see.view().getByText('is read-only', { exact: false }).first().waitFor() // oxfmt-ignore
    expect(await see.button(/^Apply/).isDisabled()).toBe(true)
    await stage.audit('a read-only plan')
  })

  test('a topic that is deleted while it is open says so, and the app goes on', async () => {
    await see.openTopic(doomed)
    await see.row(/today/).waitFor()
    await shared.tools.topics('--delete', '--topic', doomed)
    await see.button('Read').click()
    await see.view().getByRole('alert').or(see.view().getByText(/deleted|no topic|does not exist/i)).first().waitFor() // oxfmt-ignore
    await stage.audit('a deleted topic')
    await see.openTopic(hostile)
    await see.row(/script/).waitFor()
  })

  test('a wrong password is said as such, once', async () => {
    const { page } = stage
    await see.sidebar.getByRole('treeitem', { name: /^Locked\b/ }).click()
    await page.getByRole('tab', { name: 'Profiles', selected: true }).waitFor()
    await stage.audit('a profile to edit')
    const asked = page.getByRole('region', { name: 'Secrets for Locked' })
    await asked.getByRole('textbox', { name: 'Password' }).fill('wrong')
    await asked.getByRole('button', { name: 'Connect' }).click()
    await see.view().getByRole('alert').filter({ hasText: 'connect.sasl' }).waitFor()
    await stage.audit('a wrong password')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})

const numbered = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${from + i}`).join('\n')
