import type { SamplingState } from '#shared/contract/lag.ts'
import { toErrorValue } from '#shared/errors.ts'
import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { Sample, SampledEnds } from '../../storage/sample-blocks.ts'
import type { GroupsPort } from './group-port.ts'

/** Told of each look. */
export interface LagFollower {
  readonly groups: readonly string[]
  take(sample: Sample): void
  state(state: SamplingState): void
}

export interface LagSamplerOptions {
  port: Pick<GroupsPort, 'offsetsOf' | 'highWatermarks' | 'bounds'>
  /** Told of each look before its followers, and keeps it; one that cannot be kept is told all the same. */
  see(sample: Sample): Promise<void>
  everyMs?: number | undefined
  now?: (() => number) | undefined
}

const EVERY_MS = 10_000
/** Looking takes at most a twentieth of the time, as reading all groups does. */
const RESTS = 19
/** Log starts and last stable offsets change slowly, and each costs a request a leader: they are asked for in each sixth look. */
const ALL_EDGES_EVERY = 6
/** A follower that comes is told soon, but a page that opens ten of them costs one look. */
const AT_LEAST_MS = 500

/**
 * Looks at the groups that somebody follows, all together: one OffsetFetch a coordinator and one ListOffsets a leader, whatever
 * their number. Nobody follows: nothing is asked.
 */
export class LagSampler {
  readonly #options: LagSamplerOptions
  readonly #followers = new Set<LagFollower>()
  readonly #now: () => number
  readonly #everyMs: number
  #running: AbortController | null = null
  #wake = (): void => undefined
  #looks = 0
  /** As of the last look that asked for them. */
  #starts = new Map<string, bigint>()
  /** Which partitions the keys of the last look name. */
  #places: ReadonlyMap<string, TopicPartition> = new Map()
  #state: SamplingState

  constructor(options: LagSamplerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#everyMs = options.everyMs ?? EVERY_MS
    this.#state = { at: null, everyMs: this.#everyMs, error: null }
  }

  /** Until the function that it gives is called. */
  follow(follower: LagFollower): () => void {
    this.#followers.add(follower)
    follower.state(this.#state)
    if (this.#running === null) {
      this.#running = new AbortController()
      void this.#run(this.#running.signal)
    } else {
      this.#wake()
    }
    return () => {
      this.#followers.delete(follower)
      if (this.#followers.size > 0) return
      this.#running?.abort()
      this.#running = null
      this.#wake()
    }
  }

  /** Groups that somebody looks at. */
  followed(): Set<string> {
    return new Set([...this.#followers].flatMap(({ groups }) => groups))
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now()
      let error: SamplingState['error'] = null
      let at = this.#state.at
      try {
        const sample = await this.#look([...this.followed()], signal)
        at = sample.at
        if (signal.aborted) return
        const kept = this.#options.see(sample)
        for (const follower of this.#followers) follower.take(sample)
        await kept
      } catch (thrown) {
        if (signal.aborted) return
        error = toErrorValue(thrown)
      }
      const took = performance.now() - began
      const everyMs = Math.round(Math.max(this.#everyMs, RESTS * took))
      this.#state = { at, everyMs, error }
      for (const follower of this.#followers) follower.state(this.#state)
      await this.#rest(everyMs - took, signal)
    }
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + ms
    const soonest = performance.now() + Math.min(AT_LEAST_MS, ms)
    await new Promise<void>((resolve) => {
      let timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        const left = signal.aborted ? 0 : Math.min(until, Math.max(soonest, performance.now() + 50)) - performance.now()
        timer = setTimeout(resolve, Math.max(0, left))
      }
      if (signal.aborted) this.#wake()
    })
    this.#wake = () => undefined
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
