import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { startCutProxy, type CutProxy } from '../support/cut-proxy.ts'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import type { ShellPage } from './page.ts'
import { alive, startShell, type ShellApp } from './shell-app.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const { leading } = inject('shell')
const kafka = inject('secure')
const topic = uniqueName('shell-windows')
const records = 60_000
let tools: KafkaTools

beforeAll(async () => {
  tools = await toolsFor(kafka)
  await tools.createTopic(topic, 1)
  await tools.producerPerformance(topic, records, 100)
})

// Each test goes on where the one before ended, in the same data folder.
describe.each(leading)('windows and what runs in them, $name', (target) => {
  let home: string
  let app: ShellApp
  let network: CutProxy

  beforeAll(async () => {
    network = await startCutProxy(kafka.bootstrap)
    home = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-shell-'))
    app = await startShell(target, { home })
    // Reads slowly, so that a replay lasts.
    const addressMap = [{ from: kafka.bootstrap, to: network.address }]
    const profile = newProfile('shop', { name: 'Shop', brokers: [kafka.bootstrap], addressMap, readLimit: 0.1 })
    await app.page.run(async (given) => {
      await window.seeklineTest.client().call('profiles.save', { profile: given })
    }, profile)
    await app.page.cdp.Page.reload({})
    await steps(app.page).connect('Shop')
    await steps(app.page).openTopic(topic)
    await app.page.reads(`${topic} · messages`)
  })
  afterAll(async () => {
    await app?.close()
    await network?.close()
  })

  test('a second window has tabs of its own; both come back in their places with their tabs; one outlives the other', async () => {
    const first = app.page
    await app.chooseInMenu('New window')
    const second = await app.nextPage()
    await second.reads('Connected to Shop.')
    expect(await tabs(second)).toEqual([])
    await app.chooseInMenu('Journal of changes')
    await untilHolds('the tab opens', async () => expect(await tabs(second)).toContain('Journal'))
    expect(await tabs(first)).not.toContain('Journal')
    await second.screenshot('second-window')
    await app.inMain(`${lastFocused}.setBounds({ x: 120, y: 90, width: 1010, height: 620 }); 0`)
    const before = [await tabs(first), await tabs(second)]
    const places = await bounds()
    // Tabs are written after a short rest.
    await untilHolds('the tabs are written', async () => expect(await kept(second)).toContain('journal'))

    expect(await app.quit()).toEqual({ code: 0, signal: null })
    app = await startShell(target, { home })
    const pages = [app.page, await app.nextPage()]
    const shown = (page: ShellPage) => untilHolds('its tabs', async () => expect(await tabs(page)).not.toEqual([]))
    await Promise.all(pages.map(shown))
    const after = await Promise.all(pages.map((page) => tabs(page)))
    expect(new Set(after.map(String))).toEqual(new Set(before.map(String)))
    expect(new Set(await bounds())).toEqual(new Set(places))
    expect(places).toContain('120 90 1010 620')

    await app.inMain(`${lastFocused}.close(); 0`)
    await untilHolds('one window is left', async () => expect(await bounds()).toHaveLength(1))
    await app.attach()
    await steps(app.page).connect('Shop')
    await steps(app.page).openTopic(topic)
    await app.page.reads('500 records loaded')
  })

  test('closing a window over its replay asks; stopping leaves an exact receipt, and the other window goes on', async () => {
    await app.chooseInMenu('New window')
    const second = await app.nextPage()
    await second.reads('Connected to Shop.')
    const copy = uniqueName('shell-copy')
    await replay(copy, second)
    await app.inMain(`${lastFocused}.close(); 0`)
    await second.reads('Close this window?')
    expect(await second.run(() => document.activeElement?.textContent)).toBe('Keep open')
    await second.click({ role: 'button', name: 'Stop and close' })
    await untilHolds('one window is left', async () => expect(await bounds()).toHaveLength(1))
    expect((await receipts())[0]).toMatchObject({ outcome: 'cancelled', copied: `${await copied(copy)}n` })
    expect(await copied(copy)).toBeLessThan(records)
    await app.page.click(steps(app.page).button('Read'))
    await app.page.reads('500 records loaded')
  })

  test('quitting over a replay asks; staying lets it run, and cancelling leaves an exact receipt', async () => {
    const copy = uniqueName('shell-copy')
    await replay(copy)
    const all = (await app.processes()).map(({ pid }) => pid)
    await askToQuit()
    await app.page.reads('A replay is running.')
    await app.page.screenshot('closing')
    await app.page.press('Escape')
    await app.page.gone({ role: 'alertdialog' })
    const ran = await copied(copy)
    await untilHolds('the replay runs on', async () => expect(await copied(copy)).toBeGreaterThan(ran))

    await askToQuit()
    await app.page.click({ role: 'button', name: 'Stop and quit' })
    expect(await app.ended()).toEqual({ code: 0, signal: null })
    await untilHolds('no process is left', async () => expect(await alive(all)).toEqual([]))
    expect(network.open()).toBe(0)
    app = await startShell(target, { home })
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({ outcome: 'cancelled', copied: `${await copied(copy)}n` })
    expect(await copied(copy)).toBeLessThan(records)
  })

  test('quitting over a replay can wait for its end', async () => {
    const copy = uniqueName('shell-copy')
    await replay(copy, app.page, 30_000n)
    await askToQuit()
    await app.page.click({ role: 'button', name: 'Quit when done' })
    await app.page.reads('Seekline quits once this is done.')
    // Slow until then, however long that took; now to its end.
    await app.page.run(async () => {
      await window.seeklineTest
        .client()
        .call('connections.setReadLimit', { connectionId: 'shop' as never, readLimit: null })
    })
    expect(await app.ended()).toEqual({ code: 0, signal: null })
    expect(await copied(copy)).toBe(30_000)
    app = await startShell(target, { home })
    expect((await receipts())[0]).toMatchObject({ outcome: 'complete', copied: '30000n' })
  })

  // In a task of its own, because `require` is available only while the expression itself runs.
  const askToQuit = () => app.inMain(`(({ app }) => void setTimeout(() => app.quit(), 0))(require('electron'))`)
  const lastFocused = `require('electron').BrowserWindow.getAllWindows().find((one) => one.isFocused())`
  const bounds = () =>
    app.inMain<string[]>(`require('electron').BrowserWindow.getAllWindows().map((one) => Object.values(one.getNormalBounds()).join(' '))`) // oxfmt-ignore

  /** Starts one of the whole topic, or of what lies before an offset, and waits until it has begun to write. */
  async function replay(name: string, page = app.page, before?: bigint): Promise<void> {
    await page.run(
      async (source, copy, to) => {
        const client = window.seeklineTest.client()
        const { connectionId } = await client.call('connections.open', { profileId: 'shop' as never })
        const ranges = [{ partition: 0, from: 0n, ...(to === null ? {} : { to: BigInt(to) }) }]
        const targetTopic = { create: true as const, name: copy, partitions: 1, replicationFactor: 1 }
        const spec = {
          source: connectionId,
          target: connectionId,
          topic: source,
          range: { by: 'offsets', ranges },
          targetTopic,
        }
        const plan = await client.call('replay.plan', spec as never)
        client.openStream('replay.run', { source: connectionId, target: connectionId, plan }).catch(() => undefined)
      },
      topic,
      name,
      before === undefined ? null : String(before),
    )
    await untilHolds('the replay has begun to write', async () =>
      expect(await copied(name).catch(() => 0)).toBeGreaterThan(0),
    )
  }

  async function copied(name: string): Promise<number> {
    const ends = await tools.offsets(name)
    return Number([...ends.values()].reduce((sum, end) => sum + end, 0n))
  }

  async function receipts() {
    return app.page.run(async () => {
      const { items } = await window.seeklineTest.client().call('journal.list', { kind: 'replay' })
      return items.map((entry) => entry.result)
    })
  }
})

async function kept(page: ShellPage): Promise<string> {
  return page.run(async () => JSON.stringify((await window.seeklineTest.client().call('settings.get', {})).tabs))
}

async function tabs(page: ShellPage): Promise<string[]> {
  return page.run(() =>
    [...document.querySelectorAll('[role=tab]')].map((tab) => (tab as HTMLElement).innerText.trim()),
  )
}
