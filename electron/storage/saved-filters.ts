import { join } from 'node:path'
import type { ProfileId } from '#shared/model/ids.ts'
import { KeptFilters } from '#shared/model/saved-filter.ts'
import { jsonFile, type JsonFile, type Migrations } from './json-file.ts'

/** The filters of a profile, or those for all profiles. */
type Place = ProfileId | 'all'

export interface FiltersStore {
  get(place: Place): Promise<KeptFilters>
  update(place: Place, change: (kept: KeptFilters) => KeptFilters): Promise<KeptFilters>
  /** Deletes them with their profile. */
  forget(id: ProfileId): Promise<void>
}

/** Entry n converts format n to n + 1. */
const migrations: Migrations = {}
const none: KeptFilters = { saved: [], recent: [] }

/** One file per profile, separate from the profiles, and one for all of them, whose name cannot be a profile's id. */
export function createFiltersStore(folder: string): FiltersStore {
  const pathOf = (place: Place): string => join(folder, 'filters', place === 'all' ? '_all.json' : `${place}.json`)
  const fileOf = (place: Place): JsonFile<KeptFilters> =>
    jsonFile({
      path: pathOf(place),
      kind: 'seekline.filters',
      version: 1,
      schema: KeptFilters,
      migrations,
      backup: true,
      tooLarge: { message: 'The filters that are kept here are too large together', hint: 'Delete those that nobody uses.' }, // oxfmt-ignore
    })
  return {
    get: async (place) => (await fileOf(place).read()) ?? none,
    update: (place, change) => fileOf(place).update((kept) => change(kept ?? none)),
    forget: (id) => fileOf(id).remove(),
  }
}
