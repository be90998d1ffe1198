import type { PreviewRecord } from '#shared/contract/produce.ts'
import type { DecodeChoice } from '#shared/model/decode-choice.ts'
import type { UsedSchema } from '#shared/model/decoded.ts'
import type { LinePart, PartInput, ProduceSource, RecordInput, WireFrame } from '#shared/model/produce.ts'
import { writtenSchemaId, type SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaType } from '#shared/model/schema.ts'
import type { EncodeProblem } from '../decode/codec.ts'
import type { WireIds } from '../decode/framing/write-frame.ts'
import type { OutBatch } from '../sending/out-batch.ts'

export type PartName = 'key' | 'value'
type BySchema = Extract<PartInput | LinePart, { as: 'schema' }>

/** A schema that the main thread has found for a part. */
export interface FoundForPart {
  /** Its name within this task. */
  use: string
  /** How workers load it: always the same version, even if a newer one is registered. */
  find: SchemaId
  frame: WireFrame
  ids: WireIds
}

/** Equal for equal part, schema, message and frame. */
export function schemaRef(
  part: PartName,
  { schema, message, frame }: Pick<BySchema, 'schema' | 'message' | 'frame'>,
): string {
  const named = schema.by === 'naming' ? JSON.stringify(schema) : writtenSchemaId(schema)
  return JSON.stringify([part, named, message, frame])
}

export type LineSource = Extract<ProduceSource, { kind: 'lines' }>

/** Some records of a source, in order. `first` is the number of its first record or line, from 1. */
export type ComposeFrom =
  | { kind: 'records'; first: number; records: readonly RecordInput[] }
  | { kind: 'generated'; first: number; record: RecordInput; count: number }
  | ({ kind: 'lines'; first: number; bytes: Uint8Array } & Pick<
      LineSource,
      'key' | 'value' | 'partitioning' | 'timestamps'
    >)

/** How all records of a source are made. */
export interface ComposeSettings {
  connection: string
  /** How many partitions the topic has. */
  partitions: number
  schemas: readonly FoundForPart[]
  /** For schemas that only a line names. */
  frame: WireFrame
  /** The decoding choice for the topic's keys and values; null: none. */
  chosen: Readonly<Record<PartName, DecodeChoice | null>>
  seed: number
  /** Bytes of a batch; null: make no batches. */
  maxBatchBytes: number | null
  /** How many records to preview. */
  show: number
}

/** A problem with one record. */
export interface ComposeProblem extends EncodeProblem {
  line: number
  part: 'line' | 'key' | 'value' | 'headers' | 'partition'
  /** For a header: which one, and which part of it. */
  header?: { index: number; of: 'name' | 'value' }
}

/** A schema that only lines named. */
export interface UsedByLine {
  part: PartName
  schema: UsedSchema
  type: SchemaType
  frame: WireFrame
  message: string | null
}

/** The result for a part; `size` null: it has problems, −1: it is null. */
export interface ComposedPart {
  size: number | null
  /** The text after generators were replaced; null: it has none. */
  rendered: string | null
}

export interface Composed {
  /** For the senders; source offsets are line numbers. */
  batches: OutBatch[]
  records: number
  /** Bytes of keys, values and headers. */
  bytes: number
  tombstones: number
  withoutKey: number
  /** The largest record, as a batch of its own. */
  largest: { line: number; bytes: number } | null
  /** Among the timestamps that were given. */
  oldest: bigint | null
  newest: bigint | null
  /** How many records go to each partition. */
  places: [partition: number, records: number][]
  /** All problems of the first bad records. */
  problems: ComposeProblem[]
  bad: number
  preview: PreviewRecord[]
  used: UsedByLine[]
  /** The parts of the last record. */
  parts: Record<PartName, ComposedPart>
  addedHeaders: string[]
  /** Lines that were read, including blank ones. */
  lines: number
}
