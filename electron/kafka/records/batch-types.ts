/** How the records of a batch are compressed, in the order of the attribute bits 0–2. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof CODECS)[number]

export type TimestampType = 'CreateTime' | 'LogAppendTime'

/** Why (a part of) a batch could not be read. */
export type ProblemReason =
  /** The frame's length cannot be right, so nothing behind it in these bytes can be found either. */
  | 'bad-length'
  | 'unknown-magic'
  /** The stored checksum differs from the one of the bytes. */
  | 'bad-crc'
  /** Negative offsets, or a batch that starts before its predecessor ended. */
  | 'bad-offset'
  | 'unknown-codec'
  /** Decompressed it would be larger than the limit we allow. */
  | 'too-large'
  | 'bad-compression'
  /** The header's record count and the records disagree. */
  | 'bad-count'
  /** A length, a varint or a header inside a record cannot be right. */
  | 'bad-record'

export interface Problem {
  readonly reason: ProblemReason
  /** A sentence fragment for the developer who looks at the batch. */
  readonly detail: string
}

/** A batch (or the rest of one) that cannot be read: the offsets it claims, and whether that claim can be trusted. */
export interface ProblemBatch extends Problem {
  readonly kind: 'problem'
  readonly first: bigint
  readonly last: bigint
  /** Bytes of the frame; 0 where even that is unknown. */
  readonly sizeInBytes: number
  /** False: nothing behind it in these bytes can be found, the walk ends here. */
  readonly canContinue: boolean
}

/**
 * An entry in the message format of before Kafka 0.11 (magic 0 or 1). Its content is not decoded; its offsets are reported.
 * A compressed wrapper names only its last offset, so `first` is then where the entry before it ended.
 */
export interface OldFormatBatch {
  readonly kind: 'old-format'
  readonly magic: 0 | 1
  readonly first: bigint
  readonly last: bigint
  readonly sizeInBytes: number
}

/** From a Fetch response at isolation 1: records of this producer from this offset on, up to its abort marker, are aborted. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** Kafka allows a name any number of times, in any order, a null or empty value, and names that are not UTF-8. */
export interface RecordHeader {
  readonly name: Uint8Array
  readonly value: Uint8Array | null
}

/**
 * The largest decompressed batch we hold. Brokers limit the compressed size only, so a few kilobytes can claim gigabytes;
 * 128 MiB lets through a batch of the largest records seen in practice.
 */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 128 << 20
