import { join } from 'node:path'
import { z } from 'zod'
import type { ProfileId } from '#shared/model/ids.ts'
import { jsonFile, type JsonFile, type JsonFileOptions } from './json-file.ts'
import { mark, unmark } from './marked-json.ts'

/** A list stored with a profile; empty: nothing. */
export interface ProfileList<T> {
  get(id: ProfileId): Promise<T[]>
  update(id: ProfileId, change: (kept: T[]) => T[]): Promise<T[]>
  /** Deletes it with its profile. */
  forget(id: ProfileId): Promise<void>
}

export interface ProfileListOptions<T> extends Pick<JsonFileOptions<unknown>, 'kind' | 'version' | 'tooLarge'> {
  /** The folder of its files, inside the app's own. */
  area: string
  schema: z.ZodType<T[]>
}

/** One file per profile, separate from the profiles: they are shared independently. */
export function createProfileList<T>(folder: string, { area, schema, ...file }: ProfileListOptions<T>): ProfileList<T> {
  /** As in a file: validated in their real types, stored as JSON. */
  const marked = z.unknown().transform(unmark).pipe(schema).transform(mark)
  const fileOf = (id: ProfileId): JsonFile<unknown> =>
    jsonFile({ ...file, path: join(folder, area, `${id}.json`), schema: marked, migrations: {}, backup: true })
  const read = (stored: unknown): T[] => (stored === null ? [] : schema.parse(unmark(stored)))
  return {
    get: async (id) => read(await fileOf(id).read()),
    update: async (id, change) => read(await fileOf(id).update((stored) => mark(change(read(stored))))),
    forget: (id) => fileOf(id).remove(),
  }
}
