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

/** A schema as main has found it for a part. */
export interface FoundForPart {
  /** What names it in this task. */
  use: string
  /** By which workers get it: always the same one, whatever becomes the latest. */
  find: SchemaId
  frame: WireFrame
  ids: WireIds
}

/** The same for the same part, schema, message and frame. */
export function schemaRef(
  part: PartName,
  { schema, message, frame }: Pick<BySchema, 'schema' | 'message' | 'frame'>,
): string {
  const named = schema.by === 'naming' ? JSON.stringify(schema) : writtenSchemaId(schema)
  return JSON.stringify([part, named, message, frame])
}

export type LineSource = Extract<ProduceSource, { kind: 'lines' }>

/** Some of what a source holds, in its order. `first` is the number of its first record or line, from 1. */
export type ComposeFrom =
  | { kind: 'records'; first: number; records: readonly RecordInput[] }
  | { kind: 'generated'; first: number; record: RecordInput; count: number }
  | ({ kind: 'lines'; first: number; bytes: Uint8Array } & Pick<
      LineSource,
      'key' | 'value' | 'partitioning' | 'timestamps'
    >)

/** How all that a source holds is made to records. */
export interface ComposeSettings {
  connection: string
  /** How many the topic has. */
  partitions: number
  schemas: readonly FoundForPart[]
  /** Of schemas that only a line names. */
  frame: WireFrame
  /** What was chosen for the topic's keys and values; null: nothing. */
  chosen: Readonly<Record<PartName, DecodeChoice | null>>
  seed: number
  /** Of a batch; null: none are made. */
  maxBatchBytes: number | null
  /** So many records are shown. */
  show: number
}

/** A problem with one record. */
export interface ComposeProblem extends EncodeProblem {
  line: number
  part: 'line' | 'key' | 'value' | 'headers' | 'partition'
  /** Which one, and what of it. */
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

/** What came of a part; `size` null: it has problems, −1: it is null. */
export interface ComposedPart {
  size: number | null
  /** What generators made of it; null: there are none in it. */
  rendered: string | null
}

export interface Composed {
  /** For the senders; source offsets are the numbers of lines. */
  batches: OutBatch[]
  records: number
  /** Of keys, values and headers. */
  bytes: number
  tombstones: number
  withoutKey: number
  /** The record that takes most, in a batch of its own. */
  largest: { line: number; bytes: number } | null
  /** Of timestamps that were given. */
  oldest: bigint | null
  newest: bigint | null
  /** Records of each partition. */
  places: [partition: number, records: number][]
  /** All problems of the first bad records. */
  problems: ComposeProblem[]
  bad: number
  preview: PreviewRecord[]
  used: UsedByLine[]
  /** Of the last record. */
  parts: Record<PartName, ComposedPart>
  addedHeaders: string[]
  /** Lines that were gone through, blank ones too. */
  lines: number
}
