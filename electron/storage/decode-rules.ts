import { join } from 'node:path'
import { DecodeRules } from '#shared/model/decode-choice.ts'
import { decodeFileVersion } from '#shared/model/decode-file.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { jsonFile, type JsonFile, type Migrations } from './json-file.ts'

export interface DecodeRulesStore {
  /** The decoding rules of a profile; empty: none. */
  get(id: ProfileId): Promise<DecodeRules>
  update(id: ProfileId, change: (rules: DecodeRules) => DecodeRules): Promise<DecodeRules>
  /** Deletes them with their profile. */
  forget(id: ProfileId): Promise<void>
}

/** Entry n converts format n to n + 1. */
const migrations: Migrations = {}

/** One file per profile, separate from the profiles: they are shared independently, and schemas are long. */
export function createDecodeRulesStore(folder: string): DecodeRulesStore {
  const pathOf = (id: ProfileId): string => join(folder, 'decoding', `${id}.json`)
  const fileOf = (id: ProfileId): JsonFile<DecodeRules> =>
    jsonFile({
      path: pathOf(id),
      kind: 'seekline.decoding',
      version: decodeFileVersion,
      schema: DecodeRules,
      migrations,
      backup: true,
      tooLarge: {
        message: 'What is chosen for the topics of this profile is too large together',
        hint: 'Take choices away that nobody uses, or let them name schemas of the registry.',
      },
    })
  return {
    get: async (id) => (await fileOf(id).read()) ?? [],
    update: (id, change) => fileOf(id).update((rules) => change(rules ?? [])),
    forget: (id) => fileOf(id).remove(),
  }
}
