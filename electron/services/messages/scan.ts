import type { Done, Input, Output, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { advanced, newLedger, rangesLeft, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { FrameBuilder } from './frame.ts'
import { decodedHole, noCounts } from './hole.ts'
import { decodedRows, previewBytes, stepBytes, untilCancelled } from './page.ts'
import { checkOffsets, openTopic, startOffsets, type MessagesAccess } from './start.ts'

type ScanDef = (typeof messages)['messages.scan']
type LedgerDef = (typeof messages)['messages.ledger']

const previews = {
  none: { key: 0, value: 0 },
  short: previewBytes,
  whole: { key: 64 << 10, value: 256 << 10 },
}

/** Coverage without a match is told so often, too: who watches sees it grow, and who stops loses no more than that. */
const FRAME_MS = 100

/** What there is to scan from a place on, as a ledger that has all of it left. */
export async function newScan(
  access: MessagesAccess,
  { topic, partitions, start, ifNone, show }: Input<LedgerDef>,
  signal: AbortSignal,
): Promise<Output<LedgerDef>> {
  checkOffsets(start)
  const opened = await openTopic(access, topic, partitions, signal)
  const starts = await startOffsets(access, topic, { start, ifNone }, opened, signal)
  const ranges = [...starts].map(([partition, offset]) => {
    const { logStart, lastStable, highWatermark } = opened.bounds.get(partition)!
    const to = show.open ? highWatermark : lastStable
    const from = offset > logStart ? offset : logStart
    return { partition, from: from < to ? from : to, to }
  })
  if (ranges.length === 0) throw new SeeklineError('kafka.partition-unknown', `There is nothing of ${topic} to scan.`)
  const { clusterId } = access.cluster.info()
  return { ledger: newLedger({ clusterId, topic, topicId: opened.topicId }, ranges), failures: opened.failures }
}

/**
 * Reads what a ledger has left and hands over what the filter matches, as it comes: partitions are not merged, so that none
 * waits for another. Each frame says which offsets it covers; the ledger of the end counts those of the frames that were sent.
 */
export async function scan(
  access: MessagesAccess,
  input: Input<ScanDef>,
  sink: StreamSink<ScanDef>,
  signal: AbortSignal,
): Promise<Done<ScanDef>> {
  const { topic, topicId } = input.ledger
  const { filter, show, most } = input
  requireCluster(access, input.ledger)
  if (filter !== null) requireFilter(filter)
  const ranges = rangesLeft(input.ledger)
  const out = new ScanOutput(input.ledger, sink, most.matches)
  const failures: Done<ScanDef>['failures'] = []
  const late = AbortSignal.timeout(most.milliseconds)
  const over = AbortSignal.any([signal, late])
  let limit: Done<ScanDef>['limit'] = null
  let waiting: ErrorValue | null = null
  const isStopped = await untilCancelled(async () => {
    const stream = access.reader.columns({
      topic,
      topicId,
      ranges,
      signal: over,
      isolation: show.open ? 'all' : 'committed',
      partitionBytes: stepBytes(ranges.length),
      decode: { includeAborted: show.aborted, previewBytes: previews[input.previews], verifyCrc: 'flag' },
      ...decodedRows({ fields: input.fields, patient: input.patient || filter !== null }),
      decoded: input.previews !== 'none' || input.fields.length > 0,
      matching: filter ?? undefined,
    })
    for await (const event of stream) {
      if (event.kind === 'waiting') waiting = event.error === null ? null : toErrorValue(event.error)
      else if (event.kind === 'rows') await out.take(event.partition, event.columns)
      else if (event.kind === 'gap') out.cover(event.partition, event.next, 'gone')
      else if (event.kind === 'failed') failures.push({ partition: event.partition, error: toErrorValue(event.error) })
      else out.cover(event.partition, event.next, 'read')
      await out.tell(stream.bytes, waiting)
      if (out.matched >= BigInt(most.matches)) limit = 'matches'
      else if (BigInt(stream.bytes) >= most.bytes) limit = 'bytes'
      if (limit !== null) return
    }
  }, over)
  // What was found before the time was over is handed over still; who cancelled takes nothing more.
  if (!signal.aborted) await out.flush()
  if (isStopped && !signal.aborted) limit = 'time'
  const { ledger, counts, matched } = out
  const reason = signal.aborted ? 'cancelled' : limit === null || rangesLeft(ledger).length === 0 ? 'end' : 'limit'
  return { reason, limit: reason === 'limit' ? limit : null, ledger, counts, matched, failures }
}

/** Frames of a scan on their way, and what has been covered by those that were sent. */
class ScanOutput {
  ledger: ScanLedger
  /** Of the pieces that were handed over whole. */
  readonly counts = noCounts()
  matched = 0n
  readonly #sink: StreamSink<ScanDef>
  readonly #most: bigint
  readonly #frame = new FrameBuilder()
  /** Of the frame that is being made. */
  #covered: Covered[] = []
  readonly #lastOf = new Map<number, Covered>()
  /** Where each partition stands, frames that are not sent yet included. */
  readonly #next: Map<number, bigint>
  readonly #ends: ReadonlyMap<number, bigint>
  readonly #start = performance.now()
  #sentAt = this.#start

  constructor(ledger: ScanLedger, sink: StreamSink<ScanDef>, most: number) {
    this.ledger = ledger
    this.#sink = sink
    this.#most = BigInt(most)
    this.#next = new Map(ledger.parts.map(({ partition, next }) => [partition, next]))
    this.#ends = new Map(ledger.parts.map(({ partition, to }) => [partition, to]))
  }

  /** Rows of one piece; not all of them where the last that is wanted is among them. */
  async take(partition: number, columns: RecordColumns): Promise<void> {
    let hole = 0
    const holesBefore = (offset: bigint): void => {
      for (let one = columns.holes[hole]; one !== undefined && one.first < offset; one = columns.holes[++hole]) {
        // Markers and the like are counted only: a log of short transactions has as many of them as records.
        if (one.corrupt > 0 || one.oldFormat > 0) this.#frame.hole(decodedHole(partition, one))
      }
    }
    const { counts } = columns
    for (let row = 0; row < columns.count && this.matched < this.#most; row += 1) {
      const offset = columns.offset[row]!
      holesBefore(offset)
      this.#frame.row(partition, { columns, row })
      this.matched += 1n
      this.cover(partition, offset + 1n, 'read')
      if (this.#frame.full) await this.flush()
    }
    if (this.matched >= this.#most) return
    holesBefore(columns.nextOffset)
    this.cover(partition, columns.nextOffset, 'read')
    this.counts.records += BigInt(counts.records)
    this.counts.aborted += BigInt(counts.aborted)
    this.counts.markers += BigInt(counts.markers)
    this.counts.missing += BigInt(counts.missing)
  }

  /** Everything up to `until`; the log may have been cut beyond what is wanted of it. */
  cover(partition: number, until: bigint, why: Covered['why']): void {
    const from = this.#next.get(partition)!
    const end = this.#ends.get(partition)!
    const to = until < end ? until : end
    if (to <= from) return
    this.#next.set(partition, to)
    const last = this.#lastOf.get(partition)
    if (last !== undefined && last.why === why) {
      last.to = to
      return
    }
    const next = { partition, from, to, why }
    this.#lastOf.set(partition, next)
    this.#covered.push(next)
  }

  async tell(bytes: number, waiting: ErrorValue | null): Promise<void> {
    this.counts.bytes = BigInt(bytes)
    const now = performance.now()
    if (this.#frame.full || now - this.#sentAt >= FRAME_MS) await this.flush()
    const ratePerSecond = Math.round((Number(this.counts.records) * 1_000) / Math.max(1, now - this.#start))
    this.#sink.progress({ counts: { ...this.counts }, matched: this.matched, ratePerSecond, waiting })
  }

  async flush(): Promise<void> {
    this.#sentAt = performance.now()
    if (this.#frame.empty && this.#covered.length === 0) return
    const covered = this.#covered
    this.#covered = []
    this.#lastOf.clear()
    await this.#sink.batch({ rows: this.#frame.take(), covered })
    this.ledger = advanced(this.ledger, covered)
  }
}

/** What is no filter is told before anything is read, with the character that it is at. */
function requireFilter(filter: RecordFilter): void {
  const made = compileFilter(filter)
  if (!isProblem(made)) return
  const { message, at, length, path } = made
  throw new SeeklineError('call.invalid', message, { details: { at, length, path: path.join('.') } })
}

function requireCluster({ cluster }: MessagesAccess, ledger: ScanLedger): void {
  const { clusterId } = cluster.info()
  if (clusterId === null || ledger.clusterId === null || clusterId === ledger.clusterId) return
  throw new SeeklineError('call.invalid', 'This scan began on another cluster: its offsets mean nothing here.', {
    hint: `Connect to the cluster ${ledger.clusterId} to go on, or begin anew.`,
    details: { here: clusterId, there: ledger.clusterId },
  })
}
