import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { Profile } from '../model/profile.ts'
import {
  Compatibility,
  CompatibilityOf,
  RegistrySchemaType,
  SchemaDraft,
  SchemaReference,
  SchemaVersion,
  SubjectName,
  VersionOf,
} from '../model/registered-schema.ts'
import { RegistryKind } from '../model/registry.ts'
import { SchemaId } from '../model/schema-id.ts'
import { SecretsInput } from '../model/secrets.ts'
import { NamingStrategy } from '../model/subject-names.ts'
import { Agreed, Confirm, Empty, OnConnection } from './common.ts'
import { extentOf } from './extent.ts'
import { route, stream } from './define.ts'
import { SchemaCheck, SchemaPlan, SchemaResult, SchemaUse } from './schema-plans.ts'

export const SubjectSummary = z.strictObject({
  subject: SubjectName,
  /** The type of the latest version; null where it could not be read: `error` says why. */
  type: RegistrySchemaType.nullable(),
  versions: z.array(z.number().int()),
  latest: z.strictObject({ version: z.number().int(), id: z.number().int() }).nullable(),
  /** The compatibility level that applies. */
  compatibility: Compatibility.nullable(),
  /** The subject has no level of its own: the global one applies. */
  inherits: z.boolean(),
  error: ErrorValue.nullable(),
})
export type SubjectSummary = z.infer<typeof SubjectSummary>

export const TopicOfSubject = z.strictObject({
  topic: z.string(),
  /** null: RecordName and TopicRecordName do not distinguish key and value. */
  part: z.enum(['key', 'value']).nullable(),
  /** How it was found. `name`: by the subject's name. `sample`: the topic's last records carry one of its ids. */
  by: z.enum(['name', 'sample']),
  strategy: NamingStrategy.nullable(),
})
export type TopicOfSubject = z.infer<typeof TopicOfSubject>

export const RegistryStep = z.strictObject({
  step: z.enum(['reach', 'sign-in', 'api', 'rights']),
  url: z.string(),
  status: z.enum(['ok', 'failed', 'skipped']),
  message: z.string(),
  milliseconds: z.number(),
})
export type RegistryStep = z.infer<typeof RegistryStep>

const OnSubject = OnConnection.extend({ subject: SubjectName })

