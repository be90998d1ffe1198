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
  /** Records of aborted transactions as rows instead of holes. */
  aborted: z.boolean().default(false),
  /** Records of transactions still open, labelled as such. */
  open: z.boolean().default(true),
})
export type Show = z.infer<typeof Show>

/** Columns beside the rows: decoding is done for them and for previews, and for nothing else. */
export const ShownFields = z.array(RowField).max(MOST_FIELDS).default([])

/** Wait for schemas until they are here or known not to come, instead of showing rows without them after 300 ms. */
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

/** What was met on the way; `compacted` counts offsets, the others records or markers. */
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
  /** `limit`: asked-for records found; `end`: high watermark (or log start, backward) reached. */
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
  /** Of the whole name; only there when it was cut. */
  nameSize: z.number().int().optional(),
  /** Cut at 64 KiB; `size` is the whole, −1 for null. */
  value: z.instanceof(Uint8Array).nullable(),
  size: z.number().int(),
  nameAs: Decoding,
  /** What all of it means. Trees are made of those of a page until they are many. */
  valueAs: Decoded.nullable(),
  /** Of one that a framework is known to write (`shared/model/known-headers.ts`). */
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
  /** The first of them, in order: a thousand, or 1 MiB, at most. The rest by `messages.headers`. */
  headers: z.array(HeaderValue),
  /** How many the record says it has. */
  headerCount: z.number().int(),
  /** Why not all of them can be read; null: they can. */
  headersProblem: z.string().nullable(),
  batch: BatchFacts,
})
export type FullRecord = z.infer<typeof FullRecord>

/** The answer for an offset that holds no visible record: what it belongs to. `outside` = before the log start, or at or past the end. */
export const NoRecord = z.strictObject({
  kind: z.literal('hole'),
  outside: z.enum(['before-log-start', 'past-end']).nullable(),
  hole: Hole.nullable(),
  bounds: LogBounds,
  /** Nearest offset with a record, each way, as far as was looked. */
  next: z.bigint().nullable(),
})
export type NoRecord = z.infer<typeof NoRecord>

const At = { connectionId: ConnectionId, topic: z.string().min(1), partition: PartitionId, offset: z.bigint() }

/**
 * In ms since 1970, `to` exclusive. Records outside match nothing, exactly: batches that hold only such, as their headers say, are
 * not even opened.
 */
export const TimeWanted = z.strictObject({
  from: z.bigint().nullable().default(null),
  to: z.bigint().nullable().default(null),
})

/** How much one call may read and find; whoever wants more gives the ledger back. */
const ScanMost = z.strictObject({
  matches: z.number().int().min(1).max(1_000_000_000).default(1_000),
  /** Of the brokers' bytes, and what is under way on top. */
  bytes: z
    .bigint()
    .min(1n)
    .default(1n << 30n),
  milliseconds: z.number().int().min(1).max(3_600_000).default(60_000),
})

export const ScanProgress = z.strictObject({
  counts: ReadCounts,
  /** Of this call. */
  found: Tally,
  /** Offsets that are covered and left, of the whole ledger. */
  covered: z.bigint(),
  left: z.bigint(),
  /** Records. */
  ratePerSecond: z.number(),
  bytesPerSecond: z.number(),
  /** null: nothing has been read by which it could be told. */
  secondsLeft: z.number().nullable(),
  /** Why it stands still: a broker is away, or a quota is obeyed. */
  waiting: ErrorValue.nullable(),
})

