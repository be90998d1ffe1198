import { giveBackBuffer } from '#shared/bytes.ts'
import type { Input, ProgressOf, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import { addedTallies, advanced, coverageOf, noTally, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { CountedHole, RecordColumns } from '../../kafka/records/column-types.ts'
import { FrameBuilder, frameOf } from './row-frames.ts'
import { decodedHole, noCounts } from './holes.ts'
import { NewestKeys } from './newest-keys.ts'
import { ScanSpreads } from './scan-spreads.ts'
import { PieceCoverage } from './scan-piece.ts'

type ScanDef = (typeof messages)['messages.scan']

/** Coverage without a match is also sent this often: the user sees it grow, and a cancel loses no more than that. */
const FRAME_MS = 100
/** Fewer rows are put into a frame together with others. */
const LEAST_ROWS = 250

/** Frames of a scan on their way, and what the sent frames cover. */
export class ScanOutput {
  ledger: ScanLedger
  /** For the pieces that were sent completely. */
  readonly counts = noCounts()
  /** Includes frames that are not sent yet. */
  found = noTally()
  /** Rows sent. */
  rows = 0
  readonly #sink: StreamSink<ScanDef>
  readonly #most: number
  readonly #isBackward: boolean
  readonly #areMatches: boolean
  readonly #frame: FrameBuilder
  readonly spreads: ScanSpreads
  readonly newestKeys = new NewestKeys()
  /** What the current frame covers. */
  #covered: Covered[] = []
  readonly #lastOf = new Map<number, Covered>()
  /** Pieces whose rows are all in the current frame, or in earlier ones. */
  #copied: RecordColumns[] = []
  readonly #write: ((lines: Uint8Array) => Promise<void>) | undefined
  readonly #before: { covered: bigint; left: bigint }
  #coveredOffsets = 0n
  readonly #start = performance.now()
  #sentAt = this.#start
  #hasSentRows = false

  constructor(
    input: Input<ScanDef>,
    sink: StreamSink<ScanDef>,
    /** Where lines go that workers have written. */
    write?: (lines: Uint8Array) => Promise<void>,
  ) {
    this.#write = write
    this.ledger = input.ledger
    this.#sink = sink
    this.#most = input.most.matches
    this.#isBackward = input.direction === 'backward'
    this.#areMatches = input.list === 'matches'
    this.#before = coverageOf(input.ledger)
    this.#frame = new FrameBuilder(input.fields.length)
    this.spreads = new ScanSpreads(input.spreads, input.fields.length, input.ledger.topic)
  }

  get isFull(): boolean {
    return this.rows >= this.#most
  }

  get hasCovered(): boolean {
    return this.#coveredOffsets > 0n
  }

  /** Adds the rows of one piece; only up to the last one that is wanted. */
  async take(partition: number, columns: RecordColumns): Promise<void> {
    if (columns.lines !== null) await this.#write?.(columns.lines)
    const coverage = new PieceCoverage(partition, columns, this.#isBackward)
    const holes = new HolesToShow(columns.holes, this.#isBackward)
    let untold = 0
    const newest = columns.keys === null ? null : this.newestKeys.newestRows(partition, columns.keys)
    const isFrame = newest === null && holes.isOver && this.#isFrame(columns)
    if (isFrame) return await this.#takeFrame(partition, columns, coverage)
    const count = newest?.length ?? columns.count
    for (let i = 0; i < count && !this.isFull; i += 1) {
      const row = newest?.[i] ?? (this.#isBackward ? columns.count - 1 - i : i)
      const offset = columns.offset[row]! // row < count
      if (!holes.isOver) for (const hole of holes.before(offset)) this.#frame.hole(decodedHole(partition, hole))
      this.#frame.row(partition, { columns, row })
      this.rows += 1
      if (this.#areMatches) {
        untold += 1
        this.spreads.addRow(partition, columns, row)
      }
      if (!this.isFull && !this.#frame.full) continue
      this.cover(...coverage.upTo(this.#isBackward ? offset : offset + 1n, BigInt(untold)))
      untold = 0
      if (this.#frame.full) await this.flush()
    }
    if (this.isFull) return
    for (const hole of holes.before(null)) this.#frame.hole(decodedHole(partition, hole))
    // Without rows the worker has counted the matches.
    const matched = columns.count === 0 && this.#areMatches ? columns.counts.matched : untold
    this.#whole(columns, coverage, matched)
    if (newest === null) this.#copied.push(columns)
  }

  /**
   * Whether a worker's output can be sent as it is: it is large enough for a frame, and nothing has to be left out or reversed.
   */
  #isFrame({ count, fields }: RecordColumns): boolean {
    if (count < LEAST_ROWS || this.#isBackward || this.rows + count > this.#most) return false
    return fields === null || fields.count === this.#frame.fields
  }

  async #takeFrame(partition: number, columns: RecordColumns, coverage: PieceCoverage): Promise<void> {
    await this.flush()
    this.rows += columns.count
    if (this.#areMatches) this.spreads.addRows(partition, columns)
    this.#whole(columns, coverage, this.#areMatches ? columns.count : 0)
    await this.#send(frameOf(partition, columns))
  }

  /** Adds the rest of a piece, and what is reported for it as a whole. */
  #whole({ counts, spreads, fromOffset, nextOffset }: RecordColumns, coverage: PieceCoverage, matched: number): void {
    if (spreads !== null) this.spreads.merge(spreads)
    this.cover(...coverage.upTo(this.#isBackward ? fromOffset : nextOffset, BigInt(matched)))
    this.counts.records += BigInt(counts.records)
    this.counts.aborted += BigInt(counts.aborted)
    this.counts.markers += BigInt(counts.markers)
    this.counts.missing += BigInt(counts.missing)
  }

  /** Covers offsets without records: deleted, or the rest of a range without batches. */
  coverEmpty(partition: number, from: bigint, to: bigint, why: Covered['why']): void {
    if (from < to) this.cover({ partition, from, to, why, ...noTally() })
  }

  cover(...covered: Covered[]): void {
    for (const one of covered) {
      this.#coveredOffsets += one.to - one.from
      this.found = addedTallies(this.found, one)
      const last = this.#lastOf.get(one.partition)
      if (last?.why === one.why && (this.#isBackward ? one.to === last.from : one.from === last.to)) {
        if (this.#isBackward) last.from = one.from
        else last.to = one.to
        Object.assign(last, addedTallies(last, one))
        continue
      }
      const next = { ...one }
      this.#lastOf.set(one.partition, next)
      this.#covered.push(next)
    }
  }

  async tell(bytes: number, waiting: ErrorValue | null): Promise<void> {
    this.counts.bytes = BigInt(bytes)
    const now = performance.now()
    // The user waits for the first hit.
    const isFirst = !this.#hasSentRows && this.rows > 0
    if (isFirst || this.#frame.full || now - this.#sentAt >= FRAME_MS) await this.flush()
    this.#sink.progress(this.#progress(now, waiting))
  }

  async flush(): Promise<void> {
    this.#sentAt = performance.now()
    if (!this.#frame.empty || this.#covered.length > 0) await this.#send(this.#frame.take())
  }

  async #send(made: RowColumns): Promise<void> {
    const covered = this.#covered
    this.#covered = []
    this.#lastOf.clear()
    for (const { offset } of this.#copied.splice(0)) giveBackBuffer(offset.buffer)
    this.#hasSentRows ||= made.count > 0
    await this.#sink.batch({ rows: made, covered, spreads: this.spreads.take() })
    this.ledger = advanced(this.ledger, covered)
  }

  #progress(now: number, waiting: ErrorValue | null): ProgressOf<ScanDef> {
    const seconds = Math.max(1, now - this.#start) / 1_000
    const left = this.#before.left - this.#coveredOffsets
    const offsetsPerSecond = Number(this.#coveredOffsets) / seconds
    return {
      counts: { ...this.counts },
      found: this.found,
      covered: this.#before.covered + this.#coveredOffsets,
      left,
      ratePerSecond: Math.round(Number(this.found.records) / seconds),
      bytesPerSecond: Math.round(Number(this.counts.bytes) / seconds),
      secondsLeft: offsetsPerSecond === 0 ? null : Number(left) / offsetsPerSecond,
      waiting,
    }
  }
}

/** Holes to show; markers and the like are only counted: a log with short transactions has as many of them as records. */
class HolesToShow {
  readonly #holes: readonly CountedHole[]
  readonly #isBackward: boolean
  #at = 0

  constructor(holes: readonly CountedHole[], isBackward: boolean) {
    const shown = holes.filter(({ corrupt, oldFormat }) => corrupt > 0 || oldFormat > 0)
    this.#holes = isBackward ? shown.toReversed() : shown
    this.#isBackward = isBackward
  }

  get isOver(): boolean {
    return this.#at >= this.#holes.length
  }

  /** The holes before an offset; null: all that are left. */
  *before(offset: bigint | null): Iterable<CountedHole> {
    for (; this.#at < this.#holes.length; this.#at += 1) {
      const one = this.#holes[this.#at]! // at < holes.length
      if (offset !== null && (this.#isBackward ? one.first < offset : one.first > offset)) return
      yield one
    }
  }
}
