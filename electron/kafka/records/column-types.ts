import type { SampledField } from '#shared/contract/search.ts'
import type { Verdict } from '#shared/filters/predicate.ts'
import type { Decoding } from '#shared/model/decoded.ts'
import type { NotJudgedReason } from '#shared/model/ledger.ts'
import type { SpreadDelta } from '#shared/model/spread.ts'
import type { RecordLines } from '../decode/export-lines.ts'
import type { RecordSpreads } from '../decode/record-spreads.ts'
import type { RowDecoder } from '../decode/row-decoder.ts'
import type { TakenFields } from '../decode/row-fields.ts'
import type { RecordKeys } from './key-hashes.ts'
import type { MadeShort } from './short-values.ts'
import type { RecordCursor } from './record-cursor.ts'
import type { WalkOptions } from './batch-walker.ts'
import type { Compression, ProblemBatch } from './batch-types.ts'

/** Bits of the `flags` column. Bits 16–18 hold the codec (see `codecOfFlags`). */
export const FLAG = {
  nullKey: 1,
  nullValue: 2,
  transactional: 4,
  aborted: 8,
  /** At or above the last stable offset: its transaction, or an earlier one, is still open. */
  open: 16,
  logAppendTime: 32,
  keyCut: 64,
  valueCut: 128,
  crcBad: 256,
} as const

export const FLAG_CODEC_SHIFT = 16

/** @internal Outside its file only tests use it. */
export function codecOfFlags(flags: number, codecs: readonly Compression[]): Compression | null {
  return codecs[(flags >> FLAG_CODEC_SHIFT) & 7] ?? null
}

export interface SubstringFilter {
  /** At least one of them must occur. */
  readonly anyOf: readonly Uint8Array[]
  /** Where to search; all three if left out. */
  readonly in?: { readonly key?: boolean; readonly value?: boolean; readonly headers?: boolean }
}

export interface ColumnOptions extends Omit<WalkOptions, 'verifyCrc'> {
  /** `rows`: as `flag`, but only for batches that rows are made from; batches without a match are not verified. */
  readonly verifyCrc?: WalkOptions['verifyCrc'] | 'rows'
  readonly toOffsetExclusive?: bigint
  /** Records from here on are flagged `open`. */
  readonly lastStableOffset?: bigint
  /** Return aborted records as rows with a flag, instead of a hole. Markers are always holes. */
  readonly includeAborted?: boolean
  readonly previewBytes?: { readonly key?: number; readonly value?: number }
  /** Bytes that a record must hold in its stored form: searched for in many records at once, before a single one is judged. */
  readonly filter?: SubstringFilter
  /** Called for each record that has these bytes; the cursor is valid only during the call. */
  readonly judge?: (record: RecordCursor) => Judgement
  /** Records outside never match; batches that hold only such records are not decompressed. In ms, `to` exclusive. */
  readonly time?: TimeRange
  /**
   * Which records become rows: the matches, those that cannot be judged, or those with one reason; `none`: they are only
   * counted. Default `matches`.
   */
  readonly list?: 'matches' | 'not-judged' | NotJudgedReason | 'none'
  readonly maxDecompressedBytes?: number
  /** Also return the key hash of each record that is read, whether it matches or not. */
  readonly keys?: boolean
  /** Gets each match. Needs `decoder`. */
  readonly spreads?: RecordSpreads
  /** Gets each match, too. */
  readonly lines?: RecordLines
  /** Decodes keys and values before their previews are cut. Left out: previews show the stored bytes. */
  readonly decoder?: RowDecoder
}

export type Judgement = 'match' | 'no' | NotJudgedReason

export interface TimeRange {
  readonly from: bigint | null
  readonly to: bigint | null
}

export interface ColumnLimits {
  readonly maxRecords?: number
  /** The size of the columns and previews returned; always at least one record. */
  readonly maxBytes?: number
}

/** A run of offsets without a visible record, with a count per reason. */
export interface CountedHole {
  readonly first: bigint
  last: bigint
  /** Records of aborted transactions. */
  aborted: number
  /** Commit and abort markers, and other control records. */
  markers: number
  /** Not in any batch, or not among a batch's records: compacted away. */
  missing: number
  oldFormat: number
  corrupt: number
  /** For offsets that could not be read. */
  reason: string | null
}

