import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { ReplayConcern } from './replay.ts'

/**
 * What was planned and written for a single record in versions before `produce.apply` existed: journals may still hold
 * such entries.
 */
export const RecordPlan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  topic: z.string(),
  topicId: z.string().nullable(),
  partitions: z.number().int(),
  /** null where it is refused. */
  partition: PartitionId.nullable(),
  chosen: z.enum(['given', 'by-key', 'no-key']),
  /** The offset it gets unless somebody else writes first; null where the log's end could not be read. */
  nextOffset: z.bigint().nullable(),
  /** null: the time when it is written. */
  timestamp: z.bigint().nullable(),
  /** Bytes; −1: null. */
  keySize: z.number().int(),
  valueSize: z.number().int(),
  headers: z.number().int(),
  /** Bytes of its batch, uncompressed. */
  bytes: z.number().int(),
  /** SHA-256 of key, value and headers as they are in the batch. */
  digest: z.string(),
  concerns: z.array(ReplayConcern),
  refusal: ErrorValue.nullable(),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type RecordPlan = z.infer<typeof RecordPlan>

export const RecordResult = z.strictObject({
  topic: z.string(),
  partition: PartitionId,
  /** null: not written, or not known. */
  offset: z.bigint().nullable(),
  timestamp: z.bigint(),
  status: z.enum(['written', 'failed', 'unknown']),
  error: ErrorValue.nullable(),
  summary: z.string(),
})
export type RecordResult = z.infer<typeof RecordResult>
