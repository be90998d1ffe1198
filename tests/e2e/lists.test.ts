import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { commitSurely } from '../support/commit.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// Lists that are long, and lists whose only broker goes.

const count = 250
const held = 300
const name = (i: number): string => `team-${String(i).padStart(3, '0')}`
/** The smallest and largest lag belong to groups that no first window shows. */
const position = (i: number): number => (i === 180 ? held - 1 : i === 190 ? 0 : 100 + (i % 50))

describe('lists', () => {
  let stage: Stage
  let kafka: RunningKafka
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([startKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic('orders', 1)
    const input = Array.from({ length: held }, (_, i) => `v${i}`).join('\n')
    await kcatProduce(kafka.bootstrap, { topic: 'orders', partition: 0, input })
    const [host = '', port] = kafka.bootstrap.split(':')
    const brokers = [{ host, port: Number(port) }]
    const cluster = await openCluster({ brokers, clientId: 'lists' }, { mode: 'read-write' })
    const commit = (i: number) => {
      const at = { offset: BigInt(position(i)), leaderEpoch: -1, metadata: '' }
      return commitSurely(cluster, name(i), [{ topic: 'orders', partition: 0, position: at }])
    }
    await commit(0)
    await mapLimited(Array.from({ length: count }, (_, i) => i), 32, commit) // oxfmt-ignore
    cluster.close()
    await stage.profile('Lists', kafka.bootstrap)
    await stage.open()
    await see.connect('Lists')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await kafka?.stop()
  })

  const firstRow = () => see.view().getByRole('grid', { name: 'Groups' }).getByRole('row').nth(1)

  test('all groups are sorted by a lag that is known of all of them', async () => {
    await see.command('Groups')
    await see.view().getByRole('grid', { name: 'Groups' }).waitFor() // oxfmt-ignore
    const lag = see.view().getByRole('button', { name: 'Lag, offsets' })
    await lag.click()
    await firstRow().getByText(name(180)).waitFor() // oxfmt-ignore
    await lag.click()
    await firstRow().getByText(name(190)).waitFor() // oxfmt-ignore
    await stage.audit('groups')
  })

  test('the keyboard goes along into what opens', async () => {
    const { page } = stage
    const inView = () => until('the focus in the view', () => page.evaluate(() => document.activeElement?.closest('[role=tabpanel]:not([hidden])') !== null)) // oxfmt-ignore
    await see.command('Cluster overview')
    await page.getByRole('tab', { name: 'Cluster', selected: true }).waitFor()
    await inView()
    // Alt and a letter reach their view from within a field, too.
    const filter = see.sidebar.getByRole('searchbox', { name: 'Filter topics' })
    await filter.focus()
    await page.keyboard.press('Alt+g')
    await page.getByRole('tab', { name: 'Groups', selected: true }).waitFor()
    await inView()
    await page.keyboard.press('ArrowDown')
    await until('the focus in the list', () => page.evaluate(() => document.activeElement?.getAttribute('role') === 'grid')) // oxfmt-ignore
  })

  test('a filter leads to the first hit, by Down and by Enter', async () => {
    const { page } = stage
    const topics = see.sidebar.getByRole('searchbox', { name: 'Filter topics' })
    await topics.fill('ord')
    await page.keyboard.press('ArrowDown')
    await until('the focus in the tree', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Topics')) // oxfmt-ignore
    await topics.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'orders · messages', selected: true }).waitFor()
    await see.command('Groups')
    const groups = see.view().getByRole('searchbox', { name: 'Filter groups' })
    await groups.fill('190')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: name(190), selected: true }).waitFor()
    // Its one topic is named, though the table has no column for it.
    await see.view().getByText('Topic', { exact: true }).waitFor() // oxfmt-ignore
    await page.getByRole('tab', { name: 'Groups' }).click()
    await groups.fill('')
  })

  test('a group is completed in a plan for any of them', async () => {
    const { page } = stage
    await see.button('New group at a position…').click()
    await see.view().getByRole('combobox', { name: 'Move' }).fill('team-19') // oxfmt-ignore
    await page.getByRole('option', { name: name(195) }).click()
    await see.view().getByText('orders').first().waitFor() // oxfmt-ignore
    await page.getByRole('tab', { name: 'Groups' }).click()
  })

  test('and in the filter of the journal', async () => {
    await see.command('Journal of changes')
    const group = see.view().getByRole('combobox', { name: 'Group' })
    await group.fill('team-19')
    await stage.page.getByRole('option', { name: name(195) }).click()
    await see.view().getByText('No change matches.').waitFor() // oxfmt-ignore
    expect(await group.inputValue()).toBe(name(195))
    await group.fill('')
    await group.press('Enter')
    await see.view().getByText('No change matches.').waitFor({ state: 'detached' })
    await stage.page.getByRole('tab', { name: 'Groups' }).click()
  })

  test('when the only broker goes, what was known stays, and why is said', async () => {
    await kafka.stop()
    const { page } = stage
    await page.getByRole('button', { name: 'Refresh groups' }).click()
    await see.view().getByRole('alert').waitFor() // oxfmt-ignore
    await see.sidebar.getByRole('alert').filter({ hasText: 'was read before that' }).first().waitFor() // oxfmt-ignore
    await firstRow().getByText(name(190)).waitFor() // oxfmt-ignore
    expect(await see.sidebar.getByRole('region', { name: 'Groups' }).textContent()).toContain(String(count))
    expect(await page.getByText(/show no groups|may see no group|No group was ever used|No topic can be seen/).count()).toBe(0) // oxfmt-ignore
  })

  test('nothing of it upset the browser', () => stage.clean())
})
