import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { RecordFilter } from '../filters/filter.ts'
import { cannotReasons } from '../filters/predicate.ts'
import { Decoded, Decoding } from '../model/decoded.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Covered, NotJudged, rangesLeft, ScanLedger, Tally } from '../model/ledger.ts'
import { LineFormat } from '../model/line-format.ts'
import { IfNone, Place } from '../model/place.ts'
import { PartitionOffset } from '../model/positions.ts'
import { LogBounds } from '../model/log-bounds.ts'
import { MOST_FIELDS, RowField } from '../model/row-field.ts'
import { RowColumns } from '../model/rows.ts'
import { Hole } from '../model/hole.ts'
import { MOST_SPREADS, SpreadDelta, SpreadRequest } from '../model/spread.ts'
import { extentOf } from './extent.ts'
import { route, stream } from './define.ts'

export const Show = z.strictObject({
  /** Show records of aborted transactions as rows instead of holes. */
  aborted: z.boolean().default(false),
  /** Show records of open transactions, labelled as such. */
  open: z.boolean().default(true),
})
export type Show = z.infer<typeof Show>

/** Fields to show as columns: only these and the previews are decoded. */
export const ShownFields = z.array(RowField).max(MOST_FIELDS).default([])

/** Wait for schemas until they are loaded or known to be missing, instead of showing rows without them after 300 ms. */
const Patient = z.boolean().default(false)

const Where = {
  connectionId: ConnectionId,
  topic: z.string().min(1),
  /** All when left out. */
  partitions: z.array(PartitionId).min(1).optional(),
  show: Show.default({ aborted: false, open: true }),
}

export const PartitionBounds = z.strictObject({ partition: PartitionId, ...LogBounds.shape })
export type PartitionBounds = z.infer<typeof PartitionBounds>

/** What was read on the way; `compacted` counts offsets, the others records or markers. */
export const ReadCounts = z.strictObject({
  records: z.bigint(),
  aborted: z.bigint(),
  markers: z.bigint(),
  missing: z.bigint(),
  /** Bytes received from the brokers. */
  bytes: z.bigint(),
})
export type ReadCounts = z.infer<typeof ReadCounts>

export const PartitionFailure = z.strictObject({ partition: PartitionId, error: ErrorValue })

export const BrowseDone = z.strictObject({
  /**
   * `limit`: the requested number of records was found; `end`: the high watermark (or log start, going backward) was
   * reached.
   */
  reason: z.enum(['limit', 'end', 'cancelled']),
  counts: ReadCounts,
  bounds: z.array(PartitionBounds),
  /** Offsets from which the next page forward starts, and before which the next page backward ends. */
  forward: z.array(PartitionOffset),
  backward: z.array(PartitionOffset),
  /** Partitions that could not be read, or not to the end. */
  failures: z.array(PartitionFailure),
  topicId: z.string().nullable(),
})
export type BrowseDone = z.infer<typeof BrowseDone>

export const HeaderValue = z.strictObject({
  /** Bytes, because Kafka does not promise UTF-8. Cut at 64 KiB. */
  name: z.instanceof(Uint8Array),
  /** Size of the whole name; only present when it was cut. */
  nameSize: z.number().int().optional(),
  /** Cut at 64 KiB; `size` is the whole, −1 for null. */
  value: z.instanceof(Uint8Array).nullable(),
  size: z.number().int(),
  nameAs: Decoding,
  /** What the whole value means. Only the first values of a page have a tree. */
  valueAs: Decoded.nullable(),
  /** The meaning of a header that a known framework writes (`shared/model/known-headers.ts`). */
  known: z.strictObject({ label: z.string(), meant: z.string().nullable() }).optional(),
})
export type HeaderValue = z.infer<typeof HeaderValue>

