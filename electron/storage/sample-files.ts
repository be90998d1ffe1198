import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileId } from '#shared/model/ids.ts'

/** The folder for samples: one folder per profile, deleted with it. */
export const sampleRoot = (folder: string): string => join(folder, 'samples')

export async function forgetSamples(folder: string, profile: ProfileId): Promise<void> {
  await rm(join(sampleRoot(folder), profile), { recursive: true, force: true })
}
