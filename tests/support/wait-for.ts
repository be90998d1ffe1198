// The only place where tests wait. They wait for an event with a name, never for a time after which it must have happened:
// on a machine whose cores are all busy, it has not. Limits are against hanging, not for speed.

// The real ones, also in a test that has replaced the clock.
const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
const now = performance.now.bind(performance)

/** Long enough for anything that happens at all, on any machine; shorter than a test's own limit, which names no event. */
export const HANG_MS = 60_000
/** How many times as long to wait for slow progress, such as a million rows on a busy machine: that is not hanging. */
const COMING = 4

export interface Waiting {
  limitMs?: number
  everyMs?: number
}

type Found<T> = Exclude<T, null | undefined | false>

/** Waits until `look` finds something (not null, undefined or false), and returns it. If it throws, it has found nothing. */
export async function until<T>(event: string, look: () => T | Promise<T>, waiting?: Waiting): Promise<Found<T>> {
  return await lookAgain(event, waiting, async () => {
    const found = await look()
    if (found === null || found === undefined || found === false) throw new Error(`last seen: ${String(found)}`)
    return found as Found<T>
  })
}

/** Waits until the assertions of `check` hold. The failure has the message of the last attempt. */
export async function untilHolds(event: string, check: () => unknown, waiting?: Waiting): Promise<void> {
  await lookAgain(event, waiting, async () => void (await check()))
}

async function lookAgain<T>(event: string, waiting: Waiting | undefined, look: () => Promise<T>): Promise<T> {
  const { limitMs = HANG_MS, everyMs = 20 } = waiting ?? {}
  const began = now()
  let deadline = began + limitMs
  let missed: unknown
  let seen = ''
  for (;;) {
    try {
      return await inTime(event, look(), Math.max(1, deadline - now()))
    } catch (error) {
      // An attempt that was cut off saw nothing; the one before it did.
      if (missed === undefined || !(error instanceof TooLate)) missed = error
    }
    if (waiting?.limitMs === undefined && seen !== String(missed)) {
      seen = String(missed)
      deadline = Math.min(now() + limitMs, began + COMING * limitMs)
    }
    if (now() >= deadline) throw tooLate(event, now() - began, missed)
    await sleep(everyMs)
  }
}

/** The result of the work, or an error that says what did not happen. */
export async function inTime<T>(event: string, work: Promise<T>, limitMs = HANG_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooLate(event, limitMs, undefined)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * For what must not happen: the assertions of `check` hold now and in each check during the given time. A busy machine
 * checks less often, but never fails because of that.
 */
export async function holdsFor(milliseconds: number, check: () => unknown): Promise<void> {
  const end = now() + milliseconds
  do {
    await check()
    await sleep(Math.min(25, milliseconds))
  } while (now() < end)
  await check()
}

/** Repeats something until it is stopped: traffic, samples. */
export function every(milliseconds: number, act: () => void): { stop(): void } {
  const timer = setInterval(act, milliseconds)
  return { stop: () => clearInterval(timer) }
}

/**
 * Waits until everything that was ready has run, including timers without delay, and some turns more for what that made ready:
 * enough for fakes, which wait for nothing outside.
 */
export async function settled(turns = 10): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await sleep(1)
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function tooLate(event: string, limitMs: number, missed: unknown): TooLate {
  const said = missed instanceof Error ? missed.message : ''
  const waited = `Waited ${Math.round(limitMs / 1_000)} s for: ${event}.`
  return new TooLate(said === '' ? waited : `${waited}\n${said}`, { cause: missed })
}

class TooLate extends Error {}
