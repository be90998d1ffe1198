import { toErrorValue } from '#shared/errors.ts'
import { abandonable } from '../../kafka/cancellation.ts'

interface Entry<T> {
  found: Promise<T>
  until: number
}

/** For as long as somebody types: not every pause in typing asks the registry. */
const HOLDS_MS = 5_000
/** A registry that does not answer is not asked again for this long, as when decoding. */
const DOWN_HOLDS_MS = 30_000
const MOST_ENTRIES = 100

/** What was found a short while ago, or why not; concurrent callers share the same request. */
export class RecentSchemas<T> {
  readonly #entries = new Map<string, Entry<T>>()

  async get(key: string, find: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    let entry = this.#entries.get(key)
    if (entry === undefined || entry.until < performance.now()) {
      // Shared by all who wait, so that one caller's cancel ends nothing; the registry's client has its own limits.
      const fresh: Entry<T> = { found: find(new AbortController().signal), until: Number.POSITIVE_INFINITY }
      fresh.found.then(
        () => void (fresh.until = performance.now() + HOLDS_MS),
        (error: unknown) => {
          const isDown = toErrorValue(error).code === 'registry.unreachable'
          fresh.until = performance.now() + (isDown ? DOWN_HOLDS_MS : HOLDS_MS)
        },
      )
      this.#entries.delete(key)
      this.#entries.set(key, fresh)
      for (const oldest of this.#entries.keys()) if (this.#entries.size > MOST_ENTRIES) this.#entries.delete(oldest)
      entry = fresh
    }
    return await abandonable(entry.found, signal)
  }
}
