import type { Decoded } from '#shared/model/decoded.ts'
import type { DecodeContext } from '../decode/decoder.ts'
import type { ColumnOptions, RecordColumns } from '../records/column-types.ts'
import type { SourcePart, TransformedPart, TransformOptions } from '../replay/transform.ts'
import type { DecodedOffset, DecodeOneOptions } from '../records/decode-one.ts'

/** One partition's bytes within a task's buffer, and how to decode them. */
export interface ColumnPart {
  offset: number
  length: number
  options: PartOptions
}

/** Functions cannot cross to a worker. */
export interface PartOptions extends Omit<ColumnOptions, 'accept' | 'decoder'> {
  /** Say what keys and values mean, as those of this partition; left out: previews are of the bytes as they are. */
  decodedAt?: Omit<DecodeContext, 'part'>
  /** Stop after so many rows (the rest is then fetched again when wanted); left out: everything, in pieces. */
  maxRows?: number
}

export interface OneOptions extends DecodeOneOptions {
  decodedAt: Omit<DecodeContext, 'part'>
}

export type DecodeTask =
  /** The buffer is moved to the worker, so all partitions of one response go in one task. */
  | { kind: 'columns'; buffer: ArrayBuffer; parts: ColumnPart[] }
  | { kind: 'one'; buffer: ArrayBuffer; offset: number; length: number; at: bigint; options: OneOptions }
  /** A replay's chunk: `part.records` lies in the buffer. */
  | { kind: 'transform'; buffer: ArrayBuffer; part: Omit<SourcePart, 'records'>; options: TransformOptions }

export type DecodeResult =
  /** Per part its pieces, in order; more than one where a single one would have become too large. */
  | { kind: 'columns'; parts: RecordColumns[][] }
  | { kind: 'one'; decoded: DecodedOffset; key: Decoded | null; value: Decoded | null }
  | { kind: 'transform'; part: TransformedPart }

export interface TaskMessage {
  id: number
  task: DecodeTask
}

export type ReplyMessage = { id: number; result: DecodeResult } | { id: number; error: string }
