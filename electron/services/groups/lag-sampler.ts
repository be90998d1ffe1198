import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { Sample, SampledEnds } from '../../storage/sample-blocks.ts'
import type { GroupsPort } from './group-port.ts'
import { LookLoop, type LookFollower } from './look-loop.ts'

export interface LagFollower extends LookFollower<Sample> {
  readonly groups: readonly string[]
}

export interface LagSamplerOptions {
  port: Pick<GroupsPort, 'offsetsOf' | 'highWatermarks' | 'bounds'>
  /** Told of each look before its followers, and keeps it; one that cannot be kept is told all the same. */
  see(sample: Sample): Promise<void>
  everyMs?: number | undefined
  now?: (() => number) | undefined
}

/** Log starts and last stable offsets change slowly, and each costs a request a leader: they are asked for in each sixth look. */
const ALL_EDGES_EVERY = 6

/**
 * Looks at the groups that somebody follows, all together: one OffsetFetch a coordinator and one ListOffsets a leader, whatever
 * their number. Nobody follows: nothing is asked.
 */
export class LagSampler {
  readonly #options: LagSamplerOptions
  readonly #now: () => number
  readonly #loop: LookLoop<LagFollower, Sample>
  #looks = 0
  /** As of the last look that asked for them. */
  #starts = new Map<string, bigint>()
  /** Which partitions the keys of the last look name. */
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

  /** Until the function that it gives is called. */
  follow(follower: LagFollower): () => void {
    return this.#loop.follow(follower)
  }

  /** Groups that somebody looks at. */
  followed(): Set<string> {
    return new Set(this.#loop.followers.flatMap(({ groups }) => groups))
  }

  /** Positions first: an end read before a position could lie before it. */
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
