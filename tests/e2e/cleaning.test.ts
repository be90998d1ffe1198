import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { forgeCommits } from '../support/forged-commits.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce, type LiveConsumer } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What is of no use is found, chosen and deleted as a person does it; what is left is judged by Kafka's own script.

const DAY = 86_400_000n

describe('cleaning up', () => {
  let stage: Stage
  let kafka: RunningKafka
  let live: LiveConsumer
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([startKafka(), startStage()])
    see = steps(stage.page)
    const { tools, bootstrap } = kafka
    await tools.createTopic('orders', 4, { 'retention.ms': String(7n * DAY) })
    const input = Array.from({ length: 400 }, (_, i) => `order ${i}`).join('\n')
    for (const partition of [0, 1, 2, 3]) await kcatProduce(bootstrap, { topic: 'orders', partition, input })
    const client = await connectWire(bootstrap)
    for (const [i, group] of ['billing', 'search-index', 'warehouse'].entries()) {
      await client.commit(group, [0, 1, 2, 3].map((partition) => ({ topic: 'orders', partition, offset: BigInt(100 * i + partition + (partition === 3 ? 900 : 0)) }))) // oxfmt-ignore
    }
    await client.commit('reports', [{ topic: 'orders', partition: 1, offset: 250n }])
    client.close()
    const now = BigInt(Date.now())
    await forgeCommits(bootstrap, [
      ...[0, 1, 2].map((partition) => ({ group: 'importer-2019', topic: 'orders', partition, offset: 380n, at: now - 40n * DAY })), // oxfmt-ignore
      { group: 'anna-test-7', topic: 'anna-scratch', partition: 0, offset: 17n, at: now - 90n * DAY },
      { group: 'console-consumer-52011', topic: 'orders', partition: 2, offset: 12n, at: now - 21n * DAY },
      { group: 'audit', topic: 'audit-log', partition: 0, offset: 4_711n, at: now },
    ])
    await kafka.killNode(1)
    await kafka.startNode(1)
    live = await tools.liveConsumer('orders', 'dashboard')
    await stage.profile('Cleaning', bootstrap)
    await stage.open()
    await see.connect('Cleaning')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await live?.stop()
    await stage?.close()
    await kafka?.stop()
  })

  const groups = async () => (await kafka.tools.groups('--list')).stdout.split('\n').filter(Boolean)
  const offsetsOf = async (group: string) => (await kafka.tools.describeGroup(group)).map(({ partition, position }) => [partition, position]) // oxfmt-ignore

  test('the palette leads to what is of no use, with its reasons; who is in use is left alone', async () => {
    await see.command('Clean up groups')
    await see.tab('Cleaning').waitFor()
    await see.view().getByText('7 groups without members hold 9 positions that are of no use; 3 of them are used by nobody.').waitFor() // oxfmt-ignore
    await see.view().getByText('1 group with members was left alone.', { exact: false }).waitFor()
    await see
      .row(/importer-2019.*nobody uses it/)
      .first()
      .waitFor()
    await see.row(/billing.*past the end/).waitFor()
    await see.row(/audit-log.*topic deleted/).waitFor()
    expect(await see.row(/dashboard|reports/).count()).toBe(0)
    await stage.shown('what can be cleaned')
  })

  test('groups that nobody uses go whole, by the keyboard alone, and one comes back', async () => {
    const { page } = stage
    await see.choose(see.select('Reason'), /^groups nobody uses/)
    await see.button('Plan to delete 3 groups…').focus()
    await page.keyboard.press('Enter')
    await see.view().getByText('3 groups will be deleted with 5 positions.').waitFor()
    await see.view().getByText('Nothing can give back positions of a topic that is not there.').waitFor()
    await stage.shown('the plan to clean')
    await see.button('Delete 3 groups…').focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('alertdialog')
    await dialog.waitFor()
    await dialog.getByRole('button', { name: 'Delete 3 groups', exact: true }).focus()
    await page.keyboard.press('Enter')
    await see.view().getByText('3 groups deleted, 5 positions deleted, read back and confirmed.').waitFor()
    await stage.shown('what was cleaned')
    expect(await groups()).toEqual(expect.not.arrayContaining(['importer-2019', 'anna-test-7', 'console-consumer-52011'])) // oxfmt-ignore
    expect(await see.button(/^Undo anna/).count()).toBe(0)
    await see.button('Undo importer-2019…').click()
    await see.tab('importer-2019 · positions').waitFor()
    await see.apply()
    await see.view().getByText('3 confirmed').waitFor()
    expect(await offsetsOf('importer-2019')).toEqual([0, 1, 2].map((partition) => [partition, 380n]))
  })

  test('single positions go, of those that are selected', async () => {
    await see.tab('Cleaning').click()
    await see.button('Look again').click()
    // The rows of before stay until the new ones are there, and those of what was deleted go from above it then.
    await see
      .row(/anna-test-7/)
      .first()
      .waitFor({ state: 'detached' })
    await see.row(/billing.*past the end/).click()
    await see.button('Plan to delete 1 position…').click()
    await see.view().getByText('1 position of 1 group will be deleted.').waitFor()
    await see.button('Delete 1 position…').click()
    await stage.page.getByRole('alertdialog').getByRole('button', { name: 'Delete 1 position', exact: true }).click()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await offsetsOf('billing')).toEqual([0, 1, 2].map((partition) => [partition, BigInt(partition)]))
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
