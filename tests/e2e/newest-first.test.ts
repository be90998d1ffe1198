import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('newest')

describe('messages with the newest first', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  const produce = async (from: number, count: number) =>
    kcatProduce(kafka.bootstrap, { topic, partition: 0, input: Array.from({ length: count }, (_, i) => `value ${from + i}`).join('\n') }) // oxfmt-ignore
  /** The values in sight that begin at the top. */
  const top = async (): Promise<string[]> => {
    const rows = await see.view().locator('[role=row][data-row]').evaluateAll((all) =>
      all
        .map((row) => ({ at: Number((row as HTMLElement).dataset['row']), text: row.querySelector('[data-column="4"]')?.textContent ?? '' }))
        .toSorted((a, b) => a.at - b.at),
    ) // oxfmt-ignore
    return rows.filter(({ at }) => at < 3).map(({ text }) => text)
  }
  const atTop = async (...values: number[]) =>
    untilHolds('the first rows', async () => expect(await top()).toEqual(values.map((value) => `value ${value}`)))
  const current = () => see.view().locator('[role=row][data-active]').textContent()
  const order = () => see.view().getByRole('button', { name: 'Newest first' })

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    await produce(0, 250)
    await stage.profile('Newest', kafka.bootstrap)
    await stage.open()
    await see.connect('Newest')
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  test('a switch turns the list, the keyboard follows it, and older pages come below', async () => {
    const { page } = stage
    await see.openTopic(topic)
    await see.option('At most', '100')
    await see.button('Read').click()
    await see.listed(100)
    await see.row(/value 249/).waitFor()
    await order().click()
    await atTop(249, 248, 247)
    await stage.audit('newest first')
    await stage.picture('newest-first')
    await see.view().getByRole('grid').focus()
    await page.keyboard.press('Control+End')
    await untilHolds('the last row', async () => expect(await current()).toContain('value 150'))
    await page.keyboard.press('ArrowDown')
    await see.row(/value 149/).waitFor()
    await page.keyboard.press('ArrowDown')
    await untilHolds('the next older one', async () => expect(await current()).toContain('value 149'))
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Record' }).getByText('/ 0 / 149').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Home')
    await atTop(249, 248, 247)
  })

  test('what is followed is added at the top, and moves nothing that is looked at below', async () => {
    await see.button('Follow').click()
    await see.button('Pause').waitFor()
    await produce(250, 3)
    await atTop(252, 251, 250)
    // Somebody looks at older ones: those stay, and the button says how many came.
    await see.row(/value 249/).click()
    await see.view().getByRole('grid').evaluate((grid) => (grid.scrollTop = 600)) // oxfmt-ignore
    const seen = () => see.view().locator('[role=row][data-row]').nth(12).textContent() // oxfmt-ignore
    await see.row(/value 225/).waitFor()
    const place = await see.row(/value 225/).boundingBox()
    await produce(253, 2)
    await see.button(/2 new/).waitFor()
    expect(await see.row(/value 225/).boundingBox()).toEqual(place)
    expect(await seen()).not.toBe('')
    await see.button(/2 new/).click()
    await atTop(254, 253, 252)
    await see.button('Stop').click()
  })

  test('it is remembered, also by a filter and for the next start', async () => {
    await stage.open()
    await see.tab(`${topic} · messages`).click()
    await atTop(254, 253, 252)
    await see.view().getByRole('searchbox', { name: 'Search' }).fill('value 20')
    await atTop(209, 208, 207)
    await see.view().getByRole('searchbox', { name: 'Search' }).fill('')
    await see.command('newest messages first')
    // The newest stay in sight, which are last now: only then is the list at rest.
    await see.view().locator('[data-row="254"]').getByText('value 254').waitFor()
    await see.view().getByRole('grid').focus()
    await stage.page.keyboard.press('Control+Home')
    await see.row(/value 0(?!\d)/).waitFor()
    await untilHolds('the oldest at the top', async () => expect((await top())[0]).toBe('value 0'))
  })

  test('the page kept its policies and says nothing wrong', () => stage.clean())
})
