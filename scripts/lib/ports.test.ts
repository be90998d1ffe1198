import { execFileSync } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { freePorts, portNotes, reserve } from './ports.ts'

const noteOf = (port: number): string => path.join(portNotes(), String(port))

test('no port is given twice while nobody listens on it yet', async () => {
  const all = (await Promise.all([freePorts(100), freePorts(100), freePorts(100)])).flat()
  expect(new Set(all).size).toBe(300)
})

test('what a process that ended had is given to one of all that ask at once', async () => {
  const ended = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
  for (const port of await freePorts(50)) {
    await fs.writeFile(noteOf(port), ended)
    // Each starts a step later than the one before, so that some arrive while others have read the note and not yet written theirs.
    const asks = Array.from({ length: 20 }, async (_, later) => {
      for (let n = 0; n < later; n += 1) await fs.access(os.tmpdir())
      return await reserve(port)
    })
    const given = await Promise.all(asks)
    expect(given.filter(Boolean)).toHaveLength(1)
  }
})

test('what a process that ended had is given again, and to one alone', async () => {
  const ended = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
  const [port] = await freePorts(1)
  expect(await reserve(port!)).toBe(false)
  await fs.writeFile(noteOf(port!), ended)
  expect(await reserve(port!)).toBe(true)
  expect(await reserve(port!)).toBe(false)
})
