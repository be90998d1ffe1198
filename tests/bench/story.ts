import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import type { ConnectionId } from '#shared/model/ids.ts'
import { coverageOf } from '#shared/model/ledger.ts'
import type { Place } from '#shared/model/place.ts'
import { newProfile } from '#shared/model/profile.ts'
import { repoRoot } from '../../scripts/lib/paths.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { heapBytes } from '../e2e/main-thread.ts'
import { steps } from '../e2e/steps.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { startChromium } from '../support/chromium.ts'
import { startKafka } from '../support/kafka.ts'
import { median } from './figures.ts'
import { fill, START } from './search-data.ts'

/*
 * How long a user waits who searches for one order among ten million, in a browser, by the clock: until the order is on the
 * screen, until the first rows of a place are, until a click elsewhere is answered during a search; and how much the search takes of
 * the app and of the page meanwhile.
 *
 *   node tests/bench/story.ts [--scale 1] [--rounds 5] [--data FOLDER] [--only api,orders,places,searching]      (npx electron-vite build goes before it)
 *
 * The data is that of search.ts, in the same folder; the app is a process of its own.
 */

const { values: options } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
    only: { type: 'string' },
  },
})
const rounds = Number(options.rounds)
const records = Math.max(10_000, Math.round(10_000_000 * Number(options.scale)))
const PARTITIONS = 3
const topic = 'json'
const MiB = 1 << 20

/** A measurement and its limit. */
interface Line {
  name: string
  value: number
  unit: 'ms' | 'MiB' | 'keys'
  most: number
  all?: number[]
  /** Processor time of the page's main thread and of the app with its workers, which does not depend on other load. */
  cpu?: number[]
}

async function main(): Promise<void> {
  const kafka = await startKafka({ heapMb: 1_024, isMeasured: true, ...(options.data === undefined ? {} : { dataDir: options.data }) }) // oxfmt-ignore
  const home = await mkdtemp(path.join(os.tmpdir(), 'seekline-story-'))
  const browser = await startChromium({ width: 1280, height: 800 })
  let app: ChildApp | undefined
  try {
    app = await startChildApp(home, path.join(repoRoot, 'out', 'renderer'))
    const profile = newProfile('story', { name: 'Story', brokers: [kafka.bootstrap] })
    await app.call('profiles.save', { profile })
    const connectionId = await filled(app, kafka.bootstrap)
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(120_000)
    await page.goto(app.url)
    const see = steps(page)
    await see.connect('Story')
    await see.openTopic(topic)
    await see.row(rowOf(records - 1)).waitFor()
    console.log(`load ${loads()}`)
    const parts: Record<string, () => Promise<Line[]>> = {
      api: () => placesAtTheApi(app!, connectionId), // it was started
      orders: () => orders(page, see),
      places: () => placesInThePage(app!, page, see), // it was started
      searching: () => whileSearching(app!, page, see), // it was started
    }
    const lines: Line[] = []
    for (const [name, measure] of Object.entries(parts))
      if (options.only === undefined || options.only.split(',').includes(name)) lines.push(...told(await measure()))
    judge(lines)
  } finally {
    await app?.kill()
    await browser.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
    await kafka.stop()
  }
}

/** Fills the topic if it is not filled yet; returns a connection. */
async function filled(app: ChildApp, bootstrap: string): Promise<ConnectionId> {
  const profile = newProfile('api', { name: 'Of the API', brokers: [bootstrap] })
  await app.call('profiles.save', { profile })
  const { connectionId } = await app.call('connections.open', { profileId: profile.id })
  const there = await app.call('messages.ledger', { connectionId, topic }).catch(() => null)
  if (there === null || coverageOf(there.ledger).left !== BigInt(records))
    await fill(bootstrap, { topic, partitions: PARTITIONS, records })
  return connectionId
}

/** Where partition p begins, as fill() has it. */
const firstOf = (partition: number): number => Math.floor((records * partition) / PARTITIONS)
const rowOf = (n: number): RegExp => new RegExp(`order-${n}(?!\\d)`)
/** As it is in the value: the number alone is also a part of another one's key. */
const idOf = (n: number): string => `"id":${4_000_000 + n},`

/** The first hundred rows of a place, requested and answered over a socket. */
async function placesAtTheApi(app: ChildApp, connectionId: ConnectionId): Promise<Line[]> {
  const each: Record<string, (round: number) => Place> = {
    'an offset': (round) => ({ at: 'offset', offset: BigInt(Math.floor(records / 7) + round * 1_009) }),
    'the newest': () => ({ at: 'high-watermark' }),
    'a timestamp': (round) => ({ at: 'timestamp', timestamp: BigInt(START + Math.floor(records / 2) + round * 977) }),
  }
  const lines: Line[] = []
  for (const [name, placeOf] of Object.entries(each)) {
    const all: number[] = []
    for (let round = -3; round < 4 * rounds; round += 1) {
      let rows = 0
      const start = performance.now()
      const input = { connectionId, topic, start: placeOf(round), limit: 100 }
      await app.openStream('messages.browse', input as never, { onBatch: (batch) => void (rows += (batch as { count: number }).count) }) // oxfmt-ignore
      if (rows !== 100) throw new Error(`${name}: ${rows} rows`)
      if (round >= 0) all.push(performance.now() - start)
    }
    lines.push({ name: `100 rows of ${name}, at the API`, value: median(all), unit: 'ms', most: 30, all })
  }
  return lines
}

