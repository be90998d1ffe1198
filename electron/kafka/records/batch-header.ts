import { CODEC_MASK, CONTROL, DELETE_HORIZON, LOG_APPEND_TIME, TRANSACTIONAL } from './batch-attributes.ts'
import { codecOf } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { Compression, TimestampType } from './batch-types.ts'

/** Byte positions in the header of a v2 batch, from its start. */
export const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const

/** Bytes before the counted length: base offset and the length itself. */
export const FRAME_PREFIX = 12

/**
 * A v2 batch in place in the response: fields are read when asked for, because most walks need few. Valid as long as the bytes
 * are; `describeBatch` makes a copy.
 */
export class BatchView {
  readonly kind = 'batch'
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Set by the walker: the batch belongs to an aborted transaction. */
  aborted = false
  /** Set by the walker if it verifies checksums and still returns damaged batches. */
  crcBad = false
  readonly #view: DataView

  constructor(bytes: Uint8Array, view: DataView, start: number, end: number) {
    this.bytes = bytes
    this.#view = view
    this.start = start
    this.end = end
  }

  get baseOffset(): bigint {
    return this.#view.getBigInt64(this.start)
  }
  get lastOffset(): bigint {
    return this.baseOffset + BigInt(this.lastOffsetDelta)
  }
  get leaderEpoch(): number {
    return this.#view.getInt32(this.start + AT.leaderEpoch)
  }
  get magic(): number {
    return this.#view.getInt8(this.start + AT.magic)
  }
  get crc(): number {
    return this.#view.getUint32(this.start + AT.crc)
  }
  get attributes(): number {
    return this.#view.getInt16(this.start + AT.attributes)
  }
  get lastOffsetDelta(): number {
    return this.#view.getInt32(this.start + AT.lastOffsetDelta)
  }
  get baseTimestamp(): bigint {
    return this.#view.getBigInt64(this.start + AT.baseTimestamp)
  }
  get maxTimestamp(): bigint {
    return this.#view.getBigInt64(this.start + AT.maxTimestamp)
  }
  get producerId(): bigint {
    return this.#view.getBigInt64(this.start + AT.producerId)
  }
  get producerEpoch(): number {
    return this.#view.getInt16(this.start + AT.producerEpoch)
  }
  get baseSequence(): number {
    return this.#view.getInt32(this.start + AT.baseSequence)
  }
  get count(): number {
    return this.#view.getInt32(this.start + AT.count)
  }
  get sizeInBytes(): number {
    return this.end - this.start
  }
  get codecId(): number {
    return this.attributes & CODEC_MASK
  }
  /** null: an unknown codec. */
  get codec(): Compression | null {
    return codecOf(this.codecId)
  }
  get timestampType(): TimestampType {
    return (this.attributes & LOG_APPEND_TIME) === 0 ? 'CreateTime' : 'LogAppendTime'
  }
  get transactional(): boolean {
    return (this.attributes & TRANSACTIONAL) !== 0
  }
  get control(): boolean {
    return (this.attributes & CONTROL) !== 0
  }
  get deleteHorizon(): boolean {
    return (this.attributes & DELETE_HORIZON) !== 0
  }
  /** The records as stored: compressed, unless the codec is `none`. A view, not a copy. */
  get body(): Uint8Array {
    return this.bytes.subarray(this.start + AT.records, this.end)
  }
  computeCrc(): number {
    return crc32c(this.bytes, this.start + AT.attributes, this.end)
  }
}

/** A batch's header fields, without its bytes. */
export interface BatchInfo {
  readonly baseOffset: bigint
  readonly lastOffset: bigint
  readonly leaderEpoch: number
  readonly magic: number
  readonly crc: number
  /** Compared with the actual bytes. */
  readonly crcValid: boolean
  readonly codec: Compression | null
  readonly timestampType: TimestampType
  readonly transactional: boolean
  readonly control: boolean
  readonly deleteHorizon: boolean
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly count: number
  readonly sizeInBytes: number
}

export function describeBatch(batch: BatchView): BatchInfo {
  const { baseOffset, lastOffset, leaderEpoch, magic, crc, codec, timestampType, transactional, control } = batch
  const { deleteHorizon, baseTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence, count, sizeInBytes } =
    batch
  return {
    baseOffset,
    lastOffset,
    leaderEpoch,
    magic,
    crc,
    crcValid: batch.computeCrc() === crc,
    codec,
    timestampType,
    transactional,
    control,
    deleteHorizon,
    baseTimestamp,
    maxTimestamp,
    producerId,
    producerEpoch,
    baseSequence,
    count,
    sizeInBytes,
  }
}
