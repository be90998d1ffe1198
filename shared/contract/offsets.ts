import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { Decoding } from '../model/decoded.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { IfNone, Place } from '../model/place.ts'
import { Position } from '../model/positions.ts'
import { LogBounds } from '../model/log-bounds.ts'
import { Hole } from '../model/hole.ts'
import { Confirm, Failure } from './common.ts'
import { extentOf, extentOfParts } from './extent.ts'
import type { Extent } from './extent.ts'
import { route } from './define.ts'
import { GroupMember, GroupType } from './groups.ts'

const At = { topic: z.string(), partition: PartitionId }

/** The positions an undo restores; `null` deletes the position. */
const Restore = z.strictObject({
  at: z.literal('restore'),
  positions: z.array(z.strictObject({ ...At, topicId: z.string().nullable(), position: Position.nullable() })).min(1),
  deleteGroup: z.boolean(),
  /**
   * Refuse offsets that are not in the log: those of a snapshot may be too old. An undo restores what was there, in the log or
   * not.
   */
  inLog: z.boolean().optional(),
})

/**
 * Where the positions go: to a place, or back to what they were. A group's own position with a shift moves each by n offsets;
 * with offsets per partition, partitions without one stay as they are.
 */
export const Target = z.discriminatedUnion('at', [...Place.options, Restore])
export type Target = z.infer<typeof Target>

/** Move only partitions that would go this way: back repeats records and loses none, forward skips records. */
export const Direction = z.enum(['backward', 'forward'])
export type Direction = z.infer<typeof Direction>

/** Which partitions: none named means all that the group has a position for. */
export const Scope = z.array(z.strictObject({ topic: z.string(), partitions: z.array(PartitionId).optional() }))
export type Scope = z.infer<typeof Scope>

export const PlanRow = z.strictObject({
  ...At,
  topicId: z.string().nullable(),
  /** The position the plan saw; apply refuses if it has changed. */
  before: Position.nullable(),
  /** What apply would commit; null deletes the position. Equal to `before` when nothing changes. */
  after: Position.nullable(),
  bounds: LogBounds.nullable(),
  /** `left-out`: it would go in the direction that the plan excludes. */
  status: z.enum(['change', 'same', 'left-out', 'refused']),
  /** The requested offset, if it had to be moved into the log. */
  clampedFrom: z.bigint().nullable(),
  /** Offsets that will not be read by the group because of this change. */
  skips: z.bigint(),
  /** Offsets that were read and will be read again. */
  repeats: z.bigint(),
  /** A sentence for the row: why it is refused or clamped, or what deserves care. */
  note: z.string().nullable(),
})
export type PlanRow = z.infer<typeof PlanRow>

export const Plan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  group: z.string(),
  groupExists: z.boolean(),
  groupType: GroupType,
  groupState: z.string(),
  members: z.array(GroupMember),
  target: Target,
  ifNone: IfNone.optional(),
  only: Direction.optional(),
  rows: z.array(PlanRow),
  /** Why nothing of this plan can be applied: a live group, a share group, missing rights. */
  refusal: ErrorValue.nullable(),
  /** What to know before applying; whole sentences. */
  warnings: z.array(z.string()),
  failures: z.array(Failure),
  /** The journal entry this plan would undo. */
  undoOf: z.string().nullable(),
  /** For an undo: partitions with a commit after the change, which it refuses or, if it was told to, takes back as well. */
  committedLater: z.number().int().optional(),
  madeAt: z.bigint(),
})
export type Plan = z.infer<typeof Plan>

/** Positions that will be deleted: `after` is null in each row. */
export const DeletePlan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  group: z.string(),
  groupExists: z.boolean(),
  groupType: GroupType,
  groupState: z.string(),
  members: z.array(GroupMember),
  /** The group with all its positions, or only these positions. */
  what: z.enum(['group', 'positions']),
  rows: z.array(PlanRow),
  refusal: ErrorValue.nullable(),
  warnings: z.array(z.string()),
  failures: z.array(Failure),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type DeletePlan = z.infer<typeof DeletePlan>

/**
 * The outcome for one partition. `superseded`: someone committed after us; `overwrote`: someone committed between our last read
 * and our commit, and we overwrote it; `conflict`: differs from the plan, nothing was written.
 */
export const ApplyStatus = z.enum(['confirmed', 'superseded', 'overwrote', 'conflict', 'refused', 'unknown', 'same'])
export type ApplyStatus = z.infer<typeof ApplyStatus>

export const ApplyRow = z.strictObject({
  ...At,
  topicId: z.string().nullable(),
  status: ApplyStatus,
  before: Position.nullable(),
  intended: Position.nullable(),
  /** The position that was read back; absent when nothing was written. */
  found: Position.nullable().optional(),
  /** Present where it is not known whether somebody else committed between our last read and our commit; `message` says why. */
  unchecked: z.literal(true).optional(),
  message: z.string().nullable(),
})
export type ApplyRow = z.infer<typeof ApplyRow>

