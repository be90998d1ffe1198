import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { CommitPoint, MemberRecord, SearchedCommits } from '../model/commit-history.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Position } from '../model/positions.ts'
import { ShareState } from '../model/share-state.ts'
import { Failure, OnConnection } from './common.ts'
import { extentOf, extentOfParts } from './extent.ts'
import { route, stream } from './define.ts'

/** `unknown` where the broker is too old to say (before Kafka 3.8). */
export const GroupType = z.enum(['classic', 'consumer', 'share', 'streams', 'unknown'])
export type GroupType = z.infer<typeof GroupType>

export const GroupRow = z.strictObject({
  group: z.string(),
  type: GroupType,
  /** Kafka's own words: Empty, Stable, PreparingRebalance, CompletingRebalance, Assigning, Reconciling, Dead. */
  state: z.string(),
  protocolType: z.string(),
})
export type GroupRow = z.infer<typeof GroupRow>

export const GroupSummary = z.strictObject({
  group: z.string(),
  /** null: not known. */
  members: z.number().int().nullable(),
  topics: z.array(z.string()),
  partitions: z.number().int(),
  /** Σ (high watermark − position) over partitions with a position in range; null when none is known. */
  lag: z.bigint().nullable(),
  /** Positions before the log start or past the end. */
  outOfRange: z.number().int(),
  /** Partitions with a position (or whose position was refused) whose lag is not known: `lag` leaves them out. */
  unknown: z.number().int(),
  error: ErrorValue.optional(),
})
export type GroupSummary = z.infer<typeof GroupSummary>

const Assigned = z.array(z.strictObject({ topic: z.string(), partition: PartitionId }))

/** Tasks of a streams group: task n of a subtopology reads partition n of each of its topics. */
export const StreamsTasks = z.strictObject({ subtopology: z.string(), partitions: z.array(PartitionId) })
export type StreamsTasks = z.infer<typeof StreamsTasks>

/** The topics inside a Kafka Streams application (KIP-1071). */
export const StreamsTopology = z.strictObject({
  epoch: z.number().int(),
  subtopologies: z.array(
    z.strictObject({
      id: z.string(),
      sourceTopics: z.array(z.string()),
      /**
       * Internal topics that it reads like source topics, and internal topics that it writes for other subtopologies.
       */
      repartitionSources: z.array(z.string()),
      repartitionSinks: z.array(z.string()),
      /** Internal topics that back its state stores. */
      changelogs: z.array(z.string()),
    }),
  ),
})
export type StreamsTopology = z.infer<typeof StreamsTopology>

export const GroupMember = z.strictObject({
  memberId: z.string(),
  instanceId: z.string().nullable(),
  clientId: z.string(),
  host: z.string(),
  memberEpoch: z.number().int().nullable(),
  assignment: Assigned,
  subscription: z.array(z.string()),
  /**
   * The assignment it will have once the current rebalance is over (KIP-848 and streams); absent where the broker does
   * not say.
   */
  target: Assigned.exactOptional(),
  /** client.rack, where the member says it and the protocol passes it on. */
  rack: z.string().exactOptional(),
  /** A member that still speaks the classic protocol within a group of the newer one. */
  isClassic: z.literal(true).exactOptional(),
  /** Only for members of a streams group. A process may have several members. */
  streams: z
    .strictObject({
      processId: z.string(),
      topologyEpoch: z.number().int(),
      active: z.array(StreamsTasks),
      standby: z.array(StreamsTasks),
      warmUp: z.array(StreamsTasks),
      /** Active, standby and warm-up tasks that it will have. */
      target: z.strictObject({
        active: z.array(StreamsTasks),
        standby: z.array(StreamsTasks),
        warmUp: z.array(StreamsTasks),
      }),
    })
    .exactOptional(),
})
export type GroupMember = z.infer<typeof GroupMember>

/** How a position compares with the log. `none`: no commit; `topic-gone`: the topic is not there (or not visible). */
export const PositionStanding = z.enum([
  'in-range',
  'at-end',
  'none',
  'before-log-start',
  'past-end',
  'topic-gone',
  'unknown',
])
export type PositionStanding = z.infer<typeof PositionStanding>

export const GroupPosition = z.strictObject({
  topic: z.string(),
  topicId: z.string().nullable(),
  partition: PartitionId,
  /** For a share group its start offset: all records before it have been processed. */
  position: Position.nullable(),
  logStart: z.bigint().nullable(),
  lastStable: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  /**
   * High watermark − position, in offsets; null without a position or when out of range. For a share group the broker's
   * count of records that are not yet processed, which is less where records after the start offset are already
   * acknowledged (before Kafka 4.2: counted by offsets, too).
   */
  lag: z.bigint().nullable(),
  /** Last stable offset − position, at least 0: the lag of a `read_committed` consumer; null as for `lag`. */
  stableLag: z.bigint().nullable(),
  standing: PositionStanding,
  /** The member that reads it; for a share group the first of several. */
  memberId: z.string().nullable(),
  /** For a share group: all members that receive its records. */
  memberIds: z.array(z.string()).exactOptional(),
  error: ErrorValue.optional(),
})
export type GroupPosition = z.infer<typeof GroupPosition>

