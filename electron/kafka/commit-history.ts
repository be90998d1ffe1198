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

/** What a search reads through. */
export interface HistoryAccess {
  cluster: KafkaCluster
  reader: Pick<LogReader, 'rawBatches'>
}

export interface CommitSearch {
  group: string
  /** Goes on from here, in offsets of the group's partition of the offsets topic; left out: from its end. */
  before?: bigint | undefined
  /** Begins behind the commits of this moment instead, ms since 1970: what came later is passed over unread. */
  moment?: bigint | undefined
  signal: AbortSignal
}

/** What was found further back, newest first; `searched` says how far that is, all stretches before included. */
export interface FoundCommits {
  points: CommitPoint[]
  members: MemberRecord[]
  searched: SearchedCommits
  /** Read from the brokers so far. */
  bytes: number
}

/** The first stretch is short, so that the newest commits are there at once; a later one reads about so much. */
const FIRST_SPAN = 1_024n
const STRETCH_BYTES = 4 << 20
/** Clocks of brokers differ: a commit of a moment may lie behind one that says it is later. */
const SKEW_MS = 60_000n

/**
 * Looks for the commits of a group, backwards from the end of its part of `__consumer_offsets`: what people ask about is mostly recent,
 * and the whole of that topic may be gigabytes. Kafka reads forward only, so it is read in stretches, each of which is handed over
 * once it is complete. It goes on until the log start: whoever has enough leaves the loop.
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
  // Behind a moment's end lie markers of later moments only: what they decide did not count by then.
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

/** False: it holds far more than was expected, and was given up. */
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
    // Whoever connected before the first group does not know of it yet. Metadata is asked for without making a topic.
    const { partitions } = await cluster.requireTopic(offsetsTopic, signal)
    return offsetsPartitionOf(group, partitions.length)
  } catch (error) {
    if (isCancelled(error)) throw error
    throw (await neverHadGroups(cluster, signal)) ? noGroupsYet() : unreadable(group, asSeeklineError(error))
  }
}

/** Where nothing of that moment can follow any more. */
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
