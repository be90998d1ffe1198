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

/** In offsets, or ms. */
export interface Seen {
  readonly value: bigint
  /** false: some partitions could not be read, so the true value is at least this. */
  readonly isWhole: boolean
}

export interface LimitWatchOptions {
  sampler: LagSampler
  port: Pick<GroupsPort, 'factsOf'>
  /** The age of the oldest record that would be read next at these positions; null: not known. */
  age(positions: readonly (TopicPartition & { offset: bigint })[], signal: AbortSignal): Promise<Seen | null>
  /** Ages need records to be read, so they are read less often. */
  agesEveryMs?: number | undefined
  withoutMembersMs?: number | undefined
}

const AGES_EVERY_MS = 60_000
/** Longer than a rolling restart. */
const WITHOUT_MEMBERS_MS = 60_000

/**
 * Compares the sampled groups of one connection with their limits. Without followers, or without limits, nothing is requested.
 */
export class LimitWatch {
  readonly #options: LimitWatchOptions
  readonly #alerts: LagAlerts
  readonly #followers = new Set<LimitFollower>()
  readonly #ages = new Map<string, Seen | null>()
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

  /** Returns a function that stops following. */
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

  /** A sample that arrives while the previous one is being judged is skipped: the next one will do. */
  async #take(sample: Sample, signal: AbortSignal): Promise<void> {
    if (this.#isBusy || signal.aborted) return
    this.#isBusy = true
    try {
      const limits = this.#limits
      const [members] = await Promise.all([this.#members(limits, signal), this.#readAges(limits, sample, signal)])
      if (signal.aborted) return
      const found = new Map<string, GroupNow>()
      for (const { group } of limits) {
        const seen = { records: lagOf(sample, group), time: this.#ages.get(group) ?? null }
        const atLeast = new Set((['records', 'time'] as const).filter((what) => seen[what]?.isWhole === false))
        const [lag, ageMs] = [seen.records?.value ?? null, seen.time?.value ?? null]
        found.set(group, { lag, ageMs, members: members.get(group) ?? null, atLeast })
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
          // If brokers do not tell the members, the state `Empty` decides.
          return [group, !exists || state === 'Empty' || state === 'Dead' ? 0 : (members?.length ?? null)]
        }),
      )
    } catch (error) {
      if (isCancelled(error)) return new Map()
      // The next sample tries again; until then it is not known.
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
      // What cannot be read now is unknown for now.
      const age = unread.at.length === 0 ? none : await this.#options.age(unread.at, signal).catch(() => null)
      this.#ages.set(group, age && { ...age, isWhole: age.isWhole && unread.isWhole })
    }
  }

  /** Only one of several pages gets the news, and shows a notification. */
  #tell(news: Told['news']): void {
    const alerts = this.#alerts.standing()
    for (const [i, follower] of [...this.#followers].entries()) follower.tell({ alerts, news: i === 0 ? news : [] })
  }
}

const none: Seen = { value: 0n, isWhole: true }

/** null: not sampled, or nothing is known about any of its partitions. */
function lagOf({ ends, positions }: Sample, group: string): Seen | null {
  let value: bigint | null = null
  let isWhole = true
  for (const [key, position] of positions.get(group) ?? []) {
    if (position < 0n) continue
    const end = ends.get(key)?.highWatermark ?? null
    if (end === null) isWhole = false
    else if (end >= position) value = (value ?? 0n) + end - position
  }
  return value === null ? null : { value, isWhole }
}

/** Positions with unread offsets after them; null: none was sampled. */
function unreadOf({ ends, positions }: Sample, group: string) {
  const all = [...(positions.get(group) ?? [])].filter(([, position]) => position >= 0n)
  if (all.length === 0) return null
  const endOf = (key: string): bigint | null => ends.get(key)?.highWatermark ?? null
  return {
    at: all.filter(([key, position]) => (endOf(key) ?? -1n) > position).map(([key, offset]) => ({ ...splitKey(key), offset })), // oxfmt-ignore
    isWhole: all.every(([key]) => endOf(key) !== null),
  }
}
