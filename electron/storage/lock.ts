import { randomBytes } from 'node:crypto'
import { open, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeeklineError } from '#shared/errors.ts'
import { errorCode, makeFolder, readOrdinaryFile, storageFailed } from './atomic-files.ts'

/** A holder is looked at more often than this; longer between two looks means that this process stood still. */
const LOOK_MS = 200

export interface HeldLock {
  /** Throws if the lock was lost, as may happen to a process that was suspended for long. Call it before writing. */
  assertHeld(): Promise<void>
}

export interface LockOptions {
  /** How long to wait for another holder. */
  timeoutMs?: number
  /** A holder that shows no sign of life for this long, while we watched, counts as dead. */
  staleMs?: number
}

/**
 * Runs `work` while no other process, and no other caller in this one, runs under the same lock. Node has no operating-system
 * file locks, so the lock is a file that names its holder. A dead holder is recognised by its process id; if that cannot tell
 * (another host, a reused id), by its missing heartbeat. Only time during which we watched counts, so a laptop that wakes from
 * sleep takes no lock away.
 */
export async function withLock<T>(
  path: string,
  work: (lock: HeldLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const turn = queues.get(path) ?? Promise.resolve()
  const run = turn.then(() => locked(path, work, options))
  // The work is done, and its caller need not wait until the lock is released. The next in the queue does.
  const released = run.then(({ release }) => release(), nothing).catch(nothing)
  queues.set(path, released)
  void released.then(() => {
    if (queues.get(path) === released) queues.delete(path)
  })
  return (await run).outcome()
}

/** Callers in this process queue up here, in order, instead of polling. */
const queues = new Map<string, Promise<void>>()

/** Folders that were made, or restricted, in this run; checking again each time costs more than the lock. */
const tightened = new Set<string>()

function nothing(): void {}

interface Done<T> {
  /** The work's value, or its error thrown. */
  outcome(): T
  release(): Promise<void>
}

async function locked<T>(path: string, work: (lock: HeldLock) => Promise<T>, options: LockOptions): Promise<Done<T>> {
  const token = `${process.pid}@${hostname()}#${randomBytes(8).toString('hex')}`
  const folder = dirname(path)
  if (!tightened.has(folder)) await makeFolder(folder)
  tightened.add(folder)
  await acquire(path, token, options.timeoutMs ?? 10_000, options.staleMs ?? 5_000)
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(nothing)
  }, 1_000)
  heartbeat.unref()
  const release = async (): Promise<void> => {
    clearInterval(heartbeat)
    if ((await holderOf(path))?.token === token) await rm(path, { force: true })
  }
  const assertHeld = async (): Promise<void> => {
    if ((await holderOf(path))?.token === token) return
    throw new SeeklineError('storage.failed', 'Another Seekline took over while this one stood still.', {
      hint: 'Nothing was written. Try again.',
      retryable: true,
    })
  }
  try {
    const value = await work({ assertHeld })
    return { outcome: () => value, release }
  } catch (error) {
    return {
      outcome: () => {
        throw error
      },
      release,
    }
  }
}

async function acquire(path: string, token: string, timeoutMs: number, staleMs: number): Promise<void> {
  const started = performance.now()
  let seen = ''
  let lastLook = started
  let watched = 0
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 40)) {
    if (await create(path, token)) return
    // null: it was released between the two calls, or it is a link to nothing, which nobody releases.
    const holder = await holderOf(path)
    const now = performance.now()
    const sign = holder === null ? '' : `${holder.token} ${holder.beat}`
    // If this process itself stood still, with the machine perhaps, that does not say that the holder did.
    watched = sign === seen ? watched + Math.min(now - lastLook, LOOK_MS) : 0
    seen = sign
    lastLook = now
    if (holder !== null && (isDead(holder.token) || watched > staleMs)) {
      await breakLock(path, holder.token, staleMs)
      if (await create(path, token)) return
    }
    // Also for one that looks stale: whatever keeps it from being broken may do so for ever.
    if (now - started > timeoutMs) {
      const process = /^\d+@[\w.-]+(?=#)/.exec(holder?.token ?? '')?.[0]
      const who = process === undefined ? 'Something' : `Another Seekline (process ${process})`
      throw new SeeklineError('storage.failed', `${who} is using ${path}.`, {
        hint: 'Wait a moment and try again; if no other Seekline is running, delete that file.',
        retryable: true,
      })
    }
    if (holder === null && pause < 3) continue
    // A random part keeps two waiters from colliding again and again.
    await sleep(pause * (0.5 + Math.random()))
  }
}

async function create(path: string, token: string, again = false): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(token)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !again) {
      await makeFolder(dirname(path))
      return await create(path, token, true)
    }
    // Windows answers EPERM or EACCES while a file of that name is being deleted.
    const taken = ['EEXIST', ...(process.platform === 'win32' ? ['EPERM', 'EACCES'] : [])]
    if (taken.includes(errorCode(error) ?? '')) return false
    throw storageFailed(`${path} could not be written`, error)
  }
}

/**
 * Two waiters may find the same dead holder. If each deleted the lock, the slower one would delete the new lock of the quicker
 * one; so only the holder of a second lock may delete it, and only if it is still the dead one's.
 */
async function breakLock(path: string, deadToken: string, staleMs: number): Promise<void> {
  const breaker = `${path}.break`
  if (!(await create(breaker, `${process.pid}@${hostname()}#break`))) {
    const other = await holderOf(breaker)
    if (other !== null && (isDead(other.token) || Date.now() - other.beat > 10 * staleMs)) await remove(breaker)
    return
  }
  try {
    if ((await holderOf(path))?.token === deadToken) await remove(path)
  } finally {
    await remove(breaker)
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw storageFailed(`${path} could not be removed`, error)
  })
}

/** A process id, a host's name and some random digits. */
const mostTokenBytes = 1_024

async function holderOf(path: string): Promise<{ token: string; beat: number } | null> {
  try {
    const token = (await readOrdinaryFile(path, mostTokenBytes)).toString('utf8')
    return { token, beat: (await stat(path)).mtimeMs }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    // On Windows, while the holder deletes it.
    if (process.platform === 'win32' && errorCode(error) !== undefined) return { token: '', beat: 0 }
    throw storageFailed(`${path} could not be read`, error)
  }
}

function isDead(token: string): boolean {
  const match = /^(\d+)@(.*)#/.exec(token)
  // An incomplete token: its writer is between creating the file and filling it, or died there; the heartbeat decides.
  return match !== null && match[2] === hostname() && hasEnded(Number(match[1]))
}

/** Whether no process of this computer has this id any more. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return errorCode(error) === 'ESRCH'
  }
}
