import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { every, settled } from '../../tests/support/wait-for.ts'
import { z } from 'zod'
import { jsonFile } from './json-file.ts'
import { withLock } from './lock.ts'

const child = fileURLToPath(new URL('./test-child.ts', import.meta.url))
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('lock', () => {
  it('loses nothing when processes write at once', async () => {
    const path = join(folder, 'list.json')
    const run = () => promisify(execFile)(process.execPath, [child, 'count', path, '50'], { timeout: 100_000 })
    await Promise.all([run(), run(), run()])
    const list = await jsonFile({ path, kind: 'test', version: 1, schema: z.array(z.string()), backup: true }).read()
    expect(list).toHaveLength(150)
    expect(new Set(list).size).toBe(150)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('takes over at once from a process that was killed', async () => {
    const path = join(folder, 'lock')
    const holder = spawn(process.execPath, [child, 'hold', path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    const waiting = withLock(path, () => Promise.resolve('mine'), { timeoutMs: 200 })
    await expect(waiting).rejects.toMatchObject({ code: 'storage.failed', retryable: true })
    const gone = new Promise((resolve) => holder.once('exit', resolve))
    holder.kill('SIGKILL')
    await gone
    expect(existsSync(path)).toBe(true)
    // Far sooner than by the age of its last sign, which is taken for a holder elsewhere.
    expect(await withLock(path, () => Promise.resolve('mine'), { timeoutMs: 60_000, staleMs: 3_600_000 })).toBe('mine')
  })

  it('takes over from a living process id that gives no sign, but not from one that does', async () => {
    const path = join(folder, 'lock')
    await writeFile(path, `${process.pid}@${hostname()}#other`)
    expect(await withLock(path, () => Promise.resolve('mine'), { timeoutMs: 2_000, staleMs: 200 })).toBe('mine')

    await writeFile(path, `1@another-host#other`)
    let written = Promise.resolve()
    const beat = every(50, () => {
      written = writeFile(path, `1@another-host#other`).catch(() => undefined)
    })
    const waiting = withLock(path, () => Promise.resolve('mine'), { timeoutMs: 2_500, staleMs: 2_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'storage.failed' })
    beat.stop()
    await written
  })

  it('lets many waiters take over a dead lock one at a time', async () => {
    const path = join(folder, 'lock')
    await writeFile(path, `999999999@${hostname()}#dead`)
    let inside = 0
    let most = 0
    // Distinct spellings of one path have queues of their own, so these do meet at the file.
    const spellings = [path, `${folder}/./lock`, `${folder}/.//lock`, `${folder}/././lock`]
    await Promise.all(
      spellings.map((spelling) =>
        withLock(spelling, async () => {
          inside += 1
          most = Math.max(most, inside)
          await settled(20)
          inside -= 1
        }),
      ),
    )
    expect(most).toBe(1)
  })

  it('notices that the lock was taken away before anything is written', async () => {
    const path = join(folder, 'lock')
    const work = withLock(path, async (lock) => {
      await lock.assertHeld()
      await writeFile(path, `1@another-host#thief`)
      await lock.assertHeld()
    })
    await expect(work).rejects.toMatchObject({ code: 'storage.failed' })
    expect(existsSync(path)).toBe(true)
  })

  it('goes on after a failure inside', async () => {
    const path = join(folder, 'lock')
    await expect(withLock(path, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside')
    expect(await withLock(path, () => Promise.resolve(1))).toBe(1)
  })
})