/** From the open topic to the opened record, by one field: for the order 4711, and for one that was written a while ago. */
async function orders(page: Page, see: ReturnType<typeof steps>): Promise<Line[]> {
  let keys = 0
  const press = async (key: string): Promise<void> => {
    keys += 1
    await page.keyboard.press(key)
  }
  const found = async (n: number): Promise<number> => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    keys = 0
    await press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type(idOf(n))
    const ms = await untilPainted(page, () => press('Enter'), { row: rowOf(n).source })
    await press('ArrowDown')
    await press('Enter')
    await page.getByRole('region', { name: 'Record' }).getByText(`order-${n}`).first().waitFor() // oxfmt-ignore
    await see.view().getByText(/^all of [\d\s]+ offsets read$/).waitFor() // oxfmt-ignore
    return ms
  }
  const first: number[] = []
  const recent: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    // Where the newest come first, what was written first comes last.
    const oldest = await found(4_711 + round)
    const partition = (round + 1) % PARTITIONS
    // A tenth of its partition was written later.
    const yesterday = await found(Math.floor(firstOf(partition + 1) - records / PARTITIONS / 10) + round)
    if (round < 0) continue
    first.push(oldest)
    recent.push(yesterday)
  }
  return [
    { name: 'from the open topic to the opened record, besides the words', value: keys, unit: 'keys', most: 5 },
    { name: 'order 4711, the last that is read from the newest, on the screen', value: median(first), unit: 'ms', most: 15_000, all: first }, // oxfmt-ignore
    { name: 'an order behind which a tenth was written, on the screen', value: median(recent), unit: 'ms', most: 1_000, all: recent }, // oxfmt-ignore
  ]
}

/** The time from the key press to the first rows of a place on the screen. */
async function placesInThePage(app: ChildApp, page: Page, see: ReturnType<typeof steps>): Promise<Line[]> {
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+f')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await see.option('At most', /^100\b/)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const cpuNow = async (): Promise<number> => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    const page = metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN
    return 1_000 * page + (await app.command<number>('cpu'))
  }
  const times: Record<string, number[]> = { 'an offset': [], 'the newest': [], 'a timestamp': [] }
  const cpu: Record<string, number[]> = { 'an offset': [], 'the newest': [], 'a timestamp': [] }
  const timed = async (name: string, round: number, act: () => Promise<void>, n: number): Promise<void> => {
    const before = await cpuNow()
    const ms = await untilPainted(page, act, { row: rowOf(n).source })
    const spent = (await cpuNow()) - before
    if (round < 0) return
    times[name]!.push(ms)
    cpu[name]!.push(spent)
  }
  for (let round = -1; round < rounds; round += 1) {
    const offset = Math.floor(records / 7) + (round + 1) * 1_009
    await see.choose(see.select('From'), /^offset/)
    await see.view().getByRole('textbox', { name: /^Offset/ }).fill(String(offset)) // oxfmt-ignore
    await timed('an offset', round, () => page.keyboard.press('Enter'), firstOf(0) + offset)
    await see.choose(see.select('From'), /^newest/)
    const read = see.view().getByRole('button', { name: 'Read', exact: true })
    await timed('the newest', round, () => read.click(), records - 1)
    const n = Math.floor(records / 2) + (round + 1) * 977
    await see.choose(see.select('From'), /^timestamp/)
    await see.view().getByRole('textbox', { name: 'At' }).fill(new Date(START + n).toISOString()) // oxfmt-ignore
    await timed('a timestamp', round, () => page.keyboard.press('Enter'), n)
  }
  return Object.entries(times).map(([name, all]) => ({ name: `100 rows of ${name}, on the screen`, value: median(all), unit: 'ms', most: 100, all, cpu: cpu[name]! })) // oxfmt-ignore
}

/** A pause of a user in a hurry: clicks without a pause would measure the browser's drawing, and keep a core busy with it. */
const BETWEEN_CLICKS_MS = 200

const pause = (page: Page, ms: number): Promise<unknown> =>
  page.evaluate((time) => new Promise((resolve) => setTimeout(resolve, time)), ms)

