import type { RawChunk } from './log-reader.ts'
import type { RecordCursor } from './records/record-cursor.ts'

/** A batch of the coordinators' topics holds what one request wrote: a broker takes messages of a mebibyte by default. */
const MOST_UNPACKED = 32 << 20
/** Then others have their turn. */
const TURN_MS = 8

/**
 * Moves the cursor over the records of a chunk of one of Kafka's own topics that were wanted and count, those that were aborted left out.
 * False: something in it could not be read, by us or by `take`.
 */
export async function eachRecord(chunk: RawChunk, cursor: RecordCursor, take: () => boolean): Promise<boolean> {
  let isReadable = true
  const walker = chunk.walk()
  let began = performance.now()
  for (let batch = walker.next(); batch !== null; batch = walker.next()) {
    if (batch.kind !== 'batch' || cursor.open(batch, MOST_UNPACKED) !== null) isReadable = false
    else if (!batch.control && !batch.aborted) {
      while (cursor.next()) {
        const { offset } = cursor
        if (offset < chunk.from || (chunk.to !== null && offset >= chunk.to)) continue
        if (!take()) isReadable = false
      }
      if (cursor.problem !== null) isReadable = false
    }
    if (performance.now() - began < TURN_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    began = performance.now()
  }
  return isReadable
}
