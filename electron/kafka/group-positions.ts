import type { Position } from '#shared/model/positions.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators, COORDINATOR_MAYBE_DONE, isNoGroupsYet } from './coordinators.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { offsetCommit, type CommittingMember } from './protocol/offset-commit.ts'
import { offsetDelete } from './protocol/offset-delete.ts'
import { offsetFetch, type OffsetFetchedGroup } from './protocol/offset-fetch.ts'
import type { Asked } from './rights.ts'
import { type Answer, byTopic, type Outcome, partitionName, type RouteOptions } from './routing.ts'

export interface PositionOutcome extends TopicPartition {
  /** A position, none (null: the group never committed here), or why it could not be read. */
  outcome: Outcome<Position | null>
}

export interface FetchPositionsOptions extends RouteOptions {
  /** Refuse what a pending transaction is about to change (`kafka.unstable-positions`). Needed before a commit. */
  requireStable?: boolean | undefined
}

/**
 * Committed positions of several groups, one request per coordinator. `partitions` `'all'`: those the group has a
 * position for; positions of topics that are gone are included.
 * A cluster without groups is no error: every group then has no positions.
 */
export async function fetchPositions(
  cluster: KafkaCluster,
  groups: readonly string[],
  partitions: readonly TopicPartition[] | 'all' = 'all',
  options: FetchPositionsOptions = {},
): Promise<Map<string, Outcome<PositionOutcome[]>>> {
  const requireStable = options.requireStable ?? false
  const topics =
    partitions === 'all'
      ? null
      : byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map((i) => i.partition) }))
  const outcomes = await askCoordinators<PositionOutcome[]>(
    cluster,
    groups,
    async (nodeId, members, call) => {
      const ask = members.map((group) => ({ group, topics }))
      const together = members.length === 1 || cluster.supports(offsetFetch, { groups: ask, requireStable })
      const requests = together ? [ask] : ask.map((one) => [one])
      const answers = await Promise.all(
        requests.map((some) => cluster.call(nodeId, offsetFetch, { groups: some, requireStable }, call)),
      )
      return answers.flatMap((answer) => answer.groups.map(groupAnswer))
    },
    { ...options, asked: { api: 'OffsetFetch' } },
  )
  for (const [group, outcome] of outcomes) {
    if (outcome.ok || !isNoGroupsYet(outcome.error)) continue
    const none = partitions === 'all' ? [] : partitions
    outcomes.set(group, {
      ok: true,
      value: none.map((p) => ({ topic: p.topic, partition: p.partition, outcome: { ok: true, value: null } })),
    })
  }
  return outcomes
}

function groupAnswer(group: OffsetFetchedGroup): Answer<string, PositionOutcome[]> {
  const value = group.topics.flatMap(({ topic, partitions }) =>
    partitions.map((p): PositionOutcome => {
      const place = { topic, partition: p.partition }
      if (p.errorCode !== 0) {
        const error = kafkaError(p.errorCode, `${partitionName(place)} of group ${group.group}`, {
          details: { ...place },
          asked: { api: 'OffsetFetch', topic, group: group.group },
        })
        return { ...place, outcome: { ok: false, error } }
      }
      // −1 is how the protocol says "none". A client that committed −1 itself looks the same; it means the same to Kafka.
      if (p.offset === -1n) return { ...place, outcome: { ok: true, value: null } }
      return {
        ...place,
        outcome: { ok: true, value: { offset: p.offset, leaderEpoch: p.leaderEpoch, metadata: p.metadata } },
      }
    }),
  )
  return { item: group.group, errorCode: group.errorCode, value }
}

/** The result for one partition of a change. An error with `details.sent === true`: nobody knows whether it was done. */
export interface PartitionResult extends TopicPartition {
  outcome: Outcome<null>
}

export interface CommitOptions extends RouteOptions {
  /** As which member; left out: as an administrator. */
  member?: CommittingMember | undefined
}

/**
 * One OffsetCommit as an administrator (generation −1) or as a member. To an administrator the broker refuses it while members
 * live (`kafka.group-live`), but checks neither range nor sign: do that first. Not sent again once it may have arrived.
 */
export async function commitPositions(
  cluster: KafkaCluster,
  group: string,
  positions: readonly (TopicPartition & { position: Position })[],
  { member, ...options }: CommitOptions = {},
): Promise<PartitionResult[]> {
  const topics = byTopic(positions).map(({ topic, items }) => ({
    topic,
    partitions: items.map((item) => ({ partition: item.partition, ...item.position })),
  }))
  const how = { ...options, mayCreateOffsetsTopic: true, asked: { api: 'OffsetCommit' } } as const
  return await change(cluster, group, positions, how, async (nodeId, call) => {
    const answer = await cluster.call(nodeId, offsetCommit, { group, member, topics }, call)
    return { errorCode: 0, topics: answer.topics }
  })
}

/** Removes positions (OffsetDelete). Topics that live members subscribe to are refused per partition. */
export async function deletePositions(
  cluster: KafkaCluster,
  group: string,
  partitions: readonly TopicPartition[],
  options: RouteOptions = {},
): Promise<PartitionResult[]> {
  const topics = byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map((i) => i.partition) }))
  const how = { ...options, asked: { api: 'OffsetDelete' } } as const
  return await change(cluster, group, partitions, how, (nodeId, call) =>
    cluster.call(nodeId, offsetDelete, { group, topics }, call),
  )
}

type ChangeAnswer = {
  errorCode: number
  topics: { topic: string; partitions: { partition: number; errorCode: number }[] }[]
}

// COORDINATOR_LOAD_IN_PROGRESS comes before anything is appended; with no partition done beside it, all may be sent again.
const NOT_DONE = 14

async function change(
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
      return [{ item: group, errorCode: answer.errorCode !== 0 ? answer.errorCode : (retry ?? 0), value: answer }]
    },
    { ...options, write: true },
  )
  const outcome = outcomes.get(group)! // askCoordinators answers for each group
  if (!outcome.ok) return partitions.map(({ topic, partition }) => ({ topic, partition, outcome }))
  const codes = new Map(
    outcome.value.topics.flatMap((t) => t.partitions.map((p) => [`${p.partition}/${t.topic}`, p.errorCode] as const)),
  )
  return partitions.map(({ topic, partition }) => {
    const code = codes.get(`${partition}/${topic}`)
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
            details: { topic, partition, group, ...(sent ? { sent } : {}) },
            asked: { ...options.asked, topic, group },
          })
    return { topic, partition, outcome: { ok: false, error } }
  })
}
