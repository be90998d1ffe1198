import type { ProfileEntry, profiles } from '#shared/contract/connections.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { beyondUsual, usualStart } from '#shared/model/profile-caution.ts'
import { nameProblem } from '#shared/model/profile-name.ts'
import { raisesAccess, type Profile } from '#shared/model/profile.ts'
import { profileWarnings } from '#shared/model/profile-warnings.ts'
import { brokersOf, registryOf, type Endpoint } from '#shared/model/endpoints.ts'
import { separateReferences, separateRegistryReferences } from '#shared/model/secrets.ts'
import type { SecretName } from '#shared/model/secret-names.ts'
import type { ProfileStore } from '../../storage/profiles.ts'
import type { SecretStore } from '../../storage/secrets.ts'
import { importInThread } from '../../settings-import/import-thread.ts'

export interface ProfilesDependencies {
  store: ProfileStore
  secrets: SecretStore
  /** Tells an open connection about a change of its profile, or (null) its deletion. */
  onChange(id: ProfileId, profile: Profile | null): void
  /** Deletes what else is stored for a profile. */
  onDelete(id: ProfileId): Promise<void>
}

/** Saved profiles. Secrets are accepted by these routes and never returned. */
// oxlint-disable-next-line max-lines-per-function -- one short method for each route of the contract
export function createProfilesService(needs: ProfilesDependencies): ServiceOf<typeof profiles> {
  const { store, secrets, onChange, onDelete } = needs
  const known = async (endpoint: Endpoint | null) => (endpoint === null ? [] : await secrets.known(endpoint))
  const entry = async (profile: Profile): Promise<ProfileEntry> => ({
    profile,
    stored: await secrets.known(brokersOf(profile)),
    registryStored: await known(registryOf(profile)),
    warnings: profileWarnings(profile),
  })
  const existing = async (id: ProfileId): Promise<Profile | null> => {
    const { items } = await store.list()
    return items.find((profile) => profile.id === id) ?? null
  }

  /**
   * A new profile starts with at most the usual rights for its brokers, and at most those of a deleted profile with the same
   * name, unless its name is typed. Reduced verification and an address map are visible in the form that is saved; without a
   * form, they need the name too.
   */
  const checkNew = async (profile: Profile, confirm: string | undefined, isSeen: boolean): Promise<void> => {
    if (confirm === profile.name) return
    const usual = usualStart(profile)
    const before = await store.deletedAccess(profile)
    const accessMode = before !== null && raisesAccess(before, usual.accessMode) ? before : usual.accessMode
    const held = beyondUsual(profile, { ...usual, accessMode }).filter(({ what }) => !isSeen || what === 'access')
    if (held.length === 0) return
    const what = held.map((one) => one.what).join(', ')
    throw new SeeklineError(
      'access.unconfirmed',
      `"${profile.name}" would start with more than a new profile of its brokers: ${what}.`,
      {
        hint: 'Give its name as "confirm" to agree to that.',
        details: { held: held.map((one) => ({ what: one.what, why: one.why })) },
      },
    )
  }

  return {
    'profiles.list': async () => {
      const { items, damaged } = await store.list()
      return { items: await Promise.all(items.map(entry)), damaged }
    },

    'profiles.save': async ({ profile: given, secrets: typed, registrySecrets, confirm, seen }) => {
      const before = await existing(given.id)
      const problem = before?.name === given.name ? undefined : nameProblem(given.name)
      if (problem !== undefined) throw new SeeklineError('profile.invalid', problem, { details: { field: 'name' } })
      if (before === null) await checkNew(given, confirm, seen)
      if (before !== null && raisesAccess(before.accessMode, given.accessMode) && confirm !== before.name) {
        throw new SeeklineError(
          'access.unconfirmed',
          `Letting more be changed through "${before.name}" needs its name typed.`,
          {
            hint: 'Type the profile’s present name exactly as it is shown.',
          },
        )
      }
      const separated = separateReferences(given, typed)
      const ofRegistry = separateRegistryReferences(separated.profile, registrySecrets)
      const saved = await store.save(ofRegistry.profile)
      await secrets.set(brokersOf(saved), separated.secrets)
      const registry = registryOf(saved)
      if (registry !== null) await secrets.set(registry, ofRegistry.secrets)
      onChange(saved.id, saved)
      const listed = await entry(saved)
      const notKept = ({ required, references }: Endpoint, stored: readonly SecretName[]) =>
        required.filter((name) =>
          secrets.box.kind === 'memory' ? references[name] === undefined : !stored.includes(name),
        )
      return {
        ...listed,
        notKept: notKept(brokersOf(saved), listed.stored),
        registryNotKept: registry === null ? [] : notKept(registry, listed.registryStored),
      }
    },

    'profiles.duplicate': async ({ id }) => entry(await store.duplicate(id)),

    'profiles.delete': async ({ id }) => {
      await store.delete(id)
      await secrets.forget(id)
      await onDelete(id)
      onChange(id, null)
      return {}
    },

    'profiles.import': ({ text, cluster }, { signal }) => importInThread({ text, cluster }, signal),
  }
}
