import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { viewTargets } from '../support/audits.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { startStage, tellFailures, type Hindrance, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// Every view while it reads, when it could not, when it may not, and when there is nothing: looked at by axe in both themes, on a
// profile of production. `renderer/app/audits.test.ts` sees to it that no view is missing here.

const late = toErrorValue(new SeeklineError('call.timeout', 'The broker did not answer.', { hint: 'Try again in a moment.' })) // oxfmt-ignore
const denied = toErrorValue(new SeeklineError('kafka.unauthorised', 'These rights do not allow it.', { hint: 'Ask for DESCRIBE.' })) // oxfmt-ignore

/** What the window itself is made of stays as it is. */
const isOfView = (route: string): boolean =>
  /^connections\.(describe|load)$/.test(route) || !/^(app|settings|connections|shell|decoding)\./.test(route)

describe('every view in each of its states', () => {
  let stage: Stage
  let kafka: RunningKafka
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([startKafka({ heapMb: 256 }), startStage()])
    see = steps(stage.page)
    const production = { environment: 'production', colour: 'red', accessMode: 'read-only' } as const
    await stage.profile('Fresh', kafka.bootstrap, production)
    await stage.open()
    await see.connect('Fresh')
    // What the page writes as it is left must not come after the tabs that the test writes.
    await until('the tab is written', async () => (await stage.client.call('settings.get', {})).tabs.length > 0)
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await kafka?.stop()
  })

  /** A tab of each kind anew, built when it is first looked at. What is around the views is looked at with the first of them. */
  async function eachView(state: string, hindrance: Hindrance, isThere: () => Promise<unknown>): Promise<void> {
    const { page } = stage
    const kinds = Object.keys(viewTargets)
    await page.goto('about:blank')
    stage.hinder((route) => (isOfView(route) ? hindrance : undefined))
    const tabs = kinds.map((kind) => ({ id: kind, intent: { kind, ...viewTargets[kind] } }))
    await stage.client.call('settings.save', { tabs, activeTab: null })
    await stage.open()
    for (const [at, kind] of kinds.entries()) {
      await untilHolds(`the tab of ${kind} is in front`, async () =>
        expect(await page.getByRole('tab').nth(at).getAttribute('aria-selected')).toBe('true'),
      )
      await isThere()
      await stage.shown(`${kind}-${state}`, at === 0 ? undefined : see.view())
      await page.keyboard.press('Alt+PageDown')
    }
    stage.hinder(() => undefined)
  }

  const busy = () => see.view().locator('[aria-busy=true]').first()
  const says = (said: ErrorValue) => see.view().getByText(said.message).first().waitFor() // oxfmt-ignore

  test('while it reads', () => eachView('reading', 'hold', () => busy().waitFor()))

  test('when it could not be read', () => eachView('failed', late, () => says(late)))

  test('when these rights do not allow it', () => eachView('refused', denied, () => says(denied)))

  test('when there is nothing, or no longer', () =>
    eachView('empty', undefined, () => busy().waitFor({ state: 'hidden' })))

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())
})