export const BatchFacts = z.strictObject({
  first: z.bigint(),
  last: z.bigint(),
  records: z.number().int(),
  bytes: z.number().int(),
  codec: z.string(),
  crc: z.number().int(),
  crcValid: z.boolean(),
  leaderEpoch: z.number().int(),
  magic: z.number().int(),
  transactional: z.boolean(),
  producerId: z.bigint(),
  producerEpoch: z.number().int(),
  /** Sequence of this record, −1 without an idempotent producer. */
  sequence: z.number().int(),
})
export type BatchFacts = z.infer<typeof BatchFacts>

export const FullRecord = z.strictObject({
  kind: z.literal('record'),
  topic: z.string(),
  topicId: z.string().nullable(),
  clusterId: z.string().nullable(),
  partition: PartitionId,
  offset: z.bigint(),
  timestamp: z.bigint(),
  timestampType: z.enum(['CreateTime', 'LogAppendTime']),
  flags: z.number().int(),
  keySize: z.number().int(),
  valueSize: z.number().int(),
  /** The first 64 KiB of the key and the first 1 MiB of the value; the rest by `messages.payload`. */
  key: z.instanceof(Uint8Array).nullable(),
  value: z.instanceof(Uint8Array).nullable(),
  /** What the whole of each means. */
  keyAs: Decoded.nullable(),
  valueAs: Decoded.nullable(),
  /** The first headers, in order: at most a thousand, or 1 MiB. The rest by `messages.headers`. */
  headers: z.array(HeaderValue),
  /** How many the record says it has. */
  headerCount: z.number().int(),
  /** Why not all headers can be read; null: they can. */
  headersProblem: z.string().nullable(),
  batch: BatchFacts,
})
export type FullRecord = z.infer<typeof FullRecord>

/**
 * The answer for an offset that holds no visible record: which hole it belongs to. `outside` = before the log start, or
 * at or past the end.
 */
export const NoRecord = z.strictObject({
  kind: z.literal('hole'),
  outside: z.enum(['before-log-start', 'past-end']).nullable(),
  hole: Hole.nullable(),
  bounds: LogBounds,
  /** The nearest offset with a record, in each direction, as far as was searched. */
  next: z.bigint().nullable(),
})
export type NoRecord = z.infer<typeof NoRecord>

const At = { connectionId: ConnectionId, topic: z.string().min(1), partition: PartitionId, offset: z.bigint() }

/**
 * In ms since 1970, `to` exclusive. Records outside never match; batches that hold only such records, according to
 * their headers, are not even decompressed.
 */
export const TimeWanted = z.strictObject({
  from: z.bigint().nullable().default(null),
  to: z.bigint().nullable().default(null),
})

/** How much one call may read and find; to go on, give the ledger back in another call. */
const ScanMost = z.strictObject({
  matches: z.number().int().min(1).max(1_000_000_000).default(1_000),
  /** Bytes from the brokers; requests in flight may exceed it. */
  bytes: z
    .bigint()
    .min(1n)
    .default(1n << 30n),
  milliseconds: z.number().int().min(1).max(3_600_000).default(60_000),
})

export const ScanProgress = z.strictObject({
  counts: ReadCounts,
  /** What this call found. */
  found: Tally,
  /** Offsets that are covered and left, over the whole ledger. */
  covered: z.bigint(),
  left: z.bigint(),
  /** Records per second. */
  ratePerSecond: z.number(),
  bytesPerSecond: z.number(),
  /** null: nothing was read yet to estimate it from. */
  secondsLeft: z.number().nullable(),
  /** Why it is not moving: a broker is away, or a quota applies. */
  waiting: ErrorValue.nullable(),
})

/**
 * An absolute path of a file that does not exist yet; or a name alone, which is saved in the downloads folder, with a
 * number added if it is taken.
 */
export const ExportPath = z.string().min(1).max(4_000)

/** `written`: bytes. */
export const ExportProgress = ScanProgress.extend({ written: z.bigint() })

/** See `messages.scan`. */
export const Listed = z.enum(['matches', 'not-judged', ...cannotReasons]).default('matches')

