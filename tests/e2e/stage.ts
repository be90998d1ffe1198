import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import axe from 'axe-core'
import type { ConsoleMessage, Page } from 'playwright-core'
import { expect, onTestFailed } from 'vitest'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import { createApp } from '../../electron/app-services.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'
import { startServer } from '../../electron/server.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import { startChromium } from '../support/chromium.ts'

/** The whole app as a browser of this machine gets it: loopback server, real Chromium, a data folder of its own. */
export interface Stage {
  page: Page
  /** The same app without its face: for fixtures only, never for the story itself. */
  client: Client<SeeklineContract>
  /** Saves a profile as the form would; for tests whose story begins after it. */
  profile(name: string, bootstrap: string, part?: Partial<Profile>): Promise<void>
  /** Opens the app anew in the same browser tab: the address of this start, the settings of the last. */
  open(): Promise<void>
  /** Runs axe over what is shown, in both themes; what it finds is told by `clean`. */
  audit(what: string): Promise<void>
  /** Fails on whatever a page must never do: errors in the console, CSP violations, accessibility violations. */
  clean(): void
  longTasks(): Promise<LongTask[]>
  /** Called in a test: where `SEEKLINE_PICTURES` names a folder, a failure leaves a picture of the page there. */
  watch(name: string): void
  close(): Promise<void>
}

export interface LongTask {
  start: number
  ms: number
}

declare global {
  interface Window {
    axe: typeof axe
    seeklineTasks?: LongTask[]
    /** Set by hostile records, if they could. */
    hacked?: unknown
  }
}

/** Colours may fade over; contrast is measured once they stand. */
const fade = 250
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

export async function startStage(options: { width?: number; height?: number } = {}): Promise<Stage> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'seekline-e2e-'))
  const app = await createApp({ dataDir, checkOutput: true })
  const builtPage = process.env['SEEKLINE_PAGE']
  const server = await startServer({ router: app.router, ...(builtPage === undefined ? {} : { root: builtPage }) })
  const browser = await startChromium({ width: options.width ?? 1280, height: options.height ?? 800 })
  const { context } = browser
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  // Init scripts stand outside the page's CSP, which lets nothing else in.
  await context.addInitScript({ content: axe.source })
  await context.addInitScript(watch)
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(30_000)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  const said: string[] = []
  const violations = new Map<string, string>()
  page.on('console', (message: ConsoleMessage) => {
    if (['error', 'warning'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => said.push(`uncaught: ${error.stack ?? error.message}`))
  const client = createClient<SeeklineContract>(inProcess(app.router))

  const auditNow = async (what: string) => {
    const results = await page.evaluate(
      async (runOnly) => globalThis.window.axe.run(document, { runOnly, resultTypes: ['violations'] }),
      tags,
    )
    for (const { id, help, nodes } of results.violations) {
      for (const node of nodes) {
        const at = node.target.join(' ')
        violations.set(`${id} ${at}`, `${what}: ${id} (${help}) at ${at}: ${node.html.slice(0, 160)} – ${node.failureSummary?.replaceAll(/\s+/g, ' ')}`) // prettier-ignore
      }
    }
  }

  return {
    page,
    client,
    profile: async (name, bootstrap, part = {}) => {
      const profile = newProfile(name.toLowerCase().replaceAll(/\W+/g, '-'), { name, brokers: bootstrap.split(','), ...part }) // prettier-ignore
      await client.call('profiles.save', { profile })
    },
    open: async () => {
      await page.goto('about:blank')
      await page.goto(server.url)
      await page.getByRole('heading', { name: 'Seekline' }).waitFor({ timeout: 60_000 })
    },
    audit: async (what) => {
      await page.waitForTimeout(fade)
      await auditNow(`${what}, light`)
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.waitForTimeout(fade)
      await auditNow(`${what}, dark`)
      await page.emulateMedia({ colorScheme: 'light' })
    },
    clean: () => {
      expect(said, 'errors and warnings in the console').toEqual([])
      expect([...violations.values()], 'accessibility').toEqual([])
    },
    watch: (name) => {
      const folder = process.env['SEEKLINE_PICTURES']
      if (folder !== undefined) onTestFailed(async () => void (await page.screenshot({ path: path.join(folder, `${name}.png`) }))) // prettier-ignore
    },
    longTasks: async () => page.evaluate(() => globalThis.window.seeklineTasks ?? []),
    close: async () => {
      await browser.close()
      await server.close()
      await app.close()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Runs in the page, before anything of the page. A CSP violation is an error in the console as well. */
function watch(): void {
  const tasks: LongTask[] = []
  globalThis.window.seeklineTasks = tasks
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) tasks.push({ start: entry.startTime, ms: entry.duration })
  }).observe({ type: 'longtask', buffered: true })
}
