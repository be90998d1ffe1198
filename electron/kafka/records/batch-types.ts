/** How the records of a batch are compressed, in the order of the attribute bits 0–2. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof CODECS)[number]

export type TimestampType = 'CreateTime' | 'LogAppendTime'

/** Why a batch, or part of it, could not be read. */
export type ProblemReason =
  /** The frame's length is impossible, so nothing after it in these bytes can be found either. */
  | 'bad-length'
  | 'unknown-magic'
  /** The stored checksum differs from that of the bytes. */
  | 'bad-crc'
  /** Negative offsets, or a batch that starts before its predecessor ended. */
  | 'bad-offset'
  | 'unknown-codec'
  /** Decompressed it would exceed our limit. */
  | 'too-large'
  | 'bad-compression'
  /** The header's record count and the records disagree. */
  | 'bad-count'
  /** An impossible length, varint or header inside a record. */
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
  /** Bytes of the frame; 0 if even that is unknown. */
  readonly sizeInBytes: number
  /** False: nothing after it in these bytes can be found, so the walk ends here. */
  readonly canContinue: boolean
}

/**
 * An entry in the message format before Kafka 0.11 (magic 0 or 1). Its content is not decoded; its offsets are reported. A
 * compressed wrapper names only its last offset, so `first` is then where the entry before it ended.
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

/** Kafka allows duplicate names in any order, null or empty values, and names that are not UTF-8. */
export interface RecordHeader {
  readonly name: Uint8Array
  readonly value: Uint8Array | null
}

/**
 * The largest decompressed batch that is held. Brokers limit only the compressed size, so a few kilobytes may claim gigabytes;
 * 128 MiB is enough for the largest records seen in practice.
 */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 128 << 20
