import { mergeSpans, type Span } from '#shared/replay/ranges.ts'

/** What one sender wrote to its partition's log, for the comparison at the end. */
export interface SenderAccount {
  partition: number
  /** End of the log before the first batch; null: none was sent. */
  from: bigint | null
  /** Offsets of acknowledged batches, sorted, touching ones joined. */
  acknowledged: readonly Span[]
  /** Acknowledged records whose offsets the broker did not say. */
  placeless: bigint
  producers: ReadonlySet<bigint>
}

/** Keeps this account while batches are acknowledged. */
export class Account {
  readonly producers = new Set<bigint>()
  /** No unacknowledged batch of ours is before this offset. null: the log's end was not read yet. */
  behind: bigint | null = null
  #from: bigint | null = null
  readonly #acknowledged: Span[] = []
  #placeless = 0n

  /** The log's end before anything of ours is in it. */
  begin(end: bigint): void {
    this.behind = this.#from = end
  }

  /** `isFirst`: no earlier batch waits for its acknowledgement. */
  place(baseOffset: bigint | null, count: number, isFirst: boolean): void {
    if (baseOffset === null) {
      this.#placeless += BigInt(count)
      return
    }
    const to = baseOffset + BigInt(count)
    // If it moved past a later batch, one whose answer was lost would not be searched for.
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
