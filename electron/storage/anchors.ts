import { join } from 'node:path'
import { z } from 'zod'
import { Anchors } from '#shared/model/anchor.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { jsonFile, type JsonFile, type Migrations } from './json-file.ts'
import { mark, unmark } from './marked-json.ts'

export interface AnchorsStore {
  get(id: ProfileId): Promise<Anchors>
  update(id: ProfileId, change: (anchors: Anchors) => Anchors): Promise<Anchors>
  /** With its profile. */
  forget(id: ProfileId): Promise<void>
}

/** Entry n turns format n into n + 1. */
const migrations: Migrations = {}

/** As they stand in a file: checked as what they are, kept as JSON can. */
const Marked = z.unknown().transform(unmark).pipe(Anchors).transform(mark)

/** A file a profile, beside the profiles. */
export function createAnchorsStore(folder: string): AnchorsStore {
  const fileOf = (id: ProfileId): JsonFile<unknown> =>
    jsonFile({
      path: join(folder, 'anchors', `${id}.json`),
      kind: 'seekline.anchors',
      version: 1,
      schema: Marked,
      migrations,
      backup: true,
      tooLarge: { message: 'The anchors of this profile are too large together', hint: 'Delete those that nobody uses.' }, // prettier-ignore
    })
  const read = (stored: unknown): Anchors => (stored === null ? [] : Anchors.parse(unmark(stored)))
  return {
    get: async (id) => read(await fileOf(id).read()),
    update: async (id, change) => read(await fileOf(id).update((stored) => mark(change(read(stored))))),
    forget: (id) => fileOf(id).remove(),
  }
}
