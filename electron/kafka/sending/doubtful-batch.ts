import type { Producer } from './producer-sequence.ts'
import type { LogLook, OwnBatch } from './find-own-batches.ts'

/** A batch that may have been written: its first sequence, and its number of records. */
export interface Doubtful {
  sequence: number
  batch: { count: number }
  /** False: it was certainly refused, or never sent. */
  maybeWritten: boolean
}

export interface BatchVerdict<E> {
  written: Map<E, OwnBatch>
  /** Neither found nor certainly absent: it may have been where the log can no longer be read. */
  unsure: Set<E>
}

/** Compares batches with what was found in the log. */
export function judge<E extends Doubtful>(entries: readonly E[], producer: Producer, look: LogLook): BatchVerdict<E> {
  const bySequence = new Map<number, OwnBatch>()
  for (const batch of look.own) {
    const same = batch.producerId === producer.producerId && batch.producerEpoch === producer.producerEpoch
    // The first of two with the same sequence: the receipt counts the surplus.
    if (same && !bySequence.has(batch.sequence)) bySequence.set(batch.sequence, batch)
  }
  const written = new Map<E, OwnBatch>()
  const unsure = new Set<E>()
  for (const entry of entries) {
    if (!entry.maybeWritten) continue
    const found = bySequence.get(entry.sequence)
    if (found?.size === entry.batch.count) written.set(entry, found)
    else if (look.largestHole >= BigInt(entry.batch.count)) unsure.add(entry)
  }
  return { written, unsure }
}
