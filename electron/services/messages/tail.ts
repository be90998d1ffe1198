import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { messages, ReadCounts } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { addedReasons, type NotJudged } from '#shared/model/ledger.ts'
import type { ColumnEvent, ColumnStream } from '../../kafka/log-reader.ts'
import { Lane } from './forward-lane.ts'
import { notJudgedOf } from './scan-piece.ts'
import { requireFilter } from './require-filter.ts'
import { decodedRows, PageOutput, previewBytes, untilCancelled } from './browse-page.ts'
import { boundsList, checkOffsets, openTopic, type MessagesAccess } from './start-offsets.ts'

type TailDef = (typeof messages)['messages.tail']

/**
 * How long rows are held back, so that a busy topic makes few frames and partitions mix by timestamp. Each frame makes a page
 * draw its list again, whatever its number of rows: what arrives faster than anybody can read is drawn three times a second, or
 * twice, if each drawing replaces all visible rows (`FAST_RECORDS`).
 */
const BATCH_MS = 100
const BUSY_BATCH_MS = 300
const FAST_BATCH_MS = 500
/** How many records in one frame make the next one a busy one, or a fast one. */
const BUSY_RECORDS = 100
const FAST_RECORDS = 300
const TICK_MS = 500
/**
 * How often a quiet tail says that it is still running: twenty quiet tails that said it twice a second took a page 4 % of a
 * core. A page that slept takes the last message as the beginning of its sleep.
 */
const QUIET_MS = 5_000
/** New partitions of the topic are followed within this time. */
const GROWTH_MS = 10_000

/** Records as they arrive. Ended by its signal; throws if the topic was deleted or may no longer be read. */
// oxlint-disable-next-line max-lines-per-function -- one loop: a partition that is added, waits, fails or has a match changes when the tail may end
export async function tail(
  access: MessagesAccess,
  input: Input<TailDef>,
  sink: StreamSink<TailDef>,
  signal: AbortSignal,
): Promise<Done<TailDef>> {
  const { topic, show, filter, untilFirst } = input
  if (filter !== null) requireFilter(filter)
  if (input.from !== undefined) checkOffsets({ at: 'offsets', offsets: input.from })
  const opened = await openTopic(access, topic, input.partitions, signal)
  const given = new Map(input.from?.map((o) => [o.partition, o.offset]))
  const { bounds } = opened
  const lanes = new Map([...bounds].map(([p, b]) => [p, new Lane(p, given.get(p) ?? (show.open ? b.highWatermark : b.lastStable))])) // oxfmt-ignore
  let waiting: ErrorValue | null = null
  // A partition that failed stays failed, whatever happens to the others, and each for its own reason.
  const stopped = [...opened.failures]
  const out = new PageOutput(
    sink,
    (counts: ReadCounts, ratePerSecond) =>
      sink.progress({ counts, looked: BigInt(looked), notJudged, ratePerSecond, bounds: boundsList(bounds), waiting, stopped: [...stopped] }), // oxfmt-ignore
    () => lanes.forEach((lane) => (lane.sent = lane.cursor)),
  )
  let looked = 0
  let notJudged: NotJudged = {}
  /** Ends the wait for more, which otherwise only new records end. */
  const found = new AbortController()
  let isFound = false
  let live = lanes.size
  const known = new Set([...lanes.keys(), ...opened.failures.map((one) => one.partition)])

  const take = (event: ColumnEvent): void => {
    if (event.kind === 'waiting') {
      waiting = event.error === null ? null : toErrorValue(event.error)
      return
    }
    const lane = lanes.get(event.partition)! // every partition that is read has a lane
    if (event.kind === 'rows') {
      lane.push(event.columns)
      looked += event.columns.counts.records
      notJudged = addedReasons(notJudged, notJudgedOf(event.columns))
      bounds.set(event.partition, event.bounds)
    } else if (event.kind === 'gap') {
      lane.gap(event.next)
    } else if (event.kind === 'failed') {
      stopped.push({ partition: event.partition, error: toErrorValue(event.error) })
      if (--live === 0) throw event.error
    }
  }

  /** Also follows partitions that the topic gains, from their first record. */
  const follow = async (stream: ColumnStream): Promise<void> => {
    // Failures here are not reported: the followed partitions have the same trouble, and report it.
    const found = await access.reader.source.topic(topic, true, signal).catch(() => null)
    if (found === null || found.topicId !== opened.topicId || signal.aborted) return
    for (const partition of found.partitions.keys()) {
      if (known.has(partition)) continue
      known.add(partition)
      lanes.set(partition, new Lane(partition, 0n))
      live++
      stream.add({ partition, from: 0n, to: null })
    }
  }

  const flush = async (): Promise<void> => {
    for (let next = oldestHere(lanes); next !== null; next = oldestHere(lanes)) {
      const row = next.peek()! // a lane is chosen only if it has a row
      const hole = next.takeHole()
      if (filter === null) out.hole(hole)
      out.row(next.partition, row)
      next.take(row)
      isFound = untilFirst
      if (isFound) return await out.flush()
      if (out.full) await out.flush()
    }
    for (const lane of lanes.values()) {
      const hole = lane.takeHole()
      if (filter === null) out.hole(hole)
    }
    await out.flush()
    // Skipped offsets need not be read again.
    if (filter !== null) for (const lane of lanes.values()) lane.passAll()
  }

  await untilCancelled(async () => {
    const stream = access.reader.columns({
      topic,
      topicId: opened.topicId,
      ranges: [...lanes.values()].map((lane) => ({ partition: lane.partition, from: lane.cursor, to: null })),
      channel: 'tail',
      isolation: show.open ? 'all' : 'committed',
      maxInFlightBytes: 2 << 20,
      partitionBytes: 256 << 10,
      giveUpAfterMs: null,
      signal: AbortSignal.any([signal, found.signal]),
      decode: { includeAborted: show.aborted, previewBytes, verifyCrc: 'flag' },
      ...decodedRows({ fields: input.fields, patient: input.patient || filter !== null }),
      matching: filter ?? undefined,
    })
    const events = stream[Symbol.asyncIterator]()
    const growth = input.partitions === undefined ? setInterval(() => void follow(stream), GROWTH_MS) : undefined
    try {
      const next = takerOf(events)
      let isNews = true
      let toldAt = -Infinity
      let batchMs = BATCH_MS
      let lookedBefore = looked
      for (let due: number | null = null; ;) {
        const now = performance.now()
        const arrived = await next(due === null ? TICK_MS : Math.max(0, due - now))
        if (arrived?.done === true) return
        if (arrived !== null) {
          isNews = true
          take(arrived.value)
          if (arrived.value.kind === 'rows') due ??= performance.now() + batchMs
        }
        if (due !== null && performance.now() >= due) {
          due = null
          batchMs = batchMsAfter(looked - lookedBefore)
          lookedBefore = looked
          await flush()
          if (isFound) {
            found.abort()
            return
          }
        }
        const isUrgent = arrived?.value.kind === 'waiting'
        // Rows that are held back take the progress along: sent separately, the page would draw twice.
        if (due !== null && !isUrgent) continue
        if (!isNews && now - toldAt < QUIET_MS) continue
        if (!out.tell(stream.bytes, looked, isUrgent)) continue
        isNews = false
        toldAt = now
      }
    } finally {
      clearInterval(growth)
      await events.return?.(undefined)
    }
  }, signal)
  return {
    reason: isFound ? 'found' : signal.aborted ? 'cancelled' : 'failed',
    forward: [...lanes.values()].map((lane) => ({ partition: lane.partition, offset: lane.sent })),
  }
}

