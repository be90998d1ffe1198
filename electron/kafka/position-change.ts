import type { Position } from '#shared/model/positions.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators, COORDINATOR_MAYBE_DONE } from './coordinators.ts'
import { kafkaError } from './protocol/error-codes.ts'
import type { Asked } from './rights.ts'
import { type Outcome, partitionName, type RouteOptions } from './routing.ts'

export interface PositionOutcome extends TopicPartition {
  /** A position, none (null: the group never committed here), or why it could not be read. */
  outcome: Outcome<Position | null>
  /** For a share group's partition, if the broker says it: records from its start offset on that are not processed yet. */
  lag?: bigint
}

/**
 * The result for one partition of a change. An error with `details.sent === true`: it is not known whether the change was made.
 */
export interface PartitionResult extends TopicPartition {
  outcome: Outcome<null>
}

/** A coordinator's answer to a change of positions, in one form for all such requests. */
export interface ChangeAnswer {
  errorCode: number
  /** The broker's own message, if the API has one. */
  errorMessage?: string | null
  topics: { topic: string; partitions: ChangedPartition[] }[]
}

interface ChangedPartition {
  partition: number
  errorCode: number
  errorMessage?: string | null
}

// COORDINATOR_LOAD_IN_PROGRESS is answered before anything is appended; if no partition succeeded, the request may be sent
// again.
const NOT_DONE = 14

/** Sends one change to the group's coordinator. Not sent again once it may have arrived. */
export async function changePositions(
  cluster: KafkaCluster,
  group: string,
  partitions: readonly TopicPartition[],
  options: RouteOptions & { mayCreateOffsetsTopic?: boolean; asked: Asked },
  send: (nodeId: number, call: Parameters<typeof cluster.call>[3]) => Promise<ChangeAnswer>,
): Promise<PartitionResult[]> {
  const outcomes = await askCoordinators<ChangeAnswer>(
    cluster,
    [group],
    async (nodeId, _groups, call) => {
      const answer = await send(nodeId, call)
      const codes = answer.topics.flatMap((t) => t.partitions.map((p) => p.errorCode))
      const retry = codes.includes(0) ? undefined : codes.find((code) => code === NOT_DONE)
      const errorCode = answer.errorCode !== 0 ? answer.errorCode : (retry ?? 0)
      return [{ item: group, errorCode, brokerSays: answer.errorMessage ?? null, value: answer }]
    },
    { ...options, write: true },
  )
  const outcome = outcomes.get(group)! // askCoordinators answers for every group it is given
  if (!outcome.ok) return partitions.map(({ topic, partition }) => ({ topic, partition, outcome }))
  const answers = new Map(
    outcome.value.topics.flatMap((t) => t.partitions.map((p) => [`${p.partition}/${t.topic}`, p] as const)),
  )
  return partitions.map(({ topic, partition }) => {
    const answer = answers.get(`${partition}/${topic}`)
    const code = answer?.errorCode
    if (code === 0) return { topic, partition, outcome: { ok: true, value: null } }
    const name = `${partitionName({ topic, partition })} of group ${group}`
    const sent = code !== undefined && COORDINATOR_MAYBE_DONE.has(code)
    if (sent) cluster.coordinators.delete(group)
    const error =
      code === undefined
        ? new SeeklineError('internal', `${name}: the coordinator left it out of its answer.`, {
            details: { sent: true },
          })
        : kafkaError(code, name, {
            brokerSays: answer?.errorMessage ?? null,
            details: { topic, partition, group, ...(sent ? { sent } : {}) },
            asked: { ...options.asked, topic, group },
          })
    return { topic, partition, outcome: { ok: false, error } }
  })
}
