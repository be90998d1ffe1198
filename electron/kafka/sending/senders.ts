import type { LogGrowth } from '#shared/contract/replay.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { throttled } from '../throttle.ts'
import { asSeeklineError } from '../cancellation.ts'
import type { Producer } from './producer-sequence.ts'
import { Budget } from './byte-budget.ts'
import { compareGrowth } from './log-growth.ts'
import { PartitionSender, type ProduceLink } from './idempotent-sender.ts'

/** For all target partitions together: bytes queued or in flight that are not acknowledged yet. */
const UNACKNOWLEDGED_BYTES = 24 << 20
/** How often the target is checked while all goes well: a topic that was created again must not be written to for long. */
const LOOK_AGAIN_MS = 5_000

export interface SendersOptions {
  topic: string
  link: ProduceLink
  producer: Producer
  giveUpAfterMs?: number | undefined
  signal: AbortSignal
}

/** The senders of a topic's partitions, each made when first needed. */
export class Senders {
  readonly #options: SendersOptions
  readonly #senders = new Map<number, PartitionSender>()
  readonly #budget = new Budget(UNACKNOWLEDGED_BYTES)
  readonly #cancel = (): void => this.#senders.forEach((sender) => sender.cancel())
  readonly #looking: NodeJS.Timeout
  #slowed: { until: number; note: string } | null = null

  constructor(options: SendersOptions) {
    this.#options = options
    options.signal.addEventListener('abort', this.#cancel, { once: true })
    this.#looking = setInterval(() => void this.#lookAgain(), LOOK_AGAIN_MS)
    this.#looking.unref()
  }

  /** A quota that applies, as a sentence; null: none. */
  get note(): string | null {
    return this.#slowed !== null && this.#slowed.until > Date.now() ? this.#slowed.note : null
  }

  /** Why a partition is no longer written to; null: all are. */
  get stopped(): SeeklineError | null {
    for (const { stopped } of this.#senders.values()) if (stopped !== null) return stopped
    return null
  }

  of(partition: number): PartitionSender {
    let sender = this.#senders.get(partition)
    if (sender === undefined) {
      const { topic, link, producer, giveUpAfterMs, signal } = this.#options
      sender = new PartitionSender({
        topic,
        partition,
        link,
        producer,
        budget: this.#budget,
        onThrottle: (milliseconds) => {
          this.#slowed = { until: Date.now() + milliseconds, note: throttled(milliseconds).message }
        },
        ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
      })
      if (signal.aborted) sender.cancel()
      this.#senders.set(partition, sender)
    }
    return sender
  }

  /** To be called when nothing more is given to them: resolves when everything has its outcome. After a cancel 4 s at most. */
  async end(): Promise<void> {
    if (this.#options.signal.aborted) this.#cancel()
    await Promise.all([...this.#senders.values()].map((sender) => sender.settled()))
    clearInterval(this.#looking)
    this.#options.signal.removeEventListener('abort', this.#cancel)
  }

  /**
   * To be called after {@link end}: whether the logs gained exactly what was acknowledged. A cancelled stream has a second left
   * for its receipt, and if writing failed, reading usually fails as well.
   */
  async growth(): Promise<LogGrowth[]> {
    const { link, signal } = this.#options
    const accounts = [...this.#senders.values()].map((sender) => sender.account())
    return await compareGrowth(accounts, link, signal.aborted ? 700 : this.stopped !== null ? 5_000 : 60_000)
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.#options.link.refresh()
    } catch (error) {
      const failure = asSeeklineError(error)
      if (!failure.retryable) this.#senders.forEach((sender) => sender.fail(failure))
    }
  }
}
