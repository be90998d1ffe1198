import type { Failure } from '#shared/contract/common.ts'

/**
 * Data read from a cluster, and how current it is. A refresh keeps the old data (`value` stays while `status` is `loading`),
 * and so does a failed one: views show the old value under the error.
 */
export interface Fetched<T> {
  readonly status: 'idle' | 'loading' | 'ready' | 'failed'
  readonly value: T | undefined
  readonly error: unknown
  /** When `value` was read, by this computer's clock. */
  readonly readAt: number | undefined
}

export const idle: Fetched<never> = { status: 'idle', value: undefined, error: undefined, readAt: undefined }

export const loading = <T>(before: Fetched<T>): Fetched<T> => ({ ...before, status: 'loading' })

export const ready = <T>(value: T): Fetched<T> => ({ status: 'ready', value, error: undefined, readAt: Date.now() })

export const failed = <T>(before: Fetched<T>, error: unknown): Fetched<T> => ({ ...before, status: 'failed', error })

/** Why parts of an answer are missing, as one line: what failed, and the first reason. */
export function fetchFailureWords(failures: readonly Failure[]): string {
  const [first] = failures
  if (first === undefined) return ''
  const others = failures.length > 1 ? ` and ${failures.length - 1} more` : ''
  return `${first.what}${others}: ${first.error.message}`
}

/** Reads, and shows how it went, unless another read has taken its place meanwhile. */
export async function fetchInto<T>(
  update: (change: (before: Fetched<T>) => Fetched<T>) => void,
  read: () => Promise<T>,
  signal: AbortSignal,
): Promise<void> {
  update(loading)
  try {
    const value = await read()
    if (!signal.aborted) update(() => ready(value))
  } catch (error) {
    if (!signal.aborted) update((before) => failed(before, error))
  }
}

type Read = (signal: AbortSignal) => Promise<void>

export interface Reads<K> {
  /** Joins the read of this key that runs, or begins one: several views ask for the same at once. */
  join: (key: K, read: Read) => Promise<void>
  /**
   * Begins a read and cancels the one that runs: that may have looked before the change which the caller made or knows of, and
   * must not be shown instead of this one.
   */
  anew: (key: K, read: Read) => Promise<void>
}

/**
 * Lets one read per key run at a time. One whose signal is aborted must show nothing more; who waits for it waits for the one
 * in its place.
 */
export function createReads<K>(): Reads<K> {
  const running = new Map<K, { abort: AbortController; done: Promise<void> }>()
  const anew: Reads<K>['anew'] = (key, read) => {
    running.get(key)?.abort.abort()
    const abort = new AbortController()
    const done = read(abort.signal)
      .finally(() => {
        if (running.get(key)?.abort === abort) running.delete(key)
      })
      .then(() => running.get(key)?.done)
    running.set(key, { abort, done })
    return done
  }
  return {
    anew,
    join: (key, read) => running.get(key)?.done ?? anew(key, read),
  }
}
