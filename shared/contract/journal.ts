import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { PartitionId } from '../model/ids.ts'
import { Position } from '../model/positions.ts'
import { extentOf } from './extent.ts'
import { route } from './define.ts'
import { ApplyResult } from './offsets.ts'
import { ProducePlan, ProduceReceipt } from './produce.ts'
import { RecordPlan, RecordResult } from './journal-record.ts'
import { Receipt, ReplayPlan } from './replay.ts'
import { StepPlan, StepResult } from './stepping.ts'
import { SchemaPlan, SchemaResult } from './schema-plans.ts'

/**
 * Through which profile a change was made, and on which cluster: the one that is written to, if it reads from another.
 */
const made = {
  profileId: z.string(),
  profileName: z.string(),
  clusterId: z.string().nullable(),
  /** The user name of the operating system; older entries do not have it. */
  user: z.string().exactOptional(),
}

/** For each partition the position before, and the one that was to be set; null: none. */
const rows = z.array(
  z.strictObject({
    topic: z.string(),
    partition: PartitionId,
    topicId: z.string().nullable(),
    before: Position.nullable(),
    after: Position.nullable(),
  }),
)

/**
 * What is written to the journal before each kind of change. Each kind has a file in its area that satisfies `Change`.
 */
export const intents = {
  positions: z.strictObject({
    kind: z.literal('positions'),
    ...made,
    group: z.string(),
    groupExisted: z.boolean(),
    undoOf: z.string().nullable(),
    /** The group was a share group: its positions are start offsets. */
    isShare: z.literal(true).exactOptional(),
    /** Set where positions were deleted instead of moved: only those in `rows`, or the group with them. */
    deletes: z.enum(['group', 'positions']).optional(),
    /**
     * The plan was armed at that time, ms since 1970, and applied when the group was empty; `id` is that of the armed
     * plan, which is stored elsewhere.
     */
    armed: z.strictObject({ id: z.string(), at: z.bigint() }).exactOptional(),
    rows,
  }),
  replay: z.strictObject({ kind: z.literal('replay'), ...made, plan: ReplayPlan }),
  record: z.strictObject({ kind: z.literal('record'), ...made, plan: RecordPlan }),
  produce: z.strictObject({ kind: z.literal('produce'), ...made, plan: ProducePlan }),
  topic: z.strictObject({
    kind: z.literal('topic'),
    ...made,
    topic: z.string(),
    partitions: z.number().int(),
    /** −1: the cluster's default. */
    replicationFactor: z.number().int(),
    configs: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    /** The entry of the replay that the topic was created for. */
    replay: z.string(),
  }),
  /** A session as a member of a group, from joining to leaving. Its result says which positions were committed. */
  stepping: z.strictObject({
    kind: z.literal('stepping'),
    ...made,
    group: z.string(),
    groupExisted: z.boolean(),
    plan: StepPlan,
  }),
  /** A change in the schema registry of the cluster. */
  schema: z.strictObject({ kind: z.literal('schema'), ...made, plan: SchemaPlan }),
} as const

/** The result of each kind of change. */
export const results = {
  positions: ApplyResult,
  replay: Receipt,
  record: RecordResult,
  produce: ProduceReceipt,
  topic: z.strictObject({
    topicId: z.string().nullable(),
    status: z.enum(['created', 'failed', 'unknown']),
    error: ErrorValue.nullable(),
    summary: z.string(),
  }),
  stepping: StepResult,
  schema: SchemaResult,
} as const

export type ChangeKind = keyof typeof intents
export const ChangeKind = z.enum([
  'positions',
  'replay',
  'record',
  'produce',
  'topic',
  'stepping',
  'schema',
] satisfies ChangeKind[])

export type IntendedOf<K extends ChangeKind> = z.infer<(typeof intents)[K]>
export type ResultOf<K extends ChangeKind> = z.infer<(typeof results)[K]>

/** An entry without a result is still running, or the app ended before the result was written. */
const stored = { id: z.string(), at: z.bigint() }

/** One change as the journal keeps it. */
export const JournalEntry = z.discriminatedUnion('kind', [
  intents.positions.extend({ ...stored, result: results.positions.nullable() }),
  intents.replay.extend({ ...stored, result: results.replay.nullable() }),
  intents.record.extend({ ...stored, result: results.record.nullable() }),
  intents.produce.extend({ ...stored, result: results.produce.nullable() }),
  intents.topic.extend({ ...stored, result: results.topic.nullable() }),
  intents.stepping.extend({ ...stored, result: results.stepping.nullable() }),
  intents.schema.extend({ ...stored, result: results.schema.nullable() }),
])
export type JournalEntry = z.infer<typeof JournalEntry>
export type EntryOf<K extends ChangeKind> = Extract<JournalEntry, { kind: K }>

export const journal = {
  /**
   * Every change that was, or may have been, made from this app. Newest first; `before` is the id of the last entry
   * already shown.
   */
  'journal.list': route({
    input: z.strictObject({
      clusterId: z.string().optional(),
      group: z.string().optional(),
      kind: ChangeKind.optional(),
      /**
       * A text to look for, ignoring case: in the names of what was changed, its topics, the user, the profile and the
       * outcome.
       */
      text: z.string().max(200).optional(),
      before: z.string().optional(),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    output: z.strictObject({ items: z.array(JournalEntry), more: z.boolean(), damaged: z.array(z.string()) }),
    extent: ({ items, damaged }) => extentOf(items.length, damaged),
    effect: 'read',
  }),
}
