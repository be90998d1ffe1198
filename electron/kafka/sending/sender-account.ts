import { mergeSpans, type Span } from '#shared/replay/ranges.ts'

/** What one sender did to its partition's log, for the comparison at the end. */
export interface SenderAccount {
  partition: number
  /** End of the log before the first batch; null: none was sent. */
  from: bigint | null
  /** Offsets of acknowledged batches, sorted, touching ones joined. */
  acknowledged: readonly Span[]
  /** Acknowledged records of which the broker no longer said where they are. */
  placeless: bigint
  producers: ReadonlySet<bigint>
}

/** Keeps that account while batches are acknowledged. */
export class Account {
  readonly producers = new Set<bigint>()
  /** Nothing of ours that is not acknowledged stands before it. null: the log's end is still to be asked for. */
  behind: bigint | null = null
  #from: bigint | null = null
  readonly #acknowledged: Span[] = []
  #placeless = 0n

  /** Where the log ends before anything of ours is in it. */
  begin(end: bigint): void {
    this.behind = this.#from = end
  }

  /** `isFirst`: none before it waits for its acknowledgement. */
  place(baseOffset: bigint | null, count: number, isFirst: boolean): void {
    if (baseOffset === null) {
      this.#placeless += BigInt(count)
      return
    }
    const to = baseOffset + BigInt(count)
    // Behind a later one the one whose answer was lost would not be looked for.
    if (isFirst && this.behind !== null && to > this.behind) this.behind = to
    const last = this.#acknowledged.at(-1)
    if (last?.to === baseOffset) last.to = to
    else this.#acknowledged.push({ from: baseOffset, to })
  }

  of(partition: number): SenderAccount {
    const acknowledged = mergeSpans(this.#acknowledged)
    return { partition, from: this.#from, acknowledged, placeless: this.#placeless, producers: this.producers }
  }
}
