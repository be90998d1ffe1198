import fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupError } from './setup-error.ts'

/**
 * Runs `work` while holding `file`: two test runs, or a test run and a demo, share one cache folder. The lock holds
 * the owner's pid, so that one left behind by a killed process does not block for ever.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  limitMs = 300_000,
  busy?: string,
): Promise<T> {
  await fs.mkdir(path.dirname(file), { recursive: true })
  const deadline = Date.now() + limitMs
  while (!(await tryAcquire(file))) {
    if (Date.now() >= deadline && busy) throw new SetupError(busy)
    if (Date.now() >= deadline)
      throw new Error(`${file} has been held for ${limitMs / 1000} s; delete it if nothing runs.`)
    await sleep(150)
  }
  try {
    return await work()
  } finally {
    await fs.rm(file, { force: true })
  }
}

async function tryAcquire(file: string): Promise<boolean> {
  try {
    await fs.writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const owner = Number(await fs.readFile(file, 'utf8').catch(() => ''))
  if (owner > 0 && owner !== process.pid && !isAlive(owner)) {
    await fs.rm(file, { force: true })
    return tryAcquire(file)
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
