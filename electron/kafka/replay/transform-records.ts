import type { OutBatch } from '../sending/out-batch.ts'
import type { Span } from '#shared/replay/ranges.ts'
import type { BatchView } from '../records/batch-header.ts'
import { BatchWalker } from '../records/batch-walker.ts'
import { passThroughObstacle, rewriteBatchHeader } from '../records/batch-writer.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import type { AbortedTransaction, Compression } from '../records/batch-types.ts'
import { BatchBuilder } from '../sending/batch-builder.ts'
import { partitionForKey } from '../sending/partitioner.ts'

/** Rewritten batches grow to this many bytes before compression: large enough to outweigh a request's round trip. */
const REBUILT_BYTES = 512 << 10
/** Smaller batches are joined with their neighbours; sent on alone they would cost a request each. */
const WORTH_PASSING = 64 << 10
/** A record's timestamp and offset may take more bytes in a larger batch. */
const HEAD_GROWTH = 16

export interface TransformOptions {
  /** null: partition n to partition n. Otherwise by key over this many partitions. */
  byKey: number | null
  timestamps: 'keep' | 'now' | 'shift'
  shiftMs: bigint
  /** The target's max.message.bytes. */
  maxBatchBytes: number
}

/** The data of one response for one partition. */
export interface SourcePart {
  partition: number
  from: bigint
  next: bigint
  records: Uint8Array
  aborted: readonly AbortedTransaction[]
  /** The wanted ranges; sorted, without overlap. Other offsets are neither copied nor counted. */
  wanted: readonly Span[]
}

export interface Refusal {
  first: bigint
  last: bigint
  /** How many wanted offsets it covers. */
  offsets: bigint
  reason: string
}

/** Everything up to `upTo` is settled once these batches are acknowledged. */
export interface Unit {
  partition: number
  /** Start of the wanted range that it belongs to. */
  span: bigint
  upTo: bigint
  batches: OutBatch[]
  markers: bigint
  aborted: bigint
  missing: bigint
  refused: Refusal[]
}

export interface TransformedPart {
  partition: number
  units: Unit[]
  /**
   * After damage at an earlier offset the states of transactions in the rest of the part are uncertain: read on from here
   * again, with a fresh list of aborted transactions. null: the part was read to its end.
   */
  rereadFrom: bigint | null
}

/**
 * Turns fetched bytes into batches to produce. A batch that is wanted as a whole is passed on undecoded, with its checksum
 * verified; others are decoded and rebuilt with the same compression. The order within a source partition is kept.
 */
export function transformPart(part: SourcePart, options: TransformOptions): TransformedPart {
  return new Transformation(part, options).run()
}

class Transformation {
  readonly #part: SourcePart
  readonly #options: TransformOptions
  readonly #units: Unit[] = []
  readonly #boxes = new Map<number, BatchBuilder>()
  readonly #cursor = new RecordCursor()
  #unit: Unit
  /** All offsets below it are accounted for. */
  #at: bigint
  /** The first range of `wanted` that ends after #at. */
  #span = 0

  constructor(part: SourcePart, options: TransformOptions) {
    this.#part = part
    this.#options = options
    this.#at = part.from
    while (this.#span < part.wanted.length && part.wanted[this.#span]!.to <= part.from) this.#span++ // span < length
    this.#unit = this.#newUnit()
  }

  run(): TransformedPart {
    const { partition, records, from, next, aborted } = this.#part
    const walker = new BatchWalker(records, {
      fromOffset: from,
      logEnd: next,
      abortedTransactions: aborted,
      verifyCrc: 'report',
    })
    let rereadFrom: bigint | null = null
    for (let item = walker.next(); item !== null && rereadFrom === null; item = walker.next()) {
      if (item.kind === 'batch') this.#batch(item)
      else {
        const reason = item.kind === 'problem' ? item.detail : `message format ${item.magic} is not decoded`
        this.#spend(item.first, 'missing')
        this.#spend(item.last + 1n, 'refused', reason)
        const uncertain = item.kind === 'problem' && item.canContinue && aborted.length > 0
        if (uncertain && walker.nextOffset < next) rereadFrom = walker.nextOffset
      }
    }
    this.#spend(rereadFrom ?? next, 'missing')
    this.#flush(this.#at)
    return { partition, units: this.#units, rereadFrom }
  }

  #batch(batch: BatchView): void {
    this.#spend(batch.baseOffset, 'missing')
    const end = batch.lastOffset + 1n
    if (batch.control) this.#spend(end, 'markers')
    else if (batch.aborted) this.#spend(end, 'aborted')
    else if (this.#canPass(batch)) {
      this.#flush(batch.baseOffset)
      const shift = this.#options.timestamps === 'shift' ? this.#options.shiftMs : 0n
      this.#unit.batches.push({
        target: this.#part.partition,
        bytes: rewriteBatchHeader(batch, { transactional: false, timestampShift: shift }) as Uint8Array<ArrayBuffer>,
        count: batch.count,
        firstOffset: batch.baseOffset,
        deltas: null,
      })
      this.#at = end
      this.#flush(end)
      this.#leaveSpan()
    } else if (this.#wantsBelow(end)) this.#takeApart(batch)
    else this.#at = end
  }

