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
  /** At or above the last stable offset: its transaction, or one before it, is not decided yet. */
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
  /** One of them is to be found. */
  readonly anyOf: readonly Uint8Array[]
  /** Where to look; all three when left out. */
  readonly in?: { readonly key?: boolean; readonly value?: boolean; readonly headers?: boolean }
}

export interface ColumnOptions extends Omit<WalkOptions, 'verifyCrc'> {
  /** `rows`: as `flag`, of batches that rows are made of; of those that nothing is found in, nothing is said. */
  readonly verifyCrc?: WalkOptions['verifyCrc'] | 'rows'
  readonly toOffsetExclusive?: bigint
  /** Records from here on are flagged `open`. */
  readonly lastStableOffset?: bigint
  /** Aborted records as rows with a flag, instead of a hole. Markers are always holes. */
  readonly includeAborted?: boolean
  readonly previewBytes?: { readonly key?: number; readonly value?: number }
  /** Bytes that a record must hold as it is stored: found for many records at once, before anything is asked about one. */
  readonly filter?: SubstringFilter
  /** Asked about each record that has these bytes; the cursor is good for this call only. */
  readonly judge?: (record: RecordCursor) => Judgement
  /** Records of another time match nothing; batches that hold only such are not opened. In ms, `to` exclusive. */
  readonly time?: TimeRange
  /** Which records become rows: of those that cannot be judged all, or of one reason; `none`: they are counted only. Default `matches`. */
  readonly list?: 'matches' | 'not-judged' | NotJudgedReason | 'none'
  readonly maxDecompressedBytes?: number
  /** Say the key of each record that is looked at, whether it matches or not. */
  readonly keys?: boolean
  /** Told of each match. Takes `decoder`. */
  readonly spreads?: RecordSpreads
  /** Told of each match, too. */
  readonly lines?: RecordLines
  /** Says what keys and values mean, before their previews are cut. Left out: previews are of the bytes as they are. */
  readonly decoder?: RowDecoder
}

export type Judgement = 'match' | 'no' | NotJudgedReason

export interface TimeRange {
  readonly from: bigint | null
  readonly to: bigint | null
}

export interface ColumnLimits {
  readonly maxRecords?: number
  /** Of the columns and previews handed out; at least one record is. */
  readonly maxBytes?: number
}

/** Offsets in a row that hold no visible record, and why: how many of them of each kind. */
export interface CountedHole {
  readonly first: bigint
  last: bigint
  /** Data of aborted transactions. */
  aborted: number
  /** Commit and abort markers, and other control records. */
  markers: number
  /** In no batch, or no record of a batch: compacted away. */
  missing: number
  oldFormat: number
  corrupt: number
  /** Of what could not be read. */
  reason: string | null
}

export interface ColumnCounts {
  /** Visible records looked at, matching or not. */
  records: number
  matched: number
  aborted: number
  markers: number
  missing: number
  oldFormat: number
  corrupt: number
  /** Of the batches begun, as stored. */
  bytes: number
  /** Of the records looked at, decompressed. */
  recordBytes: number
}

/** What was found out about the records of one piece, beside its rows. */
export interface Trial {
  /** Of each row. */
  readonly verdicts: readonly Verdict[]
  /** Of all rows. */
  readonly fields: readonly SampledField[]
}

/** Rows as packed columns, which lie in one buffer of their own or in a few, and can be transferred: see `transferList`. */
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
  /** Stored size of the batch that the record is in. */
  readonly batchSize: Int32Array<ArrayBuffer>
  /** The previews, one after the other, of what was decoded where there was a decoder. */
  readonly preview: Uint8Array<ArrayBuffer>
  /** Where they end: two numbers a row, of the key's and of the value's. */
  readonly ends: Int32Array<ArrayBuffer>
  /** Which of `decodings` a row's key (lower half) and value (upper half) have; empty where nothing was decoded. */
  readonly decodedAs: Int32Array<ArrayBuffer>
  readonly decodings: readonly Decoding[]
  /** Of values that are JSON and whose previews are cut: what says more of them; null: of none. */
  readonly shorts: MadeShort | null
  /** What was asked for of each row beside it; null: nothing. */
  readonly fields: TakenFields | null
  /** What was tried on the records; left out: nothing. */
  readonly trial?: Trial
  /** Every offset in [fromOffset, nextOffset) without a visible record; neighbours merged. */
  readonly holes: CountedHole[]
  /** Offsets of batches that were not opened, since their headers say that they lie outside the time wanted; neighbours merged. */
  readonly passed: { first: bigint; last: bigint }[]
  /** Records of which nobody can say whether they match, in order, and why; null: there are none. */
  readonly notJudged: { offset: BigInt64Array<ArrayBuffer>; reason: Uint8Array<ArrayBuffer> } | null
  /** null: they were not asked for. */
  readonly keys: RecordKeys | null
  /** What was counted of the matches beside; null: nothing was asked for. */
  readonly spreads: SpreadDelta | null
  /** What was written of the matches; null: nothing was asked for. */
  readonly lines: Uint8Array<ArrayBuffer> | null
  /** What could not be read, each with the offsets it claims, also where they are no hole of this range. */
  readonly problems: ProblemBatch[]
  readonly fromOffset: bigint
  readonly nextOffset: bigint
  readonly counts: ColumnCounts
  /**
   * `limit`: take again for more; `to`: the wanted range is read; `end`: the bytes are; `blocked`: the last problem hides
   * whatever follows it, and the same fetch would bring it again.
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
  // All columns lie in the buffer of the first.
  return [offset.buffer, ...taken.map(({ buffer }) => buffer)]
}
