import { AT, BatchView, FRAME_PREFIX } from './batch-header.ts'
import { AbortedTracker } from './control-records.ts'
import type { AbortedTransaction, OldFormatBatch, Problem, ProblemBatch } from './batch-types.ts'

export interface WalkOptions {
  /** Batches entirely below it are skipped. */
  readonly fromOffset?: bigint
  /** From the Fetch response at isolation level 1. Without it no batch is known to be aborted. */
  readonly abortedTransactions?: readonly AbortedTransaction[]
  /**
   * Where the log ends as far as is known. It is not a limit: brokers read the high watermark of an answer before the records,
   * so records at and above it may be in the answer. From here on a batch is believed if it directly follows the one before it
   * and its checksum is right. One after a gap is a problem: see {@link BatchWalker.unbelieved}.
   */
  readonly logEnd?: bigint
  /** `report` turns a batch with a bad checksum into a problem, `flag` returns it with `crcBad` set. */
  readonly verifyCrc?: 'off' | 'report' | 'flag'
}

export type WalkItem = BatchView | OldFormatBatch | ProblemBatch

/** The incomplete batch at the end of the bytes: brokers cut a response at its byte limit. */
export interface PartialTail {
  readonly baseOffset: bigint
  /** The size of the whole batch according to its header; null: not even that was sent. */
  readonly sizeNeeded: number | null
  readonly sizeHere: number
}

/** magic 0: crc, magic, attributes, and two lengths. */
const SMALLEST_OLD_ENTRY = 14
const MAX_INT64 = 2n ** 63n - 1n

/**
 * Steps through the `records` bytes of one partition in a Fetch response, batch by batch. What cannot be read becomes an item
 * with the offsets it claims, and the walk continues after it if its frame length allows.
 */
export class BatchWalker {
  /** Where the next fetch starts: after the last batch, even if compaction has emptied it. */
  nextOffset: bigint
  /** Set at the end if the bytes break off inside a batch. */
  tail: PartialTail | null = null
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /**
   * Where the last item starts in the bytes, if it was refused only because it is after a gap past the known end of the log, so
   * that asking for that end again may prove it right. null: it was believed, or is wrong in itself.
   */
  unbelieved: number | null = null
  readonly #from: bigint
  readonly #logEnd: bigint
  readonly #tracker: AbortedTracker | null
  readonly #verifyCrc: 'off' | 'report' | 'flag'
  #pos = 0
  #seen: bigint | null = null

