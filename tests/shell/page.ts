import fs from 'node:fs/promises'
import path from 'node:path'
import type { Client as Cdp } from 'chrome-remote-interface'
import type { ElementQuery, PageHelpers, Spot } from '../../scripts/shell/page-helpers.ts'
import { shellFolder } from '../../scripts/shell/targets.ts'
import { HANG_MS, inTime, until } from '../support/wait-for.ts'

export type { ElementQuery }

/** How long the page may take to show what a step waits for, on a busy machine. */
const patienceMs = HANG_MS
/** Chromium answers screenshots and mouse events only once it has drawn, which may not happen on a virtual screen. */
const drawnMs = 5_000

/** The window's page, driven over CDP as a person would: real mouse events, real keys. */
export interface ShellPage {
  cdp: Cdp
  /** A function without free variables, run in the page with plain arguments; bigints come back as text with an "n". */
  run<A extends unknown[], R>(work: (...args: A) => R, ...args: A): Promise<Awaited<R>>
  find(query: ElementQuery): Promise<Spot>
  gone(query: ElementQuery): Promise<void>
  click(query: ElementQuery): Promise<void>
  doubleClick(query: ElementQuery): Promise<void>
  fill(query: ElementQuery, text: string): Promise<void>
  choose(select: ElementQuery, option: ElementQuery): Promise<void>
  press(key: 'Enter' | 'Escape'): Promise<void>
  /** Waits until the page shows this text anywhere. */
  reads(text: string | RegExp): Promise<string>
  text(): Promise<string>
  screenshot(name: string): Promise<void>
}

declare global {
  interface Window {
    seeklineTest: PageHelpers
  }
}

export function drivePage(cdp: Cdp, label: string): ShellPage {
  const run = async <A extends unknown[], R>(work: (...args: A) => R, ...args: A): Promise<Awaited<R>> => {
    const text = (value: unknown): string => JSON.stringify(value) ?? 'undefined'
    // The answer goes through JSON, because CDP carries no bigint inside an object.
    const expression = `Promise.resolve((${work.toString()})(${args.map(text).join(', ')})).then((value) =>
      JSON.stringify(value, (_, one) => typeof one === 'bigint' ? one + 'n' : one))`
    const answer = await cdp.Runtime.evaluate({ expression, awaitPromise: true, returnByValue: true })
    const failed = answer.exceptionDetails
    if (failed) throw new Error(failed.exception?.description ?? failed.text)
    const json = answer.result.value as string | undefined
    return (json === undefined ? undefined : JSON.parse(json)) as Awaited<R>
  }
  const shown = async <T>(wanted: string, look: () => Promise<T>, limitMs = patienceMs) => {
    try {
      // A page that is just loading has no body, no context, no helpers; errors that remain are reported at the end.
      return await until(`the page shows ${wanted}`, look, { limitMs, everyMs: 60 })
    } catch (error) {
      await screenshot(`failed-${wanted.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined)
      const reading = await text().catch(() => 'nothing')
      throw new Error(`${String(error)}\nIt reads:\n${reading.slice(0, 3000)}`, { cause: error })
    }
  }
  const find = async (query: ElementQuery) =>
    shown(JSON.stringify(query), () => run((q) => window.seeklineTest.find(q), query))
  /** The element does not move, and nothing covers it. */
  const steady = async (query: ElementQuery): Promise<Spot> => {
    let before = await find(query)
    return shown(`a steady ${JSON.stringify(query)}`, async () => {
      const now = await find(query)
      const still = Math.hypot(now.x - before.x, now.y - before.y) < 1
      before = now
      return still && (await run((q) => window.seeklineTest.isOnTop(q), query)) ? now : null
    })
  }
  /** Sends it once more, with the window in front, if there is no answer the first time. */
  const drawn = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    const first = ask()
    try {
      return await inTime(what, first, drawnMs)
    } catch (error) {
      console.warn(String(error))
      await inTime('the window', cdp.Page.bringToFront(), patienceMs)
      return inTime(what, Promise.any([first, ask()]), patienceMs)
    }
  }
  const click = async (query: ElementQuery, times = 1) => {
    const { x, y } = await steady(query)
    await drawn('the mouse', () => cdp.Input.dispatchMouseEvent({ type: 'mouseMoved', x, y }))
    for (let clickCount = 1; clickCount <= times; clickCount += 1) {
      const at = { x, y, button: 'left', clickCount } as const
      await inTime('the mouse', cdp.Input.dispatchMouseEvent({ type: 'mousePressed', ...at }), patienceMs)
      await inTime('the mouse', cdp.Input.dispatchMouseEvent({ type: 'mouseReleased', ...at }), patienceMs)
    }
  }
  const text = () => run(() => document.body?.innerText ?? '')
  const screenshot = async (name: string): Promise<void> => {
    const { data } = await drawn('a picture', () => cdp.Page.captureScreenshot({ format: 'png' }))
    await fs.mkdir(shellFolder('screens'), { recursive: true })
    await fs.writeFile(path.join(shellFolder('screens'), `${label}-${name}.png`), Buffer.from(data, 'base64'))
  }
  const codes = { Enter: 13, Escape: 27 } as const
  const press = async (key: keyof typeof codes): Promise<void> => {
    const event = { key, code: key, windowsVirtualKeyCode: codes[key] }
    await cdp.Input.dispatchKeyEvent({ type: 'keyDown', ...event, ...(key === 'Enter' ? { text: '\r' } : {}) })
    await cdp.Input.dispatchKeyEvent({ type: 'keyUp', ...event })
  }

  return {
    cdp,
    run,
    find,
    gone: async (query) => {
      await shown(`no ${JSON.stringify(query)}`, () => run((q) => window.seeklineTest.count(q) === 0, query))
    },
    click: (query) => click(query),
    doubleClick: (query) => click(query, 2),
    fill: async (query, value) => {
      await steady(query)
      await shown(`a field ${JSON.stringify(query)}`, () => run((q) => window.seeklineTest.focusField(q), query))
      await cdp.Input.insertText({ text: value })
    },
    choose: async (select, option) => {
      await click(select)
      // New content may have moved another field under the mouse: then no list opens.
      const count = () => run((q) => window.seeklineTest.count(q) > 0, option)
      const isOpen = () => run(() => document.querySelector('[role=listbox]') !== null)
      const isThere = await until('the option', count, { limitMs: 3_000 }).catch(() => false)
      if (!isThere && !(await isOpen())) await click(select)
      await click(option)
      await shown('no open list', () => run(() => document.querySelector('[role=listbox]') === null))
    },
    press,
    reads: async (wanted) => {
      const fits = (reading: string) => (typeof wanted === 'string' ? reading.includes(wanted) : wanted.test(reading))
      return shown(`the text ${String(wanted)}`, async () => {
        const reading = await text()
        return fits(reading) ? reading : null
      })
    },
    text,
    screenshot,
  }
}
