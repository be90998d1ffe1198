import type { StreamSink } from '#shared/contract/define.ts'
import type { messages, BrowseDone, ReadCounts, Show } from '#shared/contract/messages.ts'
import { toErrorValue, type SeeklineError } from '#shared/errors.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { Hole } from '#shared/model/hole.ts'
import type { ColumnRead } from '../../kafka/log-reader.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { FrameBuilder, type RowRef } from './row-frames.ts'
import { countHole, noCounts } from './holes.ts'
import type { MessagesAccess, Opened } from './start-offsets.ts'

/** What both directions of a page need. */
export interface Page {
  access: MessagesAccess
  topic: string
  opened: Opened
  /** First offset of each partition; backward: the exclusive end. */
  starts: ReadonlyMap<number, bigint>
  show: Show
  limit: number
  decoding: RowDecoding
}

/** How rows are decoded for this caller. */
export type RowDecoding = Pick<ColumnRead, 'decoded' | 'fields' | 'patience'>

export function decodedRows({ fields, patient }: { fields: readonly RowField[]; patient: boolean }): RowDecoding {
  return { decoded: true, fields, patience: patient ? 'whole' : 'look' }
}

export type BrowseSink = StreamSink<(typeof messages)['messages.browse']>

/** The length of key and value previews of a row. */
export const previewBytes = { key: 128, value: 384 }

/** How much is requested of each partition at a time, so that a page over many partitions reads little more than it shows. */
export function stepBytes(partitions: number): number {
  return Math.min(1 << 20, Math.max(64 << 10, Math.floor((2 << 20) / Math.max(1, partitions))))
}

/**
 * The same for reading everything: as much as one answer may hold, and with many partitions enough to make each request
 * worthwhile.
 */
export function bulkBytes(partitions: number): number {
  return Math.min(1 << 20, Math.max(256 << 10, Math.floor((4 << 20) / Math.max(1, partitions))))
}

/** A partition without a leader blocks the merge; after this long it is left out, and the page says so. */
export const GIVE_UP_MS = 3_000

const PROGRESS_MS = 200

/** Frames, counts and progress of one page or tail on their way to the sink. */
export class PageOutput {
  readonly counts: ReadCounts = noCounts()
  /** Counts for the frames that were sent: after a cancel the last one is not. */
  sent: ReadCounts = noCounts()
  readonly #onSent: () => void
  readonly #sink: Pick<BrowseSink, 'batch'>
  readonly #progress: (counts: ReadCounts, ratePerSecond: number) => void
  readonly #frame = new FrameBuilder()
  readonly #start = performance.now()
  #told = this.#start

  constructor(
    sink: Pick<BrowseSink, 'batch'>,
    progress: (counts: ReadCounts, ratePerSecond: number) => void,
    onSent: () => void = () => undefined,
  ) {
    this.#sink = sink
    this.#progress = progress
    this.#onSent = onSent
  }

  get full(): boolean {
    return this.#frame.full
  }

  get empty(): boolean {
    return this.#frame.empty
  }

  row(partition: number, row: RowRef): void {
    this.#frame.row(partition, row)
    this.counts.records++
  }

  hole(hole: Hole | null): void {
    if (hole === null) return
    this.#frame.hole(hole)
    countHole(this.counts, hole)
  }

  async flush(): Promise<void> {
    if (this.#frame.empty) return
    await this.#sink.batch(this.#frame.take())
    this.sent = { ...this.counts }
    this.#onSent()
  }

  /** `looked`: records decoded so far, whether shown or not. false: progress was sent a moment ago. */
  tell(bytes: number, looked: number, always = false): boolean {
    this.counts.bytes = BigInt(bytes)
    const now = performance.now()
    if (!always && now - this.#told < PROGRESS_MS) return false
    this.#told = now
    this.#progress({ ...this.counts }, Math.round((looked * 1_000) / Math.max(1, now - this.#start)))
    return true
  }
}

export function partitionFailed(failures: BrowseDone['failures'], partition: number, error: SeeklineError): void {
  failures.push({ partition, error: toErrorValue(error) })
}

/** A cancel is a normal end of a stream: what was shown stays, with its cursors. */
export async function untilCancelled(work: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (signal.aborted && (isCancelled(error) || error === signal.reason)) return true
    throw error
  }
}
