import fs from 'node:fs/promises'
import path from 'node:path'
import { buildIfStale } from '../lib/build-app.ts'
import { packApp } from '../lib/packager.ts'
import { repoRoot } from '../lib/paths.ts'
import type { ShellElectron } from './electron.ts'
import { buildVariant } from './variant/build.ts'

/** One way to start the app. */
export interface ShellTarget {
  name: TargetName
  command: string
  /** Before any argument of the app's own. */
  args: string[]
  isOld: boolean
}

export type TargetName = 'unpackaged' | 'packed'

/** The folder of everything that the shell's tests make; `dist` is ignored by git. */
export const shellFolder = (...parts: string[]): string => path.join(repoRoot, 'dist', 'shell', ...parts)

/** Builds the app for this Electron, and packs it. */
export async function makeTargets(electron: ShellElectron, wanted: readonly TargetName[]): Promise<ShellTarget[]> {
  const { isOld } = electron
  const app = isOld ? shellFolder('app') : repoRoot
  if (isOld) await buildVariant(app)
  else await buildIfStale(console.log)
  const targets: ShellTarget[] = []
  if (wanted.includes('unpackaged')) targets.push({ name: 'unpackaged', command: electron.binary, args: [app], isOld })
  if (wanted.includes('packed')) targets.push({ name: 'packed', command: await pack(electron, app), args: [], isOld })
  return targets
}

/** As `npm run pack`, with the given Electron; the tests inspect the main process, which a fuse prevents otherwise. */
async function pack(electron: ShellElectron, appFolder: string): Promise<string> {
  const output = shellFolder('packed')
  await fs.rm(output, { recursive: true, force: true })
  await packApp({ targets: 'folder', electronDist: electron.folder, appFolder, output, isInspectable: true })
  const [folder = ''] = await fs.readdir(output).then((names) => names.filter((name) => /unpacked|^mac/.test(name)))
  const programs = { linux: 'seekline', win32: 'Seekline.exe', darwin: 'Seekline.app/Contents/MacOS/Seekline' }
  return path.join(output, folder, programs[process.platform as keyof typeof programs])
}
