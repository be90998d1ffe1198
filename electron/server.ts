import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SeeklineError } from '#shared/errors.ts'
import { createApp } from './app-services.ts'
import { openBrowser } from './open-browser.ts'
import { startLoopback } from './rpc/loopback.ts'
import type { Loopback } from './rpc/loopback.ts'
import type { Router } from './rpc/router.ts'
import { dataFolder } from './storage/data-dir.ts'
import { createLog } from './storage/log.ts'

export interface SeeklineServer extends Loopback {
  /** false: no browser could be started. */
  openInBrowser(): Promise<boolean>
}

export interface ServerOptions {
  router: Router
  /** 0 picks a free port. */
  port?: number
  /** The built renderer; `out/renderer` when left out. */
  root?: string
}

/** The page for a browser of this machine; the router's owner keeps and closes it. */
export async function startServer(options: ServerOptions): Promise<SeeklineServer> {
  const root = options.root ?? builtRenderer
  if (!existsSync(path.join(root, 'index.html'))) {
    throw new SeeklineError('internal', `The page is not built: ${root} has no index.html.`, { hint: 'npm run build' })
  }
  const loopback = await startLoopback({ router: options.router, root, port: options.port ?? 0 })
  const clean: (() => Promise<void>)[] = []
  return {
    ...loopback,
    openInBrowser: async () => {
      const browser = await openBrowser(loopback.url)
      clean.push(browser.clean)
      return browser.opened
    },
    close: async () => {
      await Promise.allSettled(clean.map((remove) => remove()))
      await loopback.close()
    },
  }
}

const builtRenderer = fileURLToPath(new URL('../out/renderer', import.meta.url))

if (import.meta.main) {
  try {
    await serve()
  } catch (error) {
    const hint = error instanceof SeeklineError && error.hint !== undefined ? ` (${error.hint})` : ''
    console.error(`${error instanceof Error ? error.message : String(error)}${hint}`)
    process.exitCode = 1
  }
}

async function serve(): Promise<void> {
  const { values } = parseArgs({ options: { 'no-open': { type: 'boolean' }, port: { type: 'string' } } })
  const port = Number(values.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is no port.`)
  await buildIfMissing()
  const log = createLog({ folder: path.join(dataFolder(), 'logs'), name: 'server', secrets: () => app.seenSecrets() })
  const app = await createApp({ textLog: log })
  const server = await startServer({ router: app.router, port })
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1)
      ending = true
      void Promise.allSettled([server.close(), app.close(), log.flush()]).then(() => process.exit(0))
    })
  }
  console.log(`Seekline is at ${server.url}\nThe address is as good as a password. Ctrl-C ends it.`)
  if (values['no-open'] !== true && !(await server.openInBrowser())) {
    console.log('No browser could be started: open the address by hand.')
  }
}

/** In a checkout the page is built on the first start; where there is no build script, startServer says what is missing. */
async function buildIfMissing(): Promise<void> {
  const script = fileURLToPath(new URL('../scripts/build.ts', import.meta.url))
  if (existsSync(path.join(builtRenderer, 'index.html')) || !existsSync(script)) return
  console.log('Building the page, once …')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('The page could not be built; npm run build says why.')
}
