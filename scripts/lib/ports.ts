import fs from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { hasEnded } from '../../electron/storage/lock.ts'

/** Where reservations are. Other users cannot write there, and have their own. */
export const portNotes = (): string => path.join(os.tmpdir(), `seekline-ports-${process.getuid?.() ?? 0}`)

/**
 * Free ports below the range from which systems take ports for outgoing connections: a broker that is killed and
 * started again must find its port still free. They are reserved for this process until it ends: a broker takes seconds before it
 * listens, and until then another test run would find its ports free as well.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; found.size < count; attempt++) {
    if (attempt > 500) throw new Error('No free ports were found between 20000 and 32000.')
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (!found.has(port) && (await isFree(port, host)) && (await reserve(port))) found.add(port)
  }
  return [...found]
}

/**
 * Reserves by a file with this process's id; the file of a process that has ended does not count.
 * @internal Outside its file only tests use it.
 */
export async function reserve(port: number): Promise<boolean> {
  const folder = portNotes()
  await fs.mkdir(folder, { recursive: true })
  const file = path.join(folder, String(port))
  try {
    await fs.writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const owner = await ownerOf(file)
    // It was half written a moment ago, or its owner lives.
    return owner !== 0 && hasEnded(owner) && (await takeOver(file, owner))
  }
}

/** Only one of all processes that saw the same owner end takes over: removing its file could remove the next owner's. */
async function takeOver(file: string, owner: number): Promise<boolean> {
  const taking = `${file}.taking`
  try {
    await fs.writeFile(taking, '', { flag: 'wx' })
  } catch {
    return false
  }
  try {
    if ((await ownerOf(file)) !== owner) return false
    await fs.writeFile(file, String(process.pid))
    return true
  } finally {
    await fs.rm(taking, { force: true })
  }
}

async function ownerOf(file: string): Promise<number> {
  return Number(await fs.readFile(file, 'utf8').catch(() => ''))
}

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
