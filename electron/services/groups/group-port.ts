import type { CommitRecord } from '../../kafka/offsets-topic.ts'
import type { PlaceFinder } from '../../kafka/resolve-places.ts'
import type { Told, TopicRights } from '../../kafka/rights.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { GroupMember, GroupRow, GroupType, StreamsTopology } from '#shared/contract/groups.ts'
import type { Place } from '#shared/model/place.ts'
import type { Position } from '#shared/model/positions.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { ErrorValue } from '#shared/errors.ts'

/** What is read about a group before its positions are changed. */
export interface GroupFacts {
  exists: boolean
  type: GroupType
  state: string
  protocolType: string
  assignor: string | null
  groupEpoch: number | null
  assignmentEpoch: number | null
  coordinator: number | null
  /** null: these brokers do not tell. */
  members: GroupMember[] | null
  /** For a streams group, if it is known. */
  topology?: StreamsTopology
  /** What these credentials may do with it; null: not asked, or the broker does not tell. */
  rights: Told
}

export interface KnownTopics {
  ids: ReadonlyMap<string, string | null>
  rights: TopicRights
}

export type PerPartition<T> = Map<string, { value: T } | { error: ErrorValue }>

/** A null value means "none". For share groups the value is the start offset, and the broker may tell the lag as well. */
export type FoundPositions = Map<string, { value: Position | null; lag?: bigint } | { error: ErrorValue }>

/** The result of a commit for one partition; `unknown` if the answer was lost and the broker may or may not have it. */
export type Written = { status: 'written' } | { status: 'refused' | 'unknown'; error: ErrorValue }

/** A mark in the offsets topic, from which later commits can be read. */
export interface CommitWatch {
  /**
   * The current end of the group's partition of that topic: our own commit is searched between two of these. null: not known.
   */
  end(signal: AbortSignal): Promise<bigint | null>
  /** Commits of the group since the mark in log order, or a sentence why they are not known. */
  since(signal: AbortSignal): Promise<CommitRecord[] | string>
}

/**
 * Where a log starts and ends: enough for lag and for the check before writing, with two thirds of the requests that all bounds
 * take.
 */
export type LogEdges = Pick<LogBounds, 'logStart' | 'highWatermark'>

/**
 * Everything that planning and applying need of a cluster. It exists beside the adapter over electron/kafka for one reason:
 * commits that race with ours cannot be produced on demand with a real broker.
 */
export interface GroupPort {
  readonly clusterId: string | null
  facts(group: string, signal: AbortSignal): Promise<GroupFacts>
  /** Topics without ids (old brokers) map to null; topics that do not exist are absent. */
  topicIds(topics: readonly string[], signal: AbortSignal): Promise<Map<string, string | null>>
  /** The same, with what these credentials may do with each topic, if the brokers tell. */
  topics(topics: readonly string[], signal: AbortSignal): Promise<KnownTopics>
  partitionsOf(topic: string, signal: AbortSignal): Promise<number[]>
  /** `all` reads every position the group has: for a share group its start offsets. */
  positions(group: string, of: readonly TopicPartition[] | 'all', signal: AbortSignal): Promise<FoundPositions>
  bounds(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<LogBounds>>
  edges(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<LogEdges>>
  /** The offset of a place in each of these partitions. */
  findPlace(place: Place, of: readonly TopicPartition[], signal: AbortSignal): Promise<PlaceFinder>
  watchCommits(group: string, signal: AbortSignal): Promise<CommitWatch>
  /** Commits, or for a share group (`isShare`) sets start offsets: the plan says which. */
  commit(
    group: string,
    positions: readonly (TopicPartition & Position)[],
    isShare: boolean,
  ): Promise<Map<string, Written>>
  /** For a share group's topic, all its partitions must be given: Kafka cannot delete single start offsets. */
  remove(group: string, of: readonly TopicPartition[], isShare: boolean): Promise<Map<string, Written>>
  removeGroup(group: string): Promise<Written>
}

/** What lists and summaries need in addition: the same questions for many groups in few requests. */
export interface GroupsPort extends GroupPort {
  list(signal: AbortSignal): Promise<{ items: GroupRow[]; failures: Failure[]; note: string | null }>
  /** Where logs end: one request per leader. */
  highWatermarks(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<bigint>>
  /** `types` from the list of groups: a classic group then needs only the classic request. */
  factsOf(
    groups: readonly string[],
    signal: AbortSignal,
    types?: ReadonlyMap<string, GroupType>,
  ): Promise<Map<string, { value: GroupFacts } | { error: ErrorValue }>>
  positionsOf(
    groups: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, { value: FoundPositions } | { error: ErrorValue }>>
  /** Only the offsets of all positions that could be read, for sampling; groups that could not be read are left out. */
  offsetsOf(groups: readonly string[], signal: AbortSignal): Promise<Map<string, ReadonlyMap<string, bigint>>>
}
