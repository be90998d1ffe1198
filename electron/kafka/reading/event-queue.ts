/**
 * Passes events from many producers to one consumer, in order, and counts their bytes: producers wait in `room` while more than
 * the limit is outstanding, and an event's bytes count until the consumer releases them.
 */
export class EventQueue<T extends object> {
  #items: T[] = []
  #bytes = 0
  #closed = false
  #failure: { error: unknown } | null = null
  #wakeConsumer: (() => void) | null = null
  #wakeProducers: (() => void)[] = []
  readonly #cap: number

  constructor(cap: number) {
    this.#cap = cap
  }

  push(value: T, bytes = 0): void {
    if (this.#closed) return
    this.#bytes += bytes
    this.#items.push(value)
    this.#wake()
  }

  /** Ends the queue after its remaining events were taken. */
  end(): void {
    this.#closed = true
    this.#wake()
    this.#wakeAll()
  }

  /** Ends it at once; the consumer's next call throws. */
  fail(error: unknown): void {
    if (this.#closed) return
    this.#failure = { error }
    this.#items = []
    this.end()
  }

  async room(): Promise<void> {
    while (!this.#closed && this.#bytes >= this.#cap) {
      await new Promise<void>((resolve) => {
        this.#wakeProducers.push(resolve)
      })
    }
  }

  release(bytes: number): void {
    this.#bytes -= bytes
    this.#wakeAll()
  }

  /** null: ended. */
  async take(): Promise<T | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error
      const item = this.#items.shift()
      if (item !== undefined) return item
      if (this.#closed) return null
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve
      })
    }
  }

  #wake(): void {
    this.#wakeConsumer?.()
    this.#wakeConsumer = null
  }

  #wakeAll(): void {
    const waiting = this.#wakeProducers
    this.#wakeProducers = []
    for (const wake of waiting) wake()
  }
}
