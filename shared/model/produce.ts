import { z } from 'zod'
import { DecodeChoice } from './decode-choice.ts'
import { PartitionId, Timestamp } from './ids.ts'
import { SchemaId } from './schema-id.ts'
import { NamingStrategy } from './subject-names.ts'

/** Bytes of one key, value or header as it is typed; a message to the app carries 8 MiB. */
export const MOST_TYPED = 7 << 20
/** Headers per record; records with more can be copied as a range. */
export const MOST_HEADERS = 10_000
/** Records typed or pasted at once; more can come from a file or a generator. */
export const MOST_RECORDS = 1_000
/** Records made by a generator, or taken from a file. */
export const MOST_PRODUCED = 1_000_000
/** Records per second. */
export const MOST_RATE = 100_000

/**
 * How bytes name their schema, as serialisers write it: Confluent's (id or GUID before the data, or a GUID in a header),
 * Apicurio's (an id of 4 or 8 bytes before the data, or in headers), or not at all: then the reader has to know it.
 */
export const WireFrame = z.enum([
  'confluent-id',
  'confluent-guid',
  'confluent-header',
  'apicurio-4',
  'apicurio-8',
  'apicurio-header',
  'none',
])
export type WireFrame = z.infer<typeof WireFrame>

const Typed = z.string().max(MOST_TYPED)

/**
 * By the naming rules of Confluent's serialisers; `record` is the name that RecordName and TopicRecordName use:
 * "com.acme.Order".
 */
const ByNaming = z.strictObject({
  by: z.literal('naming'),
  strategy: NamingStrategy,
  record: z.string().max(1_000).nullable().default(null),
  /** null: the latest. */
  version: z.number().int().min(1).nullable().default(null),
})

/**
 * The schema to write with: of a subject (its version null: the latest), of an id, or of the subject that the topic's naming
 * rule gives.
 */
export const SchemaToUse = z.discriminatedUnion('by', [ByNaming, SchemaId])
export type SchemaToUse = z.infer<typeof SchemaToUse>

const plainInputs = [
  z.strictObject({ as: z.literal('text'), text: Typed }),
  /** Hex digits, with or without spaces between them. */
  z.strictObject({ as: z.literal('hex'), text: Typed }),
  z.strictObject({ as: z.literal('base64'), text: Typed }),
  /** Raw bytes, which nobody typed. */
  z.strictObject({ as: z.literal('bytes'), bytes: z.instanceof(Uint8Array) }),
] as const

/** Without a schema. In a generated record `${…}` is replaced by what a generator makes, except in `bytes`. */
export const PlainInput = z.discriminatedUnion('as', [...plainInputs])
export type PlainInput = z.infer<typeof PlainInput>

/** With a schema of the profile's registry. */
const bySchema = {
  as: z.literal('schema'),
  schema: SchemaToUse,
  /** For a Protobuf schema: the message's full name. null: the first one. */
  message: z.string().max(1_000).nullable().default(null),
  /** null: as the serialisers of the profile's registry write it. */
  frame: WireFrame.nullable().default(null),
}
/** With the encoding chosen for decoding: `choice` null is the topic's own (`decoding.set`). */
const byChoice = { as: z.literal('choice'), choice: DecodeChoice.nullable().default(null) }

/** A key or a value. `json` is the JSON form (`shared/model/decoded-value.ts`) in which decoded records are shown. */
export const PartInput = z.discriminatedUnion('as', [
  ...plainInputs,
  z.strictObject({ ...bySchema, json: Typed }),
  z.strictObject({ ...byChoice, json: Typed }),
])
export type PartInput = z.infer<typeof PartInput>

/** How the JSON of each line of a file is encoded; text and bytes in a line are written as they are. */
export const LinePart = z.discriminatedUnion('as', [
  /** With the schema that the line names; without one as JSON text. */
  z.strictObject({ as: z.literal('line') }),
  z.strictObject(bySchema),
  z.strictObject(byChoice),
])
export type LinePart = z.infer<typeof LinePart>

export const HeaderInput = z.strictObject({ name: PlainInput, value: PlainInput.nullable() })
export type HeaderInput = z.infer<typeof HeaderInput>

/** One record to be written. */
export const RecordInput = z.strictObject({
  /** null: chosen by its key, as Kafka's own producers do; any partition if there is no key. */
  partition: PartitionId.nullable().default(null),
  /** null: the time when it is written. */
  timestamp: Timestamp.nullable().default(null),
  key: PartInput.nullable().default(null),
  /** null: a tombstone. */
  value: PartInput.nullable(),
  headers: z.array(HeaderInput).max(MOST_HEADERS).default([]),
})
export type RecordInput = z.infer<typeof RecordInput>

/** The limit on records per second; null: as fast as the brokers accept them. */
const Rate = z.number().int().min(1).max(MOST_RATE).nullable().default(null)

const lines = {
  key: LinePart.default({ as: 'line' }),
  value: LinePart.default({ as: 'line' }),
  /** `keep`: the partition in the line, if it has one. */
  partitioning: z.enum(['keep', 'by-key']).default('keep'),
  timestamps: z.enum(['keep', 'now']).default('keep'),
  rate: Rate,
}

/** The source of the records to be written. */
export const ProduceSource = z.discriminatedUnion('kind', [
  /** Records as given: `${…}` has no meaning. */
  z.strictObject({ kind: z.literal('records'), records: z.array(RecordInput).min(1).max(MOST_RECORDS), rate: Rate }),
  /** `count` records from one, varied by its generators (`shared/produce/generators.ts`). */
  z.strictObject({
    kind: z.literal('generated'),
    record: RecordInput,
    count: z.number().int().min(1).max(MOST_PRODUCED),
    rate: Rate,
  }),
  /** Lines as an export writes them (`electron/kafka/produce/record-line.ts`), pasted or opened in the page. */
  z.strictObject({ kind: z.literal('lines'), name: z.string().max(1_000), text: Typed, ...lines }),
  /** A file of such lines on this computer, read by the main process. */
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4_000), ...lines }),
])
export type ProduceSource = z.infer<typeof ProduceSource>

export const MOST_TEMPLATES = 500

/** Something to write again, kept under a name for its topic. */
export const ProduceTemplate = z.strictObject({
  topic: z.string().min(1).max(249),
  name: z.string().trim().min(1, 'A template needs a name.').max(200),
  record: RecordInput,
  count: z.number().int().min(1).max(MOST_PRODUCED).default(1),
  rate: Rate,
})
export type ProduceTemplate = z.infer<typeof ProduceTemplate>

export const templateKey = ({ topic, name }: Pick<ProduceTemplate, 'topic' | 'name'>): string => `${topic} ${name}`

/** One template per name and topic. */
export const ProduceTemplates = z
  .array(ProduceTemplate)
  .max(MOST_TEMPLATES)
  .refine((all) => new Set(all.map(templateKey)).size === all.length, 'A template is there twice.')
export type ProduceTemplates = z.infer<typeof ProduceTemplates>