/** A million hits among ten million records, stored and listed, while a user switches between tabs. */
async function whileSearching(app: ChildApp, page: Page, see: ReturnType<typeof steps>): Promise<Line[]> {
  await see.choose(see.select('From'), /^newest/)
  await app.command('watch')
  await pause(page, 3_000)
  const idle = (await app.command<{ delayP99: number }>('seen')).delayP99
  const messages = page.getByRole('tab', { name: `${topic} · messages` })
  const topics = page.getByRole('tab', { name: 'Topics', exact: true })
  const grown: number[] = []
  const late: number[] = []
  const heap: number[] = []
  const clicks: number[] = []
  const took: number[] = []
  const words = ['failed', 'returned', '"failed"', 'eturned', '"returned"', 'ailed"', 'turned"']
  for (let round = -1; round < rounds; round += 1) {
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.type(words[round + 1]!)
    const before = await app.command<number>('watch')
    const start = performance.now()
    await page.keyboard.press('Enter')
    const isOver = see.view().getByText(/^all of [\d\s]+ offsets read$/)
    const told: number[] = []
    let over = false
    while (!over) {
      await pause(page, BETWEEN_CLICKS_MS)
      told.push(await untilPainted(page, () => topics.click(), { tab: 'Topics' }))
      await pause(page, BETWEEN_CLICKS_MS)
      told.push(await untilPainted(page, () => messages.click(), { tab: `${topic} · messages` }))
      over = (await isOver.count()) > 0
    }
    const { rss, delayP99 } = await app.command<{ rss: number; delayP99: number }>('seen')
    const held = await heapBytes(page)
    if (round < 0) continue
    took.push(performance.now() - start)
    grown.push((rss - before) / MiB)
    late.push(delayP99 - idle)
    heap.push(held / MiB)
    clicks.push(...told)
  }
  const sorted = clicks.toSorted((a, b) => a - b)
  console.log(`${clicks.length} clicks while searching: median ${median(clicks).toFixed(0)} ms, slowest ${sorted.at(-1)!.toFixed(0)} ms; searches took ${took.map((ms) => ms.toFixed(0)).join(', ')} ms; p99 idle ${idle.toFixed(1)} ms`) // oxfmt-ignore
  return [
    { name: 'a search of all with a million hits, growth of the app', value: median(grown), unit: 'MiB', most: 200, all: grown }, // oxfmt-ignore
    { name: 'its main thread’s p99 over idle', value: median(late), unit: 'ms', most: 20, all: late },
    { name: 'the page’s heap behind it', value: median(heap), unit: 'MiB', most: 300, all: heap },
    { name: 'a click elsewhere meanwhile, 19 of 20', value: sorted[Math.floor(sorted.length * 0.95)]!, unit: 'ms', most: 100 }, // oxfmt-ignore
  ]
}

/**
 * Milliseconds from the key press or click of `act` to the beginning of the frame after the one in which the awaited content
 * appears: by then it is on the screen.
 */
async function untilPainted(
  page: Page,
  act: () => Promise<void>,
  shown: { row: string } | { tab: string },
): Promise<number> {
  await page.evaluate((what) => {
    const isThere = (): boolean => {
      if ('tab' in what) {
        const tab = document.querySelector('[role=tab][aria-selected=true]')
        const panel = document.querySelector('[role=tabpanel]:not([hidden])')
        return tab?.textContent?.startsWith(what.tab) === true && panel !== null
      }
      const wanted = new RegExp(what.row)
      return [...document.querySelectorAll<HTMLElement>('[role=row][data-row]')].some((row) => row.offsetParent !== null && wanted.test(row.textContent ?? '')) // oxfmt-ignore
    }
    const began = new Promise<number>((resolve) => {
      for (const name of ['keydown', 'pointerdown']) addEventListener(name, (event) => resolve(event.timeStamp), { capture: true, once: true }) // oxfmt-ignore
    })
    const look = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve(isThere() ? undefined : look()))) // oxfmt-ignore
    const painted = async (): Promise<number> => {
      const start = await began
      await look()
      await new Promise(requestAnimationFrame)
      return performance.now() - start
    }
    Object.assign(globalThis, { painted: painted() })
  }, shown)
  await act()
  return await page.evaluate(() => (globalThis as unknown as { painted: Promise<number> }).painted)
}

function told(lines: readonly Line[]): Line[] {
  for (const { name, value, unit, most, all, cpu } of lines) {
    console.log(`${name.padEnd(70)} ${value.toFixed(0).padStart(6)} ${unit} of ${most}${all === undefined ? '' : `  (${all.map((one) => one.toFixed(0)).join(', ')})`}`) // oxfmt-ignore
    if (cpu !== undefined) console.log(`${'  of processor time, page and app'.padEnd(70)} ${median(cpu).toFixed(0).padStart(6)} ms  (${cpu.map((one) => one.toFixed(0)).join(', ')})`) // oxfmt-ignore
  }
  console.log(`load ${loads()}`)
  return [...lines]
}

function judge(lines: readonly Line[]): void {
  const misses = lines.filter(({ value, most }) => value > most)
  console.log(misses.length === 0 ? 'holds' : `misses: ${misses.map(({ name }) => name).join('; ')}`)
  process.exitCode = misses.length === 0 ? 0 : 1
}

const loads = (): string => os.loadavg().map((one) => one.toFixed(1)).join(' ') // oxfmt-ignore

main().catch(exitWith)
