import type { ServiceOf } from '#shared/contract/define.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { registryOf } from '#shared/model/endpoints.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import { subjectsOfTopic, topicsOfSubject } from '#shared/model/subject-names.ts'
import { separateRegistryReferences, type SecretsInput } from '#shared/model/secrets.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { resolveReferences, type ResolvedReference } from '../../schemas/references.ts'
import type { Registries } from '../../schemas/registries.ts'
import { applyPlan, checkPlace } from './apply.ts'
import { carriedIds } from './carried-ids.ts'
import { checkDraft } from './check-draft.ts'
import { planCompatibility, planDelete, planRegister, referrers, versionsOf, type PlanPlace } from './plan.ts'
import { createSubjectLists, summarise } from './subjects.ts'
import type { TopicsPort } from './topics-port.ts'
import { tryRegistry } from './try-registry.ts'
import { planUndo } from './undo.ts'
import { sampleUse } from './schema-use.ts'

export interface SchemasDependencies {
  registries: Registries
  /** A registry client for one attempt, with secrets that are not kept. */
  openOnce(profile: Profile, given: SecretsInput, agreed: readonly string[]): Promise<RegistryClient>
  entrust(profile: Profile, secrets: SecretsInput, remember: boolean, agreed: readonly string[]): Promise<void>
  /** Drops answers that its registry gave with other secrets. */
  forget(connectionId: ConnectionId): void
  /** Throws `connect.closed`. */
  profileOf(connectionId: ConnectionId): Profile
  portOf(connectionId: ConnectionId): Promise<TopicsPort>
  journal(): Promise<ChangeJournal & { get(id: string): Promise<JournalEntry | null> }>
}