  constructor(bytes: Uint8Array, options: WalkOptions = {}) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#from = options.fromOffset ?? 0n
    this.#logEnd = options.logEnd ?? MAX_INT64
    this.nextOffset = this.#from
    const aborted = options.abortedTransactions ?? []
    this.#tracker = aborted.length > 0 ? new AbortedTracker(aborted) : null
    this.#verifyCrc = options.verifyCrc ?? 'off'
  }

  next(): WalkItem | null {
    for (;;) {
      const item = this.#step()
      if (item === null || item.kind === 'batch') return item
      if (item.last >= this.#from || item.kind === 'problem') return item
    }
  }

  #step(): WalkItem | null {
    const view = this.#view
    for (;;) {
      const start = this.#pos
      const left = view.byteLength - start
      if (left < FRAME_PREFIX + 5) {
        if (left > 0) this.tail = { baseOffset: this.#tailOffset(start, left), sizeNeeded: null, sizeHere: left }
        this.#pos = view.byteLength
        return null
      }
      const length = view.getInt32(start + AT.length)
      const base = view.getBigInt64(start)
      const magic = view.getInt8(start + AT.magic)
      const smallest = magic === 2 ? AT.records - FRAME_PREFIX : SMALLEST_OLD_ENTRY
      if (length < smallest) {
        this.#pos = view.byteLength
        const detail = `its length says ${length} bytes, and ${smallest} is the least there can be`
        return { ...this.#problem({ reason: 'bad-length', detail }, base, base, start, start), canContinue: false }
      }
      const end = start + FRAME_PREFIX + length
      if (end > view.byteLength) {
        this.tail = { baseOffset: base, sizeNeeded: FRAME_PREFIX + length, sizeHere: left }
        this.#pos = view.byteLength
        return null
      }
      this.#pos = end
      if (magic === 0 || magic === 1) return this.#oldFormat(magic, base, start, end)
      if (magic !== 2) {
        return this.#problem(
          { reason: 'unknown-magic', detail: `message format ${magic} is unknown` },
          base,
          base,
          start,
          end,
        )
      }
      const item = this.#batch(base, start, end)
      if (item !== null) return item
    }
  }

  /** null: it is entirely below the wanted offset. */
  #batch(base: bigint, start: number, end: number): WalkItem | null {
    const lastDelta = this.#view.getInt32(start + AT.lastOffsetDelta)
    const last = base + BigInt(lastDelta)
    const detail = `it claims the offsets ${base} to ${last}`
    if (base < 0n || lastDelta < 0 || last >= MAX_INT64) {
      return this.#problem({ reason: 'bad-offset', detail }, base, base, start, end)
    }
    if (this.#seen !== null && base <= this.#seen) {
      const before = `${detail}, but the batch before it ended at ${this.#seen}`
      return this.#problem({ reason: 'bad-offset', detail: before }, base, last, start, end)
    }
    const batch = new BatchView(this.#bytes, this.#view, start, end)
    if (last >= this.#logEnd && !(base <= this.#expected && batch.computeCrc() === batch.crc)) {
      return this.#problem({ reason: 'bad-offset', detail }, base, last, start, end)
    }
    const damaged = this.#verifyCrc !== 'off' && last >= this.#from && batch.computeCrc() !== batch.crc
    if (damaged && this.#verifyCrc === 'report') {
      const detail = `its checksum says ${hex(batch.crc)}, its bytes make ${hex(batch.computeCrc())}`
      return this.#problem({ reason: 'bad-crc', detail }, base, last, start, end)
    }
    batch.crcBad = damaged
    // Also for batches below the wanted offset: their markers end transactions.
    if (this.#tracker !== null) batch.aborted = this.#tracker.isAborted(batch)
    this.#advance(last)
    return last < this.#from ? null : batch
  }

  #oldFormat(magic: 0 | 1, offset: bigint, start: number, end: number): WalkItem {
    const sizeInBytes = end - start
    const isImpossible = offset < 0n || offset >= MAX_INT64 || (this.#seen !== null && offset <= this.#seen)
    const isBelieved = offset < this.#logEnd || offset <= this.#expected
    if (isImpossible || !isBelieved) {
      const detail = `it claims the offset ${offset}`
      return this.#problem({ reason: 'bad-offset', detail }, offset, offset, start, end)
    }
    const compressed = (this.#bytes[start + 17]! & 0x07) !== 0 // the caller checked that the whole header is there
    // The offset of a compressed wrapper is that of its last inner message.
    const earliest = this.#seen === null ? (this.#from < offset ? this.#from : offset) : this.#seen + 1n
    this.#advance(offset)
    return { kind: 'old-format', magic, first: compressed ? earliest : offset, last: offset, sizeInBytes }
  }

  #problem(problem: Problem, first: bigint, claimed: bigint, start: number, end: number): ProblemBatch {
    // A damaged header may claim anything; a following batch that starts earlier proves it wrong.
    const following = this.#offsetAt(end)
    const last = following !== null && following > first && following <= claimed ? following - 1n : claimed
    const canContinue = end > start
    const backward = this.#seen !== null && first <= this.#seen
    if (canContinue && first >= 0n && !backward) {
      if (last < this.#logEnd) this.#advance(last)
      else if (last < MAX_INT64) this.unbelieved ??= start
    }
    return { kind: 'problem', ...problem, first, last, sizeInBytes: end - start, canContinue }
  }

  /** The next offset if nothing was compacted away; nothing is compacted at the end of a log. */
  get #expected(): bigint {
    return this.#seen === null ? this.#from : this.#seen + 1n
  }

  #advance(last: bigint): void {
    this.#seen = last
    this.unbelieved = null
    if (last >= this.nextOffset) this.nextOffset = last + 1n
  }

  #offsetAt(start: number): bigint | null {
    return start > 0 && start + 8 <= this.#view.byteLength ? this.#view.getBigInt64(start) : null
  }

  #tailOffset(start: number, left: number): bigint {
    return left >= 8 ? this.#view.getBigInt64(start) : this.nextOffset
  }
}

const hex = (crc: number): string => `0x${crc.toString(16).padStart(8, '0')}`
