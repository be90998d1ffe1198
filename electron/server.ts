import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SeeklineError } from '#shared/errors.ts'
import { createApp } from './app-services.ts'
import { openBrowser } from './open-browser.ts'
import { startLoopback } from './rpc/loopback-server.ts'
import type { Loopback } from './rpc/loopback-server.ts'
import type { Router } from './rpc/router.ts'
import { dataFolder } from './storage/data-folder.ts'
import { createLog } from './storage/log.ts'

export interface SeeklineServer extends Loopback {
  /** false: no browser could be started. */
  openInBrowser(): Promise<boolean>
}

export interface ServerOptions {
  router: Router
  /** 0 picks a free port. */
  port?: number
  /** The folder of the built renderer; left out: `out/renderer`. */
  root?: string
}

/** The page for a browser on this machine; the router's owner keeps and closes it. */
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

function readArgs() {
  try {
    return parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, 'no-open': { type: 'boolean' }, port: { type: 'string' } },
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${usage()}`, { cause: error })
  }
}

function usage(): string {
  return `npm run serve -- [--port N] [--no-open]

Serves the app to a browser of this computer and opens it. The address it prints is as good as a password.

--port N   listens there instead of on a free port
--no-open  prints the address and opens nothing
SEEKLINE_HOME names the folder for profiles, settings and logs.`
}

async function serve(): Promise<void> {
  const { values } = readArgs()
  if (values.help === true) return console.log(usage())
  const port = /^\d{1,5}$/.test(values.port ?? '0') ? Number(values.port ?? 0) : 65_536
  if (port > 65_535)
    throw new Error(`--port ${values.port} is no port: give a number up to 65535, or 0 for a free one.`)
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

/** In a checkout the page is built on the first start; without a build script, startServer reports what is missing. */
async function buildIfMissing(): Promise<void> {
  const script = fileURLToPath(new URL('../scripts/build.ts', import.meta.url))
  if (existsSync(path.join(builtRenderer, 'index.html')) || !existsSync(script)) return
  console.log('Building the page, once …')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('The page could not be built; npm run build says why.')
}
