import { SeeklineError } from '#shared/errors.ts'
import { mergeSpans, type Span } from '#shared/replay/ranges.ts'
import type { KafkaCluster } from '../cluster.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import { leaderless } from '../leaderless.ts'
import { listOffsets, logEnd } from '../list-offsets.ts'
import type { LogReader } from '../log-reader.ts'
import { BatchWalker } from '../records/batch-walker.ts'
import { sleep } from '../cancellation.ts'
import { backOff } from '../back-off.ts'

/** One of our batches in the target's log. */
export interface OwnBatch {
  producerId: bigint
  producerEpoch: number
  sequence: number
  baseOffset: bigint
  /**
   * How many offsets it took when it was written, and so how many records: compaction removes records but keeps first and last
   * offset.
   */
  size: number
  /** The timestamp the broker set; −1: its records keep their own. */
  logAppendTime: bigint
}

export interface LogLook {
  /** Batches of the given producers, in log order. */
  own: OwnBatch[]
  /** The longest run of offsets whose former contents are unknown: deleted, compacted away, damaged. */
  largestHole: bigint
  /** Up to where it was read, exclusive: everything that the leader held then. */
  end: bigint
}

export interface LookOptions {
  /** Ranges that need not be read: our own acknowledged batches. Sorted, without overlap. */
  known?: readonly Span[]
  signal?: AbortSignal | undefined
}

export interface LookAt {
  cluster: KafkaCluster
  reader: Pick<LogReader, 'rawBatches'>
  topic: string
  topicId: string | null
  partition: number
}

/** Fewer offsets than this between two stretches are read as well: cheaper than another read. */
const READ_THROUGH = 2_000n
/** How long to wait until replicas have the leader's last records. */
const SETTLE_MS = 30_000

/**
 * Which of our batches are in a partition's log from `from` on. A broker's memory of a producer does not answer that: it
 * applies producer.id.expiration.ms to the records' own timestamps (ProducerStateManager.isProducerExpired), so it forgets a
 * producer that copies old records at a restart, a change of leader, or its next check. The log itself is reliable.
 */
export async function lookBehind(
  at: LookAt,
  from: bigint,
  producers: ReadonlySet<bigint>,
  { known = [], signal }: LookOptions = {},
): Promise<LogLook> {
  const end = await settledEnd(at, signal)
  const name = `${at.topic}[${at.partition}]`
  if (end < from) {
    throw new SeeklineError('kafka.log-truncated', `${name} was cut back to offset ${end}, behind what it had confirmed up to ${from}.`, {
      hint: 'A replica that lagged behind became its leader (an unclean election); records that were confirmed are gone.',
      details: { partition: at.partition, offset: from, endOffset: end },
    }) // oxfmt-ignore
  }
  const look: LogLook = { own: [], largestHole: 0n, end }
  for (const span of stretches(from, end, known)) await readStretch(at, span, producers, look, signal)
  look.own = look.own.filter((one) => !known.some((k) => one.baseOffset >= k.from && one.baseOffset < k.to))
  return look
}

/**
 * The end of everything that the leader holds, once consumers may read it: a batch whose answer was lost may be there without
 * being on all replicas yet, where no consumer sees it. A new leader tells its end only when it is certain (KIP-207).
 */
async function settledEnd({ cluster, topic, partition }: LookAt, signal: AbortSignal | undefined): Promise<bigint> {
  const deadline = Date.now() + SETTLE_MS
  let held: { end: bigint; epoch: number | undefined } | null = null
  for (let attempt = 0; ; attempt++) {
    const epoch = cluster.leaderOf(topic, partition)?.leaderEpoch
    if (held === null || held.epoch !== epoch) held = { end: await logEnd(cluster, { topic, partition }, { signal }), epoch } // oxfmt-ignore
    const [answer] = await listOffsets(cluster, [{ topic, partition, at: 'latest' }], { signal })
    if (answer?.outcome.ok !== true) throw answer?.outcome.error ?? leaderless(cluster, { topic, partition })
    const visible = answer.outcome.value.offset ?? 0n
    if (visible >= held.end && cluster.leaderOf(topic, partition)?.leaderEpoch === held.epoch) return visible
    if (Date.now() > deadline) {
      throw new SeeklineError(
        'call.timeout',
        `${topic}[${partition}]: offsets ${visible} to ${held.end} are on its leader, but not on all replicas in sync.`,
        { retryable: true, hint: 'Replicas lag behind. Try again when they are in sync.' },
      )
    }
    await sleep(backOff(attempt, 20, 500), signal)
  }
}

/** The unknown parts of [from, end), with near neighbours joined into one read. */
function stretches(from: bigint, end: bigint, known: readonly Span[]): Span[] {
  const open: Span[] = []
  let at = from
  for (const span of [...known, { from: end, to: end }]) {
    if (span.from > at) {
      const last = open.at(-1)
      const to = span.from < end ? span.from : end
      if (last !== undefined && at - last.to <= READ_THROUGH) last.to = to
      else if (to > at) open.push({ from: at, to })
    }
    if (span.to > at) at = span.to
  }
  return mergeSpans(open)
}

async function readStretch(
  { reader, topic, topicId, partition }: LookAt,
  span: Span,
  producers: ReadonlySet<bigint>,
  look: LogLook,
  signal: AbortSignal | undefined,
): Promise<void> {
  let at = span.from
  const reach = (base: bigint, next: bigint): void => {
    if (base - at > look.largestHole) look.largestHole = base - at
    if (next > at) at = next
  }
  const read = { topic, topicId, ranges: [{ partition, ...span }], isolation: 'all' as const }
  for await (const event of reader.rawBatches(signal === undefined ? read : { ...read, signal })) {
    if (event.kind === 'failed') throw event.error
    if (event.kind === 'end' && event.next < span.to) {
      throw kafkaError(6, `${topic}[${partition}]`, { details: { topic, partition } })
    }
    if (event.kind !== 'batches') continue
    const walker = new BatchWalker(event.bytes, { fromOffset: event.from })
    for (let item = walker.next(); item !== null; item = walker.next()) {
      if (item.kind === 'old-format') reach(at, item.last + 1n)
      if (item.kind !== 'batch' || item.baseOffset >= span.to) continue
      reach(item.baseOffset, item.lastOffset + 1n)
      if (item.control || !producers.has(item.producerId)) continue
      look.own.push({
        producerId: item.producerId,
        producerEpoch: item.producerEpoch,
        sequence: item.baseSequence,
        baseOffset: item.baseOffset,
        size: item.lastOffsetDelta + 1,
        logAppendTime: item.timestampType === 'LogAppendTime' ? item.maxTimestamp : -1n,
      })
    }
  }
  reach(span.to, span.to)
}
