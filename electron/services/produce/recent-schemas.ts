import { toErrorValue } from '#shared/errors.ts'
import { abandonable } from '../../kafka/cancellation.ts'

interface Entry<T> {
  found: Promise<T>
  until: number
}

/** For as long as somebody types: what is asked for at each stop is not asked of the registry each time. */
const HOLDS_MS = 5_000
/** A registry that does not answer is left in peace for as long as by whoever decodes. */
const DOWN_HOLDS_MS = 30_000
const MOST_ENTRIES = 100

/** What was found, or why not, a short while ago; whoever asks at the same time waits for the same answer. */
export class RecentSchemas<T> {
  readonly #entries = new Map<string, Entry<T>>()

  async get(key: string, find: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    let entry = this.#entries.get(key)
    if (entry === undefined || entry.until < performance.now()) {
      // It is for all who wait, so that one who gives up ends nothing; the registry's client has limits of its own.
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
