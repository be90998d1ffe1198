import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'
import {
  Compatibility,
  CompatibilityOf,
  GoingVersion,
  SchemaDraft,
  SubjectName,
  VersionOf,
} from '../model/registered-schema.ts'
import { Failure } from './common.ts'

/** Use of the schemas in the last records of some topics. It can show that a schema is used, never that it is not. */
export const SchemaUse = z.strictObject({
  topics: z.array(
    z.strictObject({
      topic: z.string(),
      part: z.enum(['key', 'value']),
      /** How many of the records that were read name it. */
      records: z.number().int(),
      looked: z.number().int(),
      /** How they name it: "id 41", "global id 7", a GUID. */
      ids: z.array(z.string()),
    }),
  ),
  /** How many topics were read, of how many. */
  looked: z.number().int(),
  of: z.number().int(),
  failures: z.array(Failure),
  /** A sentence that says all of this, and how it was found out. */
  sentence: z.string(),
})
export type SchemaUse = z.infer<typeof SchemaUse>

/** Why a registry rejects a draft. `line` and `column` count from 1 in the draft's text; null: the registry names no place. */
export const CheckProblem = z.strictObject({
  message: z.string(),
  /** The place as the registry names it: a JSON pointer, a field. */
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
})
export type CheckProblem = z.infer<typeof CheckProblem>

export const SchemaCheck = z.strictObject({
  /** null: it could not be checked; `problems` says why. */
  compatible: z.boolean().nullable(),
  /** The text is not a schema: nothing was compared. */
  invalid: z.boolean(),
  /** The versions it was compared with. */
  against: z.array(z.number().int()),
  level: Compatibility.nullable(),
  problems: z.array(CheckProblem),
  /** The subject holds this very schema already. */
  existing: z.strictObject({ version: z.number().int(), id: z.number().int() }).nullable(),
  summary: z.string(),
})
export type SchemaCheck = z.infer<typeof SchemaCheck>

const planned = {
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  /** Identifies the registry by its addresses and context: a registry has no id. */
  registry: z.string(),
  undoOf: z.string().nullable(),
  refusal: ErrorValue.nullable(),
  warnings: z.array(z.string()),
  summary: z.string(),
  madeAt: z.bigint(),
}

/** What a change of the registry would do. Every plan route gives one, and `schemas.apply` takes it back. */
export const SchemaPlan = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('register'),
    ...planned,
    subject: SubjectName,
    /** To be registered in this order; several only where a deletion is undone. */
    drafts: z.array(SchemaDraft).min(1).max(1_000),
    /** The subject's versions when the plan was made. */
    versions: z.array(z.number().int()),
    /** For a single draft only. */
    check: SchemaCheck.nullable(),
  }),
  z.strictObject({
    action: z.literal('delete'),
    ...planned,
    subject: SubjectName,
    /** `subject`: all of its versions, in one request. `version`: those in `rows`, one request each. */
    what: z.enum(['subject', 'version']),
    /** Also deletes versions that were soft-deleted before, and their ids: records with such an id can no longer be read. */
    permanent: z.boolean(),
    /** The versions that are deleted. */
    rows: z.array(GoingVersion).max(1_000),
    /** Schemas of other subjects that refer to these: the registry refuses the deletion while there are any. */
    referredToBy: z.array(VersionOf),
    use: SchemaUse,
  }),
  z.strictObject({
    action: z.literal('compatibility'),
    ...planned,
    /** null: the registry's global setting, for all subjects without one of their own. */
    subject: SubjectName.nullable(),
    before: CompatibilityOf,
    /** null: the subject's own setting is removed, and the global one applies. */
    after: Compatibility.nullable(),
  }),
])
export type SchemaPlan = z.infer<typeof SchemaPlan>

export const SchemaResult = z.strictObject({
  /** null: nothing was written. */
  journalId: z.string().nullable(),
  /**
   * `same`: there was nothing to change. `conflict`: it has changed since the plan was made. `partly`: some of several were
   * done, then the registry refused. `unknown`: the answer was lost.
   */
  status: z.enum(['done', 'same', 'conflict', 'partly', 'failed', 'unknown']),
  /** The versions that were registered or deleted. */
  versions: z.array(z.strictObject({ version: z.number().int(), id: z.number().int() })),
  error: ErrorValue.nullable(),
  summary: z.string(),
})
export type SchemaResult = z.infer<typeof SchemaResult>