export const schemas = {
  /**
   * Tests a connection step by step without keeping anything: the first step for every address, all steps for the address that
   * answers.
   */
  'schemas.test': route({
    input: z.strictObject({ profile: Profile, registrySecrets: SecretsInput.default({}), agreed: Agreed }),
    output: z.strictObject({
      steps: z.array(RegistryStep),
      error: ErrorValue.nullable(),
      /** How many subjects these credentials can see; null: no registry was reached. */
      subjects: z.number().int().nullable(),
      /** Features the app would use and this registry does not have, one sentence each. */
      lacks: z.array(z.string()),
    }),
    extent: ({ error }) => (error === null ? 'all' : 'none'),
    effect: 'read',
  }),
  /**
   * Gives secrets for an open profile's registry, for this run only unless `remember`; and `agreed`: each `agreement` of a
   * `connect.secret` error (its details say `what: 'registry'`) that the user agreed to.
   */
  'schemas.entrust': route({
    input: OnConnection.extend({
      secrets: SecretsInput.default({}),
      remember: z.boolean().default(false),
      agreed: Agreed,
    }),
    output: Empty,
    effect: 'local',
  }),
  /** Throws `registry.absent` if the profile has no registry, as all these routes do. */
  'schemas.about': route({
    input: OnConnection,
    output: z.strictObject({
      kind: RegistryKind,
      urls: z.array(z.string()),
      context: z.string(),
      compatibility: Compatibility.nullable(),
      /** `READWRITE`, `READONLY`, `IMPORT` …, in the registry's own words; null: it does not say. */
      mode: z.string().nullable(),
      lacks: z.array(z.string()),
    }),
    effect: 'read',
  }),
  /** Sorted by name. Pages after the first come from the same answer. */
  'schemas.subjects': route({
    input: OnConnection.extend({
      /** Include those that were soft-deleted. */
      deleted: z.boolean().default(false),
      from: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(20_000).default(20_000),
    }),
    output: z.strictObject({
      items: z.array(z.strictObject({ subject: SubjectName, deleted: z.boolean() })),
      total: z.number().int(),
      next: z.number().int().nullable(),
      /** The registry may hold more, but has no way to list them. */
      isCut: z.boolean(),
    }),
    effect: 'read',
  }),
  /**
   * Type, versions and compatibility of the named subjects, with few requests at a time; each is sent as soon as it is known.
   */
  'schemas.summaries': stream({
    input: OnConnection.extend({
      subjects: z.array(SubjectName).min(1).max(20_000),
      deleted: z.boolean().default(false),
    }),
    batch: z.array(SubjectSummary),
    progress: z.strictObject({ done: z.number().int(), of: z.number().int() }),
    done: z.strictObject({ done: z.number().int(), failed: z.number().int() }),
    extent: ({ done, failed }) => (failed === 0 ? 'all' : done > failed ? 'partly' : 'none'),
    effect: 'read',
  }),
  'schemas.subject': route({
    input: OnSubject.extend({ deleted: z.boolean().default(false) }),
    output: z.strictObject({
      subject: SubjectName,
      versions: z.array(z.strictObject({ version: z.number().int(), deleted: z.boolean() })),
      /** The latest version that is not deleted; null: all are. */
      latest: SchemaVersion.nullable(),
      compatibility: CompatibilityOf,
      mode: z.string().nullable(),
    }),
    effect: 'read',
  }),
  'schemas.version': route({
    input: OnSubject.extend({
      version: z.union([z.number().int().min(1), z.literal('latest')]),
      deleted: z.boolean().default(false),
    }),
    output: SchemaVersion,
    effect: 'read',
  }),
  /** The schema that a record names, and the subjects it is registered under. */
  'schemas.find': route({
    input: OnConnection.extend({ schema: SchemaId }),
    output: z.strictObject({
      id: z.number().int().nullable(),
      guid: z.string().nullable(),
      type: RegistrySchemaType,
      text: z.string(),
      references: z.array(SchemaReference),
      /** null: this registry does not say. */
      versions: z.array(VersionOf).nullable(),
    }),
    effect: 'read',
  }),
  /** The schemas a version refers to, and those that refer to it. */
  'schemas.references': route({
    input: OnSubject.extend({ version: z.number().int().min(1) }),
    output: z.strictObject({
      /**
       * All that it needs, each once, ordered so that each comes after what it needs; `depth` 1 is what it refers to directly.
       */
      uses: z.array(
        SchemaReference.extend({ depth: z.number().int(), id: z.number().int(), type: RegistrySchemaType }),
      ),
      /** Why these references cannot be resolved: one is missing, they form a circle, or there are too many. */
      problem: ErrorValue.nullable(),
      usedBy: z.array(VersionOf.extend({ id: z.number().int() })),
    }),
    effect: 'read',
  }),
  /** The topics of a subject, found by its name; with `sample` also those whose last records carry one of its ids. */
  'schemas.topics': route({
    input: OnSubject.extend({ sample: z.boolean().default(false) }),
    output: z.strictObject({ items: z.array(TopicOfSubject), use: SchemaUse.nullable() }),
    extent: ({ items, use }) => extentOf(items.length, use?.failures ?? []),
    effect: 'read',
  }),
  /** The subjects of a topic, found by their names. */
  'schemas.ofTopic': route({
    input: OnConnection.extend({ topic: z.string().min(1) }),
    output: z.strictObject({
      items: z.array(
        z.strictObject({
          subject: SubjectName,
          part: z.enum(['key', 'value']).nullable(),
          strategy: NamingStrategy,
          /** The record's name, for TopicRecordName. */
          record: z.string().nullable(),
        }),
      ),
    }),
    effect: 'read',
  }),
  /** null: the global setting. */
  'schemas.compatibility': route({
    input: OnConnection.extend({ subject: SubjectName.nullable().default(null) }),
    output: CompatibilityOf,
    effect: 'read',
  }),
  /** Whether a draft may be registered, with the registry's own messages. Writes nothing. */
  'schemas.check': route({
    input: OnSubject.extend({ draft: SchemaDraft }),
    output: SchemaCheck,
    effect: 'read',
  }),
  'schemas.planRegister': route({
    input: OnSubject.extend({ draft: SchemaDraft }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** Without a version: the subject with all its versions. */
  'schemas.planDelete': route({
    input: OnSubject.extend({
      version: z.number().int().min(1).nullable().default(null),
      permanent: z.boolean().default(false),
    }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** `level` null: removes the subject's own setting. */
  'schemas.planCompatibility': route({
    input: OnConnection.extend({ subject: SubjectName.nullable().default(null), level: Compatibility.nullable() }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** The plan that undoes a journalled change of the registry. */
  'schemas.planUndo': route({
    input: OnConnection.extend({ journalId: z.string() }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** Applies the plan if nothing has changed since it was made. */
  'schemas.apply': route({
    input: OnConnection.extend({ plan: SchemaPlan, confirm: Confirm }),
    output: SchemaResult,
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['schemas.planRegister', 'schemas.planDelete', 'schemas.planCompatibility', 'schemas.planUndo'],
      entries: ['schema'],
      running: ['A change of the schema registry is being made.', 'changes of the schema registry are being made.'],
    },
    extent: ({ status }) => (status === 'done' || status === 'same' ? 'all' : status === 'partly' ? 'partly' : 'none'),
  }),
}
