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

/** What keeps a text from being the bytes that it shall become. */
export const InputProblem = z.strictObject({
  /** Where in the value, as `pathText` spells it; empty: the whole of it. */
  path: z.string(),
  /** The character of the text as it was typed, generators and all; null: it is at none. */
  at: z.number().int().nullable(),
  message: z.string(),
})
export type InputProblem = z.infer<typeof InputProblem>

/** The schema that a key or a value is written by, as it was found. */
export const WrittenBy = z.strictObject({
  part: z.enum(['key', 'value']),
  /** null: it was asked for by an id of which the registry does not tell the subject. */
  subject: z.string().nullable(),
  version: z.number().int().nullable(),
  /** What the frame says; by a subject and version where it says none. */
  id: SchemaId,
  type: SchemaType,
  /** Of a Protobuf schema. */
  message: z.string().nullable(),
  frame: WireFrame,
})
export type WrittenBy = z.infer<typeof WrittenBy>

export const PartCheck = z.strictObject({
  /** With what names the schema; null where there are problems, −1: null. */
  size: z.number().int().nullable(),
  problems: z.array(InputProblem),
  /** Why nothing can be said of it: its schema is not there, or the registry. */
  error: ErrorValue.nullable(),
  writtenBy: WrittenBy.nullable(),
  /** What it was rendered to, where generators made it; its beginning. */
  rendered: z.string().nullable(),
})
export type PartCheck = z.infer<typeof PartCheck>

export const RecordCheck = z.strictObject({
  key: PartCheck,
  value: PartCheck,
  headers: z.array(z.strictObject({ name: z.array(InputProblem), value: z.array(InputProblem) })),
  /** Why it cannot go to the partition that was given. */
  partitionProblem: z.string().nullable(),
  /** Headers that are written beside those given, for they name a schema. */
  addedHeaders: z.array(z.string()),
  /** Of a batch with it alone, uncompressed; null where something is wrong. */
  bytes: z.number().int().nullable(),
  /** As it is now; null: any, or not known. */
  partition: PartitionId.nullable(),
})
export type RecordCheck = z.infer<typeof RecordCheck>

const PreviewPart = z.strictObject({
  /** As it was typed, or made by generators: JSON or text; its beginning. Bytes in hex. */
  text: z.string(),
  form: z.enum(['json', 'text', 'hex']),
  isCut: z.boolean(),
  /** Of all that is written. */
  size: z.number().int(),
  /** The first bytes as they go out. */
  head: z.instanceof(Uint8Array),
})

/** One of the first records as it will be sent. What `${now}` stands for is made anew when it is sent, and nothing else. */
export const PreviewRecord = z.strictObject({
  /** The line of the file, or which record it is; from 1. */
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
  /** `line`: the line of the file is none. */
  part: z.enum(['line', 'key', 'value', 'headers', 'partition']),
  problem: InputProblem,
})
export type BadRecord = z.infer<typeof BadRecord>

/**
 * Where records will be written. It holds counts and a digest, and of the records only what is shown; the journal keeps neither
 * those nor what is wrong with bad ones, for they are nobody's on disk.
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
    /** Of the file. */
    name: z.string().nullable(),
    /** SHA-256 of the source, of a file its bytes; apply takes no other. */
    digest: z.string(),
  }),
  /** What chance is made of: the same seed, the same records. */
  seed: z.number().int(),
  rate: z.number().int().nullable(),
  /** That will be sent. */
  records: z.number().int(),
  /** Of keys, values and headers as they are written. `isEstimate`: from the first of many generated ones. */
  bytes: z.bigint(),
  isEstimate: z.boolean(),
  /** Records of each partition, those that get any; empty where it is an estimate. */
  places: z.array(
    z.strictObject({
      partition: PartitionId,
      records: z.number().int(),
      /** The offset of its first one unless somebody else writes before; null where the end could not be read. */
      nextOffset: z.bigint().nullable(),
    }),
  ),
  tombstones: z.number().int(),
  schemas: z.array(WrittenBy),
  /** Records that cannot be sent: all of them counted, the first of them listed. */
  bad: z.strictObject({ total: z.number().int(), first: z.array(BadRecord) }),
  /** They are left out, as was asked for; otherwise one of them refuses the plan. */
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
  /** Acknowledged by the leader. */
  records: z.bigint(),
  bytes: z.bigint(),
  /** First and last offset of them; null: the broker no longer said where they are. */
  first: z.bigint().nullable(),
  last: z.bigint().nullable(),
  /** `unknown`: of records without an answer nobody can say whether they are there. */
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
  /** What the logs gained meanwhile, beside what was acknowledged. */
  growth: z.array(LogGrowth),
  written: z.bigint(),
  bytes: z.bigint(),
  /** Records that were not written, each by its number: all counted, the first listed. */
  failures: z.strictObject({
    total: z.bigint(),
    first: z.array(z.strictObject({ line: z.number().int(), partition: PartitionId.nullable(), error: ErrorValue })),
  }),
  outcome: z.enum(['complete', 'partial', 'cancelled', 'failed', 'unknown']),
  summary: z.string(),
})
export type ProduceReceipt = z.infer<typeof ProduceReceipt>

