/** Bytes that many senders may hold together. A sender that needs more waits its turn. */
export class Budget {
  readonly #limit: number
  #used = 0
  #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get used(): number {
    return this.#used
  }

  /** A single piece larger than the whole budget passes when nothing else is held. */
  async take(bytes: number, given: () => boolean = () => false): Promise<void> {
    while (this.#used > 0 && this.#used + bytes > this.#limit && !given()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#used += bytes
  }

  give(bytes: number): void {
    this.#used -= bytes
    this.wake()
  }

  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
