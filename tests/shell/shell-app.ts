import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import CDP from 'chrome-remote-interface'
import { inject } from 'vitest'
import { startChild, type Child } from '../../scripts/lib/child-processes.ts'
import { run } from '../../scripts/lib/run-program.ts'
import { shellFolder, type ShellTarget } from '../../scripts/shell/targets.ts'
import { drivePage, type ShellPage } from './page.ts'
import { inTime, until } from '../support/wait-for.ts'

/** The running app: its window's page, its main process under the inspector, and its output. */
export interface ShellApp {
  child: Child
  home: string
  page: ShellPage
  /** An expression in the main process; `require` is there. Its value must survive JSON. */
  inMain<T>(expression: string): Promise<T>
  /** In the main process' main thread. */
  collectGarbage(): Promise<void>
  /** Attaches to the window's page again, for example after a crash. */
  attach(): Promise<ShellPage>
  /** The page of a window that was opened since; the one before stays attached. */
  nextPage(): Promise<ShellPage>
  /** Chosen in the native menu, by its words. */
  chooseInMenu(title: string): Promise<void>
  /** Everything it wrote on its output. */
  log(): Promise<string>
  /** Starts the app a second time on the same data folder; resolves when that process has ended. */
  startAgain(...args: string[]): Promise<{ code: number | null }>
  /** Its processes: the main one and every descendant. */
  processes(): Promise<ShellProcess[]>
  /** Quits as the menu does and waits for the end. */
  quit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Waits for the app while it is ending. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  close(): Promise<void>
}

export interface ShellProcess {
  pid: number
  /** browser, renderer, gpu-process, utility or zygote. */
  type: string
  rssMb: number
}

