import type { ProfileEntry, profiles } from '#shared/contract/connections.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { readProfileFile } from '#shared/model/profile-file.ts'
import { importProfile } from '#shared/model/profile-import.ts'
import { raisesAccess, warnings, type Profile } from '#shared/model/profile.ts'
import { separateReferences } from '#shared/model/secrets.ts'
import type { ProfileStore } from '../storage/profiles.ts'
import type { SecretStore } from '../storage/secrets.ts'

export interface ProfilesDependencies {
  store: ProfileStore
  secrets: SecretStore
  /** Tells an open connection of its profile's change, or (null) of its end. */
  onChange(id: ProfileId, profile: Profile | null): void
}

/** Saved profiles. Secrets come in by these routes and never go out again. */
export function createProfilesService({ store, secrets, onChange }: ProfilesDependencies): ServiceOf<typeof profiles> {
  const entry = async (profile: Profile): Promise<ProfileEntry> => ({
    profile,
    stored: await secrets.known(profile),
    warnings: warnings(profile),
  })
  const existing = async (id: ProfileId): Promise<Profile | null> => {
    const { items } = await store.list()
    return items.find((profile) => profile.id === id) ?? null
  }

  return {
    'profiles.list': async () => {
      const { items, damaged } = await store.list()
      return { items: await Promise.all(items.map(entry)), damaged }
    },

    'profiles.save': async ({ profile: given, secrets: typed, confirm }) => {
      const before = await existing(given.id)
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
      const saved = await store.save(separated.profile)
      await secrets.set(saved, separated.secrets)
      onChange(saved.id, saved)
      return entry(saved)
    },

    'profiles.duplicate': async ({ id }) => entry(await store.duplicate(id)),

    'profiles.delete': async ({ id }) => {
      await store.delete(id)
      await secrets.forget(id)
      onChange(id, null)
      return {}
    },

    'profiles.import': async ({ text }) => {
      const exported = readProfileFile(text)
      if (exported === undefined) return importProfile(text)
      const ignored = exported.notes.map((why) => ({ key: exported.profile.name, why }))
      return { profile: exported.profile, secrets: {}, understood: Object.keys(exported.profile), ignored }
    },
  }
}
