import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { groups } from '#shared/contract/groups.ts'
import type { CommitPoint, MemberRecord, SearchedCommits } from '#shared/model/commit-history.ts'
import { historyNotes } from '#shared/offsets/history-notes.ts'
import { searchCommits, type HistoryAccess } from '../../kafka/commit-history.ts'

type HistoryDef = (typeof groups)['groups.history']

/** With 20 partitions' names and some text per commit a frame stays below 256 KiB. */
const FRAME_POINTS = 250
const FRAME_CHARS = 100_000

/**
 * Sends what is found, newest first, until the start of the log or a limit is reached. What was sent before a limit stays
 * valid.
 */
export async function readHistory(
  access: HistoryAccess,
  { group, before, since, most }: Input<HistoryDef>,
  sink: StreamSink<HistoryDef>,
  signal: AbortSignal,
): Promise<Done<HistoryDef>> {
  const late = AbortSignal.timeout(most.milliseconds)
  const over = AbortSignal.any([signal, late])
  let searched: SearchedCommits | undefined
  let bytes = 0n
  let commits = 0
  let limit: Done<HistoryDef>['limit'] = null
  let isFarEnough = false
  try {
    for await (const found of searchCommits(access, { group, before, signal: over })) {
      searched = found.searched
      bytes = BigInt(found.bytes)
      commits += found.points.length
      for (const frame of framesOf(found.points, found.members)) await sink.batch(frame)
      sink.progress({ searched, bytes, commits })
      isFarEnough = since !== undefined && found.points.some((point) => point.committedAt < since)
      if (isFarEnough) break
      if (searched.from === searched.logStart) break
      if (commits >= most.commits) limit = 'commits'
      else if (bytes >= most.bytes) limit = 'bytes'
      if (limit !== null) break
    }
  } catch (error) {
    // Nothing was read yet, so there is nothing to send.
    if (searched === undefined || !over.aborted) throw error
    if (!signal.aborted) limit = 'time'
  }
  if (searched === undefined) throw over.reason
  const isCancelled = signal.aborted
  const reason = isCancelled ? 'cancelled' : limit !== null ? 'limit' : isFarEnough ? 'since' : 'start'
  return { reason, limit: isCancelled ? null : limit, searched, bytes, commits, notes: historyNotes(searched) }
}

function* framesOf(points: readonly CommitPoint[], members: readonly MemberRecord[]) {
  let frame: { points: CommitPoint[]; members: MemberRecord[] } = { points: [], members: [] }
  let count = 0
  let chars = 0
  const isFull = () => count >= FRAME_POINTS || chars >= FRAME_CHARS
  const empty = () => {
    frame = { points: [], members: [] }
    count = 0
    chars = 0
  }
  for (const point of points) {
    frame.points.push(point)
    count += 1
    chars += point.topic.length + (point.position?.metadata.length ?? 0)
    if (isFull()) {
      yield frame
      empty()
    }
  }
  for (const record of members) {
    frame.members.push(record)
    const names = record.kind === 'all' ? record.members : [record.member]
    count += 1
    chars += names.reduce((sum, one) => sum + one.memberId.length + one.clientId.length + one.host.length, 0)
    if (isFull()) {
      yield frame
      empty()
    }
  }
  if (count > 0) yield frame
}
