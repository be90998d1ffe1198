import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { RecordFilter } from '../filters/filter.ts'
import { PartitionId } from '../model/ids.ts'
import { Covered, OffsetRange, rangesLeft, ScanLedger, Tally } from '../model/ledger.ts'
import { LineFormat } from '../model/line-format.ts'
import { IfNone, Place } from '../model/place.ts'
import { RowColumns } from '../model/rows.ts'
import { SearchName } from '../model/search-name.ts'
import { MOST_SPREADS, SpreadDelta, SpreadRequest } from '../model/spread.ts'
import { TopicChoice } from '../model/topic-choice.ts'
import { OnConnection } from './common.ts'
import { route, stream } from './define.ts'
import { extentOf } from './extent.ts'
import {
  ExportPath,
  ExportProgress,
  Listed,
  ShownFields,
  ReadCounts,
  ScanProgress,
  Show,
  TimeWanted,
} from './messages.ts'

/** What is looked for, where, and what is kept of what is found. Its range and topics may become wider; the rest stays. */
export const SearchOf = z.strictObject({
  topics: TopicChoice,
  /** Of a single topic; all when left out. */
  partitions: z.array(PartitionId).min(1).max(10_000).optional(),
  start: Place.default({ at: 'log-start' }),
  /** Exclusive. Where a partition has no such place, and when it is null, it is the end. */
  end: Place.nullable().default(null),
  ifNone: IfNone.optional(),
  /** null: all records. */
  filter: RecordFilter.nullable().default(null),
  time: TimeWanted.nullable().default(null),
  show: Show.default({ aborted: false, open: true }),
  list: Listed,
  /** As in `messages.scan`: backward alone, in one go, and never gone on with. */
  newestPerKey: z.boolean().default(false),
  /** Columns of the hits. */
  fields: ShownFields,
  /** How matches are counted beside; the counts are kept with the search. */
  spreads: z.array(SpreadRequest).max(MOST_SPREADS).default([]),
})
export type SearchOf = z.infer<typeof SearchOf>

/** The words of whoever keeps it; null: nobody named it, and it goes before those with a name. */
const KeptName = z.string().min(1).max(200).nullable()
const Direction = z.enum(['forward', 'backward'])
/** How its hits were listed last: as they were found, by partition and offset, or all merged by time. */
const ListOrder = z.enum(['found', 'partition', 'newest', 'oldest'])

/** Why hits are kept no more: there are as many as are kept of one search, or the disk took none. They are counted all the same. */
export const HitsStopped = z.strictObject({ why: z.enum(['full', 'disk']), error: ErrorValue.nullable() })
export type HitsStopped = z.infer<typeof HitsStopped>

/** What was done in one of its topics. */
const SearchedTopic = z.strictObject({
  topic: z.string(),
  topicId: z.string().nullable(),
  /** Offsets. */
  covered: z.bigint(),
  left: z.bigint(),
  ...Tally.shape,
})

/** A search that the app keeps, with its ledgers and hits, until it is forgotten, grows old, or has to make room for others. */
export const KeptSearch = z.strictObject({
  search: SearchName,
  name: KeptName,
  of: SearchOf,
  direction: Direction,
  order: ListOrder,
  /** In ms since 1970. */
  startedAt: z.number().int(),
  changedAt: z.number().int(),
  topics: z.array(SearchedTopic),
  /** That are kept. */
  hits: z.number().int(),
  /** On disk. */
  bytes: z.number().int(),
  stopped: HitsStopped.nullable(),
  /** In this run of the app. */
  isRunning: z.boolean(),
})
export type KeptSearch = z.infer<typeof KeptSearch>

/** All of it but its hits. `ledgers` and `spreads` are in the order of its topics and of its requests. */
const WholeSearch = z.strictObject({ kept: KeptSearch, ledgers: z.array(ScanLedger), spreads: SpreadDelta })

/** What could not be read of a topic, or of a partition of it. */
export const SearchFailure = z.strictObject({
  topic: z.string(),
  partition: PartitionId.nullable(),
  error: ErrorValue,
})
export type SearchFailure = z.infer<typeof SearchFailure>

