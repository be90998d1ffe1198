import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { route } from './define.ts'
import { extentOfParts } from './extent.ts'

const At = { topic: z.string(), partition: PartitionId }

/**
 * How old what a group has not read is: the timestamp of the first record that it would see. `nothing`: no record can be seen
 * from here to the end, so it is behind by no time. `unknown` says why.
 */
export const UnreadAge = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('record'),
    offset: z.bigint(),
    /** As the record has it; −1 is Kafka's "none". */
    timestamp: z.bigint(),
    /** `CreateTime` is the producer's word, and may be anything. */
    timestampType: z.enum(['CreateTime', 'LogAppendTime']),
    /** By our clock, never below 0; null where the record has no timestamp. */
    ageMs: z.bigint().nullable(),
  }),
  z.strictObject({ kind: z.literal('nothing') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string(), error: ErrorValue.optional() }),
])
export type UnreadAge = z.infer<typeof UnreadAge>

/**
 * Records between a position and the last stable offset that a consumer with `read_committed` would see: markers, aborted and
 * compacted offsets are not among them. `counted`: each was looked at. `at-most`: too many to look at; no more than this.
 */
export const ReadableLag = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    records: z.bigint(),
    /** Offsets on the way that hold no such record. */
    passed: z.bigint(),
  }),
  z.strictObject({ kind: z.literal('at-most'), records: z.bigint() }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type ReadableLag = z.infer<typeof ReadableLag>

/** When retention would delete the next unread record, were nothing read until then. */
export const RetentionReach = z.discriminatedUnion('kind', [
  /** At the earliest: a segment goes as a whole, once its newest record is old enough. */
  z.strictObject({ kind: z.literal('at'), at: z.bigint(), retentionMs: z.bigint() }),
  /** The topic deletes nothing by time. */
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type RetentionReach = z.infer<typeof RetentionReach>

export const UnreadOf = z.strictObject({
  ...At,
  offset: z.bigint(),
  age: UnreadAge,
  readable: ReadableLag,
  /** Offsets at and above the last stable one, whose transactions are not decided; null: not known. */
  undecided: z.bigint().nullable(),
  retention: RetentionReach,
})
export type UnreadOf = z.infer<typeof UnreadOf>

export const lag = {
  /**
   * What stands unread behind each position: read, not worked out from offsets. One record a partition for its age, and all of
   * what is small enough to count. Takes some seconds at most; one item per position, in the order given.
   */
  'groups.unread': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      positions: z
        .array(z.strictObject({ ...At, topicId: z.string().nullable().optional(), offset: z.bigint() }))
        .min(1)
        .max(400),
    }),
    output: z.strictObject({ items: z.array(UnreadOf), readAt: z.bigint() }),
    extent: ({ items }) => extentOfParts(items.map(({ age }) => age.kind !== 'unknown')),
    effect: 'read',
  }),
}
