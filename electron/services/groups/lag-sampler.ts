import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { Sample, SampledEnds } from '../../storage/sample-blocks.ts'
import type { GroupsPort } from './group-port.ts'
import { LookLoop, type LookFollower } from './look-loop.ts'

export interface LagFollower extends LookFollower<Sample> {
  readonly groups: readonly string[]
}

export interface LagSamplerOptions {
  port: Pick<GroupsPort, 'offsetsOf' | 'highWatermarks' | 'bounds'>
  /** Gets each sample before the followers do, and stores it; a sample that cannot be stored is still sent to the followers. */
  see(sample: Sample): Promise<void>
  everyMs?: number | undefined
  now?: (() => number) | undefined
}

/**
 * Log starts and last stable offsets change slowly, and each costs a request per leader: they are read in every sixth sample
 * only.
 */
const ALL_EDGES_EVERY = 6

/**
 * Samples the groups that somebody follows, all together: one OffsetFetch per coordinator and one ListOffsets per leader,
 * whatever their number. Without followers nothing is requested.
 */
export class LagSampler {
  readonly #options: LagSamplerOptions
  readonly #now: () => number
  readonly #loop: LookLoop<LagFollower, Sample>
  #looks = 0
  /** From the last sample that read them. */
  #starts = new Map<string, bigint>()
  /** The partitions of the keys in the last sample. */
  #places: ReadonlyMap<string, TopicPartition> = new Map()

  constructor(options: LagSamplerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#loop = new LookLoop({
      look: (_, signal) => this.#look([...this.followed()], signal),
      see: (sample) => options.see(sample),
      everyMs: options.everyMs,
    })
  }

  /** Returns a function that stops following. */
  follow(follower: LagFollower): () => void {
    return this.#loop.follow(follower)
  }

  /** The groups that somebody follows. */
  followed(): Set<string> {
    return new Set(this.#loop.followers.flatMap(({ groups }) => groups))
  }

  /** Positions first: an end that was read before a position could be smaller than it. */
  async #look(groups: readonly string[], signal: AbortSignal): Promise<Sample> {
    const { port } = this.#options
    const positions = await port.offsetsOf(groups, signal)
    const wanted = new Map<string, TopicPartition>()
    for (const offsets of positions.values()) {
      for (const key of offsets.keys()) if (!wanted.has(key)) wanted.set(key, this.#places.get(key) ?? splitKey(key))
    }
    this.#places = wanted
    const isFull = this.#looks % ALL_EDGES_EVERY === 0
    this.#looks += 1
    const of = [...wanted.values()]
    const ends = new Map<string, SampledEnds>()
    if (isFull) {
      this.#starts = new Map()
      for (const [key, bounds] of await port.bounds(of, signal)) {
        ends.set(key, 'value' in bounds ? bounds.value : notKnown)
        if ('value' in bounds) this.#starts.set(key, bounds.value.logStart)
      }
    } else {
      for (const [key, end] of await port.highWatermarks(of, signal)) {
        const logStart = this.#starts.get(key) ?? null
        ends.set(key, 'value' in end ? { logStart, lastStable: null, highWatermark: end.value } : notKnown)
      }
    }
    return { at: BigInt(this.#now()), ends, positions }
  }
}

const notKnown: SampledEnds = { logStart: null, lastStable: null, highWatermark: null }
