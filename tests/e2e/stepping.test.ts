import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('step-orders')
const group = uniqueName('step-billing')

describe('stepping a group', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 3)
    for (const partition of [0, 1, 2]) {
      const input = Array.from({ length: 20 }, (_, i) => `order-${partition}-${i}:{"id":${i},"total":${i * 3}}`).join(
        '\n',
      )
      await kcatProduce(kafka.bootstrap, { topic, partition, input, keyDelimiter: ':' })
    }
    await kafka.tools.groups('--group', group, '--topic', `${topic}:0`, '--reset-offsets', '--to-offset', '4', '--execute') // oxfmt-ignore
    await stage.profile('Step', kafka.bootstrap, { accessMode: 'guarded' })
    await stage.open()
    await see.connect('Step')
    await see.openGroup(group)
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  /** By Kafka's own script. */
  const positions = async () =>
    (await kafka.tools.describeGroup(group)).toSorted((a, b) => a.partition - b.partition).map((at) => at.position)
  const taken = (offset: number, partition: number) =>
    see
      .view()
      .getByRole('grid', { name: 'Records that were taken' })
      .getByRole('row', { name: new RegExp(`^${partition} ${offset} order-${partition}-${offset}\\b`) })

  test('the group’s view leads to what joining would do', async () => {
    await see.button('Step…').click()
    await see.tab(`${group} · step`).waitFor()
    await see.view().getByText(`Joins ${group}, which is empty`).waitFor()
    await see.view().getByText('2 partitions have no position in the log').waitFor()
    await stage.shown('a group to step')
  })

  test('it joins once the profile’s name is typed, and says what it was given', async () => {
    await see.button('Join…').click()
    const dialog = stage.page.getByRole('alertdialog')
    await dialog.getByRole('textbox').fill('Step')
    await dialog.getByRole('button', { name: 'Join', exact: true }).click()
    await see.view().getByText(`Member of ${group} with 3 partitions`).waitFor()
    await see
      .view()
      .getByText(/Was given/)
      .waitFor()
    await see.view().getByText(`${topic}[1] has no position: auto.offset.reset=earliest started it at 0.`).waitFor()
    expect(await kafka.tools.describeGroupState(group)).toMatch(/Stable/)
  })

  test('by keys alone: take, look, commit, give back', async () => {
    await stage.page.keyboard.press('Space')
    await taken(4, 0).waitFor()
    await see.view().getByRole('region', { name: 'Record' }).getByText(`#4`).or(see.view().getByText('order-0-4')).first().waitFor() // oxfmt-ignore
    await stage.page.keyboard.press('n')
    await taken(0, 1).waitFor()
    expect(await positions()).toEqual([4n, undefined, undefined])
    await stage.page.keyboard.press('c')
    await see.view().getByText('Committed 2 positions.').waitFor()
    expect(await positions()).toEqual([5n, 1n, undefined])
    await stage.page.keyboard.press('n')
    await taken(0, 2).waitFor()
    await stage.page.keyboard.press('z')
    await see.view().getByText(`Sought back to 0 of ${topic}[2]`).waitFor()
    await see.view().getByText('given back').first().waitFor()
    await see.button('Take 10').click()
    await see.view().getByText('Took 10 records.').waitFor()
    await see
      .view()
      .getByText(/3 partitions have records that were taken and are not committed/)
      .waitFor()
    // Until the last of them is here, the panel shows the one before, faintly.
    await see.view().locator('[aria-busy="true"]').waitFor({ state: 'detached' })
    await stage.shown('a group that is stepped')
  })

  test('Kafka’s own consumer joins, and what it took over is told', async () => {
    const other = await kafka.tools.liveConsumer(topic, group, 'classic')
    try {
      await see.view().getByText(/^\S+ Gave up/).or(see.view().getByText(/Gave up/)).first().waitFor() // oxfmt-ignore
      await see
        .view()
        .getByText(/Member of .* with [12] partitions?/)
        .waitFor()
    } finally {
      await other.stop()
    }
    await see.view().getByText(`Member of ${group} with 3 partitions`).waitFor()
  })

  test('it leaves, with a receipt that can be undone', async () => {
    await see.button(/^Take one/).click()
    await see.button('Commit C').click()
    await see
      .view()
      .getByText(/Committed \d+ position/)
      .waitFor()
    await stage.page.keyboard.press('l')
    await see.view().getByText(`Left ${group}: took`).waitFor()
    await untilHolds('the group is empty', async () => expect(await kafka.tools.describeGroupState(group)).toMatch(/Empty/)) // oxfmt-ignore
    await stage.shown('a group that was stepped')
    await see.button('Journal entry').click()
    await see.tab('Journal').waitFor()
    await see
      .view()
      .getByRole('grid', { name: `Positions that stepping ${group} committed` })
      .waitFor()
  })

  test('a closed tab leaves the group', async () => {
    await see.tab(`${group} · step`).click()
    await see.button('Join again…').click()
    await see.button('Join…').click()
    const dialog = stage.page.getByRole('alertdialog')
    await dialog.getByRole('textbox').fill('Step')
    await dialog.getByRole('button', { name: 'Join', exact: true }).click()
    await see.view().getByText(`Member of ${group} with 3 partitions`).waitFor()
    await stage.page.keyboard.press('Alt+w')
    await untilHolds('the group is empty', async () => expect(await kafka.tools.describeGroupState(group)).toMatch(/Empty/)) // oxfmt-ignore
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
