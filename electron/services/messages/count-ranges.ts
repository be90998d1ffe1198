import type { SeeklineError } from '#shared/errors.ts'
import { asSeeklineError, isCancelled } from '../../kafka/cancellation.ts'
import type { MessagesAccess } from './start-offsets.ts'

/** Offsets [from, to) of a partition whose records are to be counted. */
export interface CountedRange {
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

export interface RangeCount {
  /** Visible records: no markers, aborted or compacted ones. */
  records: bigint
  /** Their size without compression. */
  bytes: bigint
  /** How many offsets from its start were read; fewer than all if a limit stopped it. */
  read: bigint
  /** Why it was not read further; null: a limit, or it was read completely. */
  error: SeeklineError | null
}

export interface CountLimits {
  /** For all ranges together: received bytes, and milliseconds. */
  readonly bytes: number
  readonly ms: number
  /** For one range: bytes of its records, above which it is stopped. */
  readonly rangeBytes?: number
  /** Requested per partition and answer. */
  readonly partitionBytes?: number
}

/**
 * Counts the records of ranges of one topic, as far as the limits allow. One answer per range; throws if the topic as a whole
 * cannot be read.
 */
export async function countRanges<R extends CountedRange>(
  access: MessagesAccess,
  { topic, topicId }: { topic: string; topicId: string | null },
  ranges: readonly R[],
  limits: CountLimits,
  signal: AbortSignal,
): Promise<{ counts: Map<R, RangeCount>; received: number }> {
  const counts = new Map(
    ranges.map((range) => [range, { records: 0n, bytes: 0n, read: 0n, error: null } as RangeCount]),
  )
  const until = performance.now() + limits.ms
  let received = 0
  // A read may name a partition only once: its other ranges go into further reads.
  for (const round of roundsOf(ranges.filter(({ from, to }) => from < to))) {
    const left = { bytes: limits.bytes - received, ms: until - performance.now() }
    if (left.bytes <= 0 || left.ms <= 0) break
    received += await countRound(access, { topic, topicId }, round, counts, { ...limits, ...left }, signal)
  }
  return { counts, received }
}

function roundsOf<R extends CountedRange>(ranges: readonly R[]): Map<number, R>[] {
  const rounds: Map<number, R>[] = []
  for (const range of ranges) {
    const free = rounds.find((round) => !round.has(range.partition))
    if (free === undefined) rounds.push(new Map([[range.partition, range]]))
    else free.set(range.partition, range)
  }
  return rounds
}

/** Returns the number of bytes received. */
async function countRound<R extends CountedRange>(
  { reader }: MessagesAccess,
  { topic, topicId }: { topic: string; topicId: string | null },
  round: ReadonlyMap<number, R>,
  counts: ReadonlyMap<R, RangeCount>,
  { bytes, ms, rangeBytes = Number.POSITIVE_INFINITY, partitionBytes }: CountLimits,
  signal: AbortSignal,
): Promise<number> {
  const giveUpAfterMs = Math.max(1, Math.ceil(ms))
  const stream = reader.columns({
    topic,
    topicId,
    ranges: [...round.values()].map(({ partition, from, to }) => ({ partition, from, to })),
    signal: AbortSignal.any([signal, AbortSignal.timeout(giveUpAfterMs)]),
    giveUpAfterMs,
    ...(partitionBytes === undefined ? {} : { partitionBytes }),
    decode: { list: 'none', previewBytes: { key: 0, value: 0 } },
  })
  try {
    for await (const event of stream) {
      if (event.kind === 'waiting') continue
      const range = round.get(event.partition)! // only partitions of this map are read
      const count = counts.get(range)! // every range has a count
      const readTo = (next: bigint) => {
        const to = next < range.to ? next : range.to
        if (to - range.from > count.read) count.read = to - range.from
      }
      if (event.kind === 'rows') {
        count.records += BigInt(event.columns.counts.records)
        count.bytes += BigInt(event.columns.counts.recordBytes)
        readTo(event.columns.nextOffset)
        if (count.bytes > rangeBytes) stream.finish(event.partition)
      } else if (event.kind === 'end') readTo(range.to)
      else if (event.kind === 'failed') count.error = event.error
      else readTo(event.next)
      if (stream.bytes > bytes) break
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (!isCancelled(error)) throw asSeeklineError(error)
  }
  return stream.bytes
}
