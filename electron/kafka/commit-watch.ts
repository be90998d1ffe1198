import type { KafkaCluster } from './cluster.ts'
import { listOffsets } from './offsets-api.ts'
import { decodeCommit, offsetsPartitionOf, offsetsTopic, type CommitRecord } from './offsets-topic.ts'
import type { Reader } from './reader.ts'
import { RecordCursor } from './records/record-cursor.ts'

/** More than this since the mark is not read: on so busy a coordinator the proof is not worth the traffic. */
const MOST_BYTES = 8 * 1024 * 1024
const MARK_TIMEOUT_MS = 3_000
const READ_TIMEOUT_MS = 5_000

export interface MarkedCommits {
  /** Commits of the group since the mark, in log order; null where the offsets topic cannot be read. */
  since(signal: AbortSignal): Promise<CommitRecord[] | null>
}

/**
 * Marks the end of the group's part of the offsets topic, so that commits which come between a look and a write can be
 * found afterwards. Many users may not read that topic, and managed clusters hide it: then there is no proof, no error.
 */
export async function markCommits(
  cluster: KafkaCluster,
  reader: Reader,
  group: string,
  signal: AbortSignal,
): Promise<MarkedCommits> {
  const partitions = cluster.topic(offsetsTopic)?.partitions.length ?? 0
  if (partitions === 0) return { since: () => Promise.resolve(null) }
  const at = { topic: offsetsTopic, partition: offsetsPartitionOf(group, partitions) }
  const end = async (until: AbortSignal): Promise<bigint | null> => {
    const [answer] = await listOffsets(cluster, [{ ...at, at: 'latest' }], {
      signal: until,
      timeoutMs: MARK_TIMEOUT_MS,
    })
    return answer?.outcome.ok === true ? answer.outcome.value.offset : null
  }
  const from = await end(signal)
  return {
    since: async (until) => {
      if (from === null) return null
      const to = await end(until)
      if (to === null) return null
      const limited = AbortSignal.any([until, AbortSignal.timeout(READ_TIMEOUT_MS)])
      return await commitsBetween(reader, at.partition, from, to, group, limited).catch(() => null)
    },
  }
}

async function commitsBetween(
  reader: Reader,
  partition: number,
  from: bigint,
  to: bigint,
  group: string,
  signal: AbortSignal,
): Promise<CommitRecord[] | null> {
  const found: CommitRecord[] = []
  if (from >= to) return found
  const cursor = new RecordCursor()
  let bytes = 0
  for await (const event of reader.rawBatches({ topic: offsetsTopic, ranges: [{ partition, from, to }], signal })) {
    if (event.kind === 'failed') return null
    if (event.kind !== 'batches') continue
    bytes += event.bytes.length
    if (bytes > MOST_BYTES) return null
    const walker = event.walk()
    for (let batch = walker.next(); batch !== null; batch = walker.next()) {
      if (batch.kind !== 'batch' || batch.control || batch.aborted) continue
      if (cursor.open(batch) !== null) return null
      while (cursor.next()) {
        if (cursor.offset < from || cursor.offset >= to) continue
        const commit = decodeCommit(cursor.key(), cursor.value())
        if (commit?.group === group) found.push(commit)
      }
    }
  }
  return found
}
