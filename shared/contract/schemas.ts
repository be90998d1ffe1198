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
  /** Of the latest version; null where it could not be had: `error` says why. */
  type: RegistrySchemaType.nullable(),
  versions: z.array(z.number().int()),
  latest: z.strictObject({ version: z.number().int(), id: z.number().int() }).nullable(),
  /** What holds for it. */
  compatibility: Compatibility.nullable(),
  /** It has none of its own: the registry's holds. */
  inherits: z.boolean(),
  error: ErrorValue.nullable(),
})
export type SubjectSummary = z.infer<typeof SubjectSummary>

export const TopicOfSubject = z.strictObject({
  topic: z.string(),
  /** null: RecordName and TopicRecordName do not tell key from value. */
  part: z.enum(['key', 'value']).nullable(),
  /** `by`: the subject's name says so. `sampled`: the topic's last records carry one of its ids. */
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
  /** Tries each step without keeping anything; of every address the first step, of the one that answers all. */
  'schemas.test': route({
    input: z.strictObject({ profile: Profile, registrySecrets: SecretsInput.default({}), agreed: Agreed }),
    output: z.strictObject({
      steps: z.array(RegistryStep),
      error: ErrorValue.nullable(),
      /** How many subjects these credentials are shown; null: none was reached. */
      subjects: z.number().int().nullable(),
      /** What this registry lacks that the app would use, as sentences. */
      lacks: z.array(z.string()),
    }),
    extent: ({ error }) => (error === null ? 'all' : 'none'),
    effect: 'read',
  }),
  /**
   * Secrets of an open profile's registry, for this run only unless `remember`; and `agreed`: each `agreement` of a
   * `connect.secret` error (its details say `what: 'registry'`) that somebody said yes to.
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
  /** Throws `registry.absent` where the profile has none, as all of these do. */
  'schemas.about': route({
    input: OnConnection,
    output: z.strictObject({
      kind: RegistryKind,
      urls: z.array(z.string()),
      context: z.string(),
      compatibility: Compatibility.nullable(),
      /** `READWRITE`, `READONLY`, `IMPORT` …, the registry's own word; null: it does not tell. */
      mode: z.string().nullable(),
      lacks: z.array(z.string()),
    }),
    effect: 'read',
  }),
  /** By name. Pages after the first are of the same answer. */
  'schemas.subjects': route({
    input: OnConnection.extend({
      /** Those too that were deleted softly. */
      deleted: z.boolean().default(false),
      from: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(20_000).default(20_000),
    }),
    output: z.strictObject({
      items: z.array(z.strictObject({ subject: SubjectName, deleted: z.boolean() })),
      total: z.number().int(),
      next: z.number().int().nullable(),
      /** The registry may hold more, and tells of no way to them. */
      isCut: z.boolean(),
    }),
    effect: 'read',
  }),
  /** Type, versions and compatibility of those named, a few requests at a time; each as soon as it is known. */
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
      /** The latest that is not deleted; null: all are. */
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
  /** The schema that a record names, and where it is registered. */
  'schemas.find': route({
    input: OnConnection.extend({ schema: SchemaId }),
    output: z.strictObject({
      id: z.number().int().nullable(),
      guid: z.string().nullable(),
      type: RegistrySchemaType,
      text: z.string(),
      references: z.array(SchemaReference),
      /** null: this registry does not tell. */
      versions: z.array(VersionOf).nullable(),
    }),
    effect: 'read',
  }),
  /** What a version refers to, and what refers to it. */
  'schemas.references': route({
    input: OnSubject.extend({ version: z.number().int().min(1) }),
    output: z.strictObject({
      /** All that it needs, each once, those first that others need; `depth` 1 is what it names itself. */
      uses: z.array(
        SchemaReference.extend({ depth: z.number().int(), id: z.number().int(), type: RegistrySchemaType }),
      ),
      /** Why what it refers to cannot be used: missing, in a circle, too much. */
      problem: ErrorValue.nullable(),
      usedBy: z.array(VersionOf.extend({ id: z.number().int() })),
    }),
    effect: 'read',
  }),
  /** The topics of a subject, by its name; with `sample` also those whose last records carry one of its ids. */
  'schemas.topics': route({
    input: OnSubject.extend({ sample: z.boolean().default(false) }),
    output: z.strictObject({ items: z.array(TopicOfSubject), use: SchemaUse.nullable() }),
    extent: ({ items, use }) => extentOf(items.length, use?.failures ?? []),
    effect: 'read',
  }),
  /** The subjects of a topic, by their names. */
  'schemas.ofTopic': route({
    input: OnConnection.extend({ topic: z.string().min(1) }),
    output: z.strictObject({
      items: z.array(
        z.strictObject({
          subject: SubjectName,
          part: z.enum(['key', 'value']).nullable(),
          strategy: NamingStrategy,
          /** Of TopicRecordName. */
          record: z.string().nullable(),
        }),
      ),
    }),
    effect: 'read',
  }),
  /** null: the registry's own. */
  'schemas.compatibility': route({
    input: OnConnection.extend({ subject: SubjectName.nullable().default(null) }),
    output: CompatibilityOf,
    effect: 'read',
  }),
  /** Whether a draft may be registered, in the registry's own words. Writes nothing. */
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
  /** Without a version: the subject with all it has. */
  'schemas.planDelete': route({
    input: OnSubject.extend({
      version: z.number().int().min(1).nullable().default(null),
      permanent: z.boolean().default(false),
    }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** `level` null: takes the subject's own away. */
  'schemas.planCompatibility': route({
    input: OnConnection.extend({ subject: SubjectName.nullable().default(null), level: Compatibility.nullable() }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** The plan that takes a journalled change of the registry back. */
  'schemas.planUndo': route({
    input: OnConnection.extend({ journalId: z.string() }),
    output: SchemaPlan,
    effect: 'read',
  }),
  /** Does what the plan says if all is still as it saw it. */
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
