import { spawn } from 'node:child_process'

export interface Measured {
  ms: number
  /** Milliseconds of processor time of all its processes and threads; null: not known. */
  cpuMs: number | null
  /** The number of matches; null: the peer does not count. */
  count: number | null
}

/** A pipe of shell commands that prints a count, as one types it to search a topic. */
export async function shellCount(command: string): Promise<Measured> {
  const start = performance.now()
  const printed = await new Promise<string>((resolve, reject) => {
    // The second line of `times` has the processor time of the shell's children.
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

/** Work of this process, including its threads. */
export async function measured(run: () => Promise<number | null>): Promise<Measured> {
  const start = performance.now()
  const before = process.cpuUsage()
  const count = await run()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - start, cpuMs: (user + system) / 1_000, count }
}
