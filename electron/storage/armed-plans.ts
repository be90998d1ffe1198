import { join } from 'node:path'
import { z } from 'zod'
import { ArmedOffsets, ArmedState } from '#shared/contract/armed.ts'
import { Plan } from '#shared/contract/offsets.ts'
import { jsonFile, type Migrations } from './json-file.ts'
import { mark, unmark } from './marked-json.ts'

/**
 * A plan that waits for its group to be empty, as it is stored: so that the next start can report it, however this one ended.
 */
export const ArmedRecord = z.strictObject({
  id: z.string().min(1).max(64),
  profileId: z.string(),
  profileName: z.string(),
  plan: Plan,
  offsets: ArmedOffsets,
  armedAt: z.bigint(),
  expiresAt: z.bigint(),
  /** Which process watches, and in which run of the app. Several may use the same folder. */
  owner: z.strictObject({ pid: z.number().int(), host: z.string(), run: z.string() }),
  /** How it ended; null: it is armed, or its owner ended first. */
  end: ArmedState.nullable(),
})
export type ArmedRecord = z.infer<typeof ArmedRecord>

const ArmedRecords = z.array(ArmedRecord).max(500)

export interface ArmedStore {
  get(): Promise<ArmedRecord[]>
  update(change: (records: readonly ArmedRecord[]) => ArmedRecord[]): Promise<void>
  /** Deletes those of a profile that is deleted. */
  forget(profileId: string): Promise<void>
}

/** Entry n converts format n to n + 1. */
const migrations: Migrations = {}

/** As in the file: validated in their real types, stored as JSON. */
const Marked = z.unknown().transform(unmark).pipe(ArmedRecords).transform(mark)

/** One file for all of them: there are few, and the next start needs all. */
export function createArmedStore(folder: string): ArmedStore {
  const file = jsonFile({
    path: join(folder, 'armed-plans.json'),
    kind: 'seekline.armed-plans',
    version: 1,
    schema: Marked,
    migrations,
    backup: true,
    tooLarge: {
      message: 'The armed plans are too large together',
      hint: 'Dismiss those that have ended, or arm fewer partitions.',
    },
  })
  const read = (stored: unknown): ArmedRecord[] => (stored === null ? [] : ArmedRecords.parse(unmark(stored)))
  const update: ArmedStore['update'] = async (change) => {
    await file.update((stored) => mark(change(read(stored))))
  }
  return {
    get: async () => read(await file.read()),
    update,
    forget: async (profileId) => {
      if (await file.read()) await update((records) => records.filter((one) => one.profileId !== profileId))
    },
  }
}
