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

/** Lets one read per key run at a time; a second caller joins the first. */
export function createOnce<K>(): (key: K, work: () => Promise<void>) => Promise<void> {
  const running = new Map<K, Promise<void>>()
  return (key, work) => {
    const present = running.get(key)
    if (present !== undefined) return present
    const promise = work().finally(() => running.delete(key))
    running.set(key, promise)
    return promise
  }
}
