import fs from 'node:fs/promises'
import path from 'node:path'
import { repoRoot } from './paths.ts'
import { run } from './run-program.ts'

/** As {@link findElectron}; also undefined if there is no display to open a window on. */
export async function electronBinary(): Promise<string | undefined> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined
  return findElectron()
}

/**
 * The Electron to run: `ELECTRON_BINARY`, otherwise that of the npm package, whose binary is downloaded on first use;
 * undefined if it cannot be downloaded.
 */
export async function findElectron(): Promise<string | undefined> {
  if (process.env.ELECTRON_BINARY) return process.env.ELECTRON_BINARY
  const found = await installed()
  if (found) return found
  await run(process.execPath, [path.join(packageFolder, 'install.js')], { timeoutMs: 120_000 }).catch(() => undefined)
  return installed()
}

const packageFolder = path.join(repoRoot, 'node_modules', 'electron')

async function installed(): Promise<string | undefined> {
  const name = await fs.readFile(path.join(packageFolder, 'path.txt'), 'utf8').catch(() => '')
  if (!name) return undefined
  const file = path.join(packageFolder, 'dist', name)
  return fs.access(file).then(
    () => file,
    () => undefined,
  )
}
