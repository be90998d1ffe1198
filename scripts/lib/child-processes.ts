import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** A long-running program that ends with this process at the latest. */
export interface Child {
  readonly pid: number
  /** Resolves when it has ended, with the exit code or signal. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly running: boolean
  /** Asks it to end (SIGTERM) and kills it (SIGKILL) after the limit; 0 kills it at once. */
  stop(graceMs?: number): Promise<void>
}

let guardian: ChildProcess | undefined
const running = new Set<ChildProcess>()

/**
 * Starts a program with its output in `logFile` (without one: in our own output). It gets its own session, so that a Ctrl-C in the
 * terminal reaches only us, and we end our children in order.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: { logFile?: string; cwd?: string; env?: Record<string, string> },
): Child {
  const log = options.logFile === undefined ? 'inherit' : fs.openSync(options.logFile, 'a')
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
    detached: process.platform !== 'win32',
  })
  if (log !== 'inherit') fs.closeSync(log)
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      running.delete(child)
      guard(`-${child.pid}`)
      resolve({ code, signal })
    })
  })
  exited.catch(() => undefined)
  if (child.pid !== undefined) {
    running.add(child)
    guard(`+${child.pid}`)
  }
  return {
    pid: child.pid ?? -1,
    exited,
    get running() {
      return child.exitCode === null && child.signalCode === null && child.pid !== undefined
    },
    async stop(graceMs = 10_000) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(timer)
    },
  }
}

function guard(line: string): void {
  if (!guardian) {
    guardian = spawn(process.execPath, [path.join(import.meta.dirname, 'guardian.mjs')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    guardian.on('error', () => undefined)
    guardian.stdin?.on('error', () => undefined)
    // Neither the guardian nor its pipe keeps this process alive.
    guardian.unref()
    ;(guardian.stdin as unknown as { unref?: () => void }).unref?.()
    process.on('exit', () => {
      for (const child of running) child.kill('SIGKILL')
    })
  }
  guardian.stdin?.write(`${line}\n`)
}
