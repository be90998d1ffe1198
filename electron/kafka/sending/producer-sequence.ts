import { AT } from '../records/batch-header.ts'
import { crc32c } from '../records/crc32c.ts'

export interface Producer {
  producerId: bigint
  producerEpoch: number
}

/** Sequence numbers are int32 and continue with 0 after 2³¹ − 1, as in DefaultRecordBatch.incrementSequence. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) % 0x8000_0000
}

/** Writes producer and first sequence into the batch, in place, and updates its checksum. */
export function stampBatch(bytes: Uint8Array, producer: Producer, sequence: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setBigInt64(AT.producerId, producer.producerId)
  view.setInt16(AT.producerEpoch, producer.producerEpoch)
  view.setInt32(AT.baseSequence, sequence)
  view.setUint32(AT.crc, crc32c(bytes, AT.attributes))
}
