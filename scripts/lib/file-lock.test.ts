import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { settled } from '../../tests/support/waiting.ts'
import { withFileLock } from './file-lock.ts'

async function lockFile(): Promise<string> {
  return path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-lock-')), 'a.lock')
}

it('lets one in at a time', async () => {
  const file = await lockFile()
  let inside = 0
  let most = 0
  const work = () =>
    withFileLock(file, async () => {
      inside += 1
      most = Math.max(most, inside)
      await settled(20)
      inside -= 1
    })
  await Promise.all([work(), work(), work()])
  expect(most).toBe(1)
})

it('takes over from a process that is gone', async () => {
  const file = await lockFile()
  await fs.writeFile(file, String(2 ** 22 + 1))
  expect(await withFileLock(file, async () => 'in', 1_000)).toBe('in')
})

it('says what is the matter when it may not wait', async () => {
  const file = await lockFile()
  await fs.writeFile(file, String(process.ppid))
  await expect(withFileLock(file, async () => 'in', 0, 'Busy.')).rejects.toThrow('Busy.')
})
