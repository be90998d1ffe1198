import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('stuck-orders')
const aside = uniqueName('stuck-aside')
const group = uniqueName('stuck-billing')

describe('a record that a group cannot get past', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 2)
    await kafka.tools.createTopic(aside, 1)
    const lines = Array.from({ length: 10 }, (_, i) => `order-${i}:${i === 3 ? '{"id":3,"total":' : `{"id":${i}}`}`)
    await kcatProduce(kafka.bootstrap, { topic, partition: 1, input: lines.join('\n'), keyDelimiter: ':', headers: ['trace=a1'] }) // oxfmt-ignore
    await kafka.tools.groups('--group', group, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '3', '--execute') // oxfmt-ignore
    await stage.profile('Stuck', kafka.bootstrap)
    await stage.open()
    await see.connect('Stuck')
    await see.openGroup(group)
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  /** By Kafka's own script. */
  const position = async () => (await kafka.tools.describeGroup(group)).find((at) => at.partition === 1)?.position

  test('a partition’s row leads to the record that the group stands at, and to why it does not decode', async () => {
    const row = see
      .view()
      .getByRole('grid', { name: `Positions of ${group}` })
      .getByRole('row', { name: /^1 3 / })
    await row.click({ button: 'right' })
    await stage.page.getByRole('menuitem', { name: 'The record it stands at, and past it…' }).click()
    await see.tab(`${topic}[1] · ${group}`).waitFor()
    await see.view().getByText(`${group} stands at 3 of ${topic}[1].`).waitFor()
    await see.view().getByText('No member reads the partition now.').waitFor()
    await see.view().getByText('order-3').first().waitFor()
    await see.view().getByText('Not JSON: it begins like JSON and does not go on so').waitFor()
    await stage.shown('a stuck partition')
  })

  test('it is copied aside as it is stored, with where it came from in its headers', async () => {
    await see.button('1. Copy it aside…').click()
    await see
      .view()
      .getByText(/It is copied as it is stored/)
      .waitFor()
    await see.view().getByRole('combobox', { name: 'topic' }).fill(aside)
    await stage.page.getByRole('option', { name: aside }).click()
    await see.button(/^Plan( again)?$/).click()
    await see.button('Produce…').click()
    await stage.page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Produce/ })
      .click()
    await see.button('Open it').waitFor()
    await untilHolds('the copy is there', async () => {
      const [copy] = await kcatConsume(kafka.bootstrap, { topic: aside })
      expect(copy?.value?.toString()).toBe('{"id":3,"total":')
      expect(copy?.headers.split(',').toSorted()).toEqual(
        [
          'trace=a1',
          `seekline.original-topic=${topic}`,
          'seekline.original-partition=1',
          'seekline.original-offset=3',
          `seekline.original-group=${group}`,
        ].toSorted(),
      )
    })
  })

  test('the group moves past it, its lag falls, and the undo puts it back', async () => {
    await see.tab(`${topic}[1] · ${group}`).click()
    await see.button('2. Move past it…').click()
    await see.tab(`${group} · positions`).waitFor()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await position()).toBe(4n)
    await see.tab(`${topic}[1] · ${group}`).click()
    await see.view().getByText(`${group} stands at 4 of ${topic}[1].`).waitFor()
    await see.view().getByText('order-4').first().waitFor()
    await see.button('Undo…').click()
    await see.tab(`${group} · positions`).waitFor()
    await see.apply()
    await see.view().getByText('1 confirmed').waitFor()
    expect(await position()).toBe(3n)
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
