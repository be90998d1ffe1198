import { throwIfAborted } from '../cancellation.ts'

/**
 * A token bucket for the bytes read from one cluster, shared by all its reads. It goes into debt: an answer's size is known
 * only on arrival, so it is paid for afterwards, and the next request waits until the debt is gone.
 */
export class ReadLimit {
  #perSecond: number | null
  #balance = 0
  #at = performance.now()
  readonly #waiting = new Set<() => void>()

  /** null: no limit. */
  constructor(bytesPerSecond: number | null = null) {
    this.#perSecond = bytesPerSecond
  }

  get bytesPerSecond(): number | null {
    return this.#perSecond
  }

  /** Takes effect at once, also for reads that are waiting under the old limit. */
  set(bytesPerSecond: number | null): void {
    this.#refill()
    this.#perSecond = bytesPerSecond
    this.#balance = Math.min(0, this.#balance)
    for (const wake of this.#waiting) wake()
  }

  spent(bytes: number): void {
    this.#refill()
    this.#balance -= bytes
  }

  /** Resolves when the next request may be sent; throws `call.cancelled`. */
  async ready(signal?: AbortSignal): Promise<void> {
    for (;;) {
      throwIfAborted(signal)
      this.#refill()
      const rate = this.#perSecond
      if (rate === null || this.#balance >= 0) return
      const wait = Math.min(1_000, Math.max(5, (-this.#balance / rate) * 1_000))
      await this.#pause(wait, signal)
    }
  }

  /** How much to request at once: the bytes of a quarter of a second, so that a low limit still flows. */
  cap(bytes: number): number {
    return this.#perSecond === null ? bytes : Math.max(65_536, Math.min(bytes, Math.floor(this.#perSecond / 4)))
  }

  /**
   * Until the time is over, the limit changes, or the signal is aborted. (Racing against one shared promise would leak with
   * each wait.)
   */
  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #refill(): void {
    const now = performance.now()
    const rate = this.#perSecond
    // Nothing is saved up: an idle reader must not send a burst afterwards.
    this.#balance = rate === null ? 0 : Math.min(0, this.#balance + ((now - this.#at) / 1_000) * rate)
    this.#at = now
  }
}
