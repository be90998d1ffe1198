import type { BrowseDone } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { holeOf, type Hole } from '#shared/model/hole.ts'
import { BackLane, newest } from './backward-lane.ts'
import type { RowRef } from './row-frames.ts'
import {
  GIVE_UP_MS,
  PageOutput,
  partitionFailed,
  previewBytes,
  stepBytes,
  untilCancelled,
  type BrowseSink,
  type Page,
} from './browse-page.ts'
import { boundsList } from './start-offsets.ts'

/** A row and the hole after it, or a hole alone (at the lower end of a partition, or its open end). */
interface Entry {
  partition: number
  row: RowRef | null
  hole: Hole | null
}

/**
 * A page backward: the newest `limit` records below the given ends. They are found from the end and shown in ascending order
 * like any other page, so nothing can be sent before the first row is known; the page's limit bounds what is held.
 */
// oxlint-disable-next-line max-lines-per-function -- one loop over all partitions: reading, merging and sending share each partition's progress, and an error in any of them changes it
export async function browseBackward(page: Page, sink: BrowseSink, signal: AbortSignal): Promise<BrowseDone> {
  const { access, topic, opened, show, limit } = page
  let standstill: ErrorValue | null = null
  const out = new PageOutput(sink, (counts, ratePerSecond) =>
    sink.progress({ counts, ratePerSecond, waiting: standstill }),
  )
  const wanted = Math.max(50, Math.ceil((limit * 1.5) / Math.max(1, page.starts.size)))
  const found: Entry[] = []
  const lanes: BackLane[] = []
  for (const [partition, start] of page.starts) {
    const { logStart, lastStable, highWatermark } = opened.bounds.get(partition)! // openTopic answers with bounds for every partition it opens
    const end = start < highWatermark ? start : highWatermark
    const top = !show.open && lastStable < end ? lastStable : end
    if (top < end) found.push({ partition, row: null, hole: holeOf(partition, top, end - 1n, 'open') })
    lanes.push(new BackLane(partition, logStart < top ? logStart : top, top, Math.min(wanted, limit)))
  }
  let bytes = 0
  let looked = 0
  let rows = 0

  /** Reads the next stretch of every lane whose next row is unknown. */
  const readOn = async (waiting: BackLane[]): Promise<void> => {
    const byPartition = new Map(waiting.map((lane) => [lane.partition, lane]))
    const stream = access.reader.columns({
      topic,
      topicId: opened.topicId,
      ranges: waiting.map((lane) => lane.begin()),
      signal,
      partitionBytes: stepBytes(waiting.length),
      giveUpAfterMs: GIVE_UP_MS,
      decode: { includeAborted: show.aborted, previewBytes, verifyCrc: 'flag' },
      ...page.decoding,
    })
    for await (const event of stream) {
      if (event.kind === 'waiting') {
        standstill = event.error === null ? null : toErrorValue(event.error)
        out.tell(bytes + stream.bytes, looked, true)
        continue
      }
      const lane = byPartition.get(event.partition)! // every partition that is read has a lane
      if (event.kind === 'rows') {
        looked += event.columns.counts.records + event.columns.counts.aborted
        if (!lane.add(event.columns, wanted)) stream.finish(event.partition)
      } else if (event.kind === 'gap') {
        lane.gap(event.next)
      } else if (event.kind === 'end') {
        lane.complete(wanted)
      } else {
        lane.failed = true
        partitionFailed(opened.failures, event.partition, event.error)
      }
      out.tell(bytes + stream.bytes, looked)
    }
    bytes += stream.bytes
  }

  const cancelled = await untilCancelled(async () => {
    while (rows < limit) {
      const waiting = lanes.filter((lane) => lane.waits)
      if (waiting.length > 0) {
        await readOn(waiting)
        continue
      }
      const lane = newest(lanes)
      if (lane === null) break
      found.push({ partition: lane.partition, ...lane.take() })
      rows++
    }
    for (const lane of lanes) {
      const hole = lane.takeHole()
      if (hole !== null) found.push({ partition: lane.partition, row: null, hole })
    }
    for (const entry of found.toReversed()) {
      if (entry.row !== null) out.row(entry.partition, entry.row)
      out.hole(entry.hole)
      if (out.full) await out.flush()
    }
    await out.flush()
  }, signal)
  out.counts.bytes = BigInt(bytes)
  const ended = lanes.every((lane) => lane.finished && lane.peek() === null)
  return {
    reason: cancelled ? 'cancelled' : ended ? 'end' : 'limit',
    counts: { ...out.sent, bytes: out.counts.bytes },
    bounds: boundsList(opened.bounds),
    forward: [...page.starts].map(([partition, start]) => {
      const { highWatermark } = opened.bounds.get(partition)! // openTopic answers with bounds for every partition it opens
      return { partition, offset: start < highWatermark ? start : highWatermark }
    }),
    // If it was cancelled before the rows were known, nothing was shown: the next attempt starts from the same ends.
    backward: lanes.map((lane) => ({
      partition: lane.partition,
      offset: cancelled ? page.starts.get(lane.partition)! : lane.cursor, // every lane was made from a start
    })),
    failures: opened.failures,
    topicId: opened.topicId,
  }
}
