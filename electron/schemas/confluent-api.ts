import { Compatibility, type RegistrySchemaType, type SchemaDraft } from '#shared/model/registered-schema.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { Registry } from '#shared/model/registry.ts'
import { z } from 'zod'
import { tooLarge } from './registry-errors.ts'
import { registryLimits } from './registry-spec.ts'
import { jsonOf, type RegistryAnswer, type RegistryRequest, type Transport } from './http-transport.ts'

/** Features that a registry with Confluent's API may lack; found out by trying, never from its name. */
export type Feature = 'mode' | 'guids' | 'versions of an id' | 'referenced by' | 'all subjects'

const mostNames = 200_000
/** Versions of one subject; each is requested by its number. */
const mostVersions = 10_000
const Reference = z.object({ name: z.string(), subject: z.string(), version: z.number().int() })
const References = z.array(Reference).max(1_000).nullish()
const Names = z.array(z.string().min(1).max(1_000)).max(mostNames)
const Numbers = z.array(z.number().int()).max(mostVersions)
const Found = z.object({
  schema: z.string(),
  schemaType: z.string().nullish(),
  references: References,
  guid: z.string().nullish(),
})
const FoundVersion = Found.extend({
  subject: z.string(),
  version: z.number().int(),
  id: z.number().int(),
  deleted: z.boolean().nullish(),
})
const Verdict = z.object({
  is_compatible: z.boolean(),
  messages: z.array(z.unknown()).max(10_000).nullish(),
  /** Apicurio's field, in place of messages. */
  reason: z.string().nullish(),
})

export interface StoredSchema {
  type: RegistrySchemaType
  text: string
  references: { name: string; subject: string; version: number }[]
  guid: string | null
}

export interface StoredVersion extends StoredSchema {
  subject: string
  version: number
  id: number
  deleted: boolean
}

type Options = { signal?: AbortSignal | undefined }

/**
 * Confluent's API, as Confluent, Karapace and Apicurio implement it. It always requests the text of a schema with its
 * references: the output of `format=serialized` differs between all of them.
 */
export type RegistryApi = ReturnType<typeof createApi>

