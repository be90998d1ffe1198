import { z } from 'zod'
import type { ErrorValue } from '../errors.ts'
import { PartitionId } from './ids.ts'

/** A group's position, moved by `shift` offsets if given; negative moves back. */
const GroupPlace = z.strictObject({
  at: z.literal('group'),
  group: z.string().min(1),
  shift: z.bigint().optional(),
})

/** The greatest time of a JavaScript Date. */
const LAST_MOMENT = 8_640_000_000_000_000n

/** A group's position at a moment, ms since 1970, according to its commits in `__consumer_offsets`. */
const GroupThen = z.strictObject({
  at: z.literal('group-then'),
  group: z.string().min(1),
  moment: z.bigint().min(0n).max(LAST_MOMENT),
})

/**
 * A named point in the log of each partition asked about: where a browse starts, where positions go, where a replay begins and
 * ends. `electron/kafka/resolve-places.ts` asks the brokers for its offsets.
 */
export const Place = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('log-start') }),
  z.strictObject({ at: z.literal('last-stable') }),
  z.strictObject({ at: z.literal('high-watermark') }),
  /** The same in every partition. */
  z.strictObject({ at: z.literal('offset'), offset: z.bigint() }),
  /** Partitions that are not named have no such place. Without `topic` it is the topic asked about. */
  z.strictObject({
    at: z.literal('offsets'),
    offsets: z
      .array(
        z.strictObject({
          topic: z.string().optional(),
          /**
           * For an anchor: the id of the topic in which the offset was noted. In another topic of that name it means nothing.
           */
          topicId: z.string().nullable().optional(),
          partition: PartitionId,
          offset: z.bigint(),
        }),
      )
      .max(100_000),
  }),
  /** The first record with a timestamp ≥ t, in ms since 1970; later ones may be older (CreateTime). */
  z.strictObject({ at: z.literal('timestamp'), timestamp: z.bigint() }),
  /** As `timestamp`, counted back from the moment of the request. */
  z.strictObject({ at: z.literal('ago'), ms: z.bigint().min(0n) }),
  GroupPlace,
  GroupThen,
])
export type Place = z.infer<typeof Place>
export type PlaceKind = Place['at']

/** The properties of a kind of place, wherever it is used. */
export interface PlaceFacts {
  /** Why a partition may have no such place; null: every partition has one. */
  readonly mayMiss: Missing['why'] | null
  /**
   * Whether the offset changes by itself, so that a plan made earlier is not refused for that. `group` is the group whose
   * positions the plan moves: those are compared anyway.
   */
  readonly moves: (place: Place, group: string) => boolean
  /** A warning for positions that go there, or null. */
  readonly caution: (place: Place, group: string) => string | null
}

const byRecords =
  'Records after the first one at or after the timestamp may be older: producers set CreateTime themselves.'
const still = () => false
const onItsOwn = () => true
const none = () => null
const isOther = (place: Place, group: string): boolean => place.at === 'group' && place.group !== group

export const placeFacts: Readonly<Record<PlaceKind, PlaceFacts>> = {
  'log-start': { mayMiss: null, moves: onItsOwn, caution: none },
  'last-stable': { mayMiss: null, moves: onItsOwn, caution: none },
  'high-watermark': { mayMiss: null, moves: onItsOwn, caution: none },
  offset: { mayMiss: null, moves: still, caution: none },
  offsets: { mayMiss: 'not-named', moves: still, caution: none },
  timestamp: { mayMiss: 'none-that-new', moves: still, caution: () => byRecords },
  ago: { mayMiss: 'none-that-new', moves: onItsOwn, caution: () => byRecords },
  group: {
    mayMiss: 'no-position',
    moves: isOther,
    caution: (place, group) =>
      isOther(place, group) && place.at === 'group'
        ? `Where ${place.group} stands was read for this plan. Its consumers may read on; what the plan shows is what is written.`
        : null,
  },
  'group-then': {
    mayMiss: 'no-position',
    moves: still,
    caution: () =>
      'What had been committed by then is where the group would have gone on, which is not all that it had processed.',
  },
}

/** Why a group's position at a moment is not known. */
export type NotThen =
  /** It had none: no commit is that old. */
  | 'none'
  /** Its position had expired, or had been deleted. */
  | 'removed'
  /** Records of that time are no longer in `__consumer_offsets`: compacted away, or deleted. */
  | 'gone'
  /** The search did not go back that far. */
  | 'not-searched'

/** Why a partition has no such place. */
export type Missing =
  /** No record has a timestamp that new. */
  | { why: 'none-that-new' }
  /** The group never committed here; `then`: or not as far back as was asked about, or it is not known. */
  | { why: 'no-position'; group: string; then?: { moment: bigint; because: NotThen } }
  /** Offsets were given for other partitions only. */
  | { why: 'not-named' }
  /** The offset was noted in a topic that was deleted since; this one was created later. */
  | { why: 'topic-anew' }
  /** The broker could not be asked. */
  | { why: 'failed'; error: ErrorValue }

export type FoundPlace = { offset: bigint } | { missing: Missing }

/**
 * What to do for a partition without such a place. `refuse` leaves it out and says so. `end` goes to its high watermark, as
 * Kafka's own kafka-consumer-groups does: only records written from now on come after it. `start` goes to the log start.
 */
export const IfNone = z.enum(['refuse', 'start', 'end'])
export type IfNone = z.infer<typeof IfNone>

/** What one kind of use does if nothing was chosen. */
export type IfNonePolicy = Readonly<Record<'none-that-new' | 'no-position', IfNone>>

/**
 * What is read or copied of the partitions of a topic. Ends are exclusive; without one it is the last stable offset, because
 * records beyond it may still be aborted.
 */
export const Range = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('places'),
    from: Place,
    to: Place.optional(),
    /** All when left out. */
    partitions: z.array(PartitionId).optional(),
  }),
  /** The last n offsets of each partition; some may be markers, aborted or compacted away. */
  z.strictObject({ by: z.literal('newest'), count: z.bigint().min(1n), partitions: z.array(PartitionId).optional() }),
  /** Any number of pieces of a partition. */
  z.strictObject({
    by: z.literal('offsets'),
    ranges: z
      .array(z.strictObject({ partition: PartitionId, from: z.bigint(), to: z.bigint().optional() }))
      .min(1)
      .max(10_000),
  }),
  z.strictObject({
    by: z.literal('records'),
    records: z
      .array(z.strictObject({ partition: PartitionId, offset: z.bigint() }))
      .min(1)
      .max(10_000),
  }),
])
export type Range = z.infer<typeof Range>
