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

/** What some topics' last records were found to carry. It says what is used, never what is not. */
export const SchemaUse = z.strictObject({
  topics: z.array(
    z.strictObject({
      topic: z.string(),
      part: z.enum(['key', 'value']),
      /** Of the records looked at, those that name it. */
      records: z.number().int(),
      looked: z.number().int(),
      /** How they name it: "id 41", "global id 7", a GUID. */
      ids: z.array(z.string()),
    }),
  ),
  /** Topics that were looked into, of all that there are. */
  looked: z.number().int(),
  of: z.number().int(),
  failures: z.array(Failure),
  /** All of it, with how it was looked. */
  sentence: z.string(),
})
export type SchemaUse = z.infer<typeof SchemaUse>

/** A registry's reason against a draft. `line` and `column` count from 1 in the draft's text; null: it names no place. */
export const CheckProblem = z.strictObject({
  message: z.string(),
  /** As the registry names the place: a JSON pointer, a field. */
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
})
export type CheckProblem = z.infer<typeof CheckProblem>

export const SchemaCheck = z.strictObject({
  /** null: it could not be checked; `problems` says why. */
  compatible: z.boolean().nullable(),
  /** The schema itself is not one: nothing was compared. */
  invalid: z.boolean(),
  /** What it was compared with. */
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
  /** Which registry, as its addresses and context tell: it has no id of its own. */
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
    /** In this order; several only where a deletion is undone. */
    drafts: z.array(SchemaDraft).min(1).max(1_000),
    /** The subject's versions as the plan saw them. */
    versions: z.array(z.number().int()),
    /** Of a single draft. */
    check: SchemaCheck.nullable(),
  }),
  z.strictObject({
    action: z.literal('delete'),
    ...planned,
    subject: SubjectName,
    /** `subject`: all of its versions, in one request. `version`: those in `rows`, one after the other. */
    what: z.enum(['subject', 'version']),
    /** Also what was deleted softly goes, and its id with it: no record that carries it can be read again. */
    permanent: z.boolean(),
    /** What goes. */
    rows: z.array(GoingVersion).max(1_000),
    /** Schemas of other subjects that refer to these: the registry refuses while there are any. */
    referredToBy: z.array(VersionOf),
    use: SchemaUse,
  }),
  z.strictObject({
    action: z.literal('compatibility'),
    ...planned,
    /** null: the registry's own, for all subjects without one. */
    subject: SubjectName.nullable(),
    before: CompatibilityOf,
    /** null: the subject's own goes, and the registry's holds. */
    after: Compatibility.nullable(),
  }),
])
export type SchemaPlan = z.infer<typeof SchemaPlan>

export const SchemaResult = z.strictObject({
  /** null: nothing was written. */
  journalId: z.string().nullable(),
  /**
   * `same`: nothing was to be done. `conflict`: it is no longer as the plan saw it. `partly`: some of several, then the registry
   * refused. `unknown`: the answer was lost.
   */
  status: z.enum(['done', 'same', 'conflict', 'partly', 'failed', 'unknown']),
  /** What was registered, or deleted. */
  versions: z.array(z.strictObject({ version: z.number().int(), id: z.number().int() })),
  error: ErrorValue.nullable(),
  summary: z.string(),
})
export type SchemaResult = z.infer<typeof SchemaResult>
