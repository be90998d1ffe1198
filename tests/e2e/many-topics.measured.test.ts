import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { METADATA, metadataAnswer, startFakeBroker, type FakeBroker } from '../support/fake-broker.ts'
import { usualLongestTask } from './main-thread.ts'
import { holdsFor } from '../support/wait-for.ts'
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

  const counted = (words: RegExp) => stage.page.getByText(words).first().waitFor({ timeout: 120_000 })
  const measured = async (what: string, once: (turn: number) => Promise<void>) =>
    expect(await usualLongestTask(stage.page, what, once)).toBeLessThan(50)

  test('are listed in the order of their numbers', async () => {
    await see.connect('Huge')
    await counted(/200.000 of 200.000 topics/)
    const rows = see.view().getByRole('row')
    const first = await rows.nth(1).innerText()
    expect(first).toContain('orders.topic-0')
    expect(await rows.nth(11).innerText()).toContain('orders.topic-10')
  })

  test('are read again without holding the page up', async () => {
    // Nothing tells the end of a refresh that finds what is shown; a read takes about two seconds.
    const isRead = async () => {
      await see.view().getByRole('button', { name: 'Refresh' }).click()
      await holdsFor(4_000, () => undefined)
    }
    await measured('reading', isRead)
  })

  test('are found by name without holding the page up', async () => {
    const search = see.view().getByRole('searchbox')
    const find = async (turn: number) => {
      await search.fill(`topic-19999${turn}`)
      await counted(/1 of 200.000 topics/)
      await search.fill('')
      await counted(/200.000 of 200.000 topics/)
    }
    await measured('finding', find)
    await search.fill('topic-199999')
    await see.row(/orders\.topic-199999/).waitFor()
    await search.fill('')
  })

  test('are found in the sidebar without holding the page up', async () => {
    const field = stage.page.getByRole('navigation').getByRole('searchbox')
    const tree = stage.page.getByRole('tree', { name: 'Topics' })
    const find = async (turn: number) => {
      await field.fill(`topic-19999${turn}`)
      await tree.getByText(`orders.topic-19999${turn}`).waitFor()
      await field.fill('')
      await tree.getByText('orders.topic-0', { exact: true }).waitFor()
    }
    await measured('finding in the sidebar', find)
  })

  test('are found in the palette without holding the page up', async () => {
    const palette = stage.page.getByRole('dialog')
    const find = async (turn: number) => {
      await stage.page.keyboard.press('Control+k')
      await palette.getByRole('combobox').pressSequentially(`topic-19999${turn}`)
      await palette.getByText(`orders.topic-19999${turn}`).waitFor()
      await stage.page.keyboard.press('Escape')
      await palette.waitFor({ state: 'hidden' })
    }
    await measured('finding in the palette', find)
  })

  test('are offered in a field without holding the page up', async () => {
    await stage.page.keyboard.press('Control+k')
    await stage.page.getByRole('dialog').getByRole('combobox').fill('produce records')
    await stage.page.getByRole('dialog').getByRole('option', { name: 'Produce records' }).click()
    const field = see.view().getByRole('combobox', { name: 'topic', exact: true })
    const find = async (turn: number) => {
      await field.fill(`topic-19999${turn}`)
      await stage.page.getByRole('option', { name: `orders.topic-19999${turn}` }).waitFor()
      await field.fill('')
      await stage.page.getByText(/50 of 200.000/).waitFor()
    }
    await measured('offering', find)
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
