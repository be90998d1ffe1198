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

/** What an undo restores, `null` meaning that the position is deleted. */
const Restore = z.strictObject({
  at: z.literal('restore'),
  positions: z.array(z.strictObject({ ...At, topicId: z.string().nullable(), position: Position.nullable() })).min(1),
  deleteGroup: z.boolean(),
  /** Offsets that are not in the log are refused: of a snapshot they are old. An undo gives back what stood there, in the log or not. */
  inLog: z.boolean().optional(),
})

/**
 * Where the positions go: to a place, or back to what they were. The group's own position with a shift moves each by n
 * offsets; of offsets per partition those not named stay.
 */
export const Target = z.discriminatedUnion('at', [...Place.options, Restore])
export type Target = z.infer<typeof Target>

/** Only partitions that would go this way are moved: back repeats and loses nothing, forward skips. */
export const Direction = z.enum(['backward', 'forward'])
export type Direction = z.infer<typeof Direction>

/** Which partitions: none named = all that the group has a position for. */
export const Scope = z.array(z.strictObject({ topic: z.string(), partitions: z.array(PartitionId).optional() }))
export type Scope = z.infer<typeof Scope>

export const PlanRow = z.strictObject({
  ...At,
  topicId: z.string().nullable(),
  /** What the plan saw; apply refuses if it is no longer so. */
  before: Position.nullable(),
  /** What apply would commit; null deletes the position. Equal to `before` when nothing changes. */
  after: Position.nullable(),
  bounds: LogBounds.nullable(),
  /** `left-out`: it would go the way that the plan was told not to take. */
  status: z.enum(['change', 'same', 'left-out', 'refused']),
  /** The wanted offset, when the log's edges forced another. */
  clampedFrom: z.bigint().nullable(),
  /** Offsets that will not be read by the group because of this change. */
  skips: z.bigint(),
  /** Offsets that were read and will be read again. */
  repeats: z.bigint(),
  /** A sentence for the row: why refused, clamped, or what deserves care. */
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
  /** What a careful person would want to know before applying; whole sentences. */
  warnings: z.array(z.string()),
  failures: z.array(Failure),
  /** The journal entry this plan would undo. */
  undoOf: z.string().nullable(),
  /** Of an undo: partitions that were committed after the change, which it refuses or, if it was told to, takes back as well. */
  committedLater: z.number().int().optional(),
  madeAt: z.bigint(),
})
export type Plan = z.infer<typeof Plan>

/** Positions that will be deleted: each row's `after` is null. */
export const DeletePlan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  group: z.string(),
  groupExists: z.boolean(),
  groupType: GroupType,
  groupState: z.string(),
  members: z.array(GroupMember),
  /** The group with all that it has, or only these positions. */
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
 * What became of one partition. `superseded`: someone committed after us; `overwrote`: someone committed between our
 * last look and our commit, and we wrote over it; `conflict`: differs from the plan, nothing was written.
 */
export const ApplyStatus = z.enum(['confirmed', 'superseded', 'overwrote', 'conflict', 'refused', 'unknown', 'same'])
export type ApplyStatus = z.infer<typeof ApplyStatus>

export const ApplyRow = z.strictObject({
  ...At,
  topicId: z.string().nullable(),
  status: ApplyStatus,
  before: Position.nullable(),
  intended: Position.nullable(),
  /** What was read back; absent when nothing was written. */
  found: Position.nullable().optional(),
  /** Present where it is not known whether somebody else committed between our last look and our commit; `message` says why. */
  unchecked: z.literal(true).optional(),
  message: z.string().nullable(),
})
export type ApplyRow = z.infer<typeof ApplyRow>

export const ApplyResult = z.strictObject({
  /** null when nothing was written, so that nothing was journalled. */
  journalId: z.string().nullable(),
  rows: z.array(ApplyRow),
  /** One sentence: what happened. */
  summary: z.string(),
  groupCreated: z.boolean(),
  groupDeleted: z.boolean(),
})
export type ApplyResult = z.infer<typeof ApplyResult>

/** The record a group would read next from a position. `hole`: the offsets passed over on the way, and why. */
export const NextForGroup = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('record'),
    offset: z.bigint(),
    /** Milliseconds since 1970; −1: the record has none. */
    timestamp: z.bigint(),
    timestampType: z.enum(['CreateTime', 'LogAppendTime']),
    /** Written out as `keyAs` says and cut at 128 bytes; `keySize` is the whole as it is stored, −1 for null. */
    key: z.instanceof(Uint8Array).nullable(),
    keyAs: Decoding.nullable(),
    isKeyCut: z.boolean(),
    keySize: z.number().int(),
    valueSize: z.number().int(),
    /** In a transaction not decided yet: a consumer that reads committed records waits before it. */
    open: z.boolean(),
    hole: Hole.nullable(),
  }),
  z.strictObject({
    kind: z.literal('none'),
    /** `nothing-visible`: only markers, aborted or compacted offsets up to the end; `not-found`: looked for long enough. */
    why: z.enum(['at-end', 'past-end', 'before-log-start', 'nothing-visible', 'not-found']),
    /** The same for a person. */
    message: z.string(),
    hole: Hole.nullable(),
  }),
  z.strictObject({ kind: z.literal('failed'), error: ErrorValue }),
])
export type NextForGroup = z.infer<typeof NextForGroup>

