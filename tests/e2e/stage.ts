import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import axe from 'axe-core'
import type { ConsoleMessage, Locator, Page } from 'playwright-core'
import { beforeEach, expect } from 'vitest'
import { fromErrorValue, SeeklineError, type ErrorValue } from '#shared/errors.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import { createApp } from '../../electron/app-services.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'
import type { Router } from '../../electron/rpc/router.ts'
import { startServer } from '../../electron/server.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import { startChromium } from '../support/chromium.ts'
import { HANG_MS } from '../support/wait-for.ts'
import { answeringLate } from '../support/late-answers.ts'

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
  /** Audits what is shown, or one part of it; and where pictures are wanted, takes them in both themes and sizes. */
  shown(name: string, part?: Locator): Promise<void>
  /**
   * What some routes do from now on instead of answering: nothing at all, or this error. For states in which no broker
   * stays for as long as they are looked at.
   */
  hinder(instead: (route: string) => Hindrance): void
  /** Fails on whatever a page must never do: errors in the console, CSP violations, accessibility violations. */
  clean(): void
  /** What the page shows, in words: enough to understand a failure from a log alone. */
  told(): Promise<string>
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export type Hindrance = 'hold' | ErrorValue | undefined

declare global {
  interface Window {
    axe: typeof axe
    /** Set by hostile records, if they could. */
    hacked?: unknown
  }
}

/** Colours may fade over and panes slide in; what is looked at stands still first. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const drawn = () => new Promise((next) => requestAnimationFrame(next))
    await drawn()
    await drawn()
    const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(moving.map(({ finished }) => finished))
  })
}

/** The last is the one that the stories go on in. */
const sizes = [
  [1920, 1080],
  [1280, 800],
] as const

/** Lines of the page that a failure prints. */
const most = 250
const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What alone can differ from one theme to the other. */
const ofTheme = { type: 'rule' as const, values: ['color-contrast', 'link-in-text-block'] }

export async function startStage(options: { width?: number; height?: number } = {}): Promise<Stage> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'seekline-e2e-'))
  const app = await createApp({ dataDir, checkOutput: true })
  const builtPage = process.env['SEEKLINE_PAGE']
  const seed = Number(process.env['SEEKLINE_LATE'])
  const hindered = hinderable(seed > 0 ? answeringLate(app.router, seed) : app.router)
  const server = await startServer({ router: hindered.router, ...(builtPage === undefined ? {} : { root: builtPage }) })
  const browser = await startChromium({ width: options.width ?? 1280, height: options.height ?? 800 })
  const { context } = browser
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  // Init scripts stand outside the page's CSP, which lets nothing else in.
  await context.addInitScript({ content: axe.source })
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(2 * HANG_MS)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  const said: string[] = []
  const violations = new Map<string, string>()
  page.on('console', (message: ConsoleMessage) => {
    if (['error', 'warning'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => said.push(`uncaught: ${error.stack ?? error.message}`))
  const client = createClient<SeeklineContract>(inProcess(app.router))

  const auditNow = async (what: string, part: Locator, rules: axe.RunOnly | string[]) => {
    const results = await part.evaluate(
      async (element, runOnly) => window.axe.run(element, { runOnly, resultTypes: ['violations'], preload: false }),
      rules,
    )
    for (const { id, help, nodes } of results.violations) {
      for (const node of nodes) {
        const at = node.target.join(' ')
        violations.set(`${id} ${at}`, `${what}: ${id} (${help}) at ${at}: ${node.html.slice(0, 160)} – ${node.failureSummary?.replaceAll(/\s+/g, ' ')}`) // oxfmt-ignore
      }
    }
  }

  const audit = async (what: string, part = page.locator('html')) => {
    await still(page)
    await auditNow(`${what}, light`, part, everything)
    await page.emulateMedia({ colorScheme: 'dark' })
    await still(page)
    await auditNow(`${what}, dark`, part, ofTheme)
    await page.emulateMedia({ colorScheme: 'light' })
  }
  const picture = async (name: string) => {
    const folder = process.env['SEEKLINE_PICTURES']
    if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) })
  }

  return {
    page,
    client,
    hinder: hindered.hinder,
    profile: async (name, bootstrap, part = {}) => {
      const profile = newProfile(name.toLowerCase().replaceAll(/\W+/g, '-'), { name, brokers: bootstrap.split(','), ...part }) // oxfmt-ignore
      await client.call('profiles.save', { profile })
    },
    open: async () => {
      await page.goto('about:blank')
      await page.goto(server.url)
      await page.getByRole('heading', { name: 'Seekline' }).waitFor({ timeout: 60_000 })
    },
    audit: (what) => audit(what),
    shown: async (name, part) => {
      await audit(name, part)
      if (process.env['SEEKLINE_PICTURES'] === undefined) return
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height })
        for (const colorScheme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme })
          await still(page)
          await picture(`${name}-${width}-${colorScheme}`)
        }
      }
      await page.emulateMedia({ contrast: 'more' })
      await still(page)
      await picture(`${name}-contrast`)
      await page.emulateMedia({ contrast: null })
    },
    clean: () => {
      expect(said, 'errors and warnings in the console').toEqual([])
      expect([...violations.values()], 'accessibility').toEqual([])
    },
    told: async () => {
      const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))
      const tree = await page.locator('body').ariaSnapshot({ timeout: 5_000 })
      const lines = tree.split('\n')
      const rest = lines.length > most ? [`… and ${lines.length - most} lines more`] : []
      return [`focus: ${focus}`, ...said.slice(-10), ...lines.slice(0, most), ...rest].join('\n')
    },
    picture,
    close: async () => {
      await browser.close()
      await server.close()
      await app.close()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The page's way to the app, on which single routes can be held up; tests' own client has another. */
function hinderable(router: Router): { router: Router; hinder: Stage['hinder'] } {
  let hindranceOf: (route: string) => Hindrance = () => undefined
  /** Resolves once the way is free, and fails as the route is to fail. */
  const pass = async (route: unknown, signal: AbortSignal): Promise<void> => {
    const hindrance = hindranceOf(String(route))
    if (hindrance === undefined) return
    if (hindrance !== 'hold') throw fromErrorValue(hindrance)
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new SeeklineError('call.cancelled', 'Cancelled.')), { once: true })
    })
  }
  return {
    hinder: (next) => (hindranceOf = next),
    router: {
      ...router,
      call: async (route, input, options) => {
        try {
          await pass(route, options.signal)
        } catch (error) {
          return { ok: false, error: router.errorValue(error) }
        }
        return await router.call(route, input, options)
      },
      stream: async (route, input, sink, options) => {
        await pass(route, options.signal)
        return await router.stream(route, input, sink, options)
      },
    },
  }
}

/**
 * Each test of a story goes on where the one before ended: once one has failed the others could only wait for what
 * will not come, so they fail at once and name it. A failure tells what was on the page.
 */
export function tellFailures(stageNow: () => Stage | undefined): void {
  let broken: string | undefined
  beforeEach(({ task, onTestFailed }) => {
    if (broken !== undefined) throw new Error(`Not tried: the story broke off at “${broken}”.`)
    onTestFailed(async () => {
      broken = task.name
      const stage = stageNow()
      console.error(`“${task.name}” failed; the page then:\n${await stage?.told().catch(String)}`)
      await stage?.picture(task.name.slice(0, 40)).catch(() => undefined)
    })
  })
}
