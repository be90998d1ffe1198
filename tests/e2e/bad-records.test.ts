import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newRegistry } from '#shared/model/registry.ts'
import { badRecords, badRegistry, goodRecord, writeBadRecords } from '../support/bad-records.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// What nobody should have written, in the page: by keys alone from one record to the next, each with its reason.

describe('bad records', () => {
  let stage: Stage
  let registry: Awaited<ReturnType<typeof badRegistry>>
  let see: ReturnType<typeof steps>
  const topic = uniqueName('bad-records')

  beforeAll(async () => {
    const { bootstrap } = await sharedKafka()
    ;[stage, registry] = await Promise.all([startStage(), badRegistry(), writeBadRecords(bootstrap, topic)])
    registry.let()
    see = steps(stage.page)
    await stage.profile('Bad', bootstrap, { registry: newRegistry({ urls: [registry.url] }) })
    await stage.open()
    await see.connect('Bad')
    await see.openTopic(topic)
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await registry?.stop()
  })

  const record = () => stage.page.getByRole('region', { name: 'Record' })
  const isAt = (offset: number) => record().getByText(`${topic} / 0 / ${offset}`, { exact: true }).isVisible() // oxfmt-ignore
  /** By the key for it, pressed anew while rows are decoded again and the list has no next one yet. */
  const goTo = (offset: number) =>
    untilHolds(`the record at ${offset}`, async () => {
      if (!(await isAt(offset))) await stage.page.keyboard.press('Alt+ArrowDown')
      expect(await isAt(offset)).toBe(true)
    }, { everyMs: 500 }) // oxfmt-ignore

  test('stand between good ones, each with its reason in its report', async () => {
    // Those that are not decoded as they were to be are no less there.
    await see.view().getByText(`${2 * badRecords.length + 2} records loaded`).or(see.status.getByText(`${2 * badRecords.length + 2} records loaded`)).first().waitFor() // oxfmt-ignore
    await see.row(/id 42 · note hi/).first().dblclick() // oxfmt-ignore
    await untilHolds('the first one', async () => expect(await isAt(0)).toBe(true))
    await record().getByRole('radio', { name: 'Report', exact: true }).click()
    for (const [i, { what, encoding, says }] of badRecords.entries()) {
      await goTo(2 * i + 1)
      await untilHolds(`the report of ${what}`, async () => {
        const text = await record().innerText()
        expect(text).toContain(says?.replace(/^Confluent: /, '') ?? encoding)
      })
      if (i === 7) await stage.shown('bad-record')
      await goTo(2 * i + 2)
      await untilHolds('the good one behind it', async () => expect(await record().innerText()).toContain(goodRecord.encoding)) // oxfmt-ignore
    }
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