/** What has become of what a search reads since it was begun: of none of it a search goes on as if nothing had been. */
export const SearchChange = z.discriminatedUnion('what', [
  /** Another topic of the name stands there: what was found is of one that is gone, and what is left of it will not be read. */
  z.strictObject({ what: z.literal('made-anew'), topic: z.string() }),
  /** Deleted, or not readable for us any more. */
  z.strictObject({ what: z.literal('gone'), topic: z.string(), error: ErrorValue }),
  /** The topic has more partitions than are searched; `search.widen` takes them along. */
  z.strictObject({ what: z.literal('partitions-added'), topic: z.string(), partitions: z.array(PartitionId) }),
  /** More topics fit the pattern; `search.widen` takes them along. */
  z.strictObject({ what: z.literal('topics-added'), topics: z.array(z.string()) }),
  /** Of what is left these offsets are deleted: nobody will know what was there. */
  z.strictObject({ what: z.literal('deleted'), topic: z.string(), ranges: z.array(OffsetRange) }),
])
export type SearchChange = z.infer<typeof SearchChange>

const OfSearch = OnConnection.extend({ search: SearchName })

/**
 * Searches of one or several topics that the app keeps: what they read and have left, and their hits, on disk. They are gone on with
 * after a stop, a restart or a crash, exactly there; frame by frame hits and ledger are written together, or neither is.
 */
