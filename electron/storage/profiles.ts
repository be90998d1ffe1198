import { watch } from 'node:fs'
import { join } from 'node:path'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { newProfileId, ProfileId } from '#shared/model/ids.ts'
import { AccessMode, Profile, raisesAccess } from '#shared/model/profile.ts'
import { profileFormat, profileMigrations } from '#shared/model/profile-formats.ts'
import { sameProfileName } from '#shared/model/profile-name.ts'
import { z } from 'zod'
import { damagedFiles, listFolder, makeFolder, syncFolder } from './atomic-files.ts'
import { jsonFile, readOrMend, removeJson, writeJson, type JsonFileOptions } from './json-file.ts'
import { withLock, type HeldLock } from './lock.ts'

export interface ProfileStore {
  /** By name. `damaged` says which files could not be read, and where they were moved. */
  list(): Promise<{ items: Profile[]; damaged: string[] }>
  /** Throws `profile.unknown`. */
  get(id: ProfileId): Promise<Profile>
  /** Throws `profile.unknown`, with the names there are. */
  byName(name: string): Promise<Profile>
  /** Creates a profile, or replaces the one with the same id; throws `profile.invalid` if another has the name. */
  save(profile: Profile): Promise<Profile>
  duplicate(id: ProfileId): Promise<Profile>
  /** Deleting a profile that does not exist is not an error: another process may have been quicker. */
  delete(id: ProfileId): Promise<void>
  /**
   * The strictest access mode of deleted profiles with this id or name, if there were any: deleting a profile and saving it
   * again must not avoid the question that raising its access asks.
   */
  deletedAccess(profile: Pick<Profile, 'id' | 'name'>): Promise<AccessMode | null>
  /** Calls the function after any change, by this or another process. Returns a function that stops it. */
  watch(onChange: () => void): () => void
}

/** Names and access modes of recently deleted profiles. */
const Deleted = z.array(z.strictObject({ id: z.string(), name: z.string(), accessMode: AccessMode }))
type Deleted = z.infer<typeof Deleted>
const mostDeleted = 500

