import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'
import { aptInstall } from '../../scripts/lib/apt.ts'
import { answers, run } from '../../scripts/lib/run-program.ts'
import { SetupError } from '../../scripts/lib/setup-error.ts'

export interface RunningChromium {
  context: BrowserContext
  close(): Promise<void>
}

/** Real Chromium without a display, with a fresh profile folder. */
export async function startChromium(options: { width?: number; height?: number } = {}): Promise<RunningChromium> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-chromium-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: await chromiumPath(),
    headless: true,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    timeout: 60_000,
    args: [
      // In containers, where tests often run as root, Chromium has no sandbox; the page is our own.
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      await fs.rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

let found: Promise<string> | undefined

/** Chromium's pages without the browser around them, which takes more than two seconds of processor time at each start. */
const headlessShell = 'chromium-headless-shell'

/** `CHROME_PATH`, the system's Chromium or Chrome, or Debian's, which is installed if that is allowed. */
export async function chromiumPath(): Promise<string> {
  found ??= find()
  return found
}

async function find(): Promise<string> {
  const named = process.env.CHROME_PATH
  if (named) {
    if (await answers(named)) return named
    throw new SetupError(`CHROME_PATH names ${named}, which does not start.`)
  }
  const installed = await firstInstalled()
  if (installed) return installed
  for (const name of [headlessShell, 'chromium']) {
    const now = (await aptInstall(name)) ? await firstInstalled() : undefined
    if (now) return now
  }
  throw new SetupError('No Chromium was found: install Chromium or Chrome, or set CHROME_PATH to its program.')
}

async function firstInstalled(): Promise<string | undefined> {
  if (process.platform === 'win32') {
    // Chrome for Windows does not answer --version; it is enough that its file exists.
    const places = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    for (const place of places) {
      const file = path.join(place ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe')
      if (await fs.access(file).then(() => true, () => false)) return file // oxfmt-ignore
    }
    return undefined
  }
  const mac = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]
  const linux = [headlessShell, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  for (const name of process.platform === 'darwin' ? mac : linux) {
    if (!(await answers(name))) continue
    if (path.isAbsolute(name)) return name
    // Playwright needs the path of a file, not a name on the PATH.
    const where = await run('sh', ['-c', `command -v ${name}`])
    return where.stdout.trim()
  }
  return undefined
}
