import type { BrowseDone } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ColumnEvent, ColumnStream } from '../../kafka/log-reader.ts'
import { Lane, oldest } from './forward-lane.ts'
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

interface Route {
  lane: Lane
  /** Where reading starts and ends: within the log, and below open transactions if these are not to be shown. */
  from: bigint
  to: bigint
}

/** A page forward: lanes merged by timestamp; each row is sent as soon as no lane can have an older one. */
// oxlint-disable-next-line max-lines-per-function -- one loop over all partitions: reading, merging and sending share each partition's progress, and an error in any of them changes it
export async function browseForward(page: Page, sink: BrowseSink, signal: AbortSignal): Promise<BrowseDone> {
  const { access, topic, opened, show, limit } = page
  const routes = new Map([...page.starts].map(([partition, start]) => [partition, routeOf(page, partition, start)]))
  const lanes = [...routes.values()].map((r) => r.lane)
  let waiting: ErrorValue | null = null
  const out = new PageOutput(
    sink,
    (counts, ratePerSecond) => sink.progress({ counts, ratePerSecond, waiting }),
    () => lanes.forEach((lane) => (lane.sent = lane.cursor)),
  )
  const ranges = [...routes.values()].filter((r) => r.from < r.to).map((r) => ({ partition: r.lane.partition, from: r.from, to: r.to })) // oxfmt-ignore
  for (const route of routes.values()) if (route.from >= route.to) endLane(page, route)
  let full = false
  let looked = 0

  /** Sends the rows whose place is certain. True: the page is full. */
  const drain = async (stream: ColumnStream | null): Promise<boolean> => {
    for (;;) {
      if (out.counts.records >= limit) return true
      for (const lane of lanes) {
        if (lane.peek() !== null) continue
        if (lane.ended) out.hole(lane.takeHole())
        else stream?.resume(lane.partition)
      }
      const next = oldest(lanes)
      if (next === null || next === 'wait') return false
      out.hole(next.lane.takeHole())
      out.row(next.lane.partition, next.row)
      next.lane.take(next.row)
      if (out.full) await out.flush()
    }
  }

  const take = (event: ColumnEvent): void => {
    if (event.kind === 'waiting') {
      waiting = event.error === null ? null : toErrorValue(event.error)
      return
    }
    const route = routes.get(event.partition)! // every partition that is read has a route
    if (event.kind === 'rows') {
      route.lane.push(event.columns)
      looked += event.columns.counts.records + event.columns.counts.aborted
    } else if (event.kind === 'gap') {
      route.lane.gap(event.next)
    } else {
      if (event.kind === 'failed') partitionFailed(opened.failures, event.partition, event.error)
      else route.lane.gap(event.next)
      endLane(page, route, event.kind === 'failed')
    }
  }

  const cancelled = await untilCancelled(async () => {
    full = await drain(null)
    if (full || ranges.length === 0) return
    const stream = access.reader.columns({
      topic,
      topicId: opened.topicId,
      ranges,
      signal,
      stepwise: true,
      maxRows: limit,
      partitionBytes: stepBytes(ranges.length),
      giveUpAfterMs: GIVE_UP_MS,
      decode: { includeAborted: show.aborted, previewBytes, verifyCrc: 'flag' },
      ...page.decoding,
    })
    for await (const event of stream) {
      take(event)
      full = await drain(stream)
      await out.flush()
      out.tell(stream.bytes, looked, event.kind === 'waiting')
      if (full) break
    }
    out.counts.bytes = BigInt(stream.bytes)
  }, signal)
  if (!cancelled) await out.flush()
  const ended = lanes.every(
    (lane) => lane.ended && lane.peek() === null && lane.cursor >= routes.get(lane.partition)!.to, // every lane has a route
  )
  return {
    reason: cancelled ? 'cancelled' : full && !ended ? 'limit' : 'end',
    counts: { ...out.sent, bytes: out.counts.bytes },
    bounds: boundsList(opened.bounds),
    forward: lanes.map((lane) => ({ partition: lane.partition, offset: lane.sent })),
    backward: [...page.starts].map(([partition, offset]) => ({ partition, offset })),
    failures: opened.failures,
    topicId: opened.topicId,
  }
}

function routeOf(page: Page, partition: number, start: bigint): Route {
  const { logStart, lastStable, highWatermark } = page.opened.bounds.get(partition)! // openTopic answers with bounds for every partition it opens
  const to = page.show.open ? highWatermark : lastStable
  const lane = new Lane(partition, start < highWatermark ? start : highWatermark)
  // An offset before the log start becomes a hole up to it, not an error.
  lane.gap(logStart)
  const from = lane.covered
  return { lane, from, to }
}

/** Nothing more comes: the rest is in open transactions, or cannot be read. */
function endLane(page: Page, { lane, to }: Route, failed = false): void {
  if (!failed) {
    lane.gap(to)
    if (!page.show.open) lane.gap(page.opened.bounds.get(lane.partition)!.highWatermark, 'open') // openTopic answers with bounds for every partition it opens
  }
  lane.ended = true
}