/** The schema registry of a profile: reading it, checking drafts, and changing it by plans. */
// oxlint-disable-next-line max-lines-per-function -- one short method for each route of the contract
export function createSchemasService(dependencies: SchemasDependencies): ServiceOf<typeof schemas> {
  const { registries, openOnce, entrust, forget, profileOf, portOf, journal } = dependencies
  const list = createSubjectLists()
  const placeOf = async (connectionId: ConnectionId): Promise<PlanPlace> => {
    const [client, port] = await Promise.all([registries.of(connectionId), portOf(connectionId)])
    return { connectionId, client, port, registry: registryText(profileOf(connectionId)) }
  }

  return {
    'schemas.test': ({ profile: given, registrySecrets, agreed }, { signal }) => {
      const { profile, secrets } = separateRegistryReferences(given, registrySecrets)
      return tryRegistry(() => openOnce(profile, secrets, agreed), given.registry?.urls ?? [], signal)
    },

    'schemas.entrust': async ({ connectionId, secrets, remember, agreed }) => {
      await entrust(profileOf(connectionId), secrets, remember, agreed)
      registries.drop(connectionId)
      forget(connectionId)
      return {}
    },

    'schemas.about': async ({ connectionId }, { signal }) => {
      const client = await registries.of(connectionId)
      const { kind, urls, context } = profileOf(connectionId).registry! // a registry's client exists only where the profile has a registry
      const [compatibility, mode] = await Promise.all([
        client.api.globalCompatibility({ signal }).catch(untold),
        client.api.mode(null, { signal }).catch(untold),
      ])
      return { kind, urls, context, compatibility, mode, lacks: client.lacks() }
    },

    'schemas.subjects': async (input, { signal }) => list(await registries.of(input.connectionId), input, signal),

    'schemas.summaries': async (input, sink, { signal }) =>
      summarise(await registries.of(input.connectionId), input, sink, signal),

    'schemas.subject': async ({ connectionId, subject, deleted }, { signal }) => {
      const client = await registries.of(connectionId)
      const { api } = client
      const [live, all] = await Promise.all([
        versionsOf(client, subject, false, signal),
        deleted ? api.versions(subject, { signal, deleted }) : [],
      ])
      // No version is left: the registry itself says what is wrong, unless they are only soft-deleted.
      if (live.length === 0 && all.length === 0) await api.versions(subject, { signal })
      const last = live.at(-1)
      const [latest, compatibility, mode] = await Promise.all([
        last === undefined ? null : api.version(subject, last, { signal }),
        api.compatibilityOf(subject, { signal }),
        api.mode(subject, { signal }),
      ])
      const living = new Set(live)
      const versions = (all.length > 0 ? all : live).map((version) => ({ version, deleted: !living.has(version) }))
      return { subject, versions, latest, compatibility, mode }
    },

    'schemas.version': async ({ connectionId, subject, version, deleted }, { signal }) =>
      (await registries.of(connectionId)).api.version(subject, version, { signal, deleted }),

    'schemas.find': async ({ connectionId, schema: named }, { signal }) => {
      const { id, schema, versions } = await (await registries.of(connectionId)).look(named, signal)
      const { guid, type, text, references } = schema
      return { id, guid, type, text, references, versions }
    },

    'schemas.references': async ({ connectionId, subject, version }, { signal }) => {
      const client = await registries.of(connectionId)
      const found = await client.api.version(subject, version, { signal, deleted: true })
      const usedBy = await referrers(client, subject, [version], signal)
      try {
        return { uses: (await resolveReferences(client.api, found, signal)).map(asUse), problem: null, usedBy }
      } catch (error) {
        if (signal.aborted) throw error
        return { uses: [], problem: toErrorValue(error), usedBy }
      }
    },

    'schemas.topics': async ({ connectionId, subject, sample }, { signal }) => {
      const { client, port } = await placeOf(connectionId)
      const named = topicsOfSubject(subject, await isTopic(port, signal)).map((one) => ({
        ...one,
        by: 'name' as const,
      }))
      if (!sample) return { items: named, use: null }
      const versions = await versionsOf(client, subject, false, signal)
      const found = await mapLimited(versions.slice(-50), 8, (version) =>
        client.api.version(subject, version, { signal }),
      )
      const use = await sampleUse(port, subject, await carriedIds(client, subject, found, signal), signal)
      const known = new Set(named.map(({ topic }) => topic))
      const more = use.topics.filter(({ topic }) => !known.has(topic))
      return { items: [...named, ...more.map(({ topic, part }) => ({ topic, part, by: 'sample' as const, strategy: null }))], use } // oxfmt-ignore
    },

    'schemas.ofTopic': async ({ connectionId, topic }, { signal }) => {
      const client = await registries.of(connectionId)
      return { items: subjectsOfTopic(topic, (await client.subjects({ signal })).names) }
    },

    'schemas.compatibility': async ({ connectionId, subject }, { signal }) =>
      (await registries.of(connectionId)).api.compatibilityOf(subject, { signal }),

    'schemas.check': async ({ connectionId, subject, draft }, { signal }) =>
      checkDraft(await registries.of(connectionId), subject, draft, signal),

    'schemas.planRegister': async ({ connectionId, subject, draft }, { signal }) =>
      planRegister(await placeOf(connectionId), subject, [draft], signal),

    'schemas.planDelete': async ({ connectionId, subject, version, permanent }, { signal }) =>
      planDelete(
        await placeOf(connectionId),
        { subject, only: version === null ? null : [version], permanent },
        signal,
      ),

    'schemas.planCompatibility': async ({ connectionId, subject, level }, { signal }) =>
      planCompatibility(await placeOf(connectionId), subject, level, signal),

    'schemas.planUndo': async ({ connectionId, journalId }, { signal }) => {
      const [place, kept] = await Promise.all([placeOf(connectionId), journal()])
      return planUndo(await kept.get(journalId), journalId, place, signal)
    },

    'schemas.apply': async ({ connectionId, plan }, { signal }) => {
      checkPlace(plan, connectionId)
      const [place, kept] = await Promise.all([placeOf(connectionId), journal()])
      const { id, name } = profileOf(connectionId)
      return applyPlan(plan, place, { journal: kept, profile: { id, name }, signal })
    },
  }
}

/** The registry a plan was made for: it has no id, so it is identified by its addresses. */
function registryText(profile: Profile): string {
  const { addresses = [] } = registryOf(profile) ?? {}
  const { context = '', urls = addresses } = profile.registry ?? {}
  return [[...urls].sort().join(', '), context].filter((part) => part !== '').join(' ')
}

function asUse({ name, subject, version, depth, id, type }: ResolvedReference) {
  return { name, subject, version, depth, id, type }
}

async function isTopic(port: TopicsPort, signal: AbortSignal): Promise<(name: string) => boolean> {
  const names = new Set(await port.names(signal))
  return (name) => names.has(name)
}

/** Credentials that may list subjects may not be allowed to read everything: the rest is still reported. */
function untold(error: unknown): null {
  if (error instanceof SeeklineError && ['registry.unauthorised', 'registry.unknown', 'registry.refused'].includes(error.code)) return null // oxfmt-ignore
  throw error
}
