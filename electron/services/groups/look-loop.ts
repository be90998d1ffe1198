import type { SamplingState } from '#shared/contract/lag.ts'
import { toErrorValue } from '#shared/errors.ts'

/** Gets each sample. */
export interface LookFollower<L> {
  take(look: L): void
  state(state: SamplingState): void
}

export interface LookLoopOptions<F, L> {
  /** Takes one sample of everything that these followers follow. */
  look(followers: readonly F[], signal: AbortSignal): Promise<L>
  /** Gets each sample before the followers do, and stores it; a sample that cannot be stored is still sent to the followers. */
  see(look: L): Promise<void>
  everyMs?: number | undefined
}

const EVERY_MS = 10_000
/** Sampling takes at most a twentieth of the time. */
const RESTS = 19
/** A new follower gets a sample soon, but a page that opens ten of them causes only one. */
const AT_LEAST_MS = 500

/** Samples repeatedly while somebody follows, for all followers together. Without followers nothing is requested. */
export class LookLoop<F extends LookFollower<L>, L extends { readonly at: bigint }> {
  readonly #options: LookLoopOptions<F, L>
  readonly #followers = new Set<F>()
  readonly #everyMs: number
  #running: AbortController | null = null
  #wake = (): void => undefined
  #state: SamplingState

  constructor(options: LookLoopOptions<F, L>) {
    this.#options = options
    this.#everyMs = options.everyMs ?? EVERY_MS
    this.#state = { at: null, everyMs: this.#everyMs, error: null }
  }

  get followers(): readonly F[] {
    return [...this.#followers]
  }

  /** Returns a function that stops following. */
  follow(follower: F): () => void {
    this.#followers.add(follower)
    follower.state(this.#state)
    if (this.#running === null) {
      this.#running = new AbortController()
      void this.#run(this.#running.signal)
    } else {
      this.#wake()
    }
    return () => {
      this.#followers.delete(follower)
      if (this.#followers.size > 0) return
      this.#running?.abort()
      this.#running = null
      this.#wake()
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now()
      let error: SamplingState['error'] = null
      let at = this.#state.at
      try {
        const look = await this.#options.look(this.followers, signal)
        at = look.at
        if (signal.aborted) return
        const kept = this.#options.see(look)
        for (const follower of this.#followers) follower.take(look)
        await kept
      } catch (thrown) {
        if (signal.aborted) return
        error = toErrorValue(thrown)
      }
      const took = performance.now() - began
      const everyMs = Math.round(Math.max(this.#everyMs, RESTS * took))
      this.#state = { at, everyMs, error }
      for (const follower of this.#followers) follower.state(this.#state)
      await this.#rest(everyMs - took, signal)
    }
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + ms
    const soonest = performance.now() + Math.min(AT_LEAST_MS, ms)
    await new Promise<void>((resolve) => {
      let timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        const left = signal.aborted ? 0 : Math.min(until, Math.max(soonest, performance.now() + 50)) - performance.now()
        timer = setTimeout(resolve, Math.max(0, left))
      }
      if (signal.aborted) this.#wake()
    })
    this.#wake = () => undefined
  }
}
