import { BatchWalker } from '../records/batch-walker.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import type { Compression } from '../records/batch-types.ts'
import { BatchBuilder } from './batch-builder.ts'
import type { OutBatch } from './out-batch.ts'

/** Source offset of the i-th record. */
export function sourceOffset(batch: OutBatch, index: number): bigint {
  return batch.firstOffset + BigInt(batch.deltas?.[index] ?? index)
}

/** Two batches with half of the records each, compressed as before; null: a single record cannot be halved. */
export function halve(batch: OutBatch): [OutBatch, OutBatch] | null {
  if (batch.count < 2) return null
  const middle = batch.count >> 1
  return [rebuild(batch, (index) => index < middle), rebuild(batch, (index) => index >= middle)]
}

/** The batch without some of its records; null when none is left. */
export function without(batch: OutBatch, indexes: ReadonlySet<number>): OutBatch | null {
  if (indexes.size >= batch.count) return null
  return rebuild(batch, (index) => !indexes.has(index))
}

/** The same without compression; null: that is not smaller. Random or encrypted data grows with compression. */
export function uncompressed(batch: OutBatch): OutBatch | null {
  const plain = rebuild(batch, () => true, 'none')
  return plain.bytes.byteLength < batch.bytes.byteLength ? plain : null
}

/** Records are copied in encoded form: one with millions of headers creates no objects. `codec` left out: as before. */
function rebuild(batch: OutBatch, keep: (index: number) => boolean, codec?: Compression): OutBatch {
  const view = new BatchWalker(batch.bytes).next()
  if (view?.kind !== 'batch') throw new Error('A batch of our own making cannot be read.')
  const cursor = new RecordCursor()
  cursor.open(view)
  const box = new BatchBuilder(codec ?? view.codec ?? 'none')
  let index = 0
  for (; cursor.next(); index++) if (keep(index)) box.put(cursor, sourceOffset(batch, index), null)
  if (index !== batch.count) throw new Error('A batch of our own making cannot be read whole.')
  return box.close(batch.target)
}