/** One file per profile, so that damage affects only one, and two processes rarely write the same file. */
// oxlint-disable-next-line max-lines-per-function -- one short method per operation on profiles, all over the same files and lock
export function createProfileStore(folder: string): ProfileStore {
  const lockPath = join(folder, '.lock')
  const fileOf = (id: string): JsonFileOptions<Profile> => ({
    path: join(folder, `${id}.json`),
    kind: 'seekline.profile',
    version: profileFormat,
    // A copied file has the id of the original; two profiles with one id would share secrets and overwrite each other.
    schema: Profile.refine((profile) => profile.id === id),
    migrations: profileMigrations,
    backup: true,
    lockPath,
  })

  const deletedFile: JsonFileOptions<Deleted> = {
    path: join(folder, '.deleted'),
    kind: 'seekline.deleted-profiles',
    version: 1,
    schema: Deleted,
    backup: false,
    lockPath,
  }

  async function rememberDeleted(lock: HeldLock, id: string): Promise<void> {
    const profile = await readOrMend(fileOf(id), lock).catch(() => null)
    if (profile === null) return
    const before = (await readOrMend(deletedFile, lock)) ?? []
    const { name, accessMode } = profile
    const others = before.filter((one) => one.id !== id).slice(1 - mostDeleted)
    await writeJson(deletedFile, lock, [...others, { id, name, accessMode }])
  }

  async function readAll(read: (file: JsonFileOptions<Profile>) => Promise<Profile | null>) {
    const items: Profile[] = []
    const unread: string[] = []
    for (const name of await listFolder(folder)) {
      const id = name.endsWith('.json') ? ProfileId.safeParse(name.slice(0, -'.json'.length)) : null
      if (id?.success !== true) continue
      try {
        const profile = await read(fileOf(id.data))
        if (profile !== null) items.push(profile)
      } catch (error) {
        // One file from a newer version, or one without read permission, must not hide the others.
        unread.push(toErrorValue(error).message)
      }
    }
    items.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' }))
    return { items, unread }
  }

  async function writeNamed(lock: HeldLock, profile: Profile, others: Profile[]): Promise<void> {
    const other = others.find((one) => one.id !== profile.id && sameProfileName(one.name, profile.name))
    if (other !== undefined) {
      throw new SeeklineError('profile.invalid', `There is already a profile called "${other.name}".`, {
        hint: 'Choose another name: it is what you type to confirm a write.',
        details: { field: 'name' },
      })
    }
    const file = fileOf(profile.id)
    // Reading first ensures that the file of a newer version is not overwritten, and that only a valid file becomes the backup.
    await readOrMend(file, lock)
    await writeJson(file, lock, profile)
  }

  const locked = <T>(work: (lock: HeldLock, all: Profile[]) => Promise<T>) =>
    withLock(lockPath, async (lock) => work(lock, (await readAll((file) => readOrMend(file, lock))).items))

  return {
    list: async () => {
      const { items, unread } = await readAll((file) => jsonFile(file).read())
      return { items, damaged: [...unread, ...(await damagedFiles(folder))] }
    },
    get: async (id) => {
      const profile = await jsonFile(fileOf(id)).read()
      if (profile !== null) return profile
      throw new SeeklineError('profile.unknown', `There is no profile with the id ${id}.`, {
        hint: 'It may have been deleted elsewhere; look at the list of profiles.',
      })
    },
    byName: async (name) => {
      const { items } = await readAll((file) => jsonFile(file).read())
      const found =
        items.find((profile) => profile.name === name) ?? items.find((one) => sameProfileName(one.name, name))
      if (found !== undefined) return found
      const known = items.map((profile) => `"${profile.name}"`).join(', ')
      throw new SeeklineError('profile.unknown', `There is no profile called "${name}".`, {
        hint: known === '' ? 'No profile is saved yet.' : `There are ${known}.`,
      })
    },
    save: (given) =>
      locked(async (lock, all) => {
        const profile = Profile.parse(given)
        await writeNamed(lock, profile, all)
        return profile
      }),
    duplicate: (id) =>
      locked(async (lock, all) => {
        const original = all.find((profile) => profile.id === id)
        if (original === undefined) throw new SeeklineError('profile.unknown', `There is no profile with the id ${id}.`)
        const copy = Profile.parse({ ...original, id: newProfileId(), name: freeName(original.name, all) })
        await writeNamed(lock, copy, all)
        return copy
      }),
    delete: (id) =>
      withLock(lockPath, async (lock) => {
        const { path } = fileOf(id)
        await rememberDeleted(lock, id)
        await removeJson(path, lock)
        await syncFolder(folder)
      }),
    deletedAccess: async ({ id, name }) => {
      const known = ((await jsonFile(deletedFile).read()) ?? []).filter(
        (one) => one.id === id || sameProfileName(one.name, name),
      )
      return known.reduce<AccessMode | null>(
        (least, { accessMode }) => (least === null || raisesAccess(accessMode, least) ? accessMode : least),
        null,
      )
    },
    watch: (onChange) => watchFolder(folder, onChange),
  }
}

function freeName(name: string, all: Profile[]): string {
  for (let n = 1; ; n += 1) {
    const suffix = n === 1 ? ' copy' : ` copy ${n}`
    const free = `${name.slice(0, 100 - suffix.length)}${suffix}`
    if (!all.some((profile) => sameProfileName(profile.name, free))) return free
  }
}

function watchFolder(folder: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  let end = (): void => undefined
  const changed = (_event: string, name: string | null): void => {
    if (name !== null && !name.endsWith('.json')) return
    // One save causes several events. The timer starts with the first: with the last, a folder that keeps changing would never
    // be reported.
    timer ??= setTimeout(() => {
      timer = undefined
      onChange()
    }, 50).unref()
  }
  makeFolder(folder)
    .then(() => {
      if (ended) return
      const watcher = watch(folder, { persistent: false }, changed)
      // If watching is not available (some network folders), the list is still correct whenever it is requested.
      watcher.on('error', () => watcher.close())
      end = () => watcher.close()
    })
    .catch(() => undefined)
  return () => {
    ended = true
    clearTimeout(timer)
    end()
  }
}
