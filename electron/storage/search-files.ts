import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileId } from '#shared/model/ids.ts'
import { errorCode, listFolder, makeFolder } from './atomic-files.ts'

/** A kept search as a file. */
export interface SearchFile {
  readonly search: string
  readonly profile: ProfileId
  readonly path: string
  readonly bytes: number
  /** In ms since 1970. */
  readonly changedAt: number
}

const SUFFIX = '.search'

/** The folder for searches: one folder per profile, deleted with it. */
export function createSearchFiles(folder: string) {
  const root = join(folder, 'searches')
  const of = async (profile: ProfileId): Promise<SearchFile[]> => {
    const names = await listFolder(join(root, profile))
    const files = names.filter((name) => name.endsWith(SUFFIX)).map((name) => fileAt(join(root, profile), profile, name)) // oxfmt-ignore
    return (await Promise.all(files)).filter((file) => file !== null)
  }
  const all = async (): Promise<SearchFile[]> => {
    const folders = await readdir(root, { withFileTypes: true }).catch(() => [])
    const profiles = folders.filter((one) => one.isDirectory()).map(({ name }) => of(name as ProfileId))
    return (await Promise.all(profiles)).flat()
  }
  return {
    of,
    all,
    pathOf: (profile: ProfileId, search: string): string => join(root, profile, `${search}${SUFFIX}`),
    makeFolder: (profile: ProfileId): Promise<void> => makeFolder(join(root, profile)),
    find: async (search: string): Promise<SearchFile | null> =>
      (await all()).find((file) => file.search === search) ?? null,
    remove: async (path: string): Promise<void> => {
      await rm(path, { force: true })
      await rm(lockOf(path), { force: true })
    },
    /** Deletes them with their profile. */
    forget: (profile: ProfileId): Promise<void> => rm(join(root, profile), { recursive: true, force: true }),
  }
}
export type SearchFiles = ReturnType<typeof createSearchFiles>

/** The lock that the writer holds. */
export const lockOf = (path: string): string => `${path}.lock`

async function fileAt(folder: string, profile: ProfileId, name: string): Promise<SearchFile | null> {
  const path = join(folder, name)
  try {
    const { size, mtimeMs } = await stat(path)
    return { search: name.slice(0, -SUFFIX.length), profile, path, bytes: size, changedAt: Math.round(mtimeMs) }
  } catch (error) {
    // Removed in the meantime.
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}