export const messages = {
  /** One page. Rows are merged over the partitions by timestamp; within a partition always by offset. */
  'messages.browse': stream({
    input: z.strictObject({
      ...Where,
      /**
       * Going backward it is the exclusive end. From the high watermark it always goes backward, and `limit` is then exactly
       * that many records, however many offsets that takes.
       */
      start: Place,
      /** Left out: for a partition without a record that new the end, for one without a position the log start. */
      ifNone: IfNone.optional(),
      direction: z.enum(['forward', 'backward']).default('forward'),
      limit: z.number().int().min(1).max(10_000).default(500),
      fields: ShownFields,
      patient: Patient,
    }),
    batch: RowColumns,
    progress: z.strictObject({
      counts: ReadCounts,
      ratePerSecond: z.number(),
      /** Why it is not moving: a broker is away, or a quota applies. */
      waiting: ErrorValue.nullable(),
    }),
    done: BrowseDone,
    // Each partition that was read has its bounds in the answer.
    extent: ({ bounds, failures }) => {
      const failed = new Set(failures.map(({ partition }) => partition))
      return extentOf(bounds.filter(({ partition }) => !failed.has(partition)).length, failures)
    },
    effect: 'read',
  }),
  /** Records as they arrive, until cancelled. `gap` in progress names offsets that were skipped to keep up. */
  'messages.tail': stream({
    input: z.strictObject({
      ...Where,
      from: z.array(PartitionOffset).optional(),
      /** Only matching records are shown, and no holes: nearly all offsets then have no row. */
      filter: RecordFilter.nullable().default(null),
      /** End with the first record that is shown. */
      untilFirst: z.boolean().default(false),
      fields: ShownFields,
      patient: Patient,
    }),
    batch: RowColumns,
    progress: z.strictObject({
      counts: ReadCounts,
      /** Records read, whether shown or not. */
      looked: z.bigint(),
      notJudged: NotJudged,
      ratePerSecond: z.number(),
      bounds: z.array(PartitionBounds),
      /** Set while the connection is away; rows go on from where they stopped. */
      waiting: ErrorValue.nullable(),
      /** Partitions that are no longer followed; the others go on. */
      stopped: z.array(PartitionFailure),
    }),
    done: z.strictObject({ reason: z.enum(['cancelled', 'failed', 'found']), forward: z.array(PartitionOffset) }),
    extent: ({ reason, forward }) => (reason === 'failed' ? extentOf(forward.length, [reason]) : 'all'),
    effect: 'read',
  }),
  /** The ledger for a scan from one place to another, to be given to `messages.scan`; it reads no record. */
  'messages.ledger': route({
    input: z.strictObject({
      ...Where,
      start: Place.default({ at: 'log-start' }),
      /** Exclusive. Where a partition has no such place, and when left out, it is the end of the log. */
      end: Place.optional(),
      ifNone: IfNone.optional(),
    }),
    output: z.strictObject({ ledger: ScanLedger, failures: z.array(PartitionFailure) }),
    extent: ({ ledger, failures }) => extentOf(ledger.parts.length, failures),
    effect: 'read',
  }),
  /**
   * Reads what a ledger has left and sends the records that match a filter as they are found: in order within a
   * partition (backward from its end), in no order between partitions. Each frame says which offsets it covers and what
   * was found there; a client that adds those up, or takes the ledger of the end, can go on exactly there, in either
   * direction.
   */
  'messages.scan': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      ledger: ScanLedger,
      /** null: all records match. */
      filter: RecordFilter.nullable().default(null),
      time: TimeWanted.nullable().default(null),
      /** `backward`: the newest first, each partition from its end. */
      direction: z.enum(['forward', 'backward']).default('forward'),
      /** `count`: send no rows, only the counts; limits on rows do not apply. */
      want: z.enum(['rows', 'count']).default('rows'),
      /**
       * `not-judged`: the records for which the filter could not decide, or only those with one reason. Nothing then
       * counts as a match.
       */
      list: Listed,
      /** How to count the matches, in addition to listing them; each frame says what it adds. */
      spreads: z.array(SpreadRequest).max(MOST_SPREADS).default([]),
      /**
       * Of each key of a partition only its newest record, as compaction would leave it, if that one matches. Works
       * backward only, with rows, from a ledger of which nothing is covered, and cannot be continued: the ledger does
       * not hold the keys that were seen.
       */
      newestPerKey: z.boolean().default(false),
      show: Where.show,
      /** How much of keys and values to send: `whole` is up to 64 and 256 KiB; longer ones are marked as cut. */
      previews: z.enum(['none', 'short', 'whole']).default('short'),
      fields: ShownFields,
      /** With a filter it is always so: judged without its schema, a record that matches could be missed. */
      patient: Patient,
      most: ScanMost.prefault({}),
    }),
    batch: z.strictObject({
      rows: RowColumns,
      covered: z.array(Covered),
      /** What the matches in the covered offsets add to each of the spreads; empty if none were requested. */
      spreads: SpreadDelta,
    }),
    progress: ScanProgress,
    done: z.strictObject({
      /** `end`: nothing is left, or what is left cannot be read now: see `failures`. */
      reason: z.enum(['end', 'limit', 'cancelled']),
      /** `keys`: there are more different keys than can be kept in memory. */
      limit: z.enum(['matches', 'bytes', 'time', 'keys']).nullable(),
      ledger: ScanLedger,
      counts: ReadCounts,
      /** What this call found; the ledger has the sum over all calls. */
      found: Tally,
      failures: z.array(PartitionFailure),
    }),
    extent: ({ reason, ledger, failures }) => {
      const isLeft = rangesLeft(ledger).length > 0
      const hasCovered = ledger.parts.some(({ from, to, covered }) => covered.length > 0 || from === to)
      return extentOf(hasCovered ? 1 : 0, isLeft && reason !== 'cancelled' ? ['left', ...failures] : failures)
    },
    effect: 'read',
  }),
  /**
   * Writes the records a scan would send to a file, whole, and sends none of them. If it is cancelled, it leaves no
   * file.
   */
  'messages.export': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      ledger: ScanLedger,
      filter: RecordFilter.nullable().default(null),
      time: TimeWanted.nullable().default(null),
      show: Where.show,
      format: LineFormat,
      path: ExportPath,
    }),
    batch: z.null(),
    progress: ExportProgress,
    done: z.strictObject({
      reason: z.enum(['end', 'cancelled']),
      /** null: it was cancelled. */
      path: z.string().nullable(),
      written: z.bigint(),
      found: Tally,
      failures: z.array(PartitionFailure),
      ledger: ScanLedger,
    }),
    extent: ({ reason, path, failures }) => extentOf(path === null ? 0 : 1, reason === 'end' ? failures : [reason]),
    effect: 'local',
  }),
  'messages.record': route({
    input: z.strictObject({ ...At, patient: Patient }),
    output: z.discriminatedUnion('kind', [FullRecord, NoRecord]),
    effect: 'read',
  }),
  /** A page of a record's headers, in order: at most a thousand, or 1 MiB. */
  'messages.headers': route({
    input: z.strictObject({ ...At, from: z.number().int().min(0) }),
    output: z.strictObject({
      headers: z.array(HeaderValue),
      headerCount: z.number().int(),
      /** Where the next page starts; null: there is none. */
      next: z.number().int().nullable(),
    }),
    effect: 'read',
  }),
  /** A byte range of a key, a value, or a header's name or value, for payloads larger than a record's answer carries. */
  'messages.payload': route({
    input: z.strictObject({
      ...At,
      part: z.enum(['key', 'value', 'header-name', 'header-value']),
      /** The index of the header, for its name or value. */
      header: z.number().int().min(0).optional(),
      from: z.number().int().min(0),
      length: z.number().int().min(1).max(1_048_576),
    }),
    output: z.strictObject({ bytes: z.instanceof(Uint8Array), size: z.number().int() }),
    effect: 'read',
  }),
}
