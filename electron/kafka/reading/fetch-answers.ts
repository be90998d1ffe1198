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
  /** First offset asked for; the first batch may start before it. */
  from: bigint
  /** Where the next fetch goes on. */
  next: bigint
  to: bigint | null
  records: Uint8Array
  aborted: readonly AbortedTransaction[]
  bounds: LogBounds
  generation: number
}

/** What judging an answer needs of the read that asked. */
export interface AnswersPort {
  topic: string
  isCommitted: boolean
  isStepwise: boolean
  /** Asked for per partition, unless a batch turned out larger. */
  partitionBytes: number
  healer: Pick<Healer, 'healed' | 'doubt'>
  end(p: PartitionRead): void
  fail(p: PartitionRead, error: SeeklineError): void
}

const MAX_PARTITION_BYTES = 256 << 20
/** Up to here more is asked of a partition whose batches are larger than what was asked for, and that has to wait for its turn. */
const GROWN_BYTES = 1 << 20
/** How often a batch past the end of the log is asked for again, each time after asking where that end is. */
const LEAPS = 2

/** Judges what came of each partition: where to go on, whether to believe it, and whether that was the end. */
export class Answers {
  readonly #port: AnswersPort

  constructor(port: AnswersPort) {
    this.#port = port
  }

  /**
   * Takes one partition's answer in. What it leads to is returned, to be done after the data has been queued. `room` is what
   * the whole answer might have held beyond what it does; `sure`: of this partition it would have held a batch whatever its size.
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
      // The transaction ended meanwhile: only isolation 1 tells how.
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
      // The log may have grown, or its leader may not know yet how far it reaches: asked, it tells.
      if (stuck && p.leaps++ < LEAPS) return [() => this.#port.healer.doubt(p)]
    } else if (stuck && blocked === null && walker.tail !== null) {
      // Nothing whole: newer brokers send one batch whatever its size, but not for every partition of a request.
      if (p.maxBytes >= MAX_PARTITION_BYTES) return [() => this.#port.fail(p, tooLarge(this.#port.topic, p))]
      p.maxBytes = Math.min(MAX_PARTITION_BYTES, Math.max(p.maxBytes * 4, (walker.tail.sizeNeeded ?? 0) + 4_096))
      return []
    }
    // The answer names the edges of before its records were read, and only what is decided comes at isolation 1.
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
    // A batch larger than what is asked for comes of the first partition that has any, and of no other (KIP-74): two hundred
    // partitions of such batches took two hundred requests for each of them in turn.
    if (isBelowEnd && room >= p.maxBytes && p.maxBytes < GROWN_BYTES) p.maxBytes *= 2
    // The response's limit may have been used up by others, unless this partition stood first.
    if (isBelowEnd && sure && ++p.empties >= NO_EMPTY_READS) return [() => this.#port.healer.doubt(p)]
    if (!isBelowEnd || p.trouble?.code !== DOUBT) this.#port.healer.healed(p)
    return this.#progress(p)
  }

  /** Where the log ends for this read, as far as is known now. */
  #edgeOf(p: PartitionRead): bigint {
    return this.#port.isCommitted ? p.lastStable : p.highWatermark
  }

  /** Chooses how to go on from `next`, or ends. */
  #progress(p: PartitionRead): (() => void)[] {
    if (p.to !== null && p.next >= p.to) return [() => this.#port.end(p)]
    // Short of the end wanted: a new leader learns the high watermark only by and by.
    if (p.to !== null && p.next >= this.#edgeOf(p)) return [() => this.#port.healer.doubt(p)]
    // At the very end one waits at isolation 1: there the next records come with their decision, where there is one.
    p.isolation = this.#port.isCommitted || p.next < p.lastStable || p.next >= p.highWatermark ? 1 : 0
    return []
  }

  /** As `#progress`, where the edges were just asked for. */
  goOn(p: PartitionRead): void {
    if (p.to !== null && p.next >= this.#edgeOf(p)) this.#port.end(p)
    else for (const act of this.#progress(p)) act()
  }
}
