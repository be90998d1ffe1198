import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { ProfileId } from '#shared/model/ids.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { listFolder, makeFolder } from './atomic-files.ts'
import { BlockLog } from './block-log.ts'
import { sampleRoot } from './sample-files.ts'

/** A new file is started after this many bytes or this long: each file is self-contained, so old ones can be deleted. */
const MOST_FILE_BYTES = 8 << 20
const MOST_FILE_MS = 3_600_000
/** The limits for all files together, of all profiles, and for the age of a file. */
const MOST_BYTES = 256 << 20
const OLDEST_MS = 14 * 86_400_000
/** Of all kinds: their sizes are added up. */
const SUFFIXES = ['.samples', '.throughput']

const Begun = z.strictObject({
  kind: z.string().max(100),
  version: z.literal(1),
  /** Offsets of another cluster behind the same profile mean nothing here. */
  clusterId: z.string().nullable(),
})

/** The cluster that was sampled. */
export interface SampledCluster {
  readonly profile: ProfileId
  readonly clusterId: string | null
}

/** Which cluster, and which period. */
export interface LooksWanted extends SampledCluster {
  /** In ms since 1970; `to` exclusive. */
  readonly from: bigint
  readonly to: bigint
}

/** The contents of a file so far. Writer and reader maintain the same state. */
export interface LookState<L> {
  /** The next block of the file that has this state. */
  encode(look: L): Uint8Array
  /** Applies the next block, and returns the time of the sample. Throws if it is not a valid block. */
  apply(block: Uint8Array): bigint
}

/** What is sampled: each kind has files of its own. */
export interface LookKind<S> {
  /** The kind's name in each file. */
  readonly kind: string
  readonly suffix: (typeof SUFFIXES)[number]
  begin(): S
}

interface Writing<S> {
  readonly clusterId: string | null
  readonly log: BlockLog
  readonly state: S
  readonly beganAt: number
}

/**
 * Samples over time, stored on this machine: one folder per profile, deleted with it. Each process writes files of its own, so
 * none waits for another; a file only grows, and an incomplete block that a crash left at its end is skipped by readers.
 */
export class LookLog<L, S extends LookState<L>> {
  readonly #root: string
  readonly #kind: LookKind<S>
  readonly #now: () => number
  readonly #writing = new Map<ProfileId, Writing<S>>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string, kind: LookKind<S>, now: () => number = Date.now) {
    this.#root = sampleRoot(folder)
    this.#kind = kind
    this.#now = now
  }

  /** Calls are queued. Throws if the disk accepts nothing; the next call starts another file. */
  append(of: SampledCluster, look: L): Promise<void> {
    const appended = this.#turn.then(async () => {
      const writing = await this.#fileFor(of)
      try {
        await writing.log.append(writing.state.encode(look))
      } catch (error) {
        // The state contains something that the file does not.
        await this.#end(of.profile)
        throw error
      }
    })
    this.#turn = appended.catch(() => undefined)
    return appended
  }

  /**
   * What `pick` finds in each sample, oldest first, from all files that may hold some; null: nothing. Returns the files that
   * could not be read.
   */
  protected async pick<P>(
    wanted: LooksWanted,
    pick: (state: S) => P | null,
    take: (at: bigint, found: P) => void,
    signal: AbortSignal,
  ): Promise<{ damaged: string[] }> {
    const folder = join(this.#root, wanted.profile)
    const damaged: string[] = []
    for (const name of (await listFolder(folder)).toSorted()) {
      if (signal.aborted) break
      const path = join(folder, name)
      const beganAt = Number(name.split('-')[0])
      if (!name.endsWith(this.#kind.suffix) || !Number.isSafeInteger(beganAt) || BigInt(beganAt) >= wanted.to) continue
      try {
        const { size, mtimeMs } = await stat(path)
        if (BigInt(Math.ceil(mtimeMs)) < wanted.from) continue
        if (size > 2 * MOST_FILE_BYTES) throw new Error('larger than any that is written here')
        await this.#readFile(
          path,
          wanted,
          (state, at) => {
            const found = at < wanted.from ? null : pick(state)
            if (found !== null) take(at, found)
          },
          signal,
        )
      } catch {
        // Removed in the meantime, or damaged: the others are still valid.
        damaged.push(path)
      }
    }
    return { damaged }
  }

  async close(): Promise<void> {
    await this.#turn
    for (const profile of this.#writing.keys()) await this.#end(profile)
  }

  async #fileFor({ profile, clusterId }: SampledCluster): Promise<Writing<S>> {
    const open = this.#writing.get(profile)
    const now = this.#now()
    if (open !== undefined) {
      const isOld = now - open.beganAt >= MOST_FILE_MS || open.log.bytes >= MOST_FILE_BYTES
      if (!isOld && open.clusterId === clusterId) return open
      await this.#end(profile)
    }
    await this.#makeRoom(now)
    const folder = join(this.#root, profile)
    await makeFolder(folder)
    const name = `${String(now).padStart(14, '0')}-${randomBytes(4).toString('hex')}${this.#kind.suffix}`
    const log = await BlockLog.create(join(folder, name))
    const begun: z.infer<typeof Begun> = { kind: this.#kind.kind, version: 1, clusterId }
    await log.append(encodeWire(begun))
    const writing = { clusterId, log, state: this.#kind.begin(), beganAt: now }
    this.#writing.set(profile, writing)
    return writing
  }

  async #end(profile: ProfileId): Promise<void> {
    const open = this.#writing.get(profile)
    this.#writing.delete(profile)
    await open?.log.close().catch(() => undefined)
  }

  async #readFile(
    path: string,
    wanted: LooksWanted,
    take: (state: S, at: bigint) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const log = await BlockLog.open(path)
    try {
      const blocks: Uint8Array[] = []
      await log.news((content) => blocks.push(content) > 0)
      const [head, ...ticks] = blocks
      if (head === undefined) return
      const begun = Begun.parse(decodeWire(head))
      if (begun.kind !== this.#kind.kind) throw new Error('looks at something else')
      if (begun.clusterId !== wanted.clusterId) return
      const state = this.#kind.begin()
      for (const block of ticks) {
        const at = state.apply(block)
        if (signal.aborted || at >= wanted.to) return
        take(state, at)
        // A block of thousands of groups takes some milliseconds, and there are hundreds of them.
        await setImmediate()
      }
    } finally {
      await log.close()
    }
  }

  /** Deletes the oldest files first, of any profile. */
  async #makeRoom(now: number): Promise<void> {
    const open = new Set([...this.#writing.values()].map(({ log }) => log.path))
    const folders = await readdir(this.#root, { withFileTypes: true }).catch(() => [])
    const files = await Promise.all(
      folders
        .filter((one) => one.isDirectory())
        .map(async ({ name }) => {
          const names = await listFolder(join(this.#root, name))
          return names
            .filter((file) => SUFFIXES.some((suffix) => file.endsWith(suffix)))
            .map((file) => join(this.#root, name, file))
        }),
    )
    const known = await Promise.all(files.flat().map(async (path) => ({ path, ...(await factsOf(path)) })))
    let bytes = known.reduce((sum, { size }) => sum + size, 0)
    for (const { path, size, mtimeMs } of known.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (open.has(path)) continue
      if (bytes <= MOST_BYTES - MOST_FILE_BYTES && now - mtimeMs <= OLDEST_MS) break
      await rm(path, { force: true })
      bytes -= size
    }
  }
}

async function factsOf(path: string): Promise<{ size: number; mtimeMs: number }> {
  return await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }))
}
