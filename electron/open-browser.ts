import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** How long the redirect file exists: longer than a browser takes to start, then the token is removed from the disk. */
const keepMs = 60_000

export interface OpenedBrowser {
  /** false: no browser could be started; print the address instead. */
  opened: boolean
  /** Removes the redirect file early. */
  clean(): Promise<void>
}

/**
 * Opens the address in the default browser through a file that only this user can read. A command line is visible to every user
 * of the machine, and the address contains the token.
 */
export async function openBrowser(url: string): Promise<OpenedBrowser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'seekline-'))
  const file = path.join(folder, 'open.html')
  await writeFile(file, redirectPage(url), { mode: 0o600, flag: 'wx' })
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true })
  setTimeout(() => void clean().catch(() => undefined), keepMs).unref()
  const opened = await start(file)
  if (!opened) await clean()
  return { opened, clean }
}

/** Exported for its test. */
export function redirectPage(url: string): string {
  const safe = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Seekline</title>
<meta http-equiv="refresh" content="0;url=${safe}"><a href="${safe}">Open Seekline</a>
`
}

function start(file: string): Promise<boolean> {
  const [command, args] = opener(file)
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    // xdg-open exits with an error if it finds no browser; if it is still running, it has found one.
    const timer = setTimeout(() => resolve(true), 3_000)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    })
    child.unref()
  })
}

function opener(file: string): [string, string[]] {
  const address = pathToFileURL(file).href
  if (process.platform === 'darwin') return ['open', [address]]
  // `start` is part of cmd and needs special quoting; this takes the address as it is.
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', address]]
  return ['xdg-open', [address]]
}