// oxlint-disable-next-line max-lines-per-function -- one short method for each call of the API
export function createApi(
  registry: Pick<Registry, 'context' | 'kind'>,
  transport: Transport,
  /** For Apicurio only: whether a subject has a compatibility level of its own. */
  hasOwnRule: (subject: string, signal?: AbortSignal) => Promise<boolean> = () => Promise.resolve(false),
  lostMs: number = registryLimits.lostMs,
) {
  const lacking = new Set<Feature>()
  const prefix = registry.context === '' ? '' : `/contexts/${segment(registry.context)}`
  const ask = (asked: RegistryRequest): Promise<RegistryAnswer> =>
    transport.ask({ ...asked, path: `${prefix}${asked.path}` })
  const get = async <T>(
    schema: z.ZodType<T>,
    path: string,
    { signal }: Options,
    query?: Record<string, string>,
  ): Promise<T> =>
    // oxfmt-ignore
    readBody(schema, await ask({ path, signal, ...(query === undefined ? {} : { query }) }))

  /** For calls that every registry has: if a context lacks one, the registry has no contexts. */
  const usual: typeof get = (...asked) =>
    get(...asked).catch((error: unknown) => {
      throw prefix !== '' && isLacking(error) ? noContexts(registry.context) : error
    })

  /**
   * null: this registry lacks the call. If it has it, it answers 404 with a code of its own for missing things. Apicurio 3
   * leaves about one in some thousand requests for an unknown path unanswered, so it is asked again, finally with more time.
   */
  const optional = async <T>(
    feature: Feature,
    { signal }: Options,
    work: (options: Options) => Promise<T>,
  ): Promise<T | null> => {
    if (lacking.has(feature)) return null
    for (let hasty = registry.kind === 'apicurio' ? 2 : 0; ; hasty -= 1) {
      const haste = hasty > 0 ? AbortSignal.timeout(lostMs) : undefined
      const given = [signal, haste].filter((one) => one !== undefined)
      try {
        return await work(given.length === 0 ? {} : { signal: AbortSignal.any(given) })
      } catch (error) {
        if (isLacking(error)) {
          lacking.add(feature)
          return null
        }
        if (haste?.aborted !== true || signal?.aborted === true) throw error
      }
    }
  }
  const at = (subject: string, version?: number | 'latest') =>
    `/subjects/${segment(subject)}${version === undefined ? '' : `/versions/${version}`}`
  const globalCompatibility = async (options: Options = {}) => levelOf(await get(LevelAnswer, '/config', options))
  const deletedToo = (deleted: boolean | undefined) => (deleted === true ? { deleted: 'true' } : undefined)

  return {
    lacks: (): readonly Feature[] => [...lacking],
    /** As many as the registry lists at once; `allSubjects` has all. */
    subjects: (options: Options & { deleted?: boolean; offset?: number } = {}) => {
      const { offset = 0 } = options
      const query = { ...deletedToo(options.deleted), ...(offset === 0 ? {} : { offset: String(offset) }) }
      return usual(Names, '/subjects', options, query)
    },
    versions: async (subject: string, options: Options & { deleted?: boolean } = {}) =>
      (await usual(Numbers, `${at(subject)}/versions`, options, deletedToo(options.deleted))).sort((a, b) => a - b),
    version: async (subject: string, version: number | 'latest', options: Options & { deleted?: boolean } = {}) =>
      storedVersion(await usual(FoundVersion, at(subject, version), options, deletedToo(options.deleted))),
    byId: async (id: number, options: Options = {}) => stored(await usual(Found, `/schemas/ids/${id}`, options)),
    byGuid: (guid: string, options: Options = {}) =>
      optional('guids', options, async (asked) => stored(await get(Found, `/schemas/guids/${guid}`, asked))),
    versionsOfId: (id: number, options: Options = {}) =>
      optional('versions of an id', options, (asked) =>
        get(
          z.array(z.object({ subject: z.string(), version: z.number().int() })).max(mostNames),
          `/schemas/ids/${id}/versions`,
          asked,
          { deleted: 'true' },
        ),
      ),
    /** Ids of schemas that refer to this version. */
    referencedBy: (subject: string, version: number, options: Options = {}) =>
      optional('referenced by', options, (asked) => get(Numbers, `${at(subject, version)}/referencedby`, asked)),
    globalCompatibility,
    /** A subject's own level, and the one that applies. */
    compatibilityOf: async (subject: string | null, options: Options = {}, known?: Compatibility | null) => {
      const global = known === undefined ? await globalCompatibility(options) : known
      if (subject === null) return { own: global, level: global }
      const path = `/config/${segment(subject)}`
      const found = levelOf(await get(LevelAnswer, path, options, { defaultToGlobal: 'false' }).catch(noneSet))
      if (registry.kind !== 'apicurio') return { own: found, level: found ?? global }
      // Apicurio answers with the global level even if the subject has none, so the two cannot be told apart; its release 2
      // with NONE, although the global level applies: its own API tells whether the level is the subject's own.
      const isNobodys = found === global || (found === 'NONE' && !(await hasOwnRule(subject, options.signal)))
      const own = isNobodys ? null : found
      return { own, level: own ?? global }
    },
    mode: (subject: string | null, options: Options = {}) =>
      optional('mode', options, async (asked) => {
        const path = subject === null ? '/mode' : `/mode/${segment(subject)}`
        const query = subject === null ? undefined : { defaultToGlobal: 'true' }
        return (await get(z.object({ mode: z.string().max(100) }), path, asked, query)).mode
      }),
    /** Whether the subject has this very schema; null: it does not. Only reads, although it is a POST. */
    lookUp: async (
      subject: string,
      draft: SchemaDraft,
      { signal }: Options = {},
    ): Promise<{ version: number; id: number } | null> => {
      // oxfmt-ignore
      try {
        const answer = await ask({ method: 'POST', path: at(subject), body: sentOf(draft), signal })
        return readBody(z.object({ version: z.number().int(), id: z.number().int() }), answer)
      } catch (error) {
        if (error instanceof SeeklineError && error.code === 'registry.unknown') return null
        throw error
      }
    },
    /** Against one version, or as the subject's level demands. Only reads, although it is a POST. */
    compatible: async (
      subject: string,
      version: number | 'latest' | null,
      draft: SchemaDraft,
      { signal }: Options = {},
    ) => {
      const path = `/compatibility/subjects/${segment(subject)}/versions${version === null ? '' : `/${version}`}`
      const answer = await ask({ method: 'POST', path, query: { verbose: 'true' }, body: sentOf(draft), signal })
      const { is_compatible: compatible, messages, reason } = readBody(Verdict, answer)
      return { compatible, messages: messages ?? (reason == null ? [] : [reason]) }
    },
    /** The id, and the version if this registry says it. */
    register: async (subject: string, draft: SchemaDraft, { signal }: Options = {}) => {
      const answer = await ask({ method: 'POST', path: `${at(subject)}/versions`, body: sentOf(draft), signal })
      const { id, version } = readBody(z.object({ id: z.number().int(), version: z.number().int().nullish() }), answer)
      return { id, version: version ?? null }
    },
    deleteSubject: async (subject: string, permanent: boolean, { signal }: Options = {}) =>
      readBody(Numbers, await ask({ method: 'DELETE', path: at(subject), ...forGood(permanent), signal })),
    deleteVersion: async (subject: string, version: number, permanent: boolean, { signal }: Options = {}) =>
      readBody(
        z.number().int(),
        await ask({ method: 'DELETE', path: at(subject, version), ...forGood(permanent), signal }),
      ),
    /** `level` null: removes the subject's own level. */
    setCompatibility: async (
      subject: string | null,
      level: Compatibility | null,
      { signal }: Options = {},
    ): Promise<void> => {
      const path = subject === null ? '/config' : `/config/${segment(subject)}`
      if (level === null) await ask({ method: 'DELETE', path, signal })
      else await ask({ method: 'PUT', path, body: { compatibility: level }, signal })
    },
  }
}

