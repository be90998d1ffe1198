import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Position } from '../model/positions.ts'
import { Confirm } from './common.ts'
import { route, stream } from './define.ts'
import { extentOfParts } from './extent.ts'
import { GroupMember, GroupType } from './groups.ts'
import { ApplyRow, NextForGroup } from './offsets.ts'

const At = { topic: z.string(), partition: PartitionId }

/** How a group is stepped: the settings of a consumer, with Kafka's own names where it has them. */
export const StepSpec = z.strictObject({
  connectionId: ConnectionId,
  group: z.string().min(1).max(249),
  topics: z.array(z.string().min(1)).min(1).max(50),
  /** group.protocol */
  protocol: z.enum(['classic', 'consumer']).default('classic'),
  /** auto.offset.reset: where it starts in a partition without a position, or with one that is out of range. */
  reset: z.enum(['earliest', 'latest', 'none']).default('none'),
  isolation: z.enum(['read_committed', 'read_uncommitted']).default('read_uncommitted'),
  /** `automatic`: taking the next record commits those before it, and so do losing a partition and leaving. */
  commit: z.enum(['by-hand', 'automatic']).default('by-hand'),
})
export type StepSpec = z.infer<typeof StepSpec>

export const StartedBy = z.enum(['position', 'earliest', 'latest', 'none'])
export type StartedBy = z.infer<typeof StartedBy>

export const StepPlanRow = z.strictObject({
  ...At,
  topicId: z.string().nullable(),
  before: Position.nullable(),
  logStart: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  /** Where the member would start if it got this partition; null: nowhere (reset `none`), or its log could not be read. */
  start: z.bigint().nullable(),
  by: StartedBy,
  /** The member it is assigned to now. */
  owner: z.string().nullable(),
})
export type StepPlanRow = z.infer<typeof StepPlanRow>

/** What joining the group as a member would do, to the group and to its other members. */
export const StepPlan = z.strictObject({
  version: z.literal(1),
  spec: StepSpec,
  clusterId: z.string().nullable(),
  groupExists: z.boolean(),
  groupType: GroupType,
  groupState: z.string(),
  members: z.array(GroupMember),
  /** The assignors offered in the classic protocol, by preference. */
  assignors: z.array(z.string()).max(20),
  rows: z.array(StepPlanRow),
  refusal: ErrorValue.nullable(),
  warnings: z.array(z.string()),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type StepPlan = z.infer<typeof StepPlan>

/** A partition that the member has, as it is now. */
export const StepPartition = z.strictObject({
  ...At,
  /** The offset it started at when it was assigned to the member; null: none. */
  started: z.bigint().nullable(),
  by: StartedBy,
  /** The group's position; null: none. */
  committed: z.bigint().nullable(),
  /** The next offset to take; null: it cannot be read. */
  next: z.bigint().nullable(),
  logStart: z.bigint().nullable(),
  lastStable: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  error: ErrorValue.nullable(),
})
export type StepPartition = z.infer<typeof StepPartition>

export const TakenRecord = z.strictObject({ ...At, record: NextForGroup.options[0] })
export type TakenRecord = z.infer<typeof TakenRecord>

/** `out`: no longer a member, though the tab is still open: it offers to join again. */
export const MemberState = z.enum(['joining', 'stable', 'out'])
export type MemberState = z.infer<typeof MemberState>

/** What happened while a group is stepped, in order. */
export const StepEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('member'),
    /** The name of this session for `stepping.step`. */
    session: z.string(),
    state: MemberState,
    memberId: z.string().nullable(),
    /** The generation, or the member's epoch under KIP-848. */
    epoch: z.number().int().nullable(),
    assignor: z.string().nullable(),
    isLeader: z.boolean(),
    error: ErrorValue.nullable(),
  }),
  /** The current state of partitions, and partitions that were taken away. */
  z.strictObject({ kind: z.literal('partitions'), now: z.array(StepPartition), gone: z.array(z.strictObject(At)) }),
  z.strictObject({ kind: z.literal('taken'), records: z.array(TakenRecord) }),
  z.strictObject({ kind: z.literal('note'), at: z.bigint(), tone: z.enum(['info', 'warn']), text: z.string() }),
])
export type StepEvent = z.infer<typeof StepEvent>

/** The outcome of a session, from joining to leaving. */
export const StepResult = z.strictObject({
  /** null: it did not join, so nothing was journalled. */
  journalId: z.string().nullable(),
  /** The partitions in which it committed: the position before its first commit, and its last one. */
  rows: z.array(ApplyRow),
  taken: z.number().int(),
  commits: z.number().int(),
  /** `left`: on request; `gone`: its tab or window was closed; `idle`: nothing was done for too long. */
  ended: z.enum(['left', 'gone', 'idle', 'out', 'conflict']),
  error: ErrorValue.nullable(),
  groupCreated: z.boolean(),
  summary: z.string(),
})
export type StepResult = z.infer<typeof StepResult>

/** One action of the member. */
export const MemberStep = z.discriminatedUnion('do', [
  /** Takes the next records, of the named partition or of all in turn. */
  z.strictObject({
    do: z.literal('take'),
    count: z.number().int().min(1).max(100).default(1),
    from: z.strictObject(At).optional(),
  }),
  /** Commits everything that was taken. */
  z.strictObject({ do: z.literal('commit') }),
  /** Seeks back to a record that was taken, so that it is taken again. */
  z.strictObject({ do: z.literal('nack'), ...At, offset: z.bigint() }),
  z.strictObject({ do: z.literal('rejoin') }),
  z.strictObject({ do: z.literal('leave') }),
])
export type MemberStep = z.infer<typeof MemberStep>

/** Being a member of a group deliberately, reading one record at a time while watching the position. */
export const stepping = {
  /** What joining would do; joins nothing. */
  'stepping.plan': route({
    input: StepSpec,
    output: StepPlan,
    extent: ({ refusal, rows }) =>
      refusal !== null ? 'none' : extentOfParts(rows.map(({ highWatermark }) => highWatermark !== null)),
    effect: 'read',
  }),
  /**
   * Joins as the plan says, and is a member as long as the stream runs: it ends with a step that leaves, when its reader goes
   * away, or after five minutes without a step. One journal entry covers it from joining to leaving.
   */
  'stepping.run': stream({
    input: z.strictObject({ connectionId: ConnectionId, plan: StepPlan, confirm: Confirm }),
    batch: z.array(StepEvent),
    progress: z.strictObject({}),
    done: StepResult,
    extent: ({ ended, rows }) =>
      ended === 'conflict' ? 'none' : extentOfParts(rows.map(({ status }) => status === 'confirmed')),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['stepping.plan'],
      entries: ['stepping'],
      running: ['Seekline is a member of a group.', 'memberships of groups are open.'],
    },
  }),
  /** One action of a running session. Its result is also sent in the session's stream. */
  'stepping.step': route({
    input: z.strictObject({ connectionId: ConnectionId, session: z.string(), step: MemberStep, confirm: Confirm }),
    output: z.strictObject({
      taken: z.array(TakenRecord),
      /** How many positions it committed. */
      committed: z.number().int(),
      /** One sentence about what happened. */
      summary: z.string(),
    }),
    effect: 'write',
    writes: ['connectionId'],
    shown: { within: 'stepping.run', by: [], entries: [], running: ['A step is being made.', 'steps are being made.'] },
  }),
}
