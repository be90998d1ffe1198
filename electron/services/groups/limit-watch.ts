import type { Batch } from '#shared/contract/define.ts'
import type { lagLimits } from '#shared/contract/lag-limits.ts'
import type { SamplingState } from '#shared/contract/lag.ts'
import type { LagLimit } from '#shared/model/lag-limit.ts'
import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { LagAlerts, type GroupNow } from '#shared/offsets/lag-alerts.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { Sample } from '../../storage/sample-blocks.ts'
import type { GroupsPort } from './group-port.ts'
import type { LagSampler } from './lag-sampler.ts'

type Told = Batch<(typeof lagLimits)['limits.watch']>

export interface LimitFollower {
  tell(told: Told): void
  state(state: SamplingState): void
}

export interface LimitWatchOptions {
  sampler: LagSampler
  port: Pick<GroupsPort, 'factsOf'>
  /** How old the oldest record is that would be read next at these positions, in ms; 0: none is unread; null: not known. */
  age(positions: readonly (TopicPartition & { offset: bigint })[], signal: AbortSignal): Promise<bigint | null>
  /** Ages are read from records, so they are asked for more rarely. */
  agesEveryMs?: number | undefined
  withoutMembersMs?: number | undefined
}

const AGES_EVERY_MS = 60_000
/** A rolling restart takes less. */
const WITHOUT_MEMBERS_MS = 60_000

/** Holds the groups of one connection that have a limit against what the sampler sees of them. Nobody follows, or no limit: nothing is asked. */
export class LimitWatch {
  readonly #options: LimitWatchOptions
  readonly #alerts: LagAlerts
  readonly #followers = new Set<LimitFollower>()
  readonly #ages = new Map<string, bigint | null>()
  #limits: readonly LagLimit[] = []
  #agesAt = -Infinity
  #following: { release: () => void; end: AbortController } | null = null
  #isBusy = false

  constructor(options: LimitWatchOptions) {
    this.#options = options
    this.#alerts = new LagAlerts({ withoutMembersMs: options.withoutMembersMs ?? WITHOUT_MEMBERS_MS })
  }

  setLimits(limits: readonly LagLimit[]): void {
    this.#limits = limits
    this.#alerts.limit(limits)
    this.#agesAt = -Infinity
    this.#unfollow()
    this.#followIfNeeded()
    this.#tell([])
  }

  /** Until the function that it gives is called. */
  follow(follower: LimitFollower): () => void {
    this.#followers.add(follower)
    follower.tell({ alerts: this.#alerts.standing(), news: [] })
    this.#followIfNeeded()
    return () => {
      this.#followers.delete(follower)
      if (this.#followers.size === 0) this.#unfollow()
    }
  }

  #followIfNeeded(): void {
    if (this.#following !== null || this.#followers.size === 0 || this.#limits.length === 0) return
    const end = new AbortController()
    const release = this.#options.sampler.follow({
      groups: this.#limits.map(({ group }) => group),
      take: (sample) => void this.#take(sample, end.signal),
      state: (state) => {
        for (const follower of this.#followers) follower.state(state)
      },
    })
    this.#following = { release, end }
  }

  #unfollow(): void {
    this.#following?.end.abort()
    this.#following?.release()
    this.#following = null
  }

  /** A look that comes while the one before is judged is passed over: the next one tells the same. */
  async #take(sample: Sample, signal: AbortSignal): Promise<void> {
    if (this.#isBusy || signal.aborted) return
    this.#isBusy = true
    try {
      const limits = this.#limits
      const [members] = await Promise.all([this.#members(limits, signal), this.#readAges(limits, sample, signal)])
      if (signal.aborted) return
      const found = new Map<string, GroupNow>()
      for (const { group } of limits) {
        const ageMs = this.#ages.get(group) ?? null
        found.set(group, { lag: lagOf(sample, group), ageMs, members: members.get(group) ?? null })
      }
      this.#tell(this.#alerts.take(sample.at, found))
    } finally {
      this.#isBusy = false
    }
  }

  async #members(limits: readonly LagLimit[], signal: AbortSignal): Promise<ReadonlyMap<string, number | null>> {
    const groups = limits.filter(({ dies }) => dies).map(({ group }) => group)
    if (groups.length === 0) return new Map()
    try {
      const facts = await this.#options.port.factsOf(groups, signal)
      return new Map(
        [...facts].map(([group, told]) => {
          if ('error' in told) return [group, null]
          const { exists, members, state } = told.value
          // Where brokers do not tell members, an empty state does.
          return [group, !exists || state === 'Empty' || state === 'Dead' ? 0 : (members?.length ?? null)]
        }),
      )
    } catch (error) {
      if (isCancelled(error)) return new Map()
      // The next look asks again; until then it is not known.
      return new Map()
    }
  }

  async #readAges(limits: readonly LagLimit[], sample: Sample, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    if (now - this.#agesAt < (this.#options.agesEveryMs ?? AGES_EVERY_MS)) return
    this.#agesAt = now
    this.#ages.clear()
    for (const { group, ms } of limits) {
      if (ms === null || signal.aborted) continue
      const unread = unreadOf(sample, group)
      if (unread === null) continue
      // What cannot be read now is not known now.
      this.#ages.set(group, unread.length === 0 ? 0n : await this.#options.age(unread, signal).catch(() => null))
    }
  }

  /** One page of several shows a notification. */
  #tell(news: Told['news']): void {
    const alerts = this.#alerts.standing()
    for (const [i, follower] of [...this.#followers].entries()) follower.tell({ alerts, news: i === 0 ? news : [] })
  }
}

/** null: not looked at, or nothing is known of any of its partitions. */
function lagOf({ ends, positions }: Sample, group: string): bigint | null {
  let lag: bigint | null = null
  for (const [key, position] of positions.get(group) ?? []) {
    const end = ends.get(key)?.highWatermark ?? -1n
    if (position >= 0n && end >= position) lag = (lag ?? 0n) + end - position
  }
  return lag
}

/** Positions behind which something stands; null: none was seen. */
function unreadOf({ ends, positions }: Sample, group: string): (TopicPartition & { offset: bigint })[] | null {
  const all = positions.get(group)
  if (all === undefined || all.size === 0) return null
  return [...all]
    .filter(([key, position]) => position >= 0n && (ends.get(key)?.highWatermark ?? -1n) > position)
    .map(([key, offset]) => ({ ...splitKey(key), offset }))
}
