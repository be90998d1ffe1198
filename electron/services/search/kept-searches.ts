import { randomBytes } from 'node:crypto'
import type { KeptSearch } from '#shared/contract/searches.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { lastBlock } from '../../storage/block-log.ts'
import { withLock } from '../../storage/lock.ts'
import { lockOf, type SearchFile, type SearchFiles } from '../../storage/search-files.ts'
import { OpenSearch, stoppedOf } from './open-search.ts'
import { decodeBlock, type Changing } from './search-blocks.ts'

/** How many searches are kept; the least recently used are deleted first, those with a name last. */
const MOST_KEPT = 100
const MOST_BYTES = 4 * (1 << 30)
const OLDEST_MS = 30 * 86_400_000
/** How many have their hits indexed in memory at the same time. */
const MOST_OPEN = 20

/** The searches that the app keeps, one file each. */
export class KeptSearches {
  readonly #files: SearchFiles
  readonly #open = new Map<string, Promise<OpenSearch>>()

  constructor(files: SearchFiles) {
    this.#files = files
  }

  /** The most recently used first. */
  async list(profile: ProfileId): Promise<{ searches: KeptSearch[]; damaged: string[] }> {
    const searches: KeptSearch[] = []
    const damaged: string[] = []
    for (const file of await this.#files.of(profile)) {
      const kept = await this.#lookAt(file)
      if (kept !== null) searches.push(kept)
      else damaged.push(`${file.path} is no search that this version knows; look at it, or delete it.`)
    }
    return { searches: searches.toSorted((a, b) => b.changedAt - a.changedAt), damaged }
  }

  async begin(profile: ProfileId, changing: Changing): Promise<OpenSearch> {
    const search = randomBytes(16).toString('hex')
    const begun = { kind: 'begun', format: 1, search, startedAt: Date.now(), ...changing } as const
    await this.#makeRoom().catch(() => undefined)
    await this.#files.makeFolder(profile).catch(() => undefined)
    const made = await OpenSearch.begin(this.#files.pathOf(profile, search), begun)
    await this.#remember(search, Promise.resolve(made))
    await made.rest()
    return made
  }

  /** Its current state; throws if it is no longer kept. */
  async get(search: string): Promise<OpenSearch> {
    const known = this.#open.get(search)
    if (known !== undefined) {
      await this.#remember(search, known)
      const open = await known
      if (!open.isRunning) await open.catchUp()
      return open
    }
    const file = await this.#files.find(search)
    if (file === null) throw notKept()
    const opened = OpenSearch.open(file.path, file.changedAt).then((open) => {
      if (open === null) throw notKept()
      return open
    })
    await this.#remember(search, opened)
    return await opened.catch((error: unknown) => {
      this.#open.delete(search)
      throw error
    })
  }

  /** Runs the work while nobody else writes to it, in this process or in another. */
  async writing<T>(search: string, work: (open: OpenSearch) => Promise<T>): Promise<T> {
    const open = await this.get(search)
    // A running search holds the lock already.
    if (open.isRunning) return await work(open)
    const file = await this.#files.find(search)
    if (file === null) return await work(open)
    return await withLock(
      lockOf(file.path),
      async (lock) => {
        open.lock = lock
        try {
          await open.toWrite()
          return await work(open)
        } finally {
          await open.rest()
          open.lock = null
        }
      },
      { timeoutMs: 2_000 },
    )
  }

  async forget(search: string): Promise<void> {
    const open = await this.#open.get(search)?.catch(() => null)
    this.#open.delete(search)
    await open?.close()
    const file = await this.#files.find(search)
    if (file !== null) await this.#files.remove(file.path)
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    for (const one of all) await (await one.catch(() => null))?.close()
  }

  /** From its last block, if that has what lists need; otherwise from the whole file. */
  async #lookAt(file: SearchFile): Promise<KeptSearch | null> {
    const known = await this.#open.get(file.search)?.catch(() => null)
    if (known != null) return known.kept()
    const last = await lastBlock(file.path).catch(() => null)
    const block = last === null ? null : decodeBlock(last)
    if (block?.kind === 'sum' && block.kept.search === file.search) {
      const { kept } = block
      return { ...kept, bytes: file.bytes, changedAt: file.changedAt, stopped: stoppedOf(kept), isRunning: false }
    }
    const open = await OpenSearch.open(file.path, file.changedAt).catch(() => null)
    const kept = open?.kept() ?? null
    await open?.close()
    return kept
  }

  /** Closes the least recently used one that is not running. */
  async #remember(search: string, open: Promise<OpenSearch>): Promise<void> {
    this.#open.delete(search)
    this.#open.set(search, open)
    for (const [name, other] of this.#open) {
      if (this.#open.size <= MOST_OPEN) return
      const oldest = await other.catch(() => null)
      if (name === search || oldest?.isRunning === true) continue
      this.#open.delete(name)
      await oldest?.close()
    }
  }

  async #makeRoom(): Promise<void> {
    const files = await this.#files.all()
    const dated = await Promise.all(files.map(async (file) => ({ ...file, kept: await this.#lookAt(file) })))
    const inOrder = dated
      .filter(({ kept }) => kept?.isRunning !== true)
      .toSorted((a, b) => Number((a.kept?.name ?? null) !== null) - Number((b.kept?.name ?? null) !== null) || a.changedAt - b.changedAt) // oxfmt-ignore
    let count = files.length
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    for (const file of inOrder) {
      const isOld = Date.now() - file.changedAt > OLDEST_MS
      if (!isOld && count < MOST_KEPT && bytes < MOST_BYTES) continue
      await this.forget(file.search)
      count -= 1
      bytes -= file.bytes
    }
  }
}

function notKept(): SeeklineError {
  return new SeeklineError('call.invalid', 'This search is not kept any more.', { hint: 'Search again.' })
}
