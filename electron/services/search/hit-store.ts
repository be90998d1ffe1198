import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeeklineError } from '#shared/errors.ts'
import { Hits } from './hits.ts'

/** Searches whose hits are kept at the same time; of more the one that was not used for longest goes. */
const MOST_SEARCHES = 20

const PREFIX = 'seekline-hits-'

/**
 * The hits of searches, each in a file of its own in a folder of this run, which nobody else may read and which goes with it. What
 * a run left behind that was killed is removed by the next.
 */
export class HitStore {
  readonly #searches = new Map<string, Hits>()
  #folder: Promise<string> | undefined

  /** For a search to put its hits in. */
  async of(search: string): Promise<Hits> {
    const known = this.#searches.get(search)
    const hits = known ?? new Hits(join(await this.#inFolder(), `${search}.hits`))
    this.#searches.delete(search)
    this.#searches.set(search, hits)
    for (const [name, oldest] of this.#searches) {
      if (this.#searches.size <= MOST_SEARCHES) break
      this.#searches.delete(name)
      await oldest.close()
    }
    return hits
  }

  require(search: string): Hits {
    const hits = this.#searches.get(search)
    if (hits !== undefined) return hits
    throw new SeeklineError('call.invalid', 'The hits of this search are not kept any more.', { hint: 'Search again.' })
  }

  async forget(search: string): Promise<void> {
    const hits = this.#searches.get(search)
    this.#searches.delete(search)
    await hits?.close()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#searches.keys()].map((search) => this.forget(search)))
    const folder = await this.#folder
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }

  #inFolder(): Promise<string> {
    return (this.#folder ??= removeLeftovers().then(() => mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))))
  }
}

async function removeLeftovers(): Promise<void> {
  const names = await readdir(tmpdir()).catch((): string[] => [])
  for (const name of names) {
    const pid = /^seekline-hits-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    // Another user's cannot be removed, and are none of ours.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