export const ApplyResult = z.strictObject({
  /** null when nothing was written, and so nothing was journalled. */
  journalId: z.string().nullable(),
  rows: z.array(ApplyRow),
  /** One sentence: what happened. */
  summary: z.string(),
  groupCreated: z.boolean(),
  groupDeleted: z.boolean(),
})
export type ApplyResult = z.infer<typeof ApplyResult>

/** The record a group would read next from a position. `hole`: the offsets skipped on the way, and why. */
export const NextForGroup = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('record'),
    offset: z.bigint(),
    /** Milliseconds since 1970; −1: the record has none. */
    timestamp: z.bigint(),
    timestampType: z.enum(['CreateTime', 'LogAppendTime']),
    /**
     * Written out in the encoding `keyAs` names, and cut at 128 bytes; `keySize` is the stored size of the whole key, −1 for
     * null.
     */
    key: z.instanceof(Uint8Array).nullable(),
    keyAs: Decoding.nullable(),
    isKeyCut: z.boolean(),
    keySize: z.number().int(),
    valueSize: z.number().int(),
    /** In an open transaction: a `read_committed` consumer waits before it. */
    open: z.boolean(),
    hole: Hole.nullable(),
  }),
  z.strictObject({
    kind: z.literal('none'),
    /**
     * `nothing-visible`: only markers, aborted or compacted offsets up to the end; `not-found`: the search stopped at its
     * limit.
     */
    why: z.enum(['at-end', 'past-end', 'before-log-start', 'nothing-visible', 'not-found']),
    /** The same for a person. */
    message: z.string(),
    hole: Hole.nullable(),
  }),
  z.strictObject({ kind: z.literal('failed'), error: ErrorValue }),
])
export type NextForGroup = z.infer<typeof NextForGroup>

/** The plan wanted for one group: plans for several groups are made of these. */
export const PlanSpec = z.strictObject({
  group: z.string().min(1),
  scope: Scope.default([]),
  target: Target,
  /** Left out: a partition without such a place is refused, because going to the end instead would skip everything. */
  ifNone: IfNone.optional(),
  only: Direction.optional(),
})
export type PlanSpec = z.infer<typeof PlanSpec>

/** How many groups one plan may have: each is read and written separately. */
export const MOST_GROUPS = 200

/** Plans for several groups, each of which is applied, journalled and undone separately. */
export const GroupsPlan = z.strictObject({
  plans: z.array(Plan).max(MOST_GROUPS),
  /** Groups that could not be planned, and why. */
  failures: z.array(Failure),
  /** Why none of them can be applied. */
  refusal: ErrorValue.nullable(),
  /** One sentence about all of them. */
  summary: z.string(),
})
export type GroupsPlan = z.infer<typeof GroupsPlan>

/** The outcome for one of several groups. */
export const GroupApplied = z.strictObject({
  group: z.string(),
  /** null: it was not tried, or failed before anything was written. */
  result: ApplyResult.nullable(),
  error: ErrorValue.nullable(),
})
export type GroupApplied = z.infer<typeof GroupApplied>

/** The outcomes of rows that ended where the plan wanted them. */
const asPlanned: ReadonlySet<ApplyStatus> = new Set(['confirmed', 'overwrote', 'same'])

function planExtent({ rows, refusal, failures }: Pick<Plan, 'rows' | 'refusal' | 'failures'>): Extent {
  if (refusal !== null) return 'none'
  const extent = extentOfParts(rows.map(({ status }) => status !== 'refused'))
  return extent === 'all' ? extentOf(rows.length, failures) : extent
}

/** How many of several groups could be planned. */
export function groupsExtent({
  plans,
  failures,
}: Pick<GroupsPlan, 'failures'> & { plans: (Plan | DeletePlan)[] }): Extent {
  const extents = plans.map(planExtent)
  if (extents.every((extent) => extent === 'all')) return extentOf(plans.length, failures)
  return extents.every((extent) => extent === 'none') ? 'none' : 'partly'
}

/** How many of several groups ended as planned. */
export function appliedExtent(items: readonly GroupApplied[]): Extent {
  return extentOfParts(
    items.flatMap(({ result, error }) =>
      result === null ? [error === null] : result.rows.map(({ status }) => asPlanned.has(status)),
    ),
  )
}