/** Absolute, of a file that is not there yet; or a name alone, which goes to the downloads, under another where it is taken. */
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
      /** Left out: of a partition without a record that new the end, of one without a position the log start. */
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
      /** Why it stands still: a broker is away, or a quota is obeyed. */
      waiting: ErrorValue.nullable(),
    }),
    done: BrowseDone,
    // Each partition that was read has its edges in the answer.
    extent: ({ bounds, failures }) => {
      const failed = new Set(failures.map(({ partition }) => partition))
      return extentOf(bounds.filter(({ partition }) => !failed.has(partition)).length, failures)
    },
    effect: 'read',
  }),
  /** Records as they arrive, until cancelled. `gap` in progress names offsets that were passed over to keep up. */
  'messages.tail': stream({
    input: z.strictObject({
      ...Where,
      from: z.array(PartitionOffset).optional(),
      /** Only what it matches is shown, and holes are not: nearly all offsets are then without a row. */
      filter: RecordFilter.nullable().default(null),
      /** Ends with the first record that is shown. */
      untilFirst: z.boolean().default(false),
      fields: ShownFields,
      patient: Patient,
    }),
    batch: RowColumns,
    progress: z.strictObject({
      counts: ReadCounts,
      /** Records, shown or not. */
      looked: z.bigint(),
      notJudged: NotJudged,
      ratePerSecond: z.number(),
      bounds: z.array(PartitionBounds),
      /** Set while the connection is away; rows go on from where they stopped. */
      waiting: ErrorValue.nullable(),
      /** Partitions that are followed no more, whatever becomes of the others. */
      stopped: z.array(PartitionFailure),
    }),
    done: z.strictObject({ reason: z.enum(['cancelled', 'failed', 'found']), forward: z.array(PartitionOffset) }),
    extent: ({ reason, forward }) => (reason === 'failed' ? extentOf(forward.length, [reason]) : 'all'),
    effect: 'read',
  }),
  /** What there is to scan from one place to another, for `messages.scan`; it reads no record. */
  'messages.ledger': route({
    input: z.strictObject({
      ...Where,
      start: Place.default({ at: 'log-start' }),
      /** Exclusive. Where a partition has no such place, and when left out, it is the end. */
      end: Place.optional(),
      ifNone: IfNone.optional(),
    }),
    output: z.strictObject({ ledger: ScanLedger, failures: z.array(PartitionFailure) }),
    extent: ({ ledger, failures }) => extentOf(ledger.parts.length, failures),
    effect: 'read',
  }),
  /**
   * Goes through what a ledger has left and hands over the records that a filter matches, as they come: in order within a
   * partition (backward from its end), in none between them. Each frame says which offsets it covers and what was found there;
   * a client that adds those up, or takes the ledger of the end, goes on exactly there, in either direction.
   */
  'messages.scan': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      ledger: ScanLedger,
      /** null: all of them. */
      filter: RecordFilter.nullable().default(null),
      time: TimeWanted.nullable().default(null),
      /** `backward`: the newest first, each partition from its end. */
      direction: z.enum(['forward', 'backward']).default('forward'),
      /** `count`: no rows, only what was found; none of the limits of rows ends it. */
      want: z.enum(['rows', 'count']).default('rows'),
      /** `not-judged`: those of which the filter could not say whether they match, or of these those of one reason. Nothing counts as matched then. */
      list: Listed,
      /** How to count the matches, beside what comes of them; each frame says what it adds. */
      spreads: z.array(SpreadRequest).max(MOST_SPREADS).default([]),
      /**
       * Of each key of a partition only its newest record, as compaction would leave it, where that one matches. It goes backward, in
       * rows, from a ledger that nothing is covered of, and cannot be gone on with: which keys were met is in no ledger.
       */
      newestPerKey: z.boolean().default(false),
      show: Where.show,
      /** How much of keys and values: `whole` is up to 64 and 256 KiB; what is longer is marked as cut. */
      previews: z.enum(['none', 'short', 'whole']).default('short'),
      fields: ShownFields,
      /** With a filter it always is: judged without its schema, a record might be passed over that matches. */
      patient: Patient,
      most: ScanMost.prefault({}),
    }),
    batch: z.strictObject({
      rows: RowColumns,
      covered: z.array(Covered),
      /** What the matches in what is covered add to each of the spreads; empty where none were asked for. */
      spreads: SpreadDelta,
    }),
    progress: ScanProgress,
    done: z.strictObject({
      /** `end`: nothing is left, or of what is left nothing can be read now: see `failures`. */
      reason: z.enum(['end', 'limit', 'cancelled']),
      /** `keys`: of more different ones than are told apart. */
      limit: z.enum(['matches', 'bytes', 'time', 'keys']).nullable(),
      ledger: ScanLedger,
      counts: ReadCounts,
      /** Of this call; the ledger has those of all. */
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
  /** Writes what a scan would hand over to a file, whole records, and shows none of it. Cancelled, it leaves no file. */
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
  /** A page of a record's headers, in order: a thousand, or 1 MiB, at most. */
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
      /** Which header, for its name or value. */
      header: z.number().int().min(0).optional(),
      from: z.number().int().min(0),
      length: z.number().int().min(1).max(1_048_576),
    }),
    output: z.strictObject({ bytes: z.instanceof(Uint8Array), size: z.number().int() }),
    effect: 'read',
  }),
}
