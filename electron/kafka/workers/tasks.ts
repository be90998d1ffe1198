import type { RecordFilter } from '#shared/filters/filter.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { DecodedAt } from '../decode/decoder.ts'
import type { SchemaAnswer, SchemaAsk } from '../decode/worker-schemas.ts'
import type { DecodingSetup } from '../decode/decoding-setup.ts'
import type { ColumnOptions, RecordColumns } from '../records/column-types.ts'
import type { Composed, ComposeFrom, ComposeSettings } from '../produce/compose-task.ts'
import type { SourcePart, TransformedPart, TransformOptions } from '../replay/transform-records.ts'
import type { DecodedHeader, StoredHeader } from './decode-headers.ts'
import type { OffsetsFilter } from './offsets-filter.ts'
import type { DecodedOffset, DecodeOneOptions } from '../records/one-record.ts'

/** One partition's bytes within a task's buffer, and how to decode them. */
export interface ColumnPart {
  offset: number
  length: number
  options: PartOptions
}

/** Functions cannot be sent to a worker. */
export interface PartOptions extends Omit<ColumnOptions, 'judge' | 'decoder' | 'spreads' | 'lines'> {
  /** Decode keys and values as those of this partition; left out: previews show the stored bytes. */
  decodedAt?: DecodedAt
  /** The number of a kept filter: only matching records become rows. Needs `decodedAt`. */
  matching?: number
  /** Every record becomes a row, with the result of a trial (`trial` of the columns). Needs `decodedAt`. */
  trial?: {
    /** The number of the kept filter to try; null: sample the fields instead. */
    filter: number | null
  }
  /** Fields to read from each row. Needs `decodedAt`. */
  fields?: readonly RowField[]
  /** How long to wait for requested schemas; default `look`. */
  patience?: Patience
  /** How to count matches, without making rows of them. Needs `decodedAt`. */
  spreads?: readonly SpreadRequest[]
  /** How to write matches as lines, without making rows of them. Needs `decodedAt`. */
  lines?: LineFormat
  /** Stop after this many rows (the rest is fetched again when wanted); left out: everything, in pieces. */
  maxRows?: number
  /** The approximate size of pieces; left out: as large as allowed. */
  pieces?: PieceLimits
}

export interface PieceLimits {
  rows: number
  bytes: number
}

/**
 * How long to wait for a schema, counted from when it was first requested, so that a slow registry delays nobody more than
 * once: for rows in a list, if all rows of a piece lack one (rows that need none are not delayed); for a record that is opened;
 * and where a value that is not decoded would make the answer wrong.
 */
export const patienceMs = { look: 300, open: 2_000, whole: 40_000 }
export type Patience = keyof typeof patienceMs

export interface OneOptions extends DecodeOneOptions {
  decodedAt: DecodedAt
  /** Default `open`. */
  patience?: Patience
}

export type DecodeTask =
  /** The buffer is transferred to the worker, so all partitions of one response go in one task. */
  | { kind: 'columns'; buffer: ArrayBuffer; parts: ColumnPart[] }
  | { kind: 'one'; buffer: ArrayBuffer; offset: number; length: number; at: bigint; options: OneOptions }
  /** A page of a record's headers; the caller limits its size. */
  | { kind: 'headers'; at: DecodedAt; key: Uint8Array | null; headers: readonly StoredHeader[]; patience: Patience }
  /** A replay's chunk: `part.records` is in the buffer. */
  | { kind: 'transform'; buffer: ArrayBuffer; part: Omit<SourcePart, 'records'>; options: TransformOptions }
  /** A part of a source to encode, limited by the caller. */
  | { kind: 'encode'; from: ComposeFrom; settings: ComposeSettings }

export type DecodeResult =
  /** For each part its pieces, in order; more than one if a single one would have been too large. */
  | { kind: 'columns'; parts: RecordColumns[][] }
  | { kind: 'one'; decoded: DecodedOffset; key: Decoded | null; value: Decoded | null }
  | { kind: 'headers'; headers: DecodedHeader[] }
  | { kind: 'transform'; part: TransformedPart }
  | { kind: 'encode'; composed: Composed }

/**
 * Something that every worker keeps between tasks, received before the first task that refers to it. A new kind is one more of
 * these.
 */
export type Kept =
  | { kind: 'filter'; filter: RecordFilter | OffsetsFilter }
  /** The last one of a connection applies. */
  | { kind: 'decoding'; connection: string; setup: DecodingSetup }
  | ({ kind: 'schema'; answer: SchemaAnswer } & SchemaAsk)

export type TaskMessage =
  | { id: number; task: DecodeTask }
  /** null: it is no longer needed. */
  | { keep: number; kept: Kept | null }

export type ReplyMessage =
  /** It is loaded, and accepts tasks from now on. */
  | { ready: true }
  /** `used`: which kept schemas it used since the last reply. */
  | { id: number; result: DecodeResult; used: number[] }
  | { id: number; error: string }
  /** The task waits for something to be loaded, and the worker can run others. */
  | { id: number; waits: true }
  /** A schema that it lacks: to be kept for all workers, or the reason why there is none. */
  | { ask: SchemaAsk }

export interface WorkerData {
  /** The id of the task that the worker is running, 0 between tasks: if it dies, it died of this one. */
  running: Int32Array<SharedArrayBuffer>
}