export const offsets = {
  /** Computes a change; writes nothing. */
  'offsets.plan': route({
    input: z.strictObject({ connectionId: ConnectionId, ...PlanSpec.shape }),
    output: Plan,
    extent: planExtent,
    effect: 'read',
  }),
  /** Plans several groups. A group that cannot be planned does not stop the others. Writes nothing. */
  'offsets.planGroups': route({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(PlanSpec).min(1).max(MOST_GROUPS) }),
    output: GroupsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /**
   * The plans in a file in the format of Kafka's kafka-consumer-groups, one per group: lines of `topic,partition,offset`, or
   * `group,topic,partition,offset`. A file with a line that cannot be read is refused as a whole, with the line's number.
   */
  'offsets.planCsv': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      text: z.string().max(2_000_000),
      /** For a file without groups, the group it is for; for a file with groups, plan only this group's lines. */
      group: z.string().min(1).optional(),
      only: Direction.optional(),
    }),
    output: GroupsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /** Positions as such a file: the current positions of groups, or those of plans, before or after. */
  'offsets.csv': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      of: z.discriminatedUnion('what', [
        z.strictObject({ what: z.literal('groups'), groups: z.array(z.string().min(1)).min(1).max(MOST_GROUPS) }),
        z.strictObject({
          what: z.literal('plans'),
          plans: z.array(Plan).min(1).max(MOST_GROUPS),
          side: z.enum(['before', 'after']),
        }),
      ]),
    }),
    output: z.strictObject({
      text: z.string(),
      lines: z.number().int(),
      /** How many partitions have no offset and so no line: the format cannot express "none". */
      leftOut: z.number().int(),
      failures: z.array(Failure),
    }),
    extent: ({ lines, failures }) => extentOf(lines, failures),
    effect: 'read',
  }),
  /**
   * What would be read next from each position: apart from the plan, which must not wait for records. Takes a few
   * seconds at most; one item per position, in the order given.
   */
  'offsets.peek': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      positions: z
        .array(z.strictObject({ ...At, topicId: z.string().nullable().optional(), offset: z.bigint() }))
        .min(1)
        .max(400),
    }),
    output: z.strictObject({ items: z.array(z.strictObject({ ...At, offset: z.bigint(), next: NextForGroup })) }),
    extent: ({ items }) => extentOfParts(items.map(({ next }) => next.kind !== 'failed')),
    effect: 'read',
  }),
  /** Reads again, compares with the plan, journals, commits and reads back. Nothing in `plan` is trusted. */
  'offsets.apply': route({
    input: z.strictObject({ connectionId: ConnectionId, plan: Plan, confirm: Confirm }),
    output: ApplyResult,
    extent: ({ rows }) => extentOfParts(rows.map(({ status }) => asPlanned.has(status))),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['offsets.plan', 'offsets.planUndo'],
      entries: ['positions'],
      running: ['Positions of a group are being written.', 'changes of positions are being written.'],
    },
  }),
  /** Applies each plan as `offsets.apply` does: one journal entry and one outcome per group, independent of the others. */
  'offsets.applyGroups': route({
    input: z.strictObject({ connectionId: ConnectionId, plan: GroupsPlan, confirm: Confirm }),
    output: z.strictObject({ items: z.array(GroupApplied), summary: z.string() }),
    extent: ({ items }) => appliedExtent(items),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['offsets.planGroups', 'offsets.planCsv'],
      entries: ['positions'],
      running: ['Positions of several groups are being written.', 'changes of several groups are being written.'],
    },
  }),
  'offsets.planUndo': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      journalId: z.string(),
      /** Left out: a partition with a commit after that change is refused, because that commit would be lost. */
      takeBackLater: z.boolean().optional(),
    }),
    output: Plan,
    extent: planExtent,
    effect: 'read',
  }),
  /**
   * Finds out the outcome of a change of positions that the app ended in the middle of, from the current positions: the journal
   * then has it as that change's result. Nothing is written to the cluster. Happens automatically when a cluster is opened.
   */
  'offsets.settle': route({
    input: z.strictObject({ connectionId: ConnectionId, journalId: z.string() }),
    output: ApplyResult,
    extent: ({ rows }) => extentOfParts(rows.map(({ status }) => status !== 'unknown')),
    effect: 'local',
  }),
  /** Which positions would be deleted: with the whole group, or of topics or partitions only. Writes nothing. */
  'offsets.planDelete': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      group: z.string().min(1),
      what: z.enum(['group', 'positions']),
      /** For positions only; none named means all. */
      scope: Scope.default([]),
    }),
    output: DeletePlan,
    extent: planExtent,
    effect: 'read',
  }),
  /** Reads again, compares with the plan, journals, deletes (OffsetDelete or DeleteGroups) and reads back. */
  'offsets.delete': route({
    input: z.strictObject({ connectionId: ConnectionId, plan: DeletePlan, confirm: Confirm }),
    output: ApplyResult,
    extent: ({ rows, groupDeleted }) =>
      rows.length === 0
        ? groupDeleted
          ? 'all'
          : 'none'
        : extentOfParts(rows.map(({ status }) => asPlanned.has(status))),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['offsets.planDelete'],
      entries: ['positions'],
      running: ['Positions of a group are being deleted.', 'deletions of positions are being made.'],
    },
  }),
}
