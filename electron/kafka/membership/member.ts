import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { Channel, KafkaCluster } from '../cluster.ts'
import { askCoordinators } from '../coordinators.ts'
import type { KafkaApi, Throttled } from '../protocol/api.ts'
import type { CommittingMember } from '../protocol/offset-commit.ts'
import type { JudgedApi } from '../protocol/api-table.ts'

/** A member of a group, in either protocol. It reads and commits nothing by itself. */
export interface Member {
  /** The identity to commit with; null while it is not a member, or waits for others to join. */
  identity(): CommittingMember | null
  /**
   * Joins, and stays a member until the signal is aborted; then it leaves and resolves. Rejects with the reason if the group no
   * longer knows it, or does not accept it. A member that the coordinator removed has lost its partitions: nothing can be
   * committed for them.
   */
  live(signal: AbortSignal): Promise<void>
}

/** Called in turn: the next call is made once the previous one has settled. */
export interface MemberListener {
  /** It joins, or joins again, and has to wait for the others. */
  joining(): void
  /** These partitions are given up: commits for them must be made before this settles. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>
  /** It gets these in addition to what it kept. `held`: all it has from now on. */
  assigned(partitions: readonly TopicPartition[], held: readonly TopicPartition[]): Promise<void>
  /** It is a member, and has its assignment. */
  stable(facts: MemberFacts): void
}

export interface MemberFacts {
  memberId: string
  /** In the classic protocol the generation, in KIP-848 the member's epoch. */
  epoch: number
  /** The assignor that the group chose; null: the coordinator assigns. */
  assignor: string | null
  isLeader: boolean
}

export interface MemberOptions {
  group: string
  topics: readonly string[]
  /** A channel with a socket of its own: while a group rebalances, JoinGroup blocks all requests behind it. */
  channel: Channel
  listener: MemberListener
}

/** How long the others wait for a member during a rebalance. */
export const REBALANCE_MS = 60_000
const LEAVE_MS = 3_000

/** The coordinator has moved, is loading, or is away: routing handles these codes. All others are for the member. */
const ROUTED: ReadonlySet<number> = new Set([14, 15, 16])

interface GroupAsk {
  timeoutMs: number
  channel?: Channel | undefined
  signal?: AbortSignal | undefined
}

/** Sends one request to the group's coordinator, wherever it is now. */
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
 * Leaves the group, as far as possible: a coordinator that does not hear it removes the member when its session times out. Not
 * on the member's own socket, where it would wait behind a JoinGroup.
 */
export async function sayGoodBye<Q extends { group: string }, R extends Throttled & { errorCode: number }>(
  cluster: KafkaCluster,
  api: KafkaApi<Q, R> & { name: string },
  request: Q,
): Promise<void> {
  await askGroup(cluster, api, request, { timeoutMs: LEAVE_MS }).catch(() => undefined)
}
