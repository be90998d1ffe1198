import { setImmediate as breath } from 'node:timers/promises'

/** Hits sorted in one go: some milliseconds. */
const RUN = 16_384
/** Hits merged in one go. */
const STEP = 262_144

/**
 * Hits of all partitions merged into one order, by time or by place: the numbers 0 to n, kept while n grows. New ones are
 * sorted and merged in, with pauses between pieces, so that nothing waits for a million of them. The order has to be total, or
 * it would depend on when it was requested.
 */
export class MergedHits {
  readonly #compare: (a: number, b: number) => number
  #order: Uint32Array = new Uint32Array(0)
  #turn: Promise<unknown> = Promise.resolve()

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare
  }

  /** All below `count`, in order. */
  upTo(count: number): Promise<Uint32Array> {
    const done = this.#turn.then(() => this.#grow(count))
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #grow(count: number): Promise<Uint32Array> {
    if (count <= this.#order.length) return this.#order
    let runs: Uint32Array[] = []
    for (let at = this.#order.length; at < count; at += RUN) {
      const run = Uint32Array.from({ length: Math.min(RUN, count - at) }, (_, i) => at + i)
      runs.push(run.sort(this.#compare))
      await breath()
    }
    while (runs.length > 1) {
      const merged: Uint32Array[] = []
      for (let i = 0; i < runs.length; i += 2)
        merged.push(await this.#merge(runs[i]!, runs[i + 1] ?? new Uint32Array(0))) // i < runs.length
      runs = merged
    }
    return (this.#order = await this.#merge(this.#order, runs[0]!)) // the loop ends with one run
  }

  async #merge(a: Uint32Array, b: Uint32Array): Promise<Uint32Array> {
    if (a.length === 0) return b
    if (b.length === 0) return a
    const merged = new Uint32Array(a.length + b.length)
    let i = 0
    let j = 0
    for (let at = 0; at < merged.length; at += 1) {
      if (at % STEP === STEP - 1) await breath()
      const takesA = j >= b.length || (i < a.length && this.#compare(a[i]!, b[j]!) <= 0) // i < a.length and j < b.length, as checked before
      merged[at] = takesA ? a[i++]! : b[j++]! // the side that is taken has an element left
    }
    return merged
  }
}
