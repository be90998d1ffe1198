import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import type { Page } from 'playwright-core'
import { WebSocketServer } from 'ws'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startChromium, type RunningChromium } from '../support/chromium.ts'
import { steps } from './steps.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// A server that is killed, and a program that takes its port while the page is still open in a real browser.

const password = 'typed-before-and-after-7c1e'
let home: string
let server: ChildProcess
let port: number
let browser: RunningChromium
let page: Page
let see: ReturnType<typeof steps>

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-stranger-'))
  const at = (file: string): string => JSON.stringify(path.join(import.meta.dirname, '../../electron', file))
  const root = process.env['SEEKLINE_PAGE']
  const program = `
    import { createApp } from ${at('app-services.ts')}
    import { startServer } from ${at('server.ts')}
    const app = await createApp({ dataDir: ${JSON.stringify(home)} })
    const server = await startServer({ router: app.router${root === undefined ? '' : `, root: ${JSON.stringify(root)}`} })
    process.on('SIGTERM', () => server.close().then(() => process.exit(0)))
    console.log(server.url)`
  server = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string]
  port = Number(new URL(url).port)
  browser = await startChromium({ width: 1280, height: 800 })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  see = steps(page)
  await page.goto(url)
  await page.getByRole('heading', { name: 'Seekline' }).waitFor({ timeout: 60_000 })
  // Views are loaded one after the other, and none may be from the stranger: those that are opened there are here first.
  await until('the code of two views', async () => {
    const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    return ['replay-view', 'journal-view'].every((view) =>
      files.some((file) => file.includes(view) && file.endsWith('.js')),
    )
  })
  await see.openProfiles()
  await page.getByRole('radio', { name: 'PLAIN', exact: true }).click()
  await page.getByLabel('Password', { exact: true }).fill(password)
})
afterEach(async () => {
  await browser?.close()
  if (server.exitCode === null && server.signalCode === null) {
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }
  await rm(home, { recursive: true, force: true })
})

interface Program {
  asked: string[]
  heard: Buffer[]
  /** Takes sockets too from now on; before, each upgrade is left waiting. */
  takeSockets(): void
  close(): Promise<void>
}

/** Whatever it is asked for, it answers with a script that would take what it finds. */
async function strangerAt(at: number): Promise<Program> {
  const asked: string[] = []
  const heard: Buffer[] = []
  const waiting: Duplex[] = []
  let takes = false
  const http: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const isScript = request.url?.endsWith('.js') === true
    const isStyle = request.url?.endsWith('.css') === true
    response.setHeader('content-type', isScript ? 'text/javascript' : isStyle ? 'text/css' : 'text/html')
    response.end(isScript ? 'globalThis.hacked = true; export {}' : '<script>globalThis.hacked = true</script>')
  })
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      heard.push(data)
      socket.send(Buffer.alloc(64, 1))
    }),
  )
  http.on('upgrade', (request, stream: Duplex, head) => {
    if (!takes) return void waiting.push(stream)
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket))
  })
  http.listen(at, '127.0.0.1')
  await once(http, 'listening')
  return {
    asked,
    heard,
    takeSockets: () => {
      takes = true
      for (const stream of waiting) stream.destroy()
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

async function gone(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exited = once(server, 'exit')
  server.kill(signal)
  await exited
}

test('a page whose server was killed takes no code from who has its port, sends it nothing, and says so', async () => {
  await gone('SIGKILL')
  const program = await strangerAt(port)
  try {
    await page.getByText('Seekline does not answer').waitFor()
    // Views that were never opened before.
    for (const view of ['Replay', 'Journal of changes']) await see.command(view)
    await page.getByRole('tab', { name: 'Journal' }).waitFor()
    expect(program.asked.filter((url) => url !== '/favicon.ico')).toEqual([])
    program.takeSockets()
    await page.getByRole('alert').getByText('is not the Seekline that this page came from').waitFor()
    expect(await page.evaluate(() => globalThis.window.hacked)).toBeUndefined()
    expect(program.heard.map((data) => data.length)).toEqual([49])
    const folder = process.env['SEEKLINE_PICTURES']
    if (folder !== undefined) {
      for (const [width, height] of [
        [1280, 800],
        [1920, 1080],
      ] as const) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height })
          await page.emulateMedia({ colorScheme })
          await page.screenshot({ path: path.join(folder, `stranger-${width}-${colorScheme}.png`) })
        }
      }
    }
    // Reloaded after all, the stranger's own page finds nothing to take.
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]),
    )
    expect(kept).toBe('[[],[]]')
    expect(await page.content()).not.toContain(password)
  } finally {
    await program.close()
  }
})

test('a page whose server ends is told, and asks nobody again', async () => {
  await gone('SIGTERM')
  await page.getByText('Seekline has ended.').waitFor()
  const program = await strangerAt(port)
  try {
    program.takeSockets()
    // Longer than until a first attempt would have come.
    const other = await browser.context.newPage()
    await other.goto(`http://127.0.0.1:${port}/other`)
    expect(program.heard).toEqual([])
    expect(program.asked.filter((url) => url !== '/favicon.ico')).toEqual(['/other'])
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
  } finally {
    await program.close()
  }
})

test('a page comes back after a reload with a key of its own', async () => {
  await page.reload()
  await page.getByRole('heading', { name: 'Seekline' }).waitFor()
  await page.getByRole('tab', { name: 'Profiles' }).waitFor()
  await untilHolds('it is connected again', async () =>
    expect(await page.getByText('Connecting to Seekline').count()).toBe(0),
  )
  expect(new URL(page.url()).hash).toBe('')
})