export const searches = {
  /** Which topics a choice names, by name; it reads no record. */
  'search.topics': route({
    input: OnConnection.extend({ topics: TopicChoice }),
    output: z.strictObject({
      topics: z.array(z.strictObject({ topic: z.string(), partitions: z.number().int() })),
      /** That fit, beyond those: more are not searched at once. */
      more: z.number().int(),
      /** That fit, and are left out because they are Kafka's own. */
      internal: z.number().int(),
    }),
    effect: 'read',
  }),
  /** Finds out what there is to search and keeps it as a search; `search.run` reads. */
  'search.start': route({
    input: OnConnection.extend({
      ...SearchOf.shape,
      name: KeptName.default(null),
      direction: Direction.default('forward'),
      order: ListOrder.default('found'),
    }),
    output: WholeSearch.extend({ failures: z.array(SearchFailure) }),
    extent: ({ ledgers, failures }) => extentOf(ledgers.length, failures),
    effect: 'local',
  }),
  /**
   * Reads what a search has left, in either direction, all topics at a time. Each frame is of one topic: what it covers, and the
   * first `shown` hits of the call. A frame was kept before it is sent; so after a cancel the ledgers of `done`, or of
   * `search.get`, may have more than the frames that came, and hold.
   */
  'search.run': stream({
    input: OfSearch.extend({
      /** As before when left out. */
      direction: Direction.optional(),
      shown: z.number().int().min(0).max(1_000_000).default(1_000),
      most: z
        .strictObject({ milliseconds: z.number().int().min(1).max(86_400_000) })
        .nullable()
        .default(null),
    }),
    batch: z.strictObject({
      topic: z.string(),
      rows: RowColumns,
      covered: z.array(Covered),
      /** What the matches in what is covered add to each of the spreads. */
      spreads: SpreadDelta,
    }),
    progress: ScanProgress,
    done: WholeSearch.extend({
      /** `end`: nothing is left, or of what is left nothing can be read now: see `failures`. */
      reason: z.enum(['end', 'limit', 'cancelled']),
      limit: z.enum(['time', 'keys']).nullable(),
      counts: ReadCounts,
      /** Of this call. */
      found: Tally,
      failures: z.array(SearchFailure),
      changes: z.array(SearchChange),
    }),
    extent: ({ reason, ledgers, failures }) => {
      const isLeft = ledgers.some((ledger) => rangesLeft(ledger).length > 0)
      const hasCovered = ledgers.some(({ parts }) => parts.some(({ from, to, covered }) => covered.length > 0 || from === to)) // oxfmt-ignore
      return extentOf(hasCovered ? 1 : 0, isLeft && reason !== 'cancelled' ? ['left', ...failures] : failures)
    },
    effect: 'local',
  }),
  /** Of the connection's profile, the one that was gone on with last first. */
  'search.list': route({
    input: OnConnection,
    output: z.strictObject({
      searches: z.array(KeptSearch),
      /** Files that are no searches any more: a sentence each. */
      damaged: z.array(z.string()),
    }),
    effect: 'read',
    extent: ({ searches, damaged }) => extentOf(searches.length, damaged),
  }),
  'search.get': route({ input: OfSearch, output: WholeSearch, effect: 'read' }),
  /** What has become of its topics since; before one is gone on with after a while. */
  'search.check': route({
    input: OfSearch,
    output: z.strictObject({ changes: z.array(SearchChange) }),
    effect: 'read',
  }),
  /** Names it, or notes how its hits are listed; what is left out stays. */
  'search.change': route({
    input: OfSearch.extend({ name: KeptName.optional(), order: ListOrder.optional() }),
    output: KeptSearch,
    effect: 'local',
  }),
  /**
   * Adds to what it reads: from another start or to another end, more partitions, more topics. What was read is not read again, and
   * nothing becomes less wanted. Left out are: the start and end that it has, its partitions, its topics; asked again, the end is
   * where it is now, and a pattern names what fits now.
   */
  'search.widen': route({
    input: OfSearch.extend({
      start: Place.optional(),
      end: Place.nullable().optional(),
      partitions: z.array(PartitionId).min(1).max(10_000).optional(),
      topics: TopicChoice.optional(),
    }),
    output: WholeSearch.extend({ failures: z.array(SearchFailure) }),
    extent: ({ ledgers, failures }) => extentOf(ledgers.length, failures),
    effect: 'local',
  }),
  /**
   * Hits in any order and both ways, without reading them again. By `timestamp` all topics and partitions are merged; those of one
   * timestamp by topic, partition and offset. A record that is older than one before it in its partition says so in its flags. A
   * page ends early where a frame would become too large.
   */
  'search.page': route({
    input: z.strictObject({
      search: SearchName,
      order: z.enum(['found', 'partition', 'timestamp']),
      newestFirst: z.boolean().default(false),
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(500),
    }),
    output: z.strictObject({
      rows: RowColumns,
      topics: z.array(z.string()),
      /** Of each row the place of its topic in `topics`. */
      topic: z.instanceof(Int32Array),
      /** That are kept. More may come between two pages; in another order than `found` they move others. */
      total: z.number().int(),
      stopped: HitsStopped.nullable(),
    }),
    effect: 'read',
  }),
  /**
   * What a shell runs to find the same records by kcat and jq, a line of JSON each; or why there is no such thing. It names the
   * profile's brokers, and never a secret.
   */
  'search.command': route({
    input: OfSearch,
    output: z.union([
      z.strictObject({ command: z.string(), notes: z.array(z.string()) }),
      z.strictObject({ why: z.string() }),
    ]),
    effect: 'read',
  }),
  /**
   * Writes to a file, whole records: the hits (`hits`), or all that its topics hold in its range (`range`), one topic after the
   * other. What is not kept as a hit any more is found again by the filter. Cancelled, or where the disk is full, it leaves no file.
   */
  'search.export': stream({
    input: OfSearch.extend({ what: z.enum(['hits', 'range']).default('hits'), format: LineFormat, path: ExportPath }),
    batch: z.null(),
    progress: ExportProgress,
    done: z.strictObject({
      reason: z.enum(['end', 'cancelled']),
      /** null: it was cancelled. */
      path: z.string().nullable(),
      written: z.bigint(),
      found: Tally,
      failures: z.array(SearchFailure),
    }),
    extent: ({ reason, path, failures }) => extentOf(path === null ? 0 : 1, reason === 'end' ? failures : [reason]),
    effect: 'local',
  }),
  /** Ends it where it runs, and removes it with its hits. */
  'search.forget': route({ input: z.strictObject({ search: SearchName }), output: z.null(), effect: 'local' }),
}
