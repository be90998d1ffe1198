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

/** Functions cannot cross to a worker. */
export interface PartOptions extends Omit<ColumnOptions, 'judge' | 'decoder' | 'spreads' | 'lines'> {
  /** Say what keys and values mean, as those of this partition; left out: previews are of the bytes as they are. */
  decodedAt?: DecodedAt
  /** The filter that is kept under this number: only what it matches becomes rows. Takes `decodedAt`. */
  matching?: number
  /** Every record becomes a row, and what is tried on them comes beside (`trial` of the columns). Takes `decodedAt`. */
  trial?: {
    /** The filter that judges them, kept under this number; null: their fields are sampled. */
    filter: number | null
  }
  /** What to take out of each row beside it. Takes `decodedAt`. */
  fields?: readonly RowField[]
  /** How long rows wait for schemas that were asked for; default `look`. */
  patience?: Patience
  /** How to count matches beside, of which no rows are made. Takes `decodedAt`. */
  spreads?: readonly SpreadRequest[]
  /** How to write matches as lines, of which no rows are made. Takes `decodedAt`. */
  lines?: LineFormat
  /** Stop after so many rows (the rest is then fetched again when wanted); left out: everything, in pieces. */
  maxRows?: number
  /** Pieces end about here; left out: they are as large as may be. */
  pieces?: PieceLimits
}

export interface PieceLimits {
  rows: number
  bytes: number
}

/**
 * How long is waited for a schema, counted from when it was first asked for, so that a slow registry holds nobody up more than
 * once: for rows that are looked at, where all of a piece lack one (a row that needs none is never kept waiting); for a record
 * that is opened; and where what is not decoded would be a wrong answer.
 */
export const patienceMs = { look: 300, open: 2_000, whole: 40_000 }
export type Patience = keyof typeof patienceMs

export interface OneOptions extends DecodeOneOptions {
  decodedAt: DecodedAt
  /** Default `open`. */
  patience?: Patience
}

export type DecodeTask =
  /** The buffer is moved to the worker, so all partitions of one response go in one task. */
  | { kind: 'columns'; buffer: ArrayBuffer; parts: ColumnPart[] }
  | { kind: 'one'; buffer: ArrayBuffer; offset: number; length: number; at: bigint; options: OneOptions }
  /** A page of a record's headers; whoever gives it bounds its size. */
  | { kind: 'headers'; at: DecodedAt; key: Uint8Array | null; headers: readonly StoredHeader[]; patience: Patience }
  /** A replay's chunk: `part.records` lies in the buffer. */
  | { kind: 'transform'; buffer: ArrayBuffer; part: Omit<SourcePart, 'records'>; options: TransformOptions }
  /** What is to be written: some of a source, which whoever gives it bounds. */
  | { kind: 'encode'; from: ComposeFrom; settings: ComposeSettings }

export type DecodeResult =
  /** Per part its pieces, in order; more than one where a single one would have become too large. */
  | { kind: 'columns'; parts: RecordColumns[][] }
  | { kind: 'one'; decoded: DecodedOffset; key: Decoded | null; value: Decoded | null }
  | { kind: 'headers'; headers: DecodedHeader[] }
  | { kind: 'transform'; part: TransformedPart }
  | { kind: 'encode'; composed: Composed }

/** What every worker holds between tasks, from before the first task that names it. A new kind is one more of these. */
export type Kept =
  | { kind: 'filter'; filter: RecordFilter | OffsetsFilter }
  /** The last one of a connection holds. */
  | { kind: 'decoding'; connection: string; setup: DecodingSetup }
  | ({ kind: 'schema'; answer: SchemaAnswer } & SchemaAsk)

export type TaskMessage =
  | { id: number; task: DecodeTask }
  /** null: it is needed no more. */
  | { keep: number; kept: Kept | null }

export type ReplyMessage =
  /** It is loaded, and takes tasks from here on. */
  | { ready: true }
  /** `used`: which kept schemas it took since the last reply. */
  | { id: number; result: DecodeResult; used: number[] }
  | { id: number; error: string }
  /** The task waits for something that is on its way, and the worker can do others. */
  | { id: number; waits: true }
  /** A schema that it lacks: to be kept for all workers, or the reason why there is none. */
  | { ask: SchemaAsk }

export interface WorkerData {
  /** The id of the task that the worker is at, 0 between them: what it died of, where it dies. */
  running: Int32Array<SharedArrayBuffer>
}
