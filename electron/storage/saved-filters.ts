import { join } from 'node:path'
import type { ProfileId } from '#shared/model/ids.ts'
import { KeptFilters } from '#shared/model/saved-filter.ts'
import { jsonFile, type JsonFile, type Migrations } from './json-file.ts'

/** Those of a profile, or those for all of them. */
type Place = ProfileId | 'all'

export interface FiltersStore {
  get(place: Place): Promise<KeptFilters>
  update(place: Place, change: (kept: KeptFilters) => KeptFilters): Promise<KeptFilters>
  /** With its profile. */
  forget(id: ProfileId): Promise<void>
}

/** Entry n turns format n into n + 1. */
const migrations: Migrations = {}
const none: KeptFilters = { saved: [], recent: [] }

/** A file a profile, beside the profiles, and one for all of them, whose name no profile's id can be. */
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
