import { describeBatch, type BatchInfo } from './batch-header.ts'
import { BatchWalker, type WalkOptions } from './batch-walker.ts'
import { markerOf, type ControlMarker } from './control-records.ts'
import { packHeaders, type PackedHeaders } from './headers.ts'
import { RecordCursor } from './record-cursor.ts'
import type { OldFormatBatch, ProblemBatch, TimestampType } from './batch-types.ts'

/** A complete record; all bytes are copies. */
export interface DecodedRecord {
  readonly kind: 'record'
  readonly offset: bigint
  readonly timestamp: bigint
  readonly timestampType: TimestampType
  readonly attributes: number
  readonly key: Uint8Array<ArrayBuffer> | null
  readonly value: Uint8Array<ArrayBuffer> | null
  readonly headers: PackedHeaders
  /** Its size in the decompressed batch. */
  readonly sizeInBytes: number
  readonly aborted: boolean
  readonly batch: BatchInfo
}

export type DecodedOffset =
  | DecodedRecord
  | {
      readonly kind: 'marker'
      readonly offset: bigint
      readonly marker: ControlMarker | null
      readonly batch: BatchInfo
    }
  /** No record has this offset any more: the batch around it (null: none) and the next offset that may have a record. */
  | { readonly kind: 'missing'; readonly offset: bigint; readonly nextOffset: bigint; readonly batch: BatchInfo | null }
  | OldFormatBatch
  | ProblemBatch
  /** These bytes end before the offset. */
  | { readonly kind: 'not-here'; readonly nextOffset: bigint }

export interface DecodeOneOptions extends Omit<WalkOptions, 'fromOffset'> {
  readonly maxDecompressedBytes?: number
}

/**
 * The record at an offset, or what is there instead. The bytes must start at or before the batch that holds it. A batch with a
 * bad checksum is still decoded unless `verifyCrc` says otherwise; see `batch.crcValid`.
 */
export function decodeOne(bytes: Uint8Array, offset: bigint, options: DecodeOneOptions = {}): DecodedOffset {
  const walker = new BatchWalker(bytes, { ...options, fromOffset: offset })
  for (let item = walker.next(); item !== null; item = walker.next()) {
    if (item.kind === 'problem') {
      if (!item.canContinue || (item.first <= offset && offset <= item.last)) return item
      continue
    }
    if (item.kind === 'old-format') {
      if (item.first <= offset) return item
      return { kind: 'missing', offset, nextOffset: item.first, batch: null }
    }
    if (item.baseOffset > offset) return { kind: 'missing', offset, nextOffset: item.baseOffset, batch: null }
    const batch = describeBatch(item)
    if (item.control) return { kind: 'marker', offset, marker: markerOf(item), batch }
    const cursor = new RecordCursor()
    let problem = cursor.open(item, options.maxDecompressedBytes)
    while (problem === null && cursor.next()) {
      const at = cursor.offset
      if (at === offset) return readRecord(cursor, batch, item.aborted)
      if (at > offset) return { kind: 'missing', offset, nextOffset: at, batch }
    }
    problem ??= cursor.problem
    if (problem === null) return { kind: 'missing', offset, nextOffset: batch.lastOffset + 1n, batch }
    const { sizeInBytes } = batch
    return { kind: 'problem', ...problem, first: offset, last: batch.lastOffset, sizeInBytes, canContinue: true }
  }
  return { kind: 'not-here', nextOffset: walker.nextOffset }
}

function readRecord(cursor: RecordCursor, batch: BatchInfo, aborted: boolean): DecodedRecord {
  return {
    kind: 'record',
    offset: cursor.offset,
    timestamp: cursor.timestamp,
    timestampType: batch.timestampType,
    attributes: cursor.attributes,
    key: copy(cursor.key()),
    value: copy(cursor.value()),
    headers: packHeaders(cursor),
    sizeInBytes: cursor.sizeInBytes,
    aborted,
    batch,
  }
}

// Not slice(): on a Buffer that returns a view, which would keep the whole response in memory.
const copy = (bytes: Uint8Array | null): Uint8Array<ArrayBuffer> | null =>
  bytes === null ? null : new Uint8Array(bytes)
