import type { RawChunk } from './log-reader.ts'
import type { RecordCursor } from './records/record-cursor.ts'

/** A batch of the coordinators' topics holds what one request wrote: by default a broker accepts messages of a mebibyte. */
const MOST_UNPACKED = 32 << 20
/** After this time others get a turn. */
const TURN_MS = 8

/**
 * Moves the cursor over the wanted records of a chunk of one of Kafka's internal topics, without aborted ones. False: something
 * in it could not be read, by this function or by `take`.
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
