import type { Compatibility, CompatibilityOf, GoingVersion, SchemaDraft } from '#shared/model/registered-schema.ts'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { SCHEMA_BYTES } from '#shared/model/schema.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import { carriedIds } from './carried-ids.ts'
import { checkDraft } from './check-draft.ts'
import { compatibilitySentence, deleteSentence, registerSentence, versionsWords } from './sentences.ts'
import type { TopicsPort } from './topics-port.ts'
import { sampleUse } from './schema-use.ts'

/** The registry, and the connection, that a plan is made for. */
export interface PlanPlace {
  connectionId: ConnectionId
  client: RegistryClient
  /** Its addresses and context, as one text. */
  registry: string
  port: TopicsPort
  undoOf?: string
}

type PlanOf<A extends SchemaPlan['action']> = Extract<SchemaPlan, { action: A }>

const common = ({ connectionId, registry, port, undoOf }: PlanPlace) => ({
  version: 1 as const,
  connectionId,
  clusterId: port.clusterId,
  registry,
  undoOf: undoOf ?? null,
  madeAt: BigInt(Date.now()),
})

/** What registering would do. `drafts`: several only when a deletion is undone, which compares them with nothing. */
export async function planRegister(
  place: PlanPlace,
  subject: string,
  drafts: readonly SchemaDraft[],
  signal: AbortSignal,
): Promise<PlanOf<'register'>> {
  const { api } = place.client
  const [first, ...others] = drafts
  const [versions, check] = await Promise.all([
    versionsOf(place.client, subject, false, signal),
    first !== undefined && others.length === 0 ? checkDraft(place.client, subject, first, signal) : null,
  ])
  const mode = await api.mode(subject, { signal }).catch(() => null)
  const warnings: string[] = []
  if (mode !== null && mode !== 'READWRITE')
    warnings.push(`The registry’s mode for ${subject} is ${mode}: it may refuse.`)
  if (versions.length === 0) warnings.push(`${subject} is a new subject.`)
  const plan = {
    action: 'register' as const,
    ...common(place),
    subject,
    drafts: [...drafts],
    versions,
    check,
    warnings,
  }
  return { ...plan, refusal: refusalOf(subject, check), summary: registerSentence(plan) }
}

function refusalOf(subject: string, check: PlanOf<'register'>['check']): ErrorValue | null {
  if (check === null || check.compatible === true) return null
  if (check.existing !== null) return null
  return toErrorValue(
    new SeeklineError('plan.refused', `${subject} would not take this schema. ${check.summary}`, {
      hint: check.invalid ? 'Mend the schema where the registry points.' : 'Change the schema, or the subject’s compatibility.', // oxfmt-ignore
    }),
  )
}

/**
 * What would be deleted, what still uses it, and whether it could be restored. `only` null: the subject with all its versions.
 */
export async function planDelete(
  place: PlanPlace,
  { subject, only, permanent }: { subject: string; only: readonly number[] | null; permanent: boolean },
  signal: AbortSignal,
): Promise<PlanOf<'delete'>> {
  const { client } = place
  const [live, all] = await Promise.all([
    versionsOf(client, subject, false, signal),
    permanent ? versionsOf(client, subject, true, signal) : [],
  ])
  const versions = (permanent && all.length > 0 ? all : live).filter((one) => only === null || only.includes(one))
  if (versions.length === 0) throw nothingToDelete(subject, only)
  if (versions.length > MOST_VERSIONS) throw tooMany(subject, versions.length)
  const living = new Set(live)
  const rows = await goingVersions(client, subject, versions, living, signal)
  const known = rows.flatMap(({ id, text, ...row }) =>
    id === null ? [] : [{ ...row, id, ...(text === null ? {} : { text }) }],
  )
  const ids = await carriedIds(client, subject, known, signal)
  const [use, referredToBy] = await Promise.all([
    sampleUse(place.port, subject, ids, signal),
    referrers(client, subject, versions, signal),
  ])
  const warnings: string[] = []
  if (permanent) warnings.push('Deleted for good: registered again it would have another id, and records that carry this one could not be read any more.') // oxfmt-ignore
  else if (rows.some(({ text }) => text === null)) warnings.push('This registry does not tell what is in all of these versions: those could not be given back.') // oxfmt-ignore
  const what = only === null ? ('subject' as const) : ('version' as const)
  const named = referredToBy.map((one) => ({ subject: one.subject, version: one.version }))
  const plan = { action: 'delete' as const, ...common(place), subject, what, permanent, rows, referredToBy: named, use, warnings } // oxfmt-ignore
  return { ...plan, refusal: deletionRefusal(plan, living), summary: deleteSentence(plan) }
}