const Templates = z.strictObject({ items: z.array(ProduceTemplate) })

/** Writing records: from nothing, from one that is there, from a file, by generators. No schema is ever registered on the way. */
export const produce = {
  /** One record as it is typed: what is wrong with it, how large it is, by which schema it would be written. */
  'produce.check': route({
    input: OnTopic.extend({
      record: RecordInput,
      /** `${…}` stands for what generators make. */
      generated: z.boolean().default(false),
    }),
    output: RecordCheck,
    effect: 'read',
    extent: ({ bytes }) => (bytes === null ? 'none' : 'all'),
  }),
  /**
   * A record that is there, as it would be typed: decoded parts as JSON, to be written by the schema that they name (`same`), or
   * by the latest of its subject. What cannot be written so is given as text or bytes; `stored` gives all of it so.
   */
  'produce.draft': route({
    input: OnTopic.extend({
      partition: PartitionId,
      offset: z.bigint(),
      schemas: z.enum(['same', 'latest', 'stored']).default('same'),
    }),
    output: z.strictObject({
      record: RecordInput,
      /** Headers of the record that are not among them. */
      missingHeaders: z.number().int(),
      /** What of it could not be taken over as it was, as sentences. */
      notes: z.array(z.string()),
    }),
    effect: 'read',
  }),
  /** Says where records will be written, and what the topic would do to them; writes nothing. */
  'produce.plan': route({
    input: OnTopic.extend({
      source: ProduceSource,
      skipBad: z.boolean().default(false),
      /** So many of the first records are shown. */
      show: z.number().int().min(0).max(100).default(10),
    }),
    output: ProducePlan,
    effect: 'read',
    extent: ({ refusal, bad }) => (refusal !== null ? 'none' : bad.total > 0 ? 'partly' : 'all'),
  }),
  /** Writes what the plan saw, each record once: the same source, by the same schemas, or nothing. */
  'produce.apply': stream({
    input: OnConnection.extend({ source: ProduceSource, plan: ProducePlan, confirm: Confirm }),
    /** No rows: it speaks through progress and its receipt. */
    batch: z.strictObject({}),
    progress: z.strictObject({
      /** Acknowledged. */
      written: z.bigint(),
      of: z.bigint(),
      bytes: z.bigint(),
      failed: z.bigint(),
      recordsPerSecond: z.number(),
      secondsLeft: z.number().nullable(),
      /** Why it stands still: a broker is away, a quota is obeyed. */
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
  /** Of the profile: those of one topic, or of all. */
  'produce.templates.list': route({
    input: OnConnection.extend({ topic: z.string().min(1).optional() }),
    output: Templates,
    effect: 'read',
  }),
  /** One of the same name and topic is replaced. */
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
  /** A file for a team: all templates of the profile. */
  'produce.templates.export': route({
    input: OnConnection,
    output: z.strictObject({ name: z.string(), text: z.string() }),
    effect: 'read',
  }),
  /** Templates of such a file; those of the same name and topic are replaced, the others stay. */
  'produce.templates.import': route({
    input: OnConnection.extend({ text: z.string().max(4 << 20) }),
    output: Templates.extend({ added: z.number().int(), replaced: z.number().int() }),
    effect: 'local',
  }),
}
