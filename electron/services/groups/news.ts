/** Collects messages that arrive while earlier ones are being sent; above a limit the oldest are dropped. */
export class News<T> {
  readonly #most: number
  readonly #waiting: T[] = []
  #wake = (): void => undefined

  constructor(most: number) {
    this.#most = most
  }

  put(value: T): void {
    if (this.#waiting.push(value) > this.#most) this.#waiting.shift()
    this.#wake()
  }

  async *until(signal: AbortSignal): AsyncGenerator<T> {
    const onAbort = () => this.#wake()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      while (!signal.aborted) {
        const next = this.#waiting.shift()
        if (next !== undefined) yield next
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
