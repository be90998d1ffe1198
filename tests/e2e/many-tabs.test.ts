import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startStage, tellFailures, type Stage } from './stage.ts'

// More tabs than fit, with names longer than a tab. No cluster is asked for anything.

const topics = Array.from({ length: 30 }, (_, i) => `eu.payments.captured-by.merchant-and-day ${i % 7}.x${i}settlement`)

describe('thirty tabs with long names', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await startStage()
    await stage.profile('Away', 'localhost:1')
    const tabs = topics.map((topic) => ({ id: topic, intent: { kind: 'messages', connectionId: 'away', topic } }))
    await stage.client.call('settings.save', { tabs })
    await stage.open()
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const strip = () => stage.page.getByRole('tablist', { name: 'Open tabs' })

  test('are named by what they show, however far the strip is scrolled', async () => {
    await strip().getByRole('tab').nth(29).waitFor() // oxfmt-ignore
    const names = await strip().getByRole('tab').allTextContents()
    expect(names).toEqual(topics.map((topic) => `${topic} · messages`))
    for (const part of [0, 0.31, 0.77, 1]) {
      await strip().evaluate((element, to) => (element.scrollLeft = to * element.scrollWidth), part)
      await stage.audit(`tabs scrolled by ${part}`)
    }
  })

  test('are all in the menu beside them', async () => {
    const { page } = stage
    await page.getByRole('button', { name: 'All 30 tabs' }).click()
    await page.getByRole('menuitem', { name: `${topics.at(-1)} · messages` }).waitFor()
    await stage.audit('the menu of all tabs')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: `${topics.at(-1)} · messages`, selected: true }).waitFor()
    await stage.picture('many-tabs')
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
