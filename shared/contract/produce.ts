import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { ProduceSource, ProduceTemplate, RecordInput, WireFrame } from '../model/produce.ts'
import { SchemaId } from '../model/schema-id.ts'
import { SchemaType } from '../model/schema.ts'
import { Confirm, OnConnection } from './common.ts'
import { route, stream } from './define.ts'
import { LogGrowth, ReplayConcern } from './replay.ts'

const OnTopic = OnConnection.extend({ topic: z.string().min(1) })

/** Why a text cannot be encoded as it was asked to be. */
export const InputProblem = z.strictObject({
  /** Where in the value, as `pathText` writes it; empty: the value as a whole. */
  path: z.string(),
  /** Index of the character in the text as it was typed, with its generators; null: it has no single place. */
  at: z.number().int().nullable(),
  message: z.string(),
})
export type InputProblem = z.infer<typeof InputProblem>

/** The schema that a key or value is written with, as it was found. */
export const WrittenBy = z.strictObject({
  part: z.enum(['key', 'value']),
  /** null: it was asked for by an id for which the registry does not say the subject. */
  subject: z.string().nullable(),
  version: z.number().int().nullable(),
  /** The id as it is written in front of the data; a subject and version if none is written. */
  id: SchemaId,
  type: SchemaType,
  /** For a Protobuf schema: the name of the message. */
  message: z.string().nullable(),
  frame: WireFrame,
})
export type WrittenBy = z.infer<typeof WrittenBy>

export const PartCheck = z.strictObject({
  /** Bytes, including what names the schema; null where there are problems, −1: null. */
  size: z.number().int().nullable(),
  problems: z.array(InputProblem),
  /** Why it cannot be checked: its schema, or the registry, cannot be reached. */
  error: ErrorValue.nullable(),
  writtenBy: WrittenBy.nullable(),
  /** The beginning of the text after generators were replaced, if it has any. */
  rendered: z.string().nullable(),
})
export type PartCheck = z.infer<typeof PartCheck>

export const RecordCheck = z.strictObject({
  key: PartCheck,
  value: PartCheck,
  headers: z.array(z.strictObject({ name: z.array(InputProblem), value: z.array(InputProblem) })),
  /** Why it cannot be written to the partition that was given. */
  partitionProblem: z.string().nullable(),
  /** Headers that are written in addition to those given, because they name a schema. */
  addedHeaders: z.array(z.string()),
  /** Bytes of a batch that holds only this record, uncompressed; null where something is wrong. */
  bytes: z.number().int().nullable(),
  /** The partition it would go to now; null: any, or not known. */
  partition: PartitionId.nullable(),
})
export type RecordCheck = z.infer<typeof RecordCheck>

const PreviewPart = z.strictObject({
  /** The beginning of the text as it was typed or generated: JSON or text; bytes in hex. */
  text: z.string(),
  form: z.enum(['json', 'text', 'hex']),
  isCut: z.boolean(),
  /** Bytes of all that is written. */
  size: z.number().int(),
  /** The first bytes that are written. */
  head: z.instanceof(Uint8Array),
})

/** One of the first records as it will be sent. Only `${now}` is evaluated again when it is sent. */
export const PreviewRecord = z.strictObject({
  /** The line of the file, or the number of the record; from 1. */
  line: z.number().int(),
  partition: PartitionId,
  timestamp: z.bigint().nullable(),
  key: PreviewPart.nullable(),
  value: PreviewPart.nullable(),
  headers: z.array(z.strictObject({ name: z.string(), value: PreviewPart.nullable() })),
  headerCount: z.number().int(),
})
export type PreviewRecord = z.infer<typeof PreviewRecord>

/** A record that cannot be sent, and why. `line` counts from 1, as in the preview. */
export const BadRecord = z.strictObject({
  line: z.number().int(),
  /** `line`: the line of the file itself is malformed. */
  part: z.enum(['line', 'key', 'value', 'headers', 'partition']),
  problem: InputProblem,
})
export type BadRecord = z.infer<typeof BadRecord>

/**
 * Where records will be written. Holds counts and a digest, and only the records that are previewed; the journal keeps neither
 * those nor the problems of bad records, so that no record ends up on disk.
 */
export const ProducePlan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  topic: z.string(),
  topicId: z.string().nullable(),
  partitions: z.number().int(),
  source: z.strictObject({
    kind: z.enum(['records', 'generated', 'lines', 'file']),
    /** The file's name. */
    name: z.string().nullable(),
    /** SHA-256 of the source, for a file of its bytes; apply accepts no other. */
    digest: z.string(),
  }),
  /** The seed of the random generators: the same seed gives the same records. */
  seed: z.number().int(),
  rate: z.number().int().nullable(),
  /** How many will be sent. */
  records: z.number().int(),
  /**
   * Bytes of keys, values and headers as they are written. `isEstimate`: extrapolated from the first of many generated records.
   */
  bytes: z.bigint(),
  isEstimate: z.boolean(),
  /** How many records each partition gets; partitions that get none are left out, and it is empty for an estimate. */
  places: z.array(
    z.strictObject({
      partition: PartitionId,
      records: z.number().int(),
      /** The offset of its first record unless somebody else writes first; null where the log's end could not be read. */
      nextOffset: z.bigint().nullable(),
    }),
  ),
  tombstones: z.number().int(),
  schemas: z.array(WrittenBy),
  /** Records that cannot be sent: all of them counted, the first of them listed. */
  bad: z.strictObject({ total: z.number().int(), first: z.array(BadRecord) }),
  /** Leave them out; otherwise one bad record refuses the plan. */
  skipBad: z.boolean(),
  preview: z.array(PreviewRecord).max(100),
  concerns: z.array(ReplayConcern),
  refusal: ErrorValue.nullable(),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type ProducePlan = z.infer<typeof ProducePlan>