export interface ColumnCounts {
  /** Visible records that were read, matching or not. */
  records: number
  matched: number
  aborted: number
  markers: number
  missing: number
  oldFormat: number
  corrupt: number
  /** Stored size of the batches that were started. */
  bytes: number
  /** Decompressed size of the records that were read. */
  recordBytes: number
}

/** The result of a trial on the records of one piece, in addition to its rows. */
export interface Trial {
  /** One per row. */
  readonly verdicts: readonly Verdict[]
  /** Over all rows. */
  readonly fields: readonly SampledField[]
}

/** Rows as packed columns, in one buffer of their own or a few, which can be transferred: see `transferList`. */
export interface RecordColumns {
  readonly count: number
  readonly offset: BigInt64Array<ArrayBuffer>
  readonly timestamp: BigInt64Array<ArrayBuffer>
  readonly flags: Int32Array<ArrayBuffer>
  /** −1: null. */
  readonly keySize: Int32Array<ArrayBuffer>
  /** −1: null. */
  readonly valueSize: Int32Array<ArrayBuffer>
  readonly headerCount: Int32Array<ArrayBuffer>
  /** Stored size of the batch that contains the record. */
  readonly batchSize: Int32Array<ArrayBuffer>
  /** The previews, concatenated; of the decoded values if there was a decoder. */
  readonly preview: Uint8Array<ArrayBuffer>
  /** Where they end: two numbers per row, for the key and for the value. */
  readonly ends: Int32Array<ArrayBuffer>
  /** Indexes into `decodings` for a row's key (lower half) and value (upper half); empty if nothing was decoded. */
  readonly decodedAs: Int32Array<ArrayBuffer>
  readonly decodings: readonly Decoding[]
  /** Short forms of JSON values whose previews are cut; null: there are none. */
  readonly shorts: MadeShort | null
  /** The requested fields of each row; null: none were requested. */
  readonly fields: TakenFields | null
  /** The result of a trial; left out: there was none. */
  readonly trial?: Trial
  /** Every offset in [fromOffset, nextOffset) without a visible record; neighbours are joined. */
  readonly holes: CountedHole[]
  /**
   * Offsets of batches that were not decompressed, because their headers say that they are outside the wanted time; neighbours
   * are joined.
   */
  readonly passed: { first: bigint; last: bigint }[]
  /** Records that could not be judged, in order, and why; null: there are none. */
  readonly notJudged: { offset: BigInt64Array<ArrayBuffer>; reason: Uint8Array<ArrayBuffer> } | null
  /** null: not requested. */
  readonly keys: RecordKeys | null
  /** The counts of matches; null: none were requested. */
  readonly spreads: SpreadDelta | null
  /** The matches written as lines; null: not requested. */
  readonly lines: Uint8Array<ArrayBuffer> | null
  /** What could not be read, each with the offsets it claims, even if these are not a hole of this range. */
  readonly problems: ProblemBatch[]
  readonly fromOffset: bigint
  readonly nextOffset: bigint
  readonly counts: ColumnCounts
  /**
   * `limit`: take again for more; `to`: the wanted range is read; `end`: the bytes are; `blocked`: the last problem hides
   * everything after it, and fetching again would give the same.
   */
  readonly stoppedBy: 'limit' | 'to' | 'end' | 'blocked'
}

export function transferList(columns: RecordColumns): ArrayBuffer[] {
  const { offset, fields, shorts, keys, lines, notJudged } = columns
  const taken: { readonly buffer: ArrayBuffer }[] = fields === null ? [] : [fields.kind, fields.text, fields.ends]
  if (shorts !== null) taken.push(shorts.rows, shorts.text, shorts.ends)
  if (lines !== null) taken.push(lines)
  if (keys !== null) taken.push(keys.hash, keys.row)
  if (notJudged !== null) taken.push(notJudged.offset, notJudged.reason)
  // All columns are in the buffer of the first.
  return [offset.buffer, ...taken.map(({ buffer }) => buffer)]
}
