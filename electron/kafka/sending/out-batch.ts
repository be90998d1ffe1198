/** A batch for one target partition, complete except for producer, sequence and checksum. */
export interface OutBatch {
  target: number
  bytes: Uint8Array<ArrayBuffer>
  count: number
  /** Source offset of record 0; of record i: plus `deltas[i]`, or plus i if null. */
  firstOffset: bigint
  deltas: number[] | null
}