/** Starts the app with a data folder of its own (or the given one) and waits for its window. */
export async function startShell(
  target: ShellTarget,
  options: { home?: string; args?: string[] } = {},
): Promise<ShellApp> {
  const home = options.home ?? (await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-shell-')))
  const logFile = path.join(home, 'output.log')
  // The output of an earlier start in the same folder names ports that are no longer in use.
  await fs.rm(logFile, { force: true })
  const { displays, helpers } = inject('shell')
  // Workers are counted from one.
  const display = displays[(Number(process.env['VITEST_POOL_ID']) - 1) % displays.length] ?? null
  // What Chromium leaves in the folder for such things is then ours to look at, and to remove.
  const temp = path.join(home, 'tmp')
  await fs.mkdir(temp, { recursive: true })
  const env = { SEEKLINE_HOME: home, TMPDIR: temp, TZ: 'UTC', LANG: 'C.UTF-8', ...(display === null ? {} : { DISPLAY: display }) } // oxfmt-ignore
  const flags = [
    '--remote-debugging-port=0',
    '--inspect=127.0.0.1:0',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    // Where root runs the tests (containers), and in the old wheel, Chromium has no sandbox to start.
    ...(target.isOld || process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
  const child = startChild(target.command, [...flags, ...target.args, ...(options.args ?? [])], { logFile, env })
  const log = () => fs.readFile(logFile, 'utf8').catch(() => '')
  const open: CDP.Client[] = []
  const said = async (pattern: RegExp): Promise<string> => {
    const look = async () => pattern.exec(await log())?.[1] ?? (child.running ? null : 'ended')
    const found = await until(`the app says ${pattern}`, look).catch(() => 'late')
    if (found === 'ended' || found === 'late') throw new Error(`The app did not start (${found}):\n${await log()}`)
    return found
  }
  const seen = new Set<string>()
  const attach = async (not?: ReadonlySet<string>): Promise<ShellPage> => {
    const port = Number(await said(/DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//))
    const url = await windowTarget(port, not)
    seen.add(url)
    const cdp = await CDP({ target: url, local: true })
    open.push(cdp)
    await Promise.all([cdp.Page.enable(), cdp.Runtime.enable()])
    await cdp.Page.addScriptToEvaluateOnNewDocument({ source: helpers })
    const page = drivePage(cdp, target.name)
    await waitForPage(cdp, page, helpers)
    return page
  }
  const inspector = async (): Promise<CDP.Client> => {
    const url = await said(/Debugger listening on (ws:\S+)/)
    const cdp = await CDP({ target: url, local: true })
    open.push(cdp)
    return cdp
  }
  const letGo = async (): Promise<void> => {
    for (const one of open.splice(0)) await one.close().catch(() => undefined)
  }
  const ended = async (): Promise<{ code: number | null; signal: NodeJS.Signals | null }> => {
    // A process under the inspector does not end before the inspector disconnects.
    await letGo()
    return inTime('the end of the app', child.exited)
  }
  const close = async (): Promise<void> => {
    await letGo()
    await child.stop(5_000)
    await keepLog(logFile, target)
    await fs.rm(home, { recursive: true, force: true, maxRetries: 5 })
  }

  try {
    const main = await inspector()
    let page = await attach()
    const inMain = async <T>(expression: string): Promise<T> => {
      const answer = await main.Runtime.evaluate({ expression, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true }) // oxfmt-ignore
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description)
      return answer.result.value as T
    }
    return {
      child,
      home,
      get page() {
        return page
      },
      inMain,
      collectGarbage: () => main.HeapProfiler.collectGarbage(),
      attach: async () => (page = await attach()),
      nextPage: () => attach(seen),
      chooseInMenu: (title) =>
        inMain(`(({ Menu }) => {
          const items = Menu.getApplicationMenu().items.flatMap(({ submenu }) => submenu.items)
          items.find(({ label }) => label === ${JSON.stringify(title)}).click()
        })(require('electron'))`),
      log,
      startAgain: async (...args) => {
        const second = startChild(target.command, [...flags.slice(2), ...target.args, ...args], { logFile: `${logFile}.2`, env }) // oxfmt-ignore
        try {
          const { code } = await inTime('the end of the second app', second.exited)
          return { code }
        } finally {
          await second.stop(0)
        }
      },
      processes: () => processesOf(child.pid),
      quit: async () => {
        // In a task of its own, and `require` is there only while the expression itself runs.
        await inMain(`(({ app }) => void setTimeout(() => app.quit(), 50))(require('electron'))`)
        return ended()
      },
      ended,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The app's output, beside the pictures: to find the cause of a failure. */
async function keepLog(logFile: string, { name }: ShellTarget): Promise<void> {
  const folder = shellFolder('logs')
  await fs.mkdir(folder, { recursive: true })
  await fs.copyFile(logFile, path.join(folder, `${name}-${path.basename(path.dirname(logFile))}.log`))
}

/** The address of our window's page; developer tools and workers are targets too. */
async function windowTarget(port: number, not: ReadonlySet<string> = new Set()): Promise<string> {
  return until('a window', async () => {
    const targets = await CDP.List({ host: '127.0.0.1', port })
    const page = targets.find(
      ({ type, url, webSocketDebuggerUrl }) =>
        type === 'page' && url.startsWith('app://') && !not.has(webSocketDebuggerUrl),
    )
    if (page === undefined) throw new Error(JSON.stringify(targets))
    return page.webSocketDebuggerUrl
  })
}

/** The page is drawn and has our helpers: a script for new documents comes too late for the one that is there. */
async function waitForPage(cdp: CDP.Client, page: ShellPage, helpers: string): Promise<void> {
  await until('the window is drawn', () => page.run(() => document.querySelector('#root > *') !== null))
  const { result } = await cdp.Runtime.evaluate({ expression: 'typeof seeklineTest' })
  if (result.value === 'undefined') await cdp.Runtime.evaluate({ expression: helpers })
}

/** By `ps`, which macOS has as well: the process and all below it. */
async function processesOf(root: number): Promise<ShellProcess[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='], { timeoutMs: 10_000 })
  const rows = stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, rss, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(ppid), rss: Number(rss), args }]
  })
  const found = new Set([root])
  for (let before = 0; before !== found.size;) {
    before = found.size
    for (const row of rows) if (found.has(row.parent)) found.add(row.pid)
  }
  return rows
    .filter(({ pid }) => found.has(pid))
    .map(({ pid, rss, args }) => ({ pid, rssMb: rss / 1024, type: /--type=([\w-]+)/.exec(args)?.[1] ?? 'browser' }))
}

/** Those that still run; one that ended and that nobody asked about yet (a zombie) does not. */
export async function alive(pids: number[]): Promise<string[]> {
  const { stdout } = await run('ps', ['-o', 'pid=,stat=,args=', '-p', pids.join()], { timeoutMs: 10_000 })
  return stdout.split('\n').filter((line) => /^\s*\d+\s+[^Z\s]/.test(line))
}
