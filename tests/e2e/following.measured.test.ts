import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { every, holdsFor, until } from '../support/wait-for.ts'
import { pageShare, usualLongestTask, type Share } from './main-thread.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const shown = uniqueName('shown')
const hidden = Array.from({ length: 20 }, (_, i) => uniqueName(`hidden-${String(i).padStart(2, '0')}`))
const WINDOW_MS = 10_000
const TICK_MS = 50

/** Rows like those of an application: a key, two hundred bytes of JSON. */
function batch(first: number, count: number): Uint8Array {
  const timestamp = BigInt(Date.now())
  const records = Array.from({ length: count }, (_, i) => ({
    timestamp,
    key: Buffer.from(`order-${first + i}`),
    value: Buffer.from(JSON.stringify({ order: first + i, customer: `c-${(first + i) % 977}`, total: (first + i) / 7, items: ['a', 'b', 'c'], note: 'x'.repeat(100) })), // oxfmt-ignore
    headers: [],
  }))
  return writeBatch(records)
}

describe('what it costs the page to follow', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>
  let wire: WireClient

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    wire = await connectWire(kafka.bootstrap)
    for (const topic of [shown, ...hidden]) {
      await wire.createTopic(topic, 1)
      await wire.produce(topic, 0, batch(0, 500))
    }
    await stage.profile('Busy', kafka.bootstrap)
    await stage.open()
    await see.connect('Busy')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    wire?.close()
    await stage?.close()
  })

  const sent = new Map<string, number>()
  const send = async (topic: string, count: number) => {
    const first = sent.get(topic) ?? 500
    sent.set(topic, first + count)
    await wire.produce(topic, 0, batch(first, count))
  }
  /** So many records a second, by the clock; what a busy machine missed is not made up for, or it would never catch up. */
  function traffic(rates: ReadonlyMap<string, number>) {
    const begun = sent.get(shown) ?? 500
    let last = performance.now()
    let sending = Promise.resolve<unknown>(undefined)
    let isSending = false
    const timer = every(TICK_MS, () => {
      if (isSending) return
      isSending = true
      const seconds = Math.min(performance.now() - last, 2 * TICK_MS) / 1_000
      last = performance.now()
      sending = Promise.all([...rates].map(([topic, rate]) => send(topic, Math.max(1, Math.round(rate * seconds)))))
      void sending.finally(() => (isSending = false))
    })
    return {
      count: () => (sent.get(shown) ?? 500) - begun,
      stop: async () => {
        timer.stop()
        await sending
      },
    }
  }
  /** The newest record is drawn, so that what was measured was the whole way. */
  const isCaughtUp = () =>
    until('the last record is shown', () => see.row(new RegExp(`order-${sent.get(shown)! - 1}\\b`)).isVisible())
  const follow = async (topic: string) => {
    await see.openTopic(topic)
    await see.row(/order-499\b/).waitFor()
    await see.button('Follow').click()
    await see.button('Pause').waitFor()
  }
  /** An absolute limit holds as the median of five. */
  const medianShare = async (): Promise<Share> => {
    const shares: Share[] = []
    while (shares.length < 5) shares.push(await pageShare(stage.page, () => holdsFor(WINDOW_MS / 3, () => undefined)))
    return shares.toSorted((a, b) => a.process - b.process)[2]!
  }
  const told = (share: Share) =>
    `main thread ${(100 * share.main).toFixed(1)} %, process ${(100 * share.process).toFixed(1)} %`

  test('with nothing arriving next to nothing', async () => {
    await follow(shown)
    await holdsFor(2_000, () => undefined)
    const share = await medianShare()
    console.log(`nothing arriving: ${told(share)}`)
    expect(share.process).toBeLessThan(0.01)
  })

  test('about a fifth of a core for two thousand records a second', async () => {
    const flow = traffic(new Map([[shown, 2_000]]))
    await until('they flow', () => flow.count() > 2_000)
    const before = flow.count()
    const began = performance.now()
    const share = await medianShare()
    const rate = ((flow.count() - before) * 1_000) / (performance.now() - began)
    await flow.stop()
    console.log(`following ${rate.toFixed(0)} records/s: ${told(share)}`)
    await isCaughtUp()
    expect(share.process).toBeLessThan(0.2)
  })

  test('no long task while five thousand records a second come, and twenty hidden tabs follow as well', async () => {
    for (const topic of hidden) await follow(topic)
    await see.tab(`${shown} · messages`).click()
    const idle = await medianShare()
    console.log(`twenty-one tails with nothing arriving: ${told(idle)}`)
    expect(idle.process).toBeLessThan(0.015)
    const flow = traffic(new Map([[shown, 5_000], ...hidden.map((topic) => [topic, 250] as const)]))
    await until('they flow', () => flow.count() > 5_000)
    const before = flow.count()
    const began = performance.now()
    const what = 'one tail of 5,000 records/s and twenty hidden'
    const longest = await usualLongestTask(stage.page, what, () => holdsFor(WINDOW_MS / 3, () => undefined))
    const rate = ((flow.count() - before) * 1_000) / (performance.now() - began)
    await flow.stop()
    console.log(`shown meanwhile: ${rate.toFixed(0)} records/s`)
    await isCaughtUp()
    expect(longest).toBeLessThan(50)
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
