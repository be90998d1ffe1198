import type { Done, Input, Output, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import { newLedger, rangesLeft, type OffsetRange, type ScanLedger } from '#shared/model/ledger.ts'
import type { ColumnEvent, ColumnStream } from '../../kafka/log-reader.ts'
import type { OffsetsFilter } from '../../kafka/workers/offsets-filter.ts'
import { frameLimits } from './row-frames.ts'
import { bulkBytes, decodedRows, previewBytes, stepBytes, untilCancelled } from './browse-page.ts'
import { requireFilter } from './require-filter.ts'
import { ScanLane, type ScanPiece, type ScanStretch } from './scan-lane.ts'
import { ScanOutput } from './scan-output.ts'
import { checkOffsets, openTopic, startOffsets, type MessagesAccess, type Opened } from './start-offsets.ts'

type ScanDef = (typeof messages)['messages.scan']
type LedgerDef = (typeof messages)['messages.ledger']

const previews = {
  none: { key: 0, value: 0 },
  short: previewBytes,
  whole: { key: 64 << 10, value: 256 << 10 },
}

/** How much the backward stretches of all partitions together may hold. */
const BACKWARD_BYTES = 32 << 20

/** What there is to scan from one place to another, as a ledger with everything left. */
export async function newScan(
  access: MessagesAccess,
  { topic, partitions, start, end, ifNone, show }: Input<LedgerDef>,
  signal: AbortSignal,
): Promise<Output<LedgerDef>> {
  checkOffsets(start)
  if (end !== undefined) checkOffsets(end)
  const opened = await openTopic(access, topic, partitions, signal)
  const starts = await startOffsets(access, topic, { start, ifNone }, opened, signal)
  const ends = await endOffsets(access, topic, end, opened, signal)
  const ranges = [...starts].map(([partition, offset]) => {
    const { logStart, lastStable, highWatermark } = opened.bounds.get(partition)! // openTopic answers with bounds for every partition it opens
    const readable = show.open ? highWatermark : lastStable
    const wanted = ends.get(partition)
    const to = wanted !== undefined && wanted < readable ? wanted : readable
    const from = offset > logStart ? offset : logStart
    return { partition, from: from < to ? from : to, to }
  })
  if (ranges.length === 0) throw new SeeklineError('kafka.partition-unknown', `${topic} has none of these partitions.`)
  const { clusterId } = access.cluster.info()
  return { ledger: newLedger({ clusterId, topic, topicId: opened.topicId }, ranges), failures: opened.failures }
}

/** For the partitions that have such a place; the others are read to their end. */
async function endOffsets(
  access: MessagesAccess,
  topic: string,
  end: Input<LedgerDef>['end'],
  opened: Opened,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, bigint>> {
  if (end === undefined) return new Map()
  return await startOffsets(access, topic, { start: end, ifNone: 'end' }, { ...opened, failures: [] }, signal)
}

/** Where matches go as lines, if no rows are wanted. */
export interface ScanLines {
  format: LineFormat
  write: (bytes: Uint8Array) => Promise<void>
  /** These records instead of those that a filter matches. */
  only?: OffsetsFilter | undefined
}

/**
 * Reads what a ledger has left and sends what the filter matches, as it is found: partitions are not merged, so that none waits
 * for another. Each frame says which offsets it covers; the ledger at the end counts those of the frames that were sent.
 */
export async function scan(
  access: MessagesAccess,
  input: Input<ScanDef>,
  sink: StreamSink<ScanDef>,
  signal: AbortSignal,
  lines?: ScanLines,
): Promise<Done<ScanDef>> {
  requireCluster(access, input.ledger)
  const { filter, most } = input
  if (filter !== null) requireFilter(filter)
  if (input.newestPerKey) requireNewest(input)
  const late = AbortSignal.timeout(most.milliseconds)
  const over = AbortSignal.any([signal, late])
  const run = new ScanRun(input, new ScanOutput(input, sink, lines?.write), lines)
  const isStopped = await untilCancelled(() => run.read(access, over), over)
  // What was found before the time limit is still sent; after a cancel nobody wants it.
  if (!signal.aborted) await run.out.flush()
  const limit = isStopped && !signal.aborted ? 'time' : run.limit
  const { ledger, counts, found } = run.out
  const reason = signal.aborted ? 'cancelled' : limit === null || rangesLeft(ledger).length === 0 ? 'end' : 'limit'
  return { reason, limit: reason === 'limit' ? limit : null, ledger, counts, found, failures: run.failures }
}

class ScanRun {
  readonly out: ScanOutput
  readonly failures: Done<ScanDef>['failures'] = []
  limit: Done<ScanDef>['limit'] = null
  readonly #input: Input<ScanDef>
  readonly #isBackward: boolean
  readonly #lanes: ReadonlyMap<number, ScanLane>
  readonly #lines: ScanLines | undefined

  constructor(input: Input<ScanDef>, out: ScanOutput, lines: ScanLines | undefined) {
    this.#lines = lines
    this.#input = input
    this.#isBackward = input.direction === 'backward'
    this.out = out
    const left = Map.groupBy(rangesLeft(input.ledger), ({ partition }) => partition)
    const budget = Math.max(64 << 10, Math.min(8 << 20, Math.floor(BACKWARD_BYTES / Math.max(1, left.size))))
    this.#lanes = new Map(
      [...left].map(([partition, ranges]) => [partition, new ScanLane(partition, ranges, this.#isBackward, budget)]),
    )
  }

  async read({ reader }: MessagesAccess, signal: AbortSignal): Promise<void> {
    const { ledger, filter, show, time, newestPerKey, want, list, fields, spreads, patient, most } = this.#input
    const ranges = [...this.#lanes.values()].map((lane) => lane.begin()).filter((range) => range !== null)
    const hasRows = want === 'rows'
    const taken = [...fields, ...this.out.spreads.fields]
    const stream = reader.columns({
      topic: ledger.topic,
      topicId: ledger.topicId,
      ranges,
      signal,
      isolation: show.open ? 'all' : 'committed',
      partitionBytes: this.#isBackward ? stepBytes(ranges.length) : bulkBytes(ranges.length),
      decode: {
        includeAborted: show.aborted,
        previewBytes: previews[this.#input.previews],
        verifyCrc: 'rows',
        list: hasRows ? list : 'none',
        keys: newestPerKey,
        ...(time === null ? {} : { time }),
      },
      ...(hasRows ? { pieces: frameLimits } : {}),
      ...decodedRows({ fields: hasRows ? taken : [], patient: patient || filter !== null || spreads.length > 0 }),
      decoded: hasRows && (this.#input.previews !== 'none' || taken.length > 0),
      ...(hasRows || spreads.length === 0 ? {} : { spreads }),
      ...(this.#lines === undefined ? {} : { lines: this.#lines.format }),
      matching: this.#lines?.only ?? filter ?? undefined,
    })
    let waiting: ErrorValue | null = null
    for await (const event of stream) {
      if (event.kind === 'waiting') waiting = event.error === null ? null : toErrorValue(event.error)
      else if (event.kind === 'failed')
        this.failures.push({ partition: event.partition, error: toErrorValue(event.error) }) // oxfmt-ignore
      else if (this.#isBackward) await this.#takeBackward(event, this.#lanes.get(event.partition)!, stream) // every partition that is read has a lane
      else await this.#takeForward(event, this.#lanes.get(event.partition)!, stream) // every partition that is read has a lane
      await this.out.tell(stream.bytes, waiting)
      if (this.out.isFull) this.limit = 'matches'
      else if (this.out.newestKeys.isFull) this.limit = 'keys'
      // A stretch counts once all of it was sent: if the call ended before, the next one would have to start it again.
      else if (BigInt(stream.bytes) >= most.bytes && this.out.hasCovered) this.limit = 'bytes'
      if (this.limit !== null) return
    }
  }

  async #takeForward(event: PartitionEvent, lane: ScanLane, stream: ColumnStream): Promise<void> {
    if (event.kind === 'rows') {
      await this.out.take(lane.partition, event.columns)
      lane.at = event.columns.nextOffset
      return
    }
    // The log may have been truncated below the wanted end.
    const to = event.next < lane.to ? event.next : lane.to
    this.out.coverEmpty(lane.partition, lane.at, to, event.kind === 'gap' ? 'gone' : 'read')
    if (to > lane.at) lane.at = to
    if (event.kind === 'end') this.#goOn(lane, stream)
  }

  async #takeBackward(event: PartitionEvent, lane: ScanLane, stream: ColumnStream): Promise<void> {
    if (event.kind === 'rows') {
      if (lane.keep(event.columns, event.columns.nextOffset)) return
      stream.finish(lane.partition)
      this.#goOn(lane, stream)
    } else if (event.kind === 'gap') {
      const to = event.next < lane.to ? event.next : lane.to
      if (to > lane.at) lane.keep({ goneTo: to }, to)
    } else {
      const end = event.next < lane.to ? event.next : lane.to
      const stretch = lane.complete()
      // The next stretch is requested while this one is being sent.
      this.#goOn(lane, stream)
      await this.#handOver(lane.partition, stretch, end)
    }
  }

  /** Sends a stretch, from its end. */
  async #handOver(partition: number, { from: start, pieces }: ScanStretch, end: bigint): Promise<void> {
    let at = end
    for (let i = pieces.length - 1; i >= 0 && !this.out.isFull; i -= 1) {
      const piece = pieces[i]! // i < pieces.length
      if ('goneTo' in piece) {
        const from = startOf(pieces[i - 1], start)
        this.out.coverEmpty(partition, piece.goneTo, at, 'read')
        this.out.coverEmpty(partition, from, piece.goneTo, 'gone')
        at = from
      } else {
        this.out.coverEmpty(partition, piece.nextOffset, at, 'read')
        await this.out.take(partition, piece)
        at = piece.fromOffset
      }
    }
    if (!this.out.isFull) this.out.coverEmpty(partition, start, at, 'read')
  }

  #goOn(lane: ScanLane, stream: ColumnStream): void {
    const range: OffsetRange | null = lane.begin()
    if (range !== null) stream.add(range)
  }
}

type PartitionEvent = Exclude<ColumnEvent, { kind: 'waiting' } | { kind: 'failed' }>

/** The end of the piece before it. */
function startOf(piece: ScanPiece | undefined, from: bigint): bigint {
  if (piece === undefined) return from
  return 'goneTo' in piece ? piece.goneTo : piece.nextOffset
}

function requireNewest({ direction, want, list, ledger }: Input<ScanDef>): void {
  const isWhole = ledger.parts.every(({ covered }) => covered.length === 0)
  if (direction === 'backward' && want === 'rows' && list === 'matches' && isWhole) return
  throw new SeeklineError('call.invalid', 'The newest record of each key is found backward, in rows, and in one go.', {
    hint: 'Set "direction":"backward", and give a ledger that nothing is covered of.',
  })
}

function requireCluster({ cluster }: MessagesAccess, ledger: ScanLedger): void {
  const { clusterId } = cluster.info()
  if (clusterId === null || ledger.clusterId === null || clusterId === ledger.clusterId) return
  throw new SeeklineError('call.invalid', 'This scan began on another cluster: its offsets mean nothing here.', {
    hint: `Connect to the cluster ${ledger.clusterId} to continue, or start again.`,
    details: { here: clusterId, there: ledger.clusterId },
  })
}
