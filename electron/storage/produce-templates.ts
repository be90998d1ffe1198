import { join } from 'node:path'
import { z } from 'zod'
import type { ProfileId } from '#shared/model/ids.ts'
import { ProduceTemplates } from '#shared/model/produce.ts'
import { jsonFile, type JsonFile, type Migrations } from './json-file.ts'
import { mark, unmark } from './marked-json.ts'

export interface ProduceTemplatesStore {
  /** What is kept of a profile; empty: nothing. */
  get(id: ProfileId): Promise<ProduceTemplates>
  update(id: ProfileId, change: (templates: ProduceTemplates) => ProduceTemplates): Promise<ProduceTemplates>
  /** With its profile. */
  forget(id: ProfileId): Promise<void>
}

export const templatesVersion = 1
/** Entry n turns format n into n + 1. */
const migrations: Migrations = {}

/** As they stand in a file: checked as what they are, kept as JSON can. */
const Marked = z.unknown().transform(unmark).pipe(ProduceTemplates).transform(mark)

/** A file a profile, beside the profiles: they are shared without each other. */
export function createProduceTemplatesStore(folder: string): ProduceTemplatesStore {
  const pathOf = (id: ProfileId): string => join(folder, 'produce', `${id}.json`)
  const fileOf = (id: ProfileId): JsonFile<unknown> =>
    jsonFile({
      path: pathOf(id),
      kind: 'seekline.templates',
      version: templatesVersion,
      schema: Marked,
      migrations,
      backup: true,
      tooLarge: {
        message: 'The templates of this profile are too large together',
        hint: 'Delete those that nobody uses, or send large values from a file.',
      },
    })
  const read = (stored: unknown): ProduceTemplates => (stored === null ? [] : ProduceTemplates.parse(unmark(stored)))
  return {
    get: async (id) => read(await fileOf(id).read()),
    update: async (id, change) => read(await fileOf(id).update((stored) => mark(change(read(stored))))),
    forget: (id) => fileOf(id).remove(),
  }
}
