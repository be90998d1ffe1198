import type { OffsetRange } from '#shared/model/ledger.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'

/** A part of a stretch, in order: rows, or offsets up to here that were deleted. */
export type ScanPiece = RecordColumns | { goneTo: bigint }

/** A stretch that was read, from its first offset on. */
export interface ScanStretch {
  from: bigint
  pieces: readonly ScanPiece[]
}

/** Offsets of the first backward stretch of a partition: so few that the newest hits appear at once. */
const FIRST_SPAN = 512n

/**
 * One partition's progress through what a ledger has left: forward in whole ranges; backward in stretches from the ranges'
 * ends, each of which is read forward, because Kafka can do nothing else, and sent once it is complete.
 */
export class ScanLane {
  readonly partition: number
  /** Where the current stretch starts and ends. */
  from = 0n
  to = 0n
  /** Forward: up to where it was sent. */
  at = 0n
  /** Backward: what was read of the stretch. */
  pieces: ScanPiece[] = []
  #left: { from: bigint; to: bigint }[]
  readonly #isBackward: boolean
  readonly #budget: number
  #span = FIRST_SPAN
  #bytes = 0
  #isGivenUp = false

  /** `budget`: roughly how many bytes one stretch may hold, read or produced. */
  constructor(partition: number, left: readonly OffsetRange[], isBackward: boolean, budget: number) {
    this.partition = partition
    this.#left = isBackward ? left.toReversed() : [...left]
    this.#isBackward = isBackward
    this.#budget = budget
  }

  /** The next stretch; null: there is none. */
  begin(): OffsetRange | null {
    const left = this.#left[0]
    if (left === undefined) return null
    this.from = !this.#isBackward || left.to - this.#span < left.from ? left.from : left.to - this.#span
    this.to = left.to
    this.at = this.from
    this.pieces = []
    this.#bytes = 0
    if (this.from === left.from) this.#left.shift()
    else this.#left[0] = { from: left.from, to: this.from }
    return { partition: this.partition, from: this.from, to: this.to }
  }

  /**
   * Backward: keeps a piece until its stretch is complete. False: the stretch holds far more than expected and its end is not
   * near, so it is given up and a shorter one is started: halving towards the end finds the right length in a few steps.
   */
  keep(piece: ScanPiece, upTo: bigint): boolean {
    this.pieces.push(piece)
    if ('count' in piece) this.#bytes += Math.max(sizeOf(piece), piece.counts.bytes)
    this.at = upTo
    if (this.#bytes <= 2 * this.#budget || upTo >= this.to || this.to - this.from < 2n) return true
    const half = (this.to - upTo) / 2n
    this.#giveBack()
    this.#span = half > 1n ? half : 1n
    return false
  }

  /** Backward: the stretch is complete, and is returned to be sent; the next one may hold as much as allowed. */
  complete(): ScanStretch {
    const stretch = { from: this.from, pieces: this.pieces }
    const span = this.to - this.from
    const fit = this.#bytes === 0 ? span * 8n : (span * BigInt(this.#budget)) / BigInt(this.#bytes)
    // Four times as much at most: records further back may be larger. After a stretch was given up, its length grows from
    // there.
    const most = span * (this.#isGivenUp ? 2n : 4n)
    this.#span = fit < 1n ? 1n : fit > most ? most : fit
    this.pieces = []
    return stretch
  }

  #giveBack(): void {
    this.#isGivenUp = true
    const below = this.#left[0]
    if (below !== undefined && below.to === this.from) below.to = this.to
    else this.#left.unshift({ from: this.from, to: this.to })
    this.pieces = []
  }
}

const sizeOf = (columns: RecordColumns): number => columns.count * 64 + columns.preview.byteLength
