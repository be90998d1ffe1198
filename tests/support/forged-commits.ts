import { offsetsPartitionOf, offsetsTopic } from '../../electron/kafka/offsets-topic.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { wire } from '../../scripts/lib/wire-format.ts'

export interface ForgedCommit {
  group: string
  topic: string
  partition: number
  offset: bigint
  /** ms since 1970, of the commit and of its record. */
  at: bigint
}

/** For a test's brokers: with few partitions, it takes less time until all have a leader. */
const PARTITIONS = 10

/**
 * Writes commits as a coordinator would have written them long ago, or for topics that were deleted while it was down: no request can
 * make either. A coordinator reads them when it starts the next time.
 */
export async function forgeCommits(bootstrap: string, commits: readonly ForgedCommit[]): Promise<void> {
  const client = await connectWire(bootstrap, '__admin_client')
  try {
    for (const { group, topic, partition, offset, at } of commits) {
      const key = Buffer.concat([wire.int16(1), wire.string(group), wire.string(topic), wire.int32(partition)])
      const value = Buffer.concat([wire.int16(3), wire.int64(offset), wire.int32(-1), wire.string(''), wire.int64(at)])
      const batch = writeBatch([{ timestamp: at, key, value, headers: [] }])
      await client.produce(offsetsTopic, offsetsPartitionOf(group, PARTITIONS), batch)
    }
  } finally {
    client.close()
  }
}
