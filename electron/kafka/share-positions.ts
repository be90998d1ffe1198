import type { Position } from '#shared/model/positions.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators } from './coordinators.ts'
import { changePositions, type PartitionResult, type PositionOutcome } from './position-change.ts'
import { alterShareGroupOffsets } from './protocol/alter-share-group-offsets.ts'
import { deleteShareGroupOffsets } from './protocol/delete-share-group-offsets.ts'
import { describeShareGroupOffsets, type ShareGroupOffsets } from './protocol/describe-share-group-offsets.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { byTopic, type Outcome, partitionName, type RouteOptions } from './routing.ts'

/**
 * The start offsets of share groups (KIP-932), as positions: an offset without metadata and epoch, because neither can be set.
 * A partition that the group has read may still have none (null).
 */
export async function fetchStartOffsets(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: RouteOptions = {},
): Promise<Map<string, Outcome<PositionOutcome[]>>> {
  return await askCoordinators<PositionOutcome[]>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, describeShareGroupOffsets, { groups: names }, call)).groups.map((answer) => ({
        item: answer.group,
        errorCode: answer.errorCode,
        brokerSays: answer.errorMessage,
        value: startsOf(answer),
      })),
    { ...options, asked: { api: 'DescribeShareGroupOffsets' } },
  )
}

function startsOf({ group, topics }: ShareGroupOffsets): PositionOutcome[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, errorMessage, startOffset, lag }): PositionOutcome => {
      const place = { topic, partition }
      if (errorCode !== 0) {
        const error = kafkaError(errorCode, `${partitionName(place)} of group ${group}`, {
          brokerSays: errorMessage,
          details: { ...place },
          asked: { api: 'DescribeShareGroupOffsets', topic, group },
        })
        return { ...place, outcome: { ok: false, error } }
      }
      // None yet: it is set when the first record is processed.
      if (startOffset < 0n) return { ...place, outcome: { ok: true, value: null } }
      return { ...place, outcome: { ok: true, value: startAt(startOffset) }, ...(lag < 0n ? {} : { lag }) }
    }),
  )
}

const startAt = (offset: bigint): Position => ({ offset, leaderEpoch: -1, metadata: '' })

/**
 * One AlterShareGroupOffsets request, which creates the group if necessary. The broker refuses while the group has members
 * (`kafka.group-live`), and does not check the range: do that first.
 */
export async function alterStartOffsets(
  cluster: KafkaCluster,
  group: string,
  starts: readonly (TopicPartition & { position: Position })[],
  options: RouteOptions = {},
): Promise<PartitionResult[]> {
  const topics = byTopic(starts).map(({ topic, items }) => ({
    topic,
    partitions: items.map(({ partition, position }) => ({ partition, startOffset: position.offset })),
  }))
  const how = { ...options, asked: { api: 'AlterShareGroupOffsets' } } as const
  return await changePositions(cluster, group, starts, how, (nodeId, call) =>
    cluster.call(nodeId, alterShareGroupOffsets, { group, topics }, call),
  )
}

/** Deletes start offsets: those of all partitions of each named topic, because Kafka cannot delete single ones. */
export async function deleteStartOffsets(
  cluster: KafkaCluster,
  group: string,
  partitions: readonly TopicPartition[],
  options: RouteOptions = {},
): Promise<PartitionResult[]> {
  const named = byTopic(partitions)
  const how = { ...options, asked: { api: 'DeleteShareGroupOffsets' } } as const
  return await changePositions(cluster, group, partitions, how, async (nodeId, call) => {
    const request = { group, topics: named.map(({ topic }) => topic) }
    const answer = await cluster.call(nodeId, deleteShareGroupOffsets, request, call)
    const codes = new Map(answer.topics.map((one) => [one.topic, one]))
    const topics = named.flatMap(({ topic, items }) => {
      const one = codes.get(topic)
      return one === undefined ? [] : [{ topic, partitions: items.map(({ partition }) => ({ ...one, partition })) }]
    })
    return { errorCode: answer.errorCode, errorMessage: answer.errorMessage, topics }
  })
}
