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
import { SampleState, type Sample, type SamplePoint } from './sample-blocks.ts'

/** Another file is begun after so many bytes or so long: each says from its start what it needs, so old ones can go. */
const MOST_FILE_BYTES = 8 << 20
const MOST_FILE_MS = 3_600_000
/** What all files may come to, of all profiles, and how old one gets. */
const MOST_BYTES = 256 << 20
const OLDEST_MS = 14 * 86_400_000
const SUFFIX = '.samples'

const Begun = z.strictObject({
  kind: z.literal('seekline.samples'),
  version: z.literal(1),
  /** Offsets of another cluster behind the same profile mean nothing here. */
  clusterId: z.string().nullable(),
})

/** Of which cluster. */
export interface SampledCluster {
  readonly profile: ProfileId
  readonly clusterId: string | null
}

export interface SamplesWanted extends SampledCluster {
  readonly group: string
  /** In ms since 1970; `to` exclusive. */
  readonly from: bigint
  readonly to: bigint
}

/** One look at one group. */
export type TakeSample = (at: bigint, points: readonly SamplePoint[]) => void

interface Writing {
  readonly clusterId: string | null
  readonly log: BlockLog
  readonly state: SampleState
  readonly beganAt: number
}

/**
 * What was seen of groups, kept on this machine: a folder a profile, with which it goes. Each process writes files of its own, so
 * none waits for another; a file only grows, and what a crash left half written at its end is passed over by whoever reads.
 */
export class SampleLog {
  readonly #root: string
  readonly #now: () => number
  readonly #writing = new Map<ProfileId, Writing>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string, now: () => number = Date.now) {
    this.#root = sampleRoot(folder)
    this.#now = now
  }

  /** One after the other. Throws where the disk takes nothing; the next one begins another file. */
  append(of: SampledCluster, sample: Sample): Promise<void> {
    const appended = this.#turn.then(async () => {
      const writing = await this.#fileFor(of)
      try {
        await writing.log.append(writing.state.encode(sample))
      } catch (error) {
        // What the state took in is not in the file.
        await this.#end(of.profile)
        throw error
      }
    })
    this.#turn = appended.catch(() => undefined)
    return appended
  }

  /** Looks at one group, oldest first, of all files that may hold some. Returns files that could not be read. */
  async read(wanted: SamplesWanted, take: TakeSample, signal: AbortSignal): Promise<{ damaged: string[] }> {
    const folder = join(this.#root, wanted.profile)
    const damaged: string[] = []
    for (const name of (await listFolder(folder)).toSorted()) {
      if (signal.aborted) break
      const path = join(folder, name)
      const beganAt = Number(name.split('-')[0])
      if (!name.endsWith(SUFFIX) || !Number.isSafeInteger(beganAt) || BigInt(beganAt) >= wanted.to) continue
      try {
        const { size, mtimeMs } = await stat(path)
        if (BigInt(Math.ceil(mtimeMs)) < wanted.from) continue
        if (size > 2 * MOST_FILE_BYTES) throw new Error('larger than any that is written here')
        await readFile(path, wanted, take, signal)
      } catch {
        // Removed meanwhile, or somebody was at it: the others still hold.
        damaged.push(path)
      }
    }
    return { damaged }
  }

  async close(): Promise<void> {
    await this.#turn
    for (const profile of this.#writing.keys()) await this.#end(profile)
  }

  async #fileFor({ profile, clusterId }: SampledCluster): Promise<Writing> {
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
    const name = `${String(now).padStart(14, '0')}-${randomBytes(4).toString('hex')}${SUFFIX}`
    const log = await BlockLog.create(join(folder, name))
    await log.append(encodeWire({ kind: 'seekline.samples', version: 1, clusterId } satisfies z.infer<typeof Begun>))
    const writing = { clusterId, log, state: new SampleState(), beganAt: now }
    this.#writing.set(profile, writing)
    return writing
  }

  async #end(profile: ProfileId): Promise<void> {
    const open = this.#writing.get(profile)
    this.#writing.delete(profile)
    await open?.log.close().catch(() => undefined)
  }

  /** The oldest go first, whoever’s they are. */
  async #makeRoom(now: number): Promise<void> {
    const open = new Set([...this.#writing.values()].map(({ log }) => log.path))
    const folders = await readdir(this.#root, { withFileTypes: true }).catch(() => [])
    const files = await Promise.all(
      folders
        .filter((one) => one.isDirectory())
        .map(async ({ name }) => {
          const names = await listFolder(join(this.#root, name))
          return names.filter((file) => file.endsWith(SUFFIX)).map((file) => join(this.#root, name, file))
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

async function readFile(path: string, wanted: SamplesWanted, take: TakeSample, signal: AbortSignal): Promise<void> {
  const log = await BlockLog.open(path)
  try {
    const blocks: Uint8Array[] = []
    await log.news((content) => blocks.push(content) > 0)
    const [head, ...ticks] = blocks
    if (head === undefined) return
    if (Begun.parse(decodeWire(head)).clusterId !== wanted.clusterId) return
    const state = new SampleState()
    for (const block of ticks) {
      const at = state.apply(block)
      if (signal.aborted || at >= wanted.to) return
      const points = at < wanted.from ? null : state.pointsOf(wanted.group)
      if (points !== null) take(at, points)
      // A block of thousands of groups takes some milliseconds, and there are hundreds of them.
      await setImmediate()
    }
  } finally {
    await log.close()
  }
}