export const WrittenPlace = z.strictObject({
  partition: PartitionId,
  /** How many the leader acknowledged. */
  records: z.bigint(),
  bytes: z.bigint(),
  /** First and last offset of them; null: the broker did not say. */
  first: z.bigint().nullable(),
  last: z.bigint().nullable(),
  /** `unknown`: for records without an answer it is not known whether they were written. */
  status: z.enum(['complete', 'cancelled', 'failed', 'unknown']),
  error: ErrorValue.nullable(),
})
export type WrittenPlace = z.infer<typeof WrittenPlace>

export const ProduceReceipt = z.strictObject({
  id: z.string(),
  plan: ProducePlan,
  startedAt: z.bigint(),
  endedAt: z.bigint(),
  places: z.array(WrittenPlace),
  /** What the logs gained in the meantime beyond what was acknowledged. */
  growth: z.array(LogGrowth),
  written: z.bigint(),
  bytes: z.bigint(),
  /** Records that were not written, each with its number: all counted, the first listed. */
  failures: z.strictObject({
    total: z.bigint(),
    first: z.array(z.strictObject({ line: z.number().int(), partition: PartitionId.nullable(), error: ErrorValue })),
  }),
  outcome: z.enum(['complete', 'partial', 'cancelled', 'failed', 'unknown']),
  summary: z.string(),
})
export type ProduceReceipt = z.infer<typeof ProduceReceipt>

const Templates = z.strictObject({ items: z.array(ProduceTemplate) })

/** Writing records: typed, edited from an existing one, from a file, or generated. No schema is ever registered. */
export const produce = {
  /** Checks one record as it is typed: its problems, its size, and the schema it would be written with. */
  'produce.check': route({
    input: OnTopic.extend({
      record: RecordInput,
      /** Evaluate `${…}` as generators. */
      generated: z.boolean().default(false),
    }),
    output: RecordCheck,
    effect: 'read',
    extent: ({ bytes }) => (bytes === null ? 'none' : 'all'),
  }),
  /**
   * An existing record as it would be typed: decoded parts as JSON, to be written with the schema that they name (`same`), or
   * with the latest of its subject. What cannot be written that way is given as text or bytes; `stored` gives everything that
   * way.
   */
  'produce.draft': route({
    input: OnTopic.extend({
      partition: PartitionId,
      offset: z.bigint(),
      schemas: z.enum(['same', 'latest', 'stored']).default('same'),
    }),
    output: z.strictObject({
      record: RecordInput,
      /** How many of the record's headers were left out. */
      missingHeaders: z.number().int(),
      /** What could not be taken over unchanged, as sentences. */
      notes: z.array(z.string()),
    }),
    effect: 'read',
  }),
  /** Where records will be written, and what the topic would do to them; writes nothing. */
  'produce.plan': route({
    input: OnTopic.extend({
      source: ProduceSource,
      skipBad: z.boolean().default(false),
      /** How many of the first records to preview. */
      show: z.number().int().min(0).max(100).default(10),
    }),
    output: ProducePlan,
    effect: 'read',
    extent: ({ refusal, bad }) => (refusal !== null ? 'none' : bad.total > 0 ? 'partly' : 'all'),
  }),
  /** Writes what the plan saw, each record once: from the same source and with the same schemas, or nothing. */
  'produce.apply': stream({
    input: OnConnection.extend({ source: ProduceSource, plan: ProducePlan, confirm: Confirm }),
    /** No rows: only progress and the receipt are sent. */
    batch: z.strictObject({}),
    progress: z.strictObject({
      /** How many were acknowledged. */
      written: z.bigint(),
      of: z.bigint(),
      bytes: z.bigint(),
      failed: z.bigint(),
      recordsPerSecond: z.number(),
      secondsLeft: z.number().nullable(),
      /** Why it is not moving: a broker is away, or a quota applies. */
      note: z.string().nullable(),
    }),
    done: ProduceReceipt,
    extent: ({ outcome, written }) => (outcome === 'complete' ? 'all' : written > 0n ? 'partly' : 'none'),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['produce.plan'],
      entries: ['produce'],
      running: ['Records are being written.', 'jobs are writing records.'],
    },
  }),
  /** The templates of the profile: of one topic, or all. */
  'produce.templates.list': route({
    input: OnConnection.extend({ topic: z.string().min(1).optional() }),
    output: Templates,
    effect: 'read',
  }),
  /** Replaces a template with the same name and topic. */
  'produce.templates.save': route({
    input: OnConnection.extend({ template: ProduceTemplate }),
    output: Templates,
    effect: 'local',
  }),
  'produce.templates.delete': route({
    input: OnTopic.extend({ name: z.string() }),
    output: Templates,
    effect: 'local',
  }),
  /** All templates of the profile, as a file to share with a team. */
  'produce.templates.export': route({
    input: OnConnection,
    output: z.strictObject({ name: z.string(), text: z.string() }),
    effect: 'read',
  }),
  /** Reads the templates of such a file; those with the same name and topic are replaced, the others stay. */
  'produce.templates.import': route({
    input: OnConnection.extend({ text: z.string().max(4 << 20) }),
    output: Templates.extend({ added: z.number().int(), replaced: z.number().int() }),
    effect: 'local',
  }),
}
