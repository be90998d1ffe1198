import type { decoding } from '#shared/contract/decoding.ts'
import type { Batch } from '#shared/contract/define.ts'

type News = Batch<(typeof decoding)['decoding.watch']>

/**
 * Tells the followers of a connection that decoded values may be outdated; news that arrive while one is being sent are sent
 * together.
 */
export class DecodingNews {
  readonly #followers = new Map<string, Set<(news: News) => void>>()

  tell(connectionId: string, news: News): void {
    for (const follower of this.#followers.get(connectionId) ?? []) follower(news)
  }

  /** Until the signal is aborted. */
  async follow(connectionId: string, send: (news: News) => Promise<void>, signal: AbortSignal): Promise<void> {
    let waiting: News | null = { isChosenAnew: false, schemas: 0 }
    let wake = (): void => undefined
    const follower = (news: News): void => {
      const { isChosenAnew, schemas } = waiting ?? { isChosenAnew: false, schemas: 0 }
      waiting = { isChosenAnew: isChosenAnew || news.isChosenAnew, schemas: schemas + news.schemas }
      wake()
    }
    const onAbort = (): void => wake()
    const followers = this.#followers.get(connectionId) ?? new Set()
    this.#followers.set(connectionId, followers.add(follower))
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      while (!signal.aborted) {
        if (waiting === null) await new Promise<void>((resolve) => (wake = resolve))
        else {
          const news = waiting
          waiting = null
          await send(news)
        }
      }
    } finally {
      followers.delete(follower)
      if (followers.size === 0) this.#followers.delete(connectionId)
      signal.removeEventListener('abort', onAbort)
    }
  }
}