  #canPass(batch: BatchView): boolean {
    const { byKey, timestamps, maxBatchBytes } = this.#options
    if (byKey !== null || timestamps === 'now') return false
    if (batch.sizeInBytes < WORTH_PASSING || batch.sizeInBytes > maxBatchBytes) return false
    const span = this.#part.wanted[this.#span]
    const whole = span !== undefined && this.#at <= batch.baseOffset && span.from <= batch.baseOffset
    if (!whole || batch.lastOffset >= span.to || passThroughObstacle(batch) !== null) return false
    // −1 means that a record has no timestamp; shifting the base would invent one.
    return timestamps === 'keep' || batch.baseTimestamp >= 0n
  }

  #takeApart(batch: BatchView): void {
    const codec = batch.codec ?? 'none'
    const cursor = this.#cursor
    let problem = cursor.open(batch)
    while (problem === null && cursor.next()) {
      const { offset } = cursor
      if (offset < this.#at) continue
      this.#spend(offset, 'missing')
      if (!this.#wantsBelow(offset + 1n)) {
        this.#at = offset + 1n
        continue
      }
      this.#put(codec, offset)
      this.#at = offset + 1n
      this.#leaveSpan()
    }
    problem ??= cursor.problem
    if (problem === null) this.#spend(batch.lastOffset + 1n, 'missing')
    else this.#spend(batch.lastOffset + 1n, 'refused', problem.detail)
  }

  /** null: unchanged. */
  #timestamp(): bigint | null {
    const { timestamps, shiftMs } = this.#options
    if (timestamps === 'keep') return null
    if (timestamps === 'now') return BigInt(Date.now())
    const source = this.#cursor.timestamp
    return source === -1n ? source : source + shiftMs
  }

  #put(codec: Compression, offset: bigint): void {
    const { byKey } = this.#options
    const { partition } = this.#part
    const cursor = this.#cursor
    const target = byKey === null ? partition : targetOf(cursor.key(), partition, byKey)
    let box = this.#boxes.get(target)
    const limit = Math.min(REBUILT_BYTES, this.#options.maxBatchBytes)
    if (box !== undefined && (box.codec !== codec || box.size + cursor.sizeInBytes + HEAD_GROWTH > limit)) {
      this.#close(target, box)
      // Only batches of a single partition are settled in order; when partitioning by key, a unit ends with its part.
      if (byKey === null) this.#cut(offset)
      box = undefined
    }
    if (box === undefined) {
      box = new BatchBuilder(codec)
      this.#boxes.set(target, box)
    }
    box.put(cursor, offset, this.#timestamp())
  }

  #close(target: number, box: BatchBuilder): void {
    this.#unit.batches.push(box.close(target))
    this.#boxes.delete(target)
  }

  #flush(upTo: bigint): void {
    for (const [target, box] of this.#boxes) this.#close(target, box)
    this.#cut(upTo)
  }

  #cut(upTo: bigint): void {
    const unit = this.#unit
    if (this.#part.wanted[this.#span] === undefined || upTo <= unit.upTo) return
    unit.upTo = upTo
    this.#units.push(unit)
    this.#unit = this.#newUnit()
    this.#unit.upTo = upTo
  }

  #newUnit(): Unit {
    const { partition, wanted } = this.#part
    const span = wanted[this.#span]?.from ?? -1n
    return { partition, span, upTo: span, batches: [], markers: 0n, aborted: 0n, missing: 0n, refused: [] }
  }

  /** Accounts for all offsets from #at up to `end` in the same way. */
  #spend(end: bigint, as: 'missing' | 'markers' | 'aborted' | 'refused', reason = ''): void {
    const { wanted } = this.#part
    while (this.#at < end) {
      const span = wanted[this.#span]
      if (span === undefined || span.from >= end) {
        this.#at = end
        return
      }
      const first = span.from > this.#at ? span.from : this.#at
      const stop = span.to < end ? span.to : end
      const offsets = stop - first
      if (as === 'refused') this.#unit.refused.push({ first, last: stop - 1n, offsets, reason })
      else this.#unit[as] += offsets
      this.#at = stop
      this.#leaveSpan()
    }
  }

  /** At the end of a range all of it is sent: units never span two ranges. */
  #leaveSpan(): void {
    const span = this.#part.wanted[this.#span]
    if (span === undefined || this.#at < span.to) return
    this.#flush(span.to)
    this.#span++
    this.#unit = this.#newUnit()
  }

  #wantsBelow(end: bigint): boolean {
    const span = this.#part.wanted[this.#span]
    return span !== undefined && span.from < end
  }
}

/** Records without a key stay together: the Java client would spread them over partitions, which loses their order. */
export function targetOf(key: Uint8Array | null, sourcePartition: number, partitions: number): number {
  return key === null ? sourcePartition % partitions : partitionForKey(key, partitions)
}
