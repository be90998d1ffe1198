import { z } from 'zod'
import { DecodeChoice } from './decode-choice.ts'
import { PartitionId, Timestamp } from './ids.ts'
import { SchemaId } from './schema-id.ts'
import { NamingStrategy } from './subject-names.ts'

/** Of one key, value or header, as it is typed; a message to the app carries 8 MiB. */
export const MOST_TYPED = 7 << 20
/** What one record may have; whoever has more copies it as a range. */
export const MOST_HEADERS = 10_000
/** Typed or pasted at once; more come from a file or a generator. */
export const MOST_RECORDS = 1_000
/** Made by a generator, or taken from a file. */
export const MOST_PRODUCED = 1_000_000
/** Per second. */
export const MOST_RATE = 100_000

/**
 * How bytes name their schema, as serialisers write it: Confluent's (id or GUID in front of the data, or a GUID in a header), Apicurio's
 * (an id of 4 or 8 bytes in front, or in headers), or nothing: the reader has to know it.
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

/** By the rules of Confluent's serialisers; `record` is what RecordName and TopicRecordName take: "com.acme.Order". */
const ByNaming = z.strictObject({
  by: z.literal('naming'),
  strategy: NamingStrategy,
  record: z.string().max(1_000).nullable().default(null),
  /** null: the latest. */
  version: z.number().int().min(1).nullable().default(null),
})

/** The schema to write by: of a subject (its version null: the latest), of an id, or of the subject that the topic's naming gives. */
export const SchemaToUse = z.discriminatedUnion('by', [ByNaming, SchemaId])
export type SchemaToUse = z.infer<typeof SchemaToUse>

const plainInputs = [
  z.strictObject({ as: z.literal('text'), text: Typed }),
  /** Digits, with or without space between them. */
  z.strictObject({ as: z.literal('hex'), text: Typed }),
  z.strictObject({ as: z.literal('base64'), text: Typed }),
  /** As they are: what nobody typed. */
  z.strictObject({ as: z.literal('bytes'), bytes: z.instanceof(Uint8Array) }),
] as const

/** Without a schema. In a generated record `${…}` stands for what a generator makes, but in `bytes`. */
export const PlainInput = z.discriminatedUnion('as', [...plainInputs])
export type PlainInput = z.infer<typeof PlainInput>

/** By a schema of the profile's registry. */
const bySchema = {
  as: z.literal('schema'),
  schema: SchemaToUse,
  /** Of a Protobuf schema: its full name. null: the first. */
  message: z.string().max(1_000).nullable().default(null),
  /** null: as the profile's registry's own serialisers write it. */
  frame: WireFrame.nullable().default(null),
}
/** By what was chosen for decoding: `choice` null is the topic's own (`decoding.set`). */
const byChoice = { as: z.literal('choice'), choice: DecodeChoice.nullable().default(null) }

/** A key or a value. `json` is the JSON form (`shared/model/decoded-value.ts`), which decoded records are shown in. */
export const PartInput = z.discriminatedUnion('as', [
  ...plainInputs,
  z.strictObject({ ...bySchema, json: Typed }),
  z.strictObject({ ...byChoice, json: Typed }),
])
export type PartInput = z.infer<typeof PartInput>

/** How the JSON of each line of a file is written; what a line holds as text or bytes is taken as it is. */
export const LinePart = z.discriminatedUnion('as', [
  /** By the schema that the line names; without one as JSON text. */
  z.strictObject({ as: z.literal('line') }),
  z.strictObject(bySchema),
  z.strictObject(byChoice),
])
export type LinePart = z.infer<typeof LinePart>

export const HeaderInput = z.strictObject({ name: PlainInput, value: PlainInput.nullable() })
export type HeaderInput = z.infer<typeof HeaderInput>

/** One record as it shall be written. */
export const RecordInput = z.strictObject({
  /** null: by its key, as Kafka's own producers choose; without a key any. */
  partition: PartitionId.nullable().default(null),
  /** null: when it is written. */
  timestamp: Timestamp.nullable().default(null),
  key: PartInput.nullable().default(null),
  /** null: a tombstone. */
  value: PartInput.nullable(),
  headers: z.array(HeaderInput).max(MOST_HEADERS).default([]),
})
export type RecordInput = z.infer<typeof RecordInput>

/** Records per second that are kept to; null: as fast as the brokers take them. */
const Rate = z.number().int().min(1).max(MOST_RATE).nullable().default(null)

const lines = {
  key: LinePart.default({ as: 'line' }),
  value: LinePart.default({ as: 'line' }),
  /** `keep`: as the line says, where it does. */
  partitioning: z.enum(['keep', 'by-key']).default('keep'),
  timestamps: z.enum(['keep', 'now']).default('keep'),
  rate: Rate,
}

/** What is to be written. */
export const ProduceSource = z.discriminatedUnion('kind', [
  /** As they stand here: `${…}` has no meaning. */
  z.strictObject({ kind: z.literal('records'), records: z.array(RecordInput).min(1).max(MOST_RECORDS), rate: Rate }),
  /** `count` records from one, by the generators in it (`shared/produce/generators.ts`). */
  z.strictObject({
    kind: z.literal('generated'),
    record: RecordInput,
    count: z.number().int().min(1).max(MOST_PRODUCED),
    rate: Rate,
  }),
  /** Lines as an export writes them (`electron/kafka/produce/record-line.ts`): what was pasted or opened. */
  z.strictObject({ kind: z.literal('lines'), name: z.string().max(1_000), text: Typed, ...lines }),
  /** A file of such lines on this computer, read by the app itself. */
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4_000), ...lines }),
])
export type ProduceSource = z.infer<typeof ProduceSource>

export const MOST_TEMPLATES = 500

/** What is kept to be written again, under a name of its topic. */
export const ProduceTemplate = z.strictObject({
  topic: z.string().min(1).max(249),
  name: z.string().trim().min(1, 'A template needs a name.').max(200),
  record: RecordInput,
  count: z.number().int().min(1).max(MOST_PRODUCED).default(1),
  rate: Rate,
})
export type ProduceTemplate = z.infer<typeof ProduceTemplate>

export const templateKey = ({ topic, name }: Pick<ProduceTemplate, 'topic' | 'name'>): string => `${topic} ${name}`

/** One of each name and topic. */
export const ProduceTemplates = z
  .array(ProduceTemplate)
  .max(MOST_TEMPLATES)
  .refine((all) => new Set(all.map(templateKey)).size === all.length, 'A template is there twice.')
export type ProduceTemplates = z.infer<typeof ProduceTemplates>