/** How long the next rows are held back, depending on the number of records that came with these. */
function batchMsAfter(records: number): number {
  return records > FAST_RECORDS ? FAST_BATCH_MS : records > BUSY_RECORDS ? BUSY_BATCH_MS : BATCH_MS
}

/** Unlike a page, a tail does not wait for a silent partition. */
function oldestHere(lanes: ReadonlyMap<number, Lane>): Lane | null {
  let best: { lane: Lane; timestamp: bigint } | null = null
  for (const lane of lanes.values()) {
    const row = lane.peek()
    if (row === null) continue
    const timestamp = row.columns.timestamp[row.row]! // row < count
    if (best === null || timestamp < best.timestamp) best = { lane, timestamp }
  }
  return best?.lane ?? null
}

/**
 * Takes one event after the other; null: it did not arrive within the time, and is still awaited. (A race with the pending
 * promise at each tick would leak as long as nothing arrives.)
 */
function takerOf<T>(events: AsyncIterator<T>): (ms: number) => Promise<IteratorResult<T> | null> {
  const here: PromiseSettledResult<IteratorResult<T>>[] = []
  let asked = false
  let wake = (): void => undefined
  const settle = (one: (typeof here)[number]): void => {
    here.push(one)
    wake()
  }
  return async (ms) => {
    if (!asked) {
      asked = true
      events.next().then(
        (value) => settle({ status: 'fulfilled', value }),
        (reason: unknown) => settle({ status: 'rejected', reason }),
      )
    }
    if (here.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const one = here.pop()
    if (one === undefined) return null
    asked = false
    if (one.status === 'rejected') throw one.reason
    return one.value
  }
}
