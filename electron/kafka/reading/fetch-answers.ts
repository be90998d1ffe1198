import type { SeeklineError } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { FetchedPartition } from '../protocol/fetch.ts'
import type { AbortedTransaction } from '../records/batch-types.ts'
import { BatchWalker } from '../records/batch-walker.ts'
import { DOUBT, NO_EMPTY_READS, type Healer } from './heal-partitions.ts'
import { readableEnd, type PartitionRead } from './partition-read.ts'
import { corrupt, tooLarge, truncated } from './read-errors.ts'

/** The bytes of one partition in one response, and what is needed to decode them. */
export interface FetchedPart {
  partition: number
  /** The first offset requested; the first batch may start before it. */
  from: bigint
  /** Where the next fetch continues. */
  next: bigint
  to: bigint | null
  records: Uint8Array
  aborted: readonly AbortedTransaction[]
  bounds: LogBounds
  generation: number
}

/** What is needed of the read in order to judge an answer. */
export interface AnswersPort {
  topic: string
  isCommitted: boolean
  isStepwise: boolean
  /** Requested per partition, unless a batch turned out to be larger. */
  partitionBytes: number
  healer: Pick<Healer, 'healed' | 'doubt'>
  end(p: PartitionRead): void
  fail(p: PartitionRead, error: SeeklineError): void
}

const MAX_PARTITION_BYTES = 256 << 20
/** The request is enlarged up to this for a partition whose batches are larger, and that has to wait its turn. */
const GROWN_BYTES = 1 << 20
/** How often a batch past the known end of the log is requested again, each time after asking for that end. */
const LEAPS = 2

/** Judges the answer for each partition: where to continue, whether to believe it, and whether it was the end. */
export class Answers {
  readonly #port: AnswersPort

  constructor(port: AnswersPort) {
    this.#port = port
  }

  /**
   * Takes over one partition's answer. Returns what has to be done after its data was queued. `room`: how many more bytes the
   * whole answer could have held; `sure`: the answer would have included one batch of this partition whatever its size.
   */
  take(
    p: PartitionRead,
    isolation: 0 | 1,
    a: FetchedPartition,
    parts: FetchedPart[],
    { room, sure }: { room: number; sure: boolean },
  ): (() => void)[] {
    if (a.diverging !== null) {
      const { endOffset } = a.diverging
      return [() => this.#port.fail(p, truncated(this.#port.topic, p, endOffset))]
    }
    p.highWatermark = a.highWatermark
    p.lastStable = a.lastStableOffset >= 0n ? a.lastStableOffset : a.highWatermark
    p.logStart = a.logStartOffset
    if (a.records.byteLength === 0) return this.#takeNothing(p, isolation, room, sure)
    this.#port.healer.healed(p)
    p.empties = 0
    if (isolation === 0 && p.lastStable > p.next) {
      // The transaction has ended in the meantime: only isolation level 1 tells how.
      p.isolation = 1
      return []
    }
    const logEnd = a.highWatermark > p.toldEnd ? a.highWatermark : p.toldEnd
    const walker = new BatchWalker(a.records, { fromOffset: p.next, logEnd })
    let blocked: string | null = null
    let epoch = p.lastEpoch
    for (let item = walker.next(); item !== null; item = walker.next()) {
      epoch = item.kind === 'batch' ? item.leaderEpoch : -1
      if (item.kind === 'problem' && !item.canContinue) blocked = item.detail
    }
    const stuck = walker.nextOffset <= p.next
    const { unbelieved } = walker
    if (unbelieved !== null) {
      blocked = null
      // The log may have grown, or its leader may not know its own end yet: asking it settles that.
      if (stuck && p.leaps++ < LEAPS) return [() => this.#port.healer.doubt(p)]
    } else if (stuck && blocked === null && walker.tail !== null) {
      // No complete batch: newer brokers send one batch whatever its size, but not for every partition of a request.
      if (p.maxBytes >= MAX_PARTITION_BYTES) return [() => this.#port.fail(p, tooLarge(this.#port.topic, p))]
      p.maxBytes = Math.min(MAX_PARTITION_BYTES, Math.max(p.maxBytes * 4, (walker.tail.sizeNeeded ?? 0) + 4_096))
      return []
    }
    // The answer's bounds were read before its records, and isolation level 1 returns only records of ended transactions.
    if (p.highWatermark < walker.nextOffset) p.highWatermark = walker.nextOffset
    if (isolation === 1 && p.lastStable < walker.nextOffset) p.lastStable = walker.nextOffset
    parts.push({
      partition: p.partition,
      from: p.next,
      next: walker.nextOffset,
      to: p.to,
      records: unbelieved === null || stuck ? a.records : a.records.subarray(0, unbelieved),
      aborted: a.abortedTransactions ?? [],
      bounds: { logStart: p.logStart, lastStable: p.lastStable, highWatermark: p.highWatermark },
      generation: p.generation,
    })
    p.next = walker.nextOffset
    p.leaps = 0
    p.lastEpoch = epoch
    if (this.#port.isStepwise) p.paused = true
    p.maxBytes = Math.max(this.#port.partitionBytes, Math.min(p.maxBytes, GROWN_BYTES))
    if (blocked !== null || stuck) {
      const detail = blocked ?? 'its batches claim offsets that cannot be right'
      return [() => this.#port.fail(p, corrupt(this.#port.topic, p, detail))]
    }
    return this.#progress(p)
  }

  #takeNothing(p: PartitionRead, isolation: 0 | 1, room: number, sure: boolean): (() => void)[] {
    const isBelowEnd = p.next < readableEnd(p, isolation)
    // A batch larger than requested is sent only for the first partition that has data (KIP-74): two hundred partitions with
    // such batches would need two hundred requests for each of them.
    if (isBelowEnd && room >= p.maxBytes && p.maxBytes < GROWN_BYTES) p.maxBytes *= 2
    // Other partitions may have used up the response's limit, unless this one came first.
    if (isBelowEnd && sure && ++p.empties >= NO_EMPTY_READS) return [() => this.#port.healer.doubt(p)]
    if (!isBelowEnd || p.trouble?.code !== DOUBT) this.#port.healer.healed(p)
    return this.#progress(p)
  }

  /** Where the log ends for this read, as far as is known. */
  #edgeOf(p: PartitionRead): bigint {
    return this.#port.isCommitted ? p.lastStable : p.highWatermark
  }

  /** Decides how to continue from `next`, or ends the partition. */
  #progress(p: PartitionRead): (() => void)[] {
    if (p.to !== null && p.next >= p.to) return [() => this.#port.end(p)]
    // Before the wanted end: a new leader learns the high watermark only after a while.
    if (p.to !== null && p.next >= this.#edgeOf(p)) return [() => this.#port.healer.doubt(p)]
    // At the very end it waits at isolation level 1: the next records then come with the outcome of their transactions.
    p.isolation = this.#port.isCommitted || p.next < p.lastStable || p.next >= p.highWatermark ? 1 : 0
    return []
  }

  /** As `#progress`, right after the bounds were requested. */
  goOn(p: PartitionRead): void {
    if (p.to !== null && p.next >= this.#edgeOf(p)) this.#port.end(p)
    else for (const act of this.#progress(p)) act()
  }
}
