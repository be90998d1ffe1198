import { CODEC_MASK } from './batch-attributes.ts'
import { AT, type BatchView } from './batch-header.ts'
import { RecordCursor } from './record-cursor.ts'
import type { AbortedTransaction } from './batch-types.ts'

/** The contents of a control record. Types other than the two of transactions belong to KRaft's own log. */
export interface ControlMarker {
  readonly type: 'commit' | 'abort' | 'unknown'
  readonly version: number
  /** −1 if the value does not hold one. */
  readonly coordinatorEpoch: number
}

/** Key: version and type; value: version and the coordinator's epoch. null: not a control record. */
export function decodeControlRecord(key: Uint8Array | null, value: Uint8Array | null): ControlMarker | null {
  if (key === null || key.length < 4) return null
  const type = (key[2]! << 8) | key[3]! // the key's length was checked above
  return {
    type: type === 0 ? 'abort' : type === 1 ? 'commit' : 'unknown',
    version: (key[0]! << 8) | key[1]!, // the key's length was checked above
    coordinatorEpoch:
      value !== null && value.length >= 6 ? (value[2]! << 24) | (value[3]! << 16) | (value[4]! << 8) | value[5]! : -1, // value.length >= 6
  }
}

/** The marker in a control batch: Kafka writes one record per batch, uncompressed. null: none that can be read. */
export function markerOf(batch: BatchView): ControlMarker | null {
  if (!batch.control || (batch.attributes & CODEC_MASK) !== 0 || batch.end <= batch.start + AT.records) return null
  const cursor = new RecordCursor()
  if (cursor.open(batch, 0) !== null || !cursor.next()) return null
  return decodeControlRecord(cursor.key(), cursor.value())
}

/**
 * Decides which batches belong to aborted transactions, by Java's algorithm (CompletedFetch): when the walk reaches the first
 * offset of an entry in the list, which is sorted by first offset, that producer counts as aborted until its abort marker.
 * Batches must come in order, and none from the fetch offset of the list on may be left out.
 */
export class AbortedTracker {
  readonly #pending: AbortedTransaction[]
  readonly #active = new Set<bigint>()
  #at = 0

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted.toSorted((a, b) =>
      a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0,
    )
  }

  isAborted(batch: BatchView): boolean {
    if (this.#at >= this.#pending.length && this.#active.size === 0) return false
    const producerId = batch.producerId
    if (producerId < 0n) return false
    const last = batch.lastOffset
    for (
      let next = this.#pending[this.#at];
      next !== undefined && next.firstOffset <= last;
      next = this.#pending[this.#at]
    ) {
      this.#active.add(next.producerId)
      this.#at++
    }
    if (!batch.control) return batch.transactional && this.#active.has(producerId)
    if (this.#active.has(producerId) && markerOf(batch)?.type === 'abort') this.#active.delete(producerId)
    return false
  }
}
