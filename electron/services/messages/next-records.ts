import type { SeeklineError } from '#shared/errors.ts'
import { holeOf, joinHoles, type Hole } from '#shared/model/hole.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { RowRef } from './row-frames.ts'
import { decodedHole } from './holes.ts'
import type { MessagesAccess } from './start-offsets.ts'

/** The result for one partition. Without a row and an error, it was read up to `next` only. */
export interface NextRecord {
  row: RowRef | null
  /** The offsets before the row without a visible record, and why. */
  hole: Hole | null
  /** The first offset that was not read. */
  next: bigint
  error: SeeklineError | null
}

/** A long run of markers or aborted records is not read to its end for a single row. */
const MOST_MS = 3_000
const MOST_BYTES = 64 << 20
const STEP_BYTES = 64 << 10

/** The first visible record of each range, as far as can be read in a few seconds. Throws if the topic cannot be read. */
export async function nextRecords(
  { reader }: MessagesAccess,
  topic: string,
  topicId: string | null,
  ranges: readonly { partition: number; from: bigint; to: bigint }[],
  signal: AbortSignal,
  { keyBytes = 0, includeAborted = false }: { keyBytes?: number; includeAborted?: boolean } = {},
): Promise<Map<number, NextRecord>> {
  const found = new Map<number, NextRecord>()
  for (const { partition, from } of ranges) found.set(partition, { row: null, hole: null, next: from, error: null })
  const wanted = ranges.filter((range) => range.from < range.to)
  if (wanted.length === 0) return found
  const late = await reader.timeLimit(MOST_MS, signal)
  const stream = reader.columns({
    topic,
    topicId,
    ranges: wanted,
    signal: AbortSignal.any([signal, late]),
    stepwise: true,
    maxRows: 1,
    partitionBytes: STEP_BYTES,
    giveUpAfterMs: MOST_MS,
    decode: { previewBytes: { key: keyBytes, value: 0 }, includeAborted },
    decoded: keyBytes > 0,
  })
  try {
    for await (const event of stream) {
      if (event.kind === 'waiting') continue
      const one = found.get(event.partition)! // only partitions of this map are read
      if (one.row !== null) continue
      const pass = (hole: Hole): void => {
        one.hole = one.hole === null ? hole : joinHoles(one.hole, hole)
      }
      if (event.kind === 'rows') {
        const { columns } = event
        const first = columns.count > 0 ? columns.offset[0]! : null // count > 0
        for (const hole of columns.holes) {
          if (first === null || hole.first < first) pass(decodedHole(event.partition, hole))
        }
        one.next = first ?? columns.nextOffset
        if (first !== null) {
          one.row = { columns, row: 0 }
          stream.finish(event.partition)
        } else {
          stream.resume(event.partition)
        }
      } else if (event.kind === 'failed') {
        one.error = event.error
      } else {
        if (event.next > one.next) pass(holeOf(event.partition, one.next, event.next - 1n, 'missing'))
        if (event.next > one.next) one.next = event.next
      }
      if (stream.bytes > MOST_BYTES) break
    }
  } catch (error) {
    if (signal.aborted || !isCancelled(error)) throw error
  }
  return found
}
