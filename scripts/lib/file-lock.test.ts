import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { withFileLock } from './file-lock.ts'

async function lockFile(): Promise<string> {
  return path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-lock-')), 'a.lock')
}

it('takes over from a process that is gone', async () => {
  const file = await lockFile()
  await fs.writeFile(file, `${2 ** 22 + 1}@${os.hostname()}#gone`)
  expect(await withFileLock(file, async () => 'in', 1_000)).toBe('in')
})

it('says what is the matter when it may not wait, and lets errors of the work alone', async () => {
  const file = await lockFile()
  await fs.writeFile(file, `${process.ppid}@${os.hostname()}#here`)
  await expect(withFileLock(file, async () => 'in', 0, 'Busy.')).rejects.toThrow('Busy.')
  await fs.rm(file)
  await expect(withFileLock(file, () => Promise.reject(new Error('broke')), 0, 'Busy.')).rejects.toThrow('broke')
})