/** What is asked for of one group: what a plan of several is made of. */
export const PlanSpec = z.strictObject({
  group: z.string().min(1),
  scope: Scope.default([]),
  target: Target,
  /** Left out: a partition without such a place is refused, for to go to the end would skip everything. */
  ifNone: IfNone.optional(),
  only: Direction.optional(),
})
export type PlanSpec = z.infer<typeof PlanSpec>

/** How many groups one plan may have: each is asked and written by itself. */
export const MOST_GROUPS = 200

/** Plans of several groups, each of which is applied, journalled and undone by itself. */
export const GroupsPlan = z.strictObject({
  plans: z.array(Plan).max(MOST_GROUPS),
  /** Groups of which there is no plan, and why. */
  failures: z.array(Failure),
  /** Why none of them can be applied. */
  refusal: ErrorValue.nullable(),
  /** One sentence on all of them. */
  summary: z.string(),
})
export type GroupsPlan = z.infer<typeof GroupsPlan>

/** What came of one group of several. */
export const GroupApplied = z.strictObject({
  group: z.string(),
  /** null: it was not tried, or failed before anything was written. */
  result: ApplyResult.nullable(),
  error: ErrorValue.nullable(),
})
export type GroupApplied = z.infer<typeof GroupApplied>

/** Rows that ended where the plan wanted them. */
const asPlanned: ReadonlySet<ApplyStatus> = new Set(['confirmed', 'overwrote', 'same'])

function planExtent({ rows, refusal, failures }: Pick<Plan, 'rows' | 'refusal' | 'failures'>): Extent {
  if (refusal !== null) return 'none'
  const extent = extentOfParts(rows.map(({ status }) => status !== 'refused'))
  return extent === 'all' ? extentOf(rows.length, failures) : extent
}

/** Of plans of several groups. */
export function groupsExtent({
  plans,
  failures,
}: Pick<GroupsPlan, 'failures'> & { plans: (Plan | DeletePlan)[] }): Extent {
  const extents = plans.map(planExtent)
  if (extents.every((extent) => extent === 'all')) return extentOf(plans.length, failures)
  return extents.every((extent) => extent === 'none') ? 'none' : 'partly'
}

/** Of what came of several groups. */
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
  /** The same of several groups. Of one that cannot be planned the others are told. Writes nothing. */
  'offsets.planGroups': route({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(PlanSpec).min(1).max(MOST_GROUPS) }),
    output: GroupsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /**
   * The plans that a file in the format of Kafka's kafka-consumer-groups asks for, one a group: `topic,partition,offset`,
   * or `group,topic,partition,offset`. A file with a line that cannot be read is refused as a whole, with the line's number.
   */
  'offsets.planCsv': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      text: z.string().max(2_000_000),
      /** Of a file that names none; of one that does, its lines alone are planned. */
      group: z.string().min(1).optional(),
      only: Direction.optional(),
    }),
    output: GroupsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /** Positions as such a file: of groups as they stand, or of plans, before or after. */
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
      /** Partitions without an offset: the format has no word for "none". */
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
  /** Re-reads, compares with the plan, journals, commits, reads back. `plan` is trusted in nothing. */
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
  /** Each plan as `offsets.apply` does it: one journal entry and one outcome a group, whatever comes of the others. */
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
      /** Left out: a partition that was committed after that change is refused, for what was committed would be lost. */
      takeBackLater: z.boolean().optional(),
    }),
    output: Plan,
    extent: planExtent,
    effect: 'read',
  }),
  /**
   * What became of a change of positions that the app did not live to see, by what stands there now: the journal has it as that change's
   * result from then on. Nothing is written to the cluster. When a cluster is opened this is done by itself.
   */
  'offsets.settle': route({
    input: z.strictObject({ connectionId: ConnectionId, journalId: z.string() }),
    output: ApplyResult,
    extent: ({ rows }) => extentOfParts(rows.map(({ status }) => status !== 'unknown')),
    effect: 'local',
  }),
  /** Says which positions would go: of a whole group with the group itself, or of topics or partitions. Writes nothing. */
  'offsets.planDelete': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      group: z.string().min(1),
      what: z.enum(['group', 'positions']),
      /** Of positions; none named = all. */
      scope: Scope.default([]),
    }),
    output: DeletePlan,
    extent: planExtent,
    effect: 'read',
  }),
  /** Re-reads, compares with the plan, journals, deletes (OffsetDelete or DeleteGroups), reads back. */
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