/** The field is `compatibilityLevel` when read, `compatibility` when set; some registries answer with either. */
const LevelAnswer = z.object({ compatibilityLevel: z.string().nullish(), compatibility: z.string().nullish() })

function levelOf(found: z.infer<typeof LevelAnswer> | null): Compatibility | null {
  return Compatibility.safeParse(found?.compatibilityLevel ?? found?.compatibility).data ?? null
}

function noneSet(error: unknown): null {
  if (error instanceof SeeklineError && error.code === 'registry.unknown') return null
  throw error
}

const forGood = (permanent: boolean) => (permanent ? { query: { permanent: 'true' } } : {})

/** Without a type a schema is Avro, and the oldest registries know no other. */
function sentOf({ type, text, references }: SchemaDraft) {
  return {
    schema: text,
    ...(type === 'avro' ? {} : { schemaType: type === 'protobuf' ? 'PROTOBUF' : 'JSON' }),
    ...(references.length === 0 ? {} : { references }),
  }
}

function stored({ schema, schemaType, references, guid }: z.infer<typeof Found>): StoredSchema {
  return { type: typeOf(schemaType), text: schema, references: references ?? [], guid: guid ?? null }
}

function storedVersion(found: z.infer<typeof FoundVersion>): StoredVersion {
  const { subject, version, id, deleted } = found
  return { ...stored(found), subject, version, id, deleted: deleted ?? false }
}

export function typeOf(name: string | null | undefined): RegistrySchemaType {
  switch ((name ?? 'AVRO').toUpperCase()) {
    case 'AVRO':
      return 'avro'
    case 'PROTOBUF':
      return 'protobuf'
    case 'JSON':
      return 'json-schema'
    default:
      return 'other'
  }
}

/**
 * A name as one part of a path. Two names cannot be used however they are encoded: servers and clients resolve `..`, and also
 * `%2e%2e`. A lone surrogate has no UTF-8, and its replacement would be another subject's name.
 */
export function segment(name: string): string {
  if (name !== '.' && name !== '..' && name.isWellFormed()) return encodeURIComponent(name)
  throw new SeeklineError(
    'call.invalid',
    `No registry can be asked for ${JSON.stringify(name)}: it is no part of an address.`,
    {
      hint: 'Use another name.',
    },
  )
}

/** Throws `registry.invalid` if the answer does not have this shape. */
export function readBody<T>(schema: z.ZodType<T>, answer: RegistryAnswer): T {
  const parsed = schema.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'too_big' && issue.origin === 'array')
    throw tooLarge(answer.url, `${issue.maximum.toLocaleString('en')} entries`)
  const where = issue?.path.join('.') ?? ''
  throw new SeeklineError(
    'registry.invalid',
    `The schema registry’s answer is not what its API promises${where === '' ? '' : ` (${where})`}.`,
    {
      // oxfmt-ignore
      hint: 'Check its address; it may be another server, or a version that Seekline does not know.',
      details: { url: answer.url },
    },
  )
}

function noContexts(context: string): SeeklineError {
  return new SeeklineError(
    'registry.unsupported',
    `This registry has no contexts, and the profile asks for ${context}.`,
    {
      hint: 'Leave the context empty in the registry’s part of the profile.',
    },
  )
}

/** A path that the registry does not know: for missing things the code has five digits. */
function isLacking(error: unknown): boolean {
  if (!(error instanceof SeeklineError)) return false
  const status = error.details?.['status']
  const registryCode = error.details?.['registryCode']
  if (status === 405 || status === 501) return true
  return status === 404 && !(typeof registryCode === 'number' && registryCode >= 40_000)
}
