import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { Channel, KafkaCluster } from '../cluster.ts'
import { askCoordinators } from '../coordinators.ts'
import type { KafkaApi, Throttled } from '../protocol/api.ts'
import type { CommittingMember } from '../protocol/offset-commit.ts'
import type { JudgedApi } from '../protocol/api-table.ts'

/** A member of a group, of either protocol. It reads nothing and commits nothing by itself. */
export interface Member {
  /** As whom it commits; null while it is no member, or waits for the others to join. */
  identity(): CommittingMember | null
  /**
   * Joins, and lives until the signal; then it leaves and resolves. Rejects with the reason where the group no longer knows it, or
   * does not take it. A member that the coordinator took out has lost its partitions: nothing of theirs can be committed.
   */
  live(signal: AbortSignal): Promise<void>
}

/** Told in turn: the next thing happens once the one before has settled. */
export interface MemberListener {
  /** It joins, or joins again, and has to wait for the others. */
  joining(): void
  /** These are given up: what is to be committed of them is committed before this settles. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>
  /** It has these beside what it kept. `held`: all that it has from now on. */
  assigned(partitions: readonly TopicPartition[], held: readonly TopicPartition[]): Promise<void>
  /** It is a member, and knows what it has. */
  stable(facts: MemberFacts): void
}

export interface MemberFacts {
  memberId: string
  /** Of the classic protocol the generation, of KIP-848 the member's epoch. */
  epoch: number
  /** As which assignor the group chose; null: the coordinator assigns. */
  assignor: string | null
  isLeader: boolean
}

export interface MemberOptions {
  group: string
  topics: readonly string[]
  /** A socket of its own: while a group rebalances JoinGroup holds up all that is behind it. */
  channel: Channel
  listener: MemberListener
}

/** How long the others wait for a member while they rebalance. */
export const REBALANCE_MS = 60_000
const LEAVE_MS = 3_000

/** The coordinator has moved, loads, or is away: routing knows what to do about those. All other codes are the member's. */
const ROUTED: ReadonlySet<number> = new Set([14, 15, 16])

interface GroupAsk {
  timeoutMs: number
  channel?: Channel | undefined
  signal?: AbortSignal | undefined
}

/** One request to the group's coordinator, wherever it is now. */
export async function askGroup<Q extends { group: string }, R extends Throttled & { errorCode: number }>(
  cluster: KafkaCluster,
  api: KafkaApi<Q, R> & { name: string },
  request: Q,
  { timeoutMs, channel, signal }: GroupAsk,
): Promise<R> {
  const { group } = request
  const outcomes = await askCoordinators<R>(
    cluster,
    [group],
    async (nodeId, _groups, call) => {
      const value = await cluster.call(nodeId, api, request, call)
      return [{ item: group, errorCode: ROUTED.has(value.errorCode) ? value.errorCode : 0, value }]
    },
    { timeoutMs, channel, signal, mayCreateOffsetsTopic: true, asked: { api: api.name as JudgedApi, group } },
  )
  const outcome = outcomes.get(group)! // askCoordinators answers for every group it is given
  if (!outcome.ok) throw outcome.error
  return outcome.value
}

/**
 * Says good-bye, as far as that can be done: a coordinator that does not hear it takes the member out when its session times out.
 * Not by the member's own socket, where it would wait behind a JoinGroup.
 */
export async function sayGoodBye<Q extends { group: string }, R extends Throttled & { errorCode: number }>(
  cluster: KafkaCluster,
  api: KafkaApi<Q, R> & { name: string },
  request: Q,
): Promise<void> {
  await askGroup(cluster, api, request, { timeoutMs: LEAVE_MS }).catch(() => undefined)
}
