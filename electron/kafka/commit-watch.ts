import { toErrorValue } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { listOffsets } from './list-offsets.ts'
import { decodeCommit, offsetsPartitionOf, offsetsTopic, type CommitRecord } from './offsets-topic.ts'
import type { LogReader } from './log-reader.ts'
import { RecordCursor } from './records/record-cursor.ts'

/**
 * If more than this was written since the mark, it is not read: on so busy a coordinator the proof is not worth the traffic.
 */
const MOST_BYTES = 8 * 1024 * 1024
const MARK_TIMEOUT_MS = 3_000
const READ_TIMEOUT_MS = 5_000

export interface MarkedCommits {
  /** The current end of the group's partition of that topic; null if it is not known. */
  end(signal: AbortSignal): Promise<bigint | null>
  /** Commits of the group since the mark, in log order, or a sentence why they are not known. */
  since(signal: AbortSignal): Promise<CommitRecord[] | string>
}

/**
 * Marks the end of the group's partition of the offsets topic, so that commits between our last read and our write can be found
 * afterwards. Many users may not read that topic, and managed clusters hide it: then there is no proof, but no error.
 */
export async function markCommits(
  cluster: KafkaCluster,
  reader: LogReader,
  group: string,
  signal: AbortSignal,
): Promise<MarkedCommits> {
  const partitions = cluster.topic(offsetsTopic)?.partitions.length ?? 0
  if (partitions === 0) {
    const why = `${offsetsTopic} is not there, or these credentials may not see it`
    return { end: () => Promise.resolve(null), since: () => Promise.resolve(why) }
  }
  const at = { topic: offsetsTopic, partition: offsetsPartitionOf(group, partitions) }
  const ask = async (until: AbortSignal): Promise<bigint> => {
    const options = { signal: until, timeoutMs: MARK_TIMEOUT_MS }
    const [answer] = await listOffsets(cluster, [{ ...at, at: 'latest' }], options)
    if (answer?.outcome.ok !== true) throw answer?.outcome.error ?? new Error('The broker left it out of its answer.')
    return answer.outcome.value.offset ?? 0n
  }
  const why = (error: unknown): string => `${offsetsTopic} could not be read: ${toErrorValue(error).message}`
  let from: bigint
  try {
    from = await ask(signal)
  } catch (error) {
    if (signal.aborted) throw error
    const sentence = why(error)
    return { end: () => Promise.resolve(null), since: () => Promise.resolve(sentence) }
  }
  return {
    end: (until) => ask(until).catch(() => null),
    since: async (until) => {
      try {
        const to = await ask(until)
        const limited = AbortSignal.any([until, AbortSignal.timeout(READ_TIMEOUT_MS)])
        return await commitsBetween(reader, at.partition, from, to, group, limited)
      } catch (error) {
        return why(error)
      }
    },
  }
}

async function commitsBetween(
  reader: LogReader,
  partition: number,
  from: bigint,
  to: bigint,
  group: string,
  signal: AbortSignal,
): Promise<CommitRecord[] | string> {
  const found: CommitRecord[] = []
  if (from >= to) return found
  const cursor = new RecordCursor()
  let bytes = 0
  for await (const event of reader.rawBatches({ topic: offsetsTopic, ranges: [{ partition, from, to }], signal })) {
    if (event.kind === 'failed') throw event.error
    // An offset removed by compaction or retention may have been a commit.
    if (event.kind === 'gap') return `${offsetsTopic} has lost what was written since`
    if (event.kind !== 'batches') continue
    bytes += event.bytes.length
    if (bytes > MOST_BYTES) return 'too many commits of other groups came meanwhile'
    const walker = event.walk()
    for (let batch = walker.next(); batch !== null; batch = walker.next()) {
      if (batch.kind !== 'batch') return `a batch of ${offsetsTopic} could not be read`
      if (batch.control || batch.aborted) continue
      // Not ended: if it is committed after ours, the coordinator drops it as the older one.
      if (batch.transactional && batch.baseOffset >= event.bounds.lastStable) continue
      const problem = cursor.open(batch)
      if (problem !== null) return `a batch of ${offsetsTopic} could not be read: ${problem.detail}`
      while (cursor.next()) {
        if (cursor.offset < from || cursor.offset >= to) continue
        const commit = decodeCommit(cursor.key(), cursor.value(), cursor.offset)
        if (commit?.group === group) found.push(commit)
      }
    }
  }
  return found
}
