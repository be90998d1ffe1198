import { CONTROL, LOG_APPEND_TIME, TRANSACTIONAL } from './batch-attributes.ts'
import { AT, type BatchView, FRAME_PREFIX } from './batch-header.ts'
import { compress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { CODECS, type Compression, type RecordHeader, type TimestampType } from './batch-types.ts'

export interface RecordToWrite {
  readonly timestamp: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

export interface BatchOptions {
  readonly codec?: Compression
  readonly timestampType?: TimestampType
  /** With LogAppendTime: the broker's timestamp. */
  readonly maxTimestamp?: bigint
  readonly baseOffset?: bigint
  readonly leaderEpoch?: number
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly transactional?: boolean
  readonly control?: boolean
  /** Set where compaction left gaps: the offset of each record relative to the base, and that of the last one there was. */
  readonly offsetDeltas?: readonly number[]
  readonly lastOffsetDelta?: number
}

/** Builds one v2 batch of all the records; the caller decides how many, using `recordSize` and `batchSize`. */
export function writeBatch(records: readonly RecordToWrite[], options: BatchOptions = {}): Uint8Array<ArrayBuffer> {
  const baseTimestamp = records[0]?.timestamp ?? -1n
  const plain = Buffer.allocUnsafeSlow(bodySize(records, options.offsetDeltas))
  const out = new RecordOutput(plain)
  records.forEach((record, i) => out.record(record, options.offsetDeltas?.[i] ?? i, baseTimestamp))
  let newest = baseTimestamp
  for (const { timestamp } of records) if (timestamp > newest) newest = timestamp
  return assembleBatch(plain, {
    ...options,
    count: records.length,
    baseTimestamp,
    maxTimestamp: options.maxTimestamp ?? newest,
    lastOffsetDelta: options.lastOffsetDelta ?? options.offsetDeltas?.at(-1) ?? Math.max(records.length - 1, 0),
  })
}

export interface BatchHead extends Omit<BatchOptions, 'offsetDeltas'> {
  readonly count: number
  /** What the records' timestamp deltas are relative to. */
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly lastOffsetDelta: number
}

/** Puts a header before encoded records, and compresses them. */
export function assembleBatch(records: Uint8Array, facts: BatchHead): Uint8Array<ArrayBuffer> {
  const codec = facts.codec ?? 'none'
  // An empty batch has an empty body, whatever its codec.
  const body = facts.count === 0 ? records : compress(codec, records)
  const batch = new Uint8Array(AT.records + body.length)
  const view = new DataView(batch.buffer)
  view.setBigInt64(AT.baseOffset, facts.baseOffset ?? 0n)
  view.setInt32(AT.length, batch.length - FRAME_PREFIX)
  view.setInt32(AT.leaderEpoch, facts.leaderEpoch ?? -1)
  view.setInt8(AT.magic, 2)
  const attributes =
    CODECS.indexOf(codec) |
    (facts.timestampType === 'LogAppendTime' ? LOG_APPEND_TIME : 0) |
    (facts.transactional ? TRANSACTIONAL : 0) |
    (facts.control ? CONTROL : 0)
  view.setInt16(AT.attributes, attributes)
  view.setInt32(AT.lastOffsetDelta, facts.lastOffsetDelta)
  view.setBigInt64(AT.baseTimestamp, facts.baseTimestamp)
  view.setBigInt64(AT.maxTimestamp, facts.maxTimestamp)
  view.setBigInt64(AT.producerId, facts.producerId ?? -1n)
  view.setInt16(AT.producerEpoch, facts.producerEpoch ?? -1)
  view.setInt32(AT.baseSequence, facts.baseSequence ?? -1)
  view.setInt32(AT.count, facts.count)
  batch.set(body, AT.records)
  view.setUint32(AT.crc, crc32c(batch, AT.attributes))
  return batch
}

/**
 * The exact size of the uncompressed batch.
 * @internal Outside its file only tests use it.
 */
export function batchSize(records: readonly RecordToWrite[]): number {
  return AT.records + bodySize(records)
}

/** The bytes of an uncompressed batch before its first record. */
export const BATCH_OVERHEAD: number = AT.records

/** The exact number of bytes that one record adds: so a batch can be filled to a limit without building it. */
export function recordSize(record: RecordToWrite, offsetDelta: number, baseTimestamp: bigint): number {
  const size = recordBodySize(record, offsetDelta, baseTimestamp)
  return varintSize(size) + size
}

export interface HeaderChanges {
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly baseOffset?: bigint
  readonly leaderEpoch?: number
  /** Added to the base timestamp and the max timestamp, and so to each record's. */
  readonly timestampShift?: bigint
  readonly transactional?: boolean
}

/** Why a stored batch cannot be produced unchanged; null: it can. */
export function passThroughObstacle(batch: BatchView): string | null {
  if (batch.control) return 'it is a transaction marker'
  if (batch.codec === null) return 'its compression is unknown'
  if (batch.count < 1) return 'it is empty'
  // Brokers refuse a produced batch whose offsets have gaps: compaction removed records from this one.
  if (batch.count !== batch.lastOffsetDelta + 1) return 'compaction took records out of it'
  // Brokers refuse LogAppendTime from a producer; the deltas of its records are the older create times.
  if (batch.timestampType === 'LogAppendTime') return 'its records carry the time of the append'
  if (batch.deleteHorizon) return 'its base timestamp holds a delete horizon'
  return null
}

/**
 * A copy of the batch for another producer, with its records unchanged and undecoded, and a new checksum. The old checksum is
 * not verified: do that first, or damage gets a valid checksum. See `passThroughObstacle`.
 */
export function rewriteBatchHeader(batch: BatchView, changes: HeaderChanges): Uint8Array {
  const copy = batch.bytes.slice(batch.start, batch.end)
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength)
  let attributes = view.getInt16(AT.attributes)
  if (changes.transactional !== undefined) {
    attributes = changes.transactional ? attributes | TRANSACTIONAL : attributes & ~TRANSACTIONAL
  }
  view.setInt16(AT.attributes, attributes)
  view.setBigInt64(AT.baseOffset, changes.baseOffset ?? 0n)
  view.setInt32(AT.leaderEpoch, changes.leaderEpoch ?? -1)
  view.setBigInt64(AT.producerId, changes.producerId ?? -1n)
  view.setInt16(AT.producerEpoch, changes.producerEpoch ?? -1)
  view.setInt32(AT.baseSequence, changes.baseSequence ?? -1)
  const shift = changes.timestampShift ?? 0n
  if (shift !== 0n) {
    view.setBigInt64(AT.baseTimestamp, batch.baseTimestamp + shift)
    view.setBigInt64(AT.maxTimestamp, batch.maxTimestamp + shift)
  }
  view.setUint32(AT.crc, crc32c(copy, AT.attributes))
  return copy
}

/**
 * The marker that ends a transaction, as a broker writes it.
 * @internal Outside its file only tests use it.
 */
export function writeControlBatch(
  type: 'commit' | 'abort',
  options: BatchOptions & { readonly timestamp?: bigint; readonly coordinatorEpoch?: number },
): Uint8Array {
  const key = Uint8Array.from([0, 0, 0, type === 'commit' ? 1 : 0])
  const value = new Uint8Array(6)
  new DataView(value.buffer).setInt32(2, options.coordinatorEpoch ?? 0)
  const record = { timestamp: options.timestamp ?? 0n, key, value, headers: [] }
  return writeBatch([record], { ...options, transactional: true, control: true })
}

function bodySize(records: readonly RecordToWrite[], offsetDeltas?: readonly number[]): number {
  const base = records[0]?.timestamp ?? -1n
  return records.reduce((sum, record, i) => sum + recordSize(record, offsetDeltas?.[i] ?? i, base), 0)
}

function recordBodySize(record: RecordToWrite, offsetDelta: number, baseTimestamp: bigint): number {
  let size = 1 + varlongSize(record.timestamp - baseTimestamp) + varintSize(offsetDelta)
  size += bytesSize(record.key) + bytesSize(record.value) + varintSize(record.headers.length)
  for (const { name, value } of record.headers) size += bytesSize(name) + bytesSize(value)
  return size
}

const bytesSize = (bytes: Uint8Array | null): number => (bytes === null ? 1 : varintSize(bytes.length) + bytes.length)

/** For a zigzag-encoded value; n is never below −1 here. */
function varintSize(n: number): number {
  let rest = n < 0 ? 1 : n * 2
  let size = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

const SMALL = 2n ** 30n

function varlongSize(n: bigint): number {
  let rest = zigzag64(n)
  let size = 1
  for (; rest > 127n; rest >>= 7n) size++
  return size
}

/** The difference of two int64 may need 65 bits; it wraps around, and wraps back when it is read. */
function zigzag64(n: bigint): bigint {
  const wrapped = n < SMALL && n > -SMALL ? n : BigInt.asIntN(64, n)
  return BigInt.asUintN(64, (wrapped << 1n) ^ (wrapped >> 63n))
}

class RecordOutput {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  record(record: RecordToWrite, offsetDelta: number, baseTimestamp: bigint): void {
    this.#varint(recordBodySize(record, offsetDelta, baseTimestamp))
    this.#bytes[this.#at++] = 0
    this.#varlong(record.timestamp - baseTimestamp)
    this.#varint(offsetDelta)
    this.#data(record.key)
    this.#data(record.value)
    this.#varint(record.headers.length)
    for (const { name, value } of record.headers) {
      this.#data(name)
      this.#data(value)
    }
  }

  #data(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.#varint(-1)
      return
    }
    this.#varint(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #varint(n: number): void {
    let rest = ((n << 1) ^ (n >> 31)) >>> 0
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#at++] = rest
  }

  #varlong(n: bigint): void {
    let rest = zigzag64(n)
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#at++] = Number(rest)
  }
}
