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

/**
 * What is searched for, where, and what is kept of the results. The range and the topics may be widened later; the rest is
 * fixed.
 */
export const SearchOf = z.strictObject({
  topics: TopicChoice,
  /** For a single topic; left out: all partitions. */
  partitions: z.array(PartitionId).min(1).max(10_000).optional(),
  start: Place.default({ at: 'log-start' }),
  /** Exclusive. Where a partition has no such place, and when null, it is the end of the log. */
  end: Place.nullable().default(null),
  ifNone: IfNone.optional(),
  /** null: all records match. */
  filter: RecordFilter.nullable().default(null),
  time: TimeWanted.nullable().default(null),
  show: Show.default({ aborted: false, open: true }),
  list: Listed,
  /** As in `messages.scan`: backward only, in one run that cannot be continued. */
  newestPerKey: z.boolean().default(false),
  /** Fields to show as columns of the hits. */
  fields: ShownFields,
  /** How to count matches, in addition to listing them; the counts are kept with the search. */
  spreads: z.array(SpreadRequest).max(MOST_SPREADS).default([]),
})
export type SearchOf = z.infer<typeof SearchOf>

/** A name given by the user; null: unnamed, and deleted before searches with a name when space is needed. */
const KeptName = z.string().min(1).max(200).nullable()
const Direction = z.enum(['forward', 'backward'])
/** How the hits were last sorted: as found, by partition and offset, or merged by time. */
const ListOrder = z.enum(['found', 'partition', 'newest', 'oldest'])

/** Why further hits are not kept: the limit for one search is reached, or the disk refused them. They are still counted. */
export const HitsStopped = z.strictObject({ why: z.enum(['full', 'disk']), error: ErrorValue.nullable() })
export type HitsStopped = z.infer<typeof HitsStopped>

/** The progress in one of its topics. */
const SearchedTopic = z.strictObject({
  topic: z.string(),
  topicId: z.string().nullable(),
  /** In offsets. */
  covered: z.bigint(),
  left: z.bigint(),
  ...Tally.shape,
})

/** A search that the app keeps with its ledgers and hits, until it is deleted, expires, or has to make room for others. */
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
  /** Hits that are kept. */
  hits: z.number().int(),
  /** Bytes on disk. */
  bytes: z.number().int(),
  stopped: HitsStopped.nullable(),
  /** It is running now. */
  isRunning: z.boolean(),
})
export type KeptSearch = z.infer<typeof KeptSearch>

/** A search without its hits. `ledgers` and `spreads` are in the order of its topics and of its requests. */
const WholeSearch = z.strictObject({ kept: KeptSearch, ledgers: z.array(ScanLedger), spreads: SpreadDelta })

/** A topic, or partition of it, that could not be read, and why. */
export const SearchFailure = z.strictObject({
  topic: z.string(),
  partition: PartitionId.nullable(),
  error: ErrorValue,
})
export type SearchFailure = z.infer<typeof SearchFailure>

/** How the topics of a search have changed since it was started. If there are none, the search can simply be continued. */
export const SearchChange = z.discriminatedUnion('what', [
  /** The topic was deleted and created again: the hits belong to the old one, and what is left will not be read. */
  z.strictObject({ what: z.literal('made-anew'), topic: z.string() }),
  /** The topic was deleted, or these credentials may no longer read it. */
  z.strictObject({ what: z.literal('gone'), topic: z.string(), error: ErrorValue }),
  /** The topic has more partitions than are searched; `search.widen` adds them. */
  z.strictObject({ what: z.literal('partitions-added'), topic: z.string(), partitions: z.array(PartitionId) }),
  /** More topics match the pattern; `search.widen` adds them. */
  z.strictObject({ what: z.literal('topics-added'), topics: z.array(z.string()) }),
  /** These offsets were deleted before they could be searched. */
  z.strictObject({ what: z.literal('deleted'), topic: z.string(), ranges: z.array(OffsetRange) }),
])
export type SearchChange = z.infer<typeof SearchChange>

