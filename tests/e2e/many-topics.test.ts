import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { METADATA, metadataAnswer, startFakeBroker, type FakeBroker } from '../support/fake-broker.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// No broker of a test machine holds so many: one that only tells of them stands in.
const count = 200_000

describe('two hundred thousand topics', () => {
  let stage: Stage
  let broker: FakeBroker
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    let all: Uint8Array | undefined
    broker = await startFakeBroker(({ key, body }) => {
      if (key !== METADATA) return undefined
      const itself = [{ id: 1, host: '127.0.0.1', port: broker.port }]
      if (body[1] !== 0) return metadataAnswer(itself, [])
      const mixed = (i: number) => ({ name: `orders.topic-${(i * 7919) % count}`, partitions: 3 })
      return (all ??= metadataAnswer(
        itself,
        Array.from({ length: count }, (_, i) => mixed(i)),
      ))
    })
    stage = await startStage()
    see = steps(stage.page)
    await stage.profile('Huge', `127.0.0.1:${broker.port}`)
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    broker?.close()
  })

  test('are listed in the order of their numbers, and found by name', async () => {
    const { page } = stage
    await see.connect('Huge')
    await page.getByText('200\u202F000 of 200\u202F000 topics', { exact: false }).waitFor({ timeout: 120_000 })
    const rows = see.view().getByRole('row')
    const first = await rows.nth(1).innerText()
    expect(first).toContain('orders.topic-0')
    expect(await rows.nth(11).innerText()).toContain('orders.topic-10')
    await see.view().getByRole('searchbox').fill('topic-199999')
    await see.row(/orders\.topic-199999/).waitFor()
    await page.getByText(/1 of 200.000 topics/).waitFor()
  })
})
