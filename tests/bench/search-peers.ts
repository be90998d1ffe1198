import { spawn } from 'node:child_process'

export interface Measured {
  ms: number
  /** Of processor time, of all its processes and threads; null: it is not known. */
  cpuMs: number | null
  /** What was found; null: a peer that counts nothing. */
  count: number | null
}

/** A pipe of a shell whose last word is a count, as one types it to look through a topic. */
export async function shellCount(command: string): Promise<Measured> {
  const start = performance.now()
  const printed = await new Promise<string>((resolve, reject) => {
    // `times` tells in its second line what the children of the shell took.
    const child = spawn('sh', ['-c', `${command}; times`], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 900_000 })
    let text = ''
    child.stdout.on('data', (more: Buffer) => (text += more.toString()))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`))))
  })
  const ms = performance.now() - start
  const [count, , children] = printed.trim().split('\n')
  const cpuMs = [...children!.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0) // oxfmt-ignore
  if (!/^\d+$/.test(count!)) throw new Error(`${command} printed no count`)
  return { ms, cpuMs, count: Number(count) }
}

/** What this process does, its threads included. */
export async function measured(run: () => Promise<number | null>): Promise<Measured> {
  const start = performance.now()
  const before = process.cpuUsage()
  const count = await run()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - start, cpuMs: (user + system) / 1_000, count }
}