const OfSearch = OnConnection.extend({ search: SearchName })

/**
 * Searches over one or several topics that the app keeps on disk: what was read, what is left, and the hits. They can be
 * continued after a stop, a restart or a crash exactly where they stopped, because hits and ledger are written together, frame
 * by frame.
 */
export const searches = {
  /** The topics a choice selects, by name; it reads no record. */
  'search.topics': route({
    input: OnConnection.extend({ topics: TopicChoice }),
    output: z.strictObject({
      topics: z.array(z.strictObject({ topic: z.string(), partitions: z.number().int() })),
      /** How many more match than are searched at once. */
      more: z.number().int(),
      /** How many match and are left out because they are Kafka's internal topics. */
      internal: z.number().int(),
    }),
    effect: 'read',
  }),
  /** Finds out what there is to search and stores it as a search; `search.run` does the reading. */
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
   * Reads what a search has left, in either direction, all topics in turn. Each frame is about one topic: what it covers, and
   * the first `shown` hits of the call. A frame is stored before it is sent, so after a cancel the ledgers of `done`, or of
   * `search.get`, may cover more than the frames that arrived; the ledgers are right.
   */
  'search.run': stream({
    input: OfSearch.extend({
      /** Left out: the direction of the last run. */
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
      /** What the matches in the covered offsets add to each of the spreads. */
      spreads: SpreadDelta,
    }),
    progress: ScanProgress,
    done: WholeSearch.extend({
      /** `end`: nothing is left, or what is left cannot be read now: see `failures`. */
      reason: z.enum(['end', 'limit', 'cancelled']),
      limit: z.enum(['time', 'keys']).nullable(),
      counts: ReadCounts,
      /** What this call found. */
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
  /** The searches of the connection's profile, the last used first. */
  'search.list': route({
    input: OnConnection,
    output: z.strictObject({
      searches: z.array(KeptSearch),
      /** Search files that are damaged: a sentence each. */
      damaged: z.array(z.string()),
    }),
    effect: 'read',
    extent: ({ searches, damaged }) => extentOf(searches.length, damaged),
  }),
  'search.get': route({ input: OfSearch, output: WholeSearch, effect: 'read' }),
  /** How its topics have changed since; to be called before continuing a search after some time. */
  'search.check': route({
    input: OfSearch,
    output: z.strictObject({ changes: z.array(SearchChange) }),
    effect: 'read',
  }),
  /** Names it, or stores how its hits are sorted; what is left out is not changed. */
  'search.change': route({
    input: OfSearch.extend({ name: KeptName.optional(), order: ListOrder.optional() }),
    output: KeptSearch,
    effect: 'local',
  }),
  /**
   * Widens what it reads: an earlier start or a later end, more partitions, more topics. What was read is not read again, and
   * nothing is taken away. To keep the current start, end, partitions or topics, leave them out; if the same end or pattern is
   * given again, it is resolved as of now.
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
   * A page of hits in any order and direction, without reading them again from Kafka. By `timestamp`, hits of all topics and
   * partitions are merged; equal timestamps by topic, partition and offset. A record older than one before it in its partition
   * has a flag that says so. A page ends early if its frame would become too large.
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
      /** For each row the index of its topic in `topics`. */
      topic: z.instanceof(Int32Array),
      /** Hits that are kept. More may arrive between two pages; in any order but `found` these move the others. */
      total: z.number().int(),
      stopped: HitsStopped.nullable(),
    }),
    effect: 'read',
  }),
  /**
   * A shell command that finds the same records with kcat and jq, one JSON line each; or why there is none. It contains the
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
   * Writes whole records to a file: the hits (`hits`), or everything in the search's range (`range`), one topic after the
   * other. Matches that are no longer kept as hits are found again with the filter. If it is cancelled or the disk is full, it
   * leaves no file.
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
  /** Stops it if it is running, and deletes it with its hits. */
  'search.forget': route({ input: z.strictObject({ search: SearchName }), output: z.null(), effect: 'local' }),
}
