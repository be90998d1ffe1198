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

/** What is known of a group before its positions are touched. */
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
  /** Of a streams group, where it is known. */
  topology?: StreamsTopology
  /** What these credentials may do with it; null: not asked, or the broker does not tell. */
  rights: Told
}

export interface KnownTopics {
  ids: ReadonlyMap<string, string | null>
  rights: TopicRights
}

export type PerPartition<T> = Map<string, { value: T } | { error: ErrorValue }>

/** A null value is "none". Of share groups the value is the start offset, and the broker may tell the lag that goes with it. */
export type FoundPositions = Map<string, { value: Position | null; lag?: bigint } | { error: ErrorValue }>

/** What a commit came to for one partition; `unknown` when the answer was lost and the broker may or may not have it. */
export type Written = { status: 'written' } | { status: 'refused' | 'unknown'; error: ErrorValue }

/** A mark in the offsets topic, from which the commits that came later can be read. */
export interface CommitWatch {
  /** The end of that topic's part now: our own commit is looked for between two of these. null: not known. */
  end(signal: AbortSignal): Promise<bigint | null>
  /** Commits of the group since the mark in log order, or a sentence on why they are not known. */
  since(signal: AbortSignal): Promise<CommitRecord[] | string>
}

/** Where a log begins and ends; what lag and a look before writing need, for two thirds of the questions that all bounds cost. */
export type LogEdges = Pick<LogBounds, 'logStart' | 'highWatermark'>

/**
 * All that planning and applying need of a cluster. Apart from the adapter over the Kafka seam it exists for one
 * reason: commits that race with ours cannot be produced on demand with a real broker.
 */
export interface GroupPort {
  readonly clusterId: string | null
  facts(group: string, signal: AbortSignal): Promise<GroupFacts>
  /** Names without topic ids (old brokers) map to null; topics that are not there are absent. */
  topicIds(topics: readonly string[], signal: AbortSignal): Promise<Map<string, string | null>>
  /** The same, with what these credentials may do with each topic, where the brokers tell. */
  topics(topics: readonly string[], signal: AbortSignal): Promise<KnownTopics>
  partitionsOf(topic: string, signal: AbortSignal): Promise<number[]>
  /** `all` asks for every position the group has: of a share group its start offsets. */
  positions(group: string, of: readonly TopicPartition[] | 'all', signal: AbortSignal): Promise<FoundPositions>
  bounds(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<LogBounds>>
  edges(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<LogEdges>>
  /** Where a place lies in each of these partitions. */
  findPlace(place: Place, of: readonly TopicPartition[], signal: AbortSignal): Promise<PlaceFinder>
  watchCommits(group: string, signal: AbortSignal): Promise<CommitWatch>
  /** Commits, or of a share group (`isShare`) sets start offsets: said by whoever planned it, never guessed. */
  commit(
    group: string,
    positions: readonly (TopicPartition & Position)[],
    isShare: boolean,
  ): Promise<Map<string, Written>>
  /** Of a share group's topic all must be named: no other way is known to Kafka. */
  remove(group: string, of: readonly TopicPartition[], isShare: boolean): Promise<Map<string, Written>>
  removeGroup(group: string): Promise<Written>
}

/** What listing and summing up need beyond one group: the same questions, asked for many groups in few requests. */
export interface GroupsPort extends GroupPort {
  list(signal: AbortSignal): Promise<{ items: GroupRow[]; failures: Failure[]; note: string | null }>
  /** Where logs end: one request a leader. */
  highWatermarks(of: readonly TopicPartition[], signal: AbortSignal): Promise<PerPartition<bigint>>
  /** `types` as listing told them: a classic group need not be asked for by the newer request as well. */
  factsOf(
    groups: readonly string[],
    signal: AbortSignal,
    types?: ReadonlyMap<string, GroupType>,
  ): Promise<Map<string, { value: GroupFacts } | { error: ErrorValue }>>
  positionsOf(
    groups: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, { value: FoundPositions } | { error: ErrorValue }>>
  /** The offsets alone of all positions that could be read, for who looks again and again; groups that could not be are left out. */
  offsetsOf(groups: readonly string[], signal: AbortSignal): Promise<Map<string, ReadonlyMap<string, bigint>>>
}