function deletionRefusal(
  { subject, permanent, referredToBy, rows }: Pick<PlanOf<'delete'>, 'subject' | 'permanent' | 'referredToBy' | 'rows'>,
  living: ReadonlySet<number>,
): ErrorValue | null {
  // oxfmt-ignore
  const refuse = (message: string, hint: string) => toErrorValue(new SeeklineError('plan.refused', message, { hint }))
  const [first] = referredToBy
  if (first !== undefined) {
    const more = referredToBy.length > 1 ? ` and ${referredToBy.length - 1} more` : ''
    return refuse(`${first.subject} version ${first.version}${more} refers to it: the registry keeps it as long.`, 'Delete what refers to it first.') // oxfmt-ignore
  }
  if (permanent && rows.some(({ version }) => living.has(version))) {
    return refuse(`${subject} is not deleted softly yet, which registries want first.`, 'Delete it softly, and then for good.') // oxfmt-ignore
  }
  return null
}

export async function planCompatibility(
  place: PlanPlace,
  subject: string | null,
  after: Compatibility | null,
  signal: AbortSignal,
): Promise<PlanOf<'compatibility'>> {
  if (subject === null && after === null) {
    throw new SeeklineError('call.invalid', 'The registry’s own compatibility can be set, not taken away.')
  }
  const before: CompatibilityOf = await place.client.api.compatibilityOf(subject, { signal })
  const warnings = after === 'NONE' ? ['With NONE any schema is taken: readers may meet records that they cannot read.'] : [] // oxfmt-ignore
  const plan = { action: 'compatibility' as const, ...common(place), subject, before, after, warnings }
  return { ...plan, refusal: null, summary: compatibilitySentence(plan) }
}

/** Empty: the registry does not know the subject. */
export async function versionsOf(
  { api }: RegistryClient,
  subject: string,
  deleted: boolean,
  signal: AbortSignal,
): Promise<number[]> {
  try {
    return await api.versions(subject, { signal, deleted })
  } catch (error) {
    if (error instanceof SeeklineError && error.code === 'registry.unknown') return []
    throw error
  }
}

/** Requests at a time; a registry has other users. */
const AT_ONCE = 8
/** A plan is shown as a whole, and stored. */
const MOST_VERSIONS = 1_000
/** How many schemas that refer to one are listed. */
const MOST_REFERRERS = 200

/** With their texts, so that they can be restored; limited to the size of one schema. */
async function goingVersions(
  { api }: RegistryClient,
  subject: string,
  versions: readonly number[],
  living: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<GoingVersion[]> {
  let room = SCHEMA_BYTES
  return mapLimited(versions, AT_ONCE, async (version): Promise<GoingVersion> => {
    const found = await api.version(subject, version, { signal, deleted: true }).catch((error: unknown) => {
      // Some registries only say that a soft-deleted version exists.
      if (error instanceof SeeklineError && error.code === 'registry.unknown') return null
      throw error
    })
    const fits = found !== null && found.text.length <= room
    if (fits) room -= found.text.length
    return {
      version,
      id: found?.id ?? null,
      type: found?.type ?? null,
      text: fits ? found.text : null,
      references: found?.references ?? [],
      deleted: !living.has(version),
    }
  })
}

/** Versions of other subjects that refer to one of these; the first of them, if there are very many. */
export async function referrers(
  { api }: RegistryClient,
  subject: string,
  versions: readonly number[],
  signal: AbortSignal,
): Promise<{ subject: string; version: number; id: number }[]> {
  const ids = new Set<number>()
  await mapLimited(versions, AT_ONCE, async (version) => {
    if (ids.size >= MOST_REFERRERS) return
    const referring = await api.referencedBy(subject, version, { signal }).catch((error: unknown) => {
      if (error instanceof SeeklineError && error.code === 'registry.unknown') return []
      throw error
    })
    for (const id of referring ?? []) ids.add(id)
  })
  const found = new Map<string, { subject: string; version: number; id: number }>()
  await mapLimited([...ids].slice(0, MOST_REFERRERS), AT_ONCE, async (id) => {
    for (const at of (await api.versionsOfId(id, { signal })) ?? []) {
      if (at.subject !== subject && found.size < MOST_REFERRERS) found.set(`${at.version} ${at.subject}`, { ...at, id })
    }
  })
  return [...found.values()]
}

function tooMany(subject: string, count: number): SeeklineError {
  return new SeeklineError(
    'plan.refused',
    `${subject} has ${count} versions; Seekline deletes at most ${MOST_VERSIONS} in one plan.`,
    {
      hint: 'Delete its versions one by one, or use the registry’s own tool.',
    },
  )
}

function nothingToDelete(subject: string, only: readonly number[] | null): SeeklineError {
  const what = only === null ? `no subject ${subject}` : `no ${versionsWords(only)} of ${subject}`
  return new SeeklineError('registry.unknown', `The registry has ${what} that is not deleted already.`, {
    hint: 'Look at the list of subjects again.',
  })
}
