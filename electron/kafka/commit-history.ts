import { bytesOfText } from '#shared/bytes.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { CommitPoint, MemberRecord, SearchedCommits } from '#shared/model/commit-history.ts'
import { asSeeklineError, isCancelled } from './cancellation.ts'
import type { KafkaCluster } from './cluster.ts'
import { neverHadGroups, noGroupsYet } from './coordinators.ts'
import { CommitStretch, type FirstMarkers } from './commit-stretch.ts'
import { logBounds } from './log-bounds.ts'
import type { LogReader } from './log-reader.ts'
import { listOffsets } from './list-offsets.ts'
import { offsetsPartitionOf, offsetsTopic } from './offsets-topic.ts'

/** What a search needs to read. */
export interface HistoryAccess {
  cluster: KafkaCluster
  reader: Pick<LogReader, 'rawBatches'>
}

export interface CommitSearch {
  group: string
  /** Continue from here, in offsets of the group's partition of the offsets topic; left out: start at its end. */
  before?: bigint | undefined
  /** Start before the commits later than this moment, ms since 1970: later commits are skipped without being read. */
  moment?: bigint | undefined
  signal: AbortSignal
}

/** What was found so far, newest first; `searched` says how far that reaches, with all stretches so far. */
export interface FoundCommits {
  points: CommitPoint[]
  members: MemberRecord[]
  searched: SearchedCommits
  /** Bytes read from the brokers so far. */
  bytes: number
}

/** The first stretch is short, so that the newest commits appear at once; later ones read about this many bytes. */
const FIRST_SPAN = 1_024n
const STRETCH_BYTES = 4 << 20
/** Clocks of brokers differ: a commit may be stored after another that has a later timestamp. */
const SKEW_MS = 60_000n

/**
 * Searches the commits of a group backwards from the end of its partition of `__consumer_offsets`: users mostly want recent
 * commits, and the whole topic may be gigabytes. Kafka reads forward only, so it is read in stretches, each of which is yielded
 * once it is complete. It continues to the log start: a caller that has enough leaves the loop.
 */
export async function* searchCommits(
  access: HistoryAccess,
  { group, before, moment, signal }: CommitSearch,
): AsyncGenerator<FoundCommits> {
  const partition = await partitionOf(access.cluster, group, signal)
  const at = { topic: offsetsTopic, partition }
  const log = [...(await logBounds(access.cluster, [at], { signal })).values()][0]
  if (log?.ok !== true) throw unreadable(group, log?.error)
  const { logStart, lastStable, highWatermark: end } = log.value
  let to = before ?? (moment === undefined ? end : await behind(access.cluster, partition, moment, end, signal))
  if (to > end) to = end
  if (to < logStart) to = logStart
  const markers: FirstMarkers = new Map()
  // After the end chosen for a moment there are only markers of later moments: what they decide was not in effect then.
  const decidedBefore = moment === undefined || to === end ? lastStable : 0n
  let searched: SearchedCommits = { partition, logStart, from: to, to, end, wholeFrom: to, undecided: 0, unreadable: 0 }
  let bytes = 0
  const prefix = bytesOfText(group)
  yield { points: [], members: [], searched, bytes }
  for (let span = FIRST_SPAN; searched.from > logStart;) {
    const from = searched.from - span > logStart ? searched.from - span : logStart
    const stretch = new CommitStretch({ group, prefix, from, to: searched.from, decidedBefore })
    const isComplete = await read(access, partition, stretch, signal).catch((error: unknown) => {
      const cause = asSeeklineError(error)
      throw cause.code === 'kafka.unauthorised' ? unreadable(group, cause) : error
    })
    bytes += stretch.bytes
    if (!isComplete) {
      span = span / 8n > 0n ? span / 8n : 1n
      continue
    }
    const { points, members, undecided } = stretch.finish(markers)
    const hadAll = searched.wholeFrom === searched.from
    searched = {
      ...searched,
      from,
      wholeFrom: hadAll ? stretch.wholeFrom : searched.wholeFrom,
      undecided: searched.undecided + undecided,
      unreadable: searched.unreadable + stretch.unreadable,
    }
    yield { points, members, searched, bytes }
    const fit = (span * BigInt(STRETCH_BYTES)) / BigInt(Math.max(1, stretch.bytes))
    span = fit > span * 4n ? span * 4n : fit > 0n ? fit : 1n
  }
}

/** False: the stretch held far more than expected, and was given up. */
async function read(
  { reader }: HistoryAccess,
  partition: number,
  stretch: CommitStretch,
  signal: AbortSignal,
): Promise<boolean> {
  const ranges = [{ partition, from: stretch.from, to: stretch.to }]
  for await (const event of reader.rawBatches({ topic: offsetsTopic, ranges, signal })) {
    if (event.kind === 'failed') throw event.error
    if (event.kind === 'gap') stretch.pass(event.next)
    else if (event.kind === 'batches') await stretch.take(event)
    if (stretch.bytes > 4 * STRETCH_BYTES && stretch.to - stretch.from > 1n) return false
  }
  return true
}

async function partitionOf(cluster: KafkaCluster, group: string, signal: AbortSignal): Promise<number> {
  try {
    // The metadata index may predate the first group. Metadata is requested without creating a topic.
    const { partitions } = await cluster.requireTopic(offsetsTopic, signal)
    return offsetsPartitionOf(group, partitions.length)
  } catch (error) {
    if (isCancelled(error)) throw error
    throw (await neverHadGroups(cluster, signal)) ? noGroupsYet() : unreadable(group, asSeeklineError(error))
  }
}

/** The offset after which nothing of that moment can follow. */
async function behind(
  cluster: KafkaCluster,
  partition: number,
  moment: bigint,
  end: bigint,
  signal: AbortSignal,
): Promise<bigint> {
  if (moment + SKEW_MS > BigInt(Date.now())) return end
  const question = { topic: offsetsTopic, partition, at: (moment < 0n ? 0n : moment) + SKEW_MS }
  const [answer] = await listOffsets(cluster, [question], { signal })
  return answer?.outcome.ok === true ? (answer.outcome.value.offset ?? end) : end
}

function unreadable(group: string, cause?: SeeklineError): SeeklineError {
  const why = cause === undefined ? 'it is not there, or these credentials may not see it' : cause.message
  return new SeeklineError(
    cause?.code ?? 'kafka.topic-unknown',
    `Where ${group} stood cannot be told: ${offsetsTopic} cannot be read (${why.replace(/\.$/, '')}).`,
    {
      hint: `It takes Describe and Read on topic ${offsetsTopic}; some managed clusters give them to nobody. Where the group stands now can be read all the same.`,
      cause,
      details: { group },
    },
  )
}