export const GroupDetail = z.strictObject({
  group: z.string(),
  exists: z.boolean(),
  type: GroupType,
  state: z.string(),
  protocolType: z.string(),
  assignor: z.string().nullable(),
  /** KIP-848 groups: the group's and its target assignment's epoch. */
  groupEpoch: z.number().int().nullable(),
  assignmentEpoch: z.number().int().nullable(),
  coordinator: z.number().int().nullable(),
  /** null: these brokers do not tell the members of a group of this type. */
  members: z.array(GroupMember).nullable(),
  /** Of a streams group, once it is known: a group that is not ready has none. */
  topology: StreamsTopology.exactOptional(),
  positions: z.array(GroupPosition),
  /** A pending transaction holds some positions back (KIP-447). */
  unstable: z.boolean(),
  /** When this was read, by our clock. */
  readAt: z.bigint(),
  failures: z.array(Failure),
})
export type GroupDetail = z.infer<typeof GroupDetail>

export const groups = {
  /**
   * All groups these credentials may describe. `note` explains an empty list: there never was a group, there is none
   * now, or none is visible.
   */
  'groups.list': route({
    input: OnConnection,
    output: z.strictObject({ items: z.array(GroupRow), failures: z.array(Failure), note: z.string().nullable() }),
    extent: ({ items, failures }) => extentOf(items.length, failures),
    effect: 'read',
  }),
  /**
   * Members and lag of the named groups, or of all groups that can be listed, by name. All of them, because sorting,
   * filtering or adding up needs the whole column; many groups are asked about in one request, which keeps this cheap.
   */
  'groups.summaries': stream({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(z.string()).max(50_000).optional() }),
    batch: z.array(GroupSummary),
    progress: z.strictObject({ done: z.number().int(), total: z.number().int() }),
    /** `failures`: brokers that did not list their groups, which are then missing here. */
    done: z.strictObject({ total: z.number().int(), failures: z.array(Failure) }),
    extent: ({ total, failures }) => extentOf(total, failures),
    effect: 'read',
  }),
  'groups.describe': route({
    input: z.strictObject({ connectionId: ConnectionId, group: z.string() }),
    output: GroupDetail,
    // The group itself was described, or there would be no answer.
    extent: ({ failures }) => extentOf(1, failures),
    effect: 'read',
  }),
  /**
   * What `__share_group_state` holds for these partitions of a share group, one answer each, in order: which records
   * were processed out of order, archived or are to be delivered again, and how often they were delivered. It shows
   * what the broker has written down, not which member holds which record.
   */
  'groups.shareState': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      group: z.string().min(1),
      partitions: z
        .array(z.strictObject({ topicId: z.string(), partition: PartitionId }))
        .min(1)
        .max(400),
    }),
    output: z.strictObject({ items: z.array(ShareState), readAt: z.bigint() }),
    extent: ({ items }) => extentOfParts(items.map(({ kind }) => kind !== 'unknown')),
    effect: 'read',
  }),
  /**
   * Every commit of a group that is still in `__consumer_offsets`, newest first: read backwards from that topic's end,
   * or from where an earlier search stopped (`before`, its `searched.from`), until a limit. Joins no group, and reads
   * only the one partition that belongs to the group. Positions at a moment follow from the points
   * (shared/offsets/positions-then.ts).
   */
  'groups.history': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      group: z.string().min(1),
      before: z.bigint().min(0n).optional(),
      /** Search no further back than the first commit before this, ms since 1970. */
      since: z.bigint().optional(),
      most: z
        .strictObject({
          bytes: z.bigint().min(1n).max(4_294_967_296n).default(67_108_864n),
          commits: z.number().int().min(1).max(100_000).default(20_000),
          milliseconds: z.number().int().min(1).max(600_000).default(30_000),
        })
        .prefault({}),
    }),
    batch: z.strictObject({ points: z.array(CommitPoint), members: z.array(MemberRecord) }),
    progress: z.strictObject({ searched: SearchedCommits, bytes: z.bigint(), commits: z.number().int() }),
    done: z.strictObject({
      /** `start`: to the log start; `since`: as far as was asked for. */
      reason: z.enum(['start', 'since', 'limit', 'cancelled']),
      limit: z.enum(['bytes', 'commits', 'time']).nullable(),
      searched: SearchedCommits,
      bytes: z.bigint(),
      commits: z.number().int(),
      /** Sentences for the user about what was found: how far it goes back, what is missing, and why. */
      notes: z.array(z.string()),
    }),
    extent: ({ reason, searched }) =>
      reason === 'limit' || reason === 'cancelled' || searched.unreadable > 0 ? 'partly' : 'all',
    effect: 'read',
  }),
}
