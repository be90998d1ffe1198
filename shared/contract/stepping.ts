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

/** How a group is to be stepped: what a consumer's settings say, by Kafka's own names where it has them. */
export const StepSpec = z.strictObject({
  connectionId: ConnectionId,
  group: z.string().min(1).max(249),
  topics: z.array(z.string().min(1)).min(1).max(50),
  /** group.protocol */
  protocol: z.enum(['classic', 'consumer']).default('classic'),
  /** auto.offset.reset: where it starts in a partition without a position, or with one that is out of range. */
  reset: z.enum(['earliest', 'latest', 'none']).default('none'),
  isolation: z.enum(['read_committed', 'read_uncommitted']).default('read_uncommitted'),
  /** `automatic`: taking the next commits those before, and so does giving a partition up and leaving. */
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
  /** Where the member would start if it got this partition; null: it would not (reset `none`), or its log could not be read. */
  start: z.bigint().nullable(),
  by: StartedBy,
  /** The member that has it now. */
  owner: z.string().nullable(),
})
export type StepPlanRow = z.infer<typeof StepPlanRow>

/** What joining a group as a member would do, to the group and to those who are in it. */
export const StepPlan = z.strictObject({
  version: z.literal(1),
  spec: StepSpec,
  clusterId: z.string().nullable(),
  groupExists: z.boolean(),
  groupType: GroupType,
  groupState: z.string(),
  members: z.array(GroupMember),
  /** By the classic protocol what is offered as assignors, by preference. */
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
  /** Where it began after it was given to the member; null: nowhere. */
  started: z.bigint().nullable(),
  by: StartedBy,
  /** The position that the group has; null: none. */
  committed: z.bigint().nullable(),
  /** The offset taken next; null: it cannot be read. */
  next: z.bigint().nullable(),
  logStart: z.bigint().nullable(),
  lastStable: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  error: ErrorValue.nullable(),
})
export type StepPartition = z.infer<typeof StepPartition>

export const TakenRecord = z.strictObject({ ...At, record: NextForGroup.options[0] })
export type TakenRecord = z.infer<typeof TakenRecord>

/** `out`: no member any more, though the tab is still here: joining again is offered. */
export const MemberState = z.enum(['joining', 'stable', 'out'])
export type MemberState = z.infer<typeof MemberState>

/** What happened while a group is stepped, in the order in which it did. */
export const StepEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('member'),
    /** By which `stepping.step` names this session. */
    session: z.string(),
    state: MemberState,
    memberId: z.string().nullable(),
    /** The generation, or of KIP-848 the member's epoch. */
    epoch: z.number().int().nullable(),
    assignor: z.string().nullable(),
    isLeader: z.boolean(),
    error: ErrorValue.nullable(),
  }),
  /** Partitions as they are now, and those that are gone. */
  z.strictObject({ kind: z.literal('partitions'), now: z.array(StepPartition), gone: z.array(z.strictObject(At)) }),
  z.strictObject({ kind: z.literal('taken'), records: z.array(TakenRecord) }),
  z.strictObject({ kind: z.literal('note'), at: z.bigint(), tone: z.enum(['info', 'warn']), text: z.string() }),
])
export type StepEvent = z.infer<typeof StepEvent>

/** What came of a session, from joining to leaving. */
export const StepResult = z.strictObject({
  /** null: it did not join, so nothing was journalled. */
  journalId: z.string().nullable(),
  /** The partitions in which it committed: the position before its first commit there, and its last. */
  rows: z.array(ApplyRow),
  taken: z.number().int(),
  commits: z.number().int(),
  /** `left`: as it was asked to; `gone`: who asked is gone (its tab, its window); `idle`: nobody did anything for long. */
  ended: z.enum(['left', 'gone', 'idle', 'out', 'conflict']),
  error: ErrorValue.nullable(),
  groupCreated: z.boolean(),
  summary: z.string(),
})
export type StepResult = z.infer<typeof StepResult>

/** One thing that a member does. */
export const MemberStep = z.discriminatedUnion('do', [
  /** Takes the next records, of the partition named or of all in turn. */
  z.strictObject({
    do: z.literal('take'),
    count: z.number().int().min(1).max(100).default(1),
    from: z.strictObject(At).optional(),
  }),
  /** Commits all that was taken. */
  z.strictObject({ do: z.literal('commit') }),
  /** Seeks back to a record that was taken, so that it is taken again. */
  z.strictObject({ do: z.literal('nack'), ...At, offset: z.bigint() }),
  z.strictObject({ do: z.literal('rejoin') }),
  z.strictObject({ do: z.literal('leave') }),
])
export type MemberStep = z.infer<typeof MemberStep>

/** Being a member of a group on purpose: one record at a time, with the position in sight. */
export const stepping = {
  /** Says what joining would do; joins nothing. */
  'stepping.plan': route({
    input: StepSpec,
    output: StepPlan,
    extent: ({ refusal, rows }) =>
      refusal !== null ? 'none' : extentOfParts(rows.map(({ highWatermark }) => highWatermark !== null)),
    effect: 'read',
  }),
  /**
   * Joins as the plan says, and is a member for as long as the stream runs: it ends by a step that leaves, with who reads it, or
   * after five minutes in which nothing was done. One entry of the journal, from joining to leaving.
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
  /** One step of a session that runs. What comes of it is told by the session's stream, too. */
  'stepping.step': route({
    input: z.strictObject({ connectionId: ConnectionId, session: z.string(), step: MemberStep, confirm: Confirm }),
    output: z.strictObject({
      taken: z.array(TakenRecord),
      /** Positions committed by it. */
      committed: z.number().int(),
      /** One sentence on what happened. */
      summary: z.string(),
    }),
    effect: 'write',
    writes: ['connectionId'],
    shown: { within: 'stepping.run', by: [], entries: [], running: ['A step is being made.', 'steps are being made.'] },
  }),
}
