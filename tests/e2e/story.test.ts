import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const topic = uniqueName('story-orders')
const group = uniqueName('story-billing')
const copy = `${topic}-replay`

// One story, told through the page alone; each test goes on where the one before ended.
describe('from a profile to a replay', () => {
  let stage: Stage
  let source: { bootstrap: string; tools: KafkaTools }
  let target: RunningKafka
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const [shared, second, own] = await Promise.all([sharedKafka(), startKafka({ heapMb: 256 }), startStage()])
    source = shared
    target = second
    stage = own
    see = steps(stage.page)
    await source.tools.createTopic(topic, 1)
    const lines = Array.from({ length: 1200 }, (_, i) => `key-${i}\t{"order":${i},"total":${i * 2}}`)
    await kcatProduce(source.bootstrap, { topic, partition: 0, input: lines.join('\n'), keyDelimiter: '\t', headers: ['source=web'] }) // oxfmt-ignore
    await source.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '500', '--execute')
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await target?.stop()
  })

  test('a first profile is made through the form and connects', async () => {
    const { page } = stage
    await see.openProfiles()
    await page.getByRole('heading', { name: 'Reach your cluster' }).waitFor()
    await stage.audit('first run')
    await page.getByRole('textbox', { name: 'Brokers' }).fill(source.bootstrap)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Shop')
    await page.getByRole('button', { name: 'Save and connect' }).click()
    await page.getByRole('tab', { name: 'Topics' }).waitFor()
    // Of many topics only the rows in view are in the page.
    await see.view().getByRole('searchbox', { name: 'Filter topics' }).fill(topic)
    await see.row(new RegExp(topic)).waitFor()
    await stage.audit('topics')
  })

  test('a topic is browsed by offset, paged both ways, and by timestamp', async () => {
    const { page } = stage
    await see.openTopic(topic)
    // The newest come first, at the end of the list.
    await see.row(/key-1199\b/).waitFor()
    await stage.audit('messages')
    await see.choose(see.select('From'), /^offset/)
    await see.view().getByRole('textbox', { name: 'Offset', exact: true }).fill('600')
    await page.keyboard.press('Enter')
    await see.row(/key-600\b/).waitFor()
    await see.button(/Older/).click()
    await see.row(/key-59\d\b/).first().waitFor() // oxfmt-ignore
    await see.button(/Newer/).click()
    await untilHolds('the status tells what was read', async () =>
      expect(await see.status.textContent()).toMatch(/1.?200|read/i),
    )

    const records = await kcatConsume(source.bootstrap, { topic, partition: 0, offset: '0', count: 1 })
    const when = new Date(Number(records[0]!.timestamp) - 1000).toISOString().slice(0, 19).replace('T', ' ')
    await see.choose(see.select('From'), /^timestamp/)
    await see.view().getByRole('textbox', { name: 'At', exact: true }).fill(when)
    await page.keyboard.press('Enter')
    await see.row(/key-0\b/).waitFor()
  })

  test('a record is opened and stepped from', async () => {
    const { page } = stage
    await see.row(/key-0\b/).dblclick() // oxfmt-ignore
    const record = page.getByRole('region', { name: 'Record' })
    await record.getByText('order 0').waitFor()
    await stage.audit('a record')
    await record.getByRole('button', { name: 'Next record' }).click()
    await record.getByText('order 1', { exact: false }).first().waitFor() // oxfmt-ignore
    await record.getByRole('radio', { name: /Headers/ }).click()
    await record.getByText('web').first().waitFor() // oxfmt-ignore
    await record.getByRole('button', { name: 'Close' }).click()
  })

  test('positions are planned; another tool moves the group meanwhile: a conflict, and nothing is written', async () => {
    const { page } = stage
    await see.openGroup(group)
    await see.row(/500/).first().waitFor() // oxfmt-ignore
    await stage.audit('a group')
    await see.button('Move…').click()
    // The fields of its topics and partitions, which stand before, come with the group.
    await see.select('Partitions').waitFor()
    await see.choose(see.select('To'), /^shift by/)
    const by = see.view().getByRole('textbox', { name: 'By' })
    const before = await by.boundingBox()
    await by.fill('-100')
    await page.keyboard.press('Enter')
    await see
      .view()
      .getByText(/100 records \(.*are read again/)
      .waitFor()
    // What comes with the plan does not push the field away in which one types.
    expect(await by.boundingBox()).toEqual(before)
    await stage.audit('a plan')
    await source.tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '700', '--execute')
    await see.apply()
    await see.view().getByText('conflict', { exact: false }).first().waitFor() // oxfmt-ignore
    await stage.audit('a conflict')
    expect(await positionOf()).toBe(700n)
  })

  test('planned again it is applied, judged by Kafka’s own script, and undone', async () => {
    const { page } = stage
    await see.button('Plan again').first().click() // oxfmt-ignore
    await see
      .view()
      .getByText(/100 records \(.*are read again/)
      .waitFor()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    await stage.audit('an applied plan')
    expect(await positionOf()).toBe(600n)
    await see.button('Undo…').click()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await positionOf()).toBe(700n)
    await see.command('Journal of changes')
    await page.getByRole('tab', { name: 'Journal' }).waitFor()
    await see.row(/confirmed/).first().waitFor() // oxfmt-ignore
    await stage.audit('the journal')
    // By a word that no entry has, and by the topic; each entry has what stood there as Kafka's own script takes it.
    const words = see.view().getByRole('searchbox', { name: 'Search the journal' })
    await words.fill('nowhere at all')
    await see.view().getByText('No change matches.').waitFor()
    await words.fill(topic.toUpperCase())
    await see.row(/confirmed/).first().waitFor() // oxfmt-ignore
    await see.view().getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'Copy positions before as CSV' }).click()
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
    await untilHolds('it is copied', async () => expect(await clipboard()).toBe(`${topic},0,600\n`))
    await words.press('Escape')
  })

  test('a range is replayed into a second cluster, judged by kcat', async () => {
    const { page } = stage
    await stage.profile('Second', target.bootstrap)
    await page.reload()
    await see.connect('Second')
    // The connection of the first profile lives in the app, not in the page: a reload does not close it.
    await see.sidebar.getByRole('treeitem', { name: /^Shop\b/ }).click()
    await see.openTopic(topic)
    await see.command('Replay records')
    await page.getByRole('tab', { name: /replay/i }).waitFor()
    await see.choose(see.bar('From').getByRole('button', { name: /^From/ }), /^Shop/)
    const topicField = see.view().getByRole('combobox', { name: 'topic' })
    await topicField.fill(topic)
    await page.keyboard.press('Escape')
    await see.choose(see.select('Copy'), /^offsets/)
    await see.view().getByRole('textbox', { name: 'ranges' }).fill('0:100-300')
    await see.choose(
      see
        .bar('To')
        .getByRole('button', { name: /^To\b|\bTo$/ })
        .first(),
      /^Second/,
    )
    await stage.audit('a replay to plan')
    await see.button('Plan').click()
    await see.button('Run…').waitFor()
    await stage.audit('a replay plan')
    await see.button('Run…').click()
    await page.getByRole('alertdialog').getByRole('button', { name: /^Copy into/ }).click() // oxfmt-ignore
    await see.button('New replay').waitFor()
    await stage.audit('a receipt')
    const read = (bootstrap: string, name: string) => kcatConsume(bootstrap, { topic: name, partition: 0 })
    const [wrote, had] = await Promise.all([read(target.bootstrap, copy), read(source.bootstrap, topic)])
    const told = ({ timestamp, key, value, headers }: (typeof wrote)[number]) => [timestamp, String(key), String(value), headers] // oxfmt-ignore
    expect(wrote.map(told)).toEqual(had.slice(100, 300).map(told))
  })

  test('one record is edited, and a tombstone written', async () => {
    const { page } = stage
    await see.openTopic(topic)
    await see.button('Read').click()
    const row = see.row(/key-1199\b/)
    await row.click({ button: 'right' })
    const [at, menu] = await Promise.all([row.boundingBox(), page.getByRole('menu').boundingBox()])
    // Where the pointer is, not in the window's corner.
    expect(menu!.x).toBeGreaterThan(at!.x)
    // Below the pointer, or above it where there is more room.
    const ends = [menu!.y, menu!.y + menu!.height].map((y) => Math.abs(y - at!.y))
    expect(Math.min(...ends)).toBeLessThan(60)
    await page.getByRole('menuitem', { name: 'Edit and produce…' }).click()
    await see.view().getByText('key-1199', { exact: false }).first().waitFor() // oxfmt-ignore
    await stage.audit('a record to edit')
    await see.view().getByRole('radio', { name: 'Tombstone' }).click()
    await see.button('Plan').click()
    await page.getByText('A tombstone will be appended to').waitFor()
    await see.button('Produce…').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Produce the tombstone' }).click()
    await untilHolds('the record is there', async () => expect((await source.tools.offsets(topic)).get(0)).toBe(1201n))
    const [written] = await kcatConsume(source.bootstrap, { topic, partition: 0, offset: '1200' })
    expect([String(written?.key), written?.value]).toEqual(['key-1199', null])
  })

  test('tabs come back after a reload', async () => {
    const { page } = stage
    const names = async () => page.getByRole('tab').allTextContents()
    const before = await names()
    expect(before.length).toBeGreaterThan(3)
    await page.reload()
    await page.getByRole('tab').first().waitFor() // oxfmt-ignore
    // Of two tabs of one name each says its cluster, which is known a moment later.
    await untilHolds('the same names', async () => expect(await names()).toEqual(before))
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())

  async function positionOf(): Promise<bigint | undefined> {
    return (await source.tools.describeGroup(group))[0]?.position
  }
})
