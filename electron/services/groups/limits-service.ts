import type { Batch, ServiceOf } from '#shared/contract/define.ts'
import type { lagLimits } from '#shared/contract/lag-limits.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import { MOST_LIMITS, noLimitOfShares, type LagLimit } from '#shared/model/lag-limit.ts'
import type { LagLimitsStore } from '../../storage/lag-limits.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { peekUntil } from '../offsets/next-of-group.ts'
import { LimitWatch, type LimitWatchOptions } from './limit-watch.ts'
import { News } from './news.ts'
import type { Sampling, SamplingOf } from './samplings.ts'

export interface LimitsDependencies {
  /** Access for reading messages. Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
  profileOf(connectionId: ConnectionId): { id: ProfileId }
  samplingOf: SamplingOf
  store: LagLimitsStore
}

/** A page usually takes messages at once; of those waiting only the newest is needed, except for news. */
const MOST_WAITING = 1_000
/** How many positions are read in one go, and for one group: the age of a group with more comes from these. */
const PEEKED_AT_ONCE = 400
const MOST_PEEKED = 2_000
/** Ages are read once a minute. */
const MOST_PEEKING_MS = 20_000

/** Lag limits stored with a profile, and the groups that exceed them. */
export function createLimitsService(dependencies: LimitsDependencies): ServiceOf<typeof lagLimits> {
  const { profileOf, samplingOf, store } = dependencies
  const watches = new WeakMap<Sampling, LimitWatch>()
  const watchOf = (connectionId: ConnectionId): LimitWatch => {
    const sampling = samplingOf(connectionId)
    let watch = watches.get(sampling)
    if (watch === undefined) {
      const age = ageOf(dependencies, connectionId)
      watches.set(sampling, (watch = new LimitWatch({ sampler: sampling.sampler, port: sampling.port, age })))
    }
    return watch
  }
  const change = async (connectionId: ConnectionId, to: (kept: LagLimit[]) => LagLimit[]) => {
    const items = await store.update(profileOf(connectionId).id, to)
    watchOf(connectionId).setLimits(items)
    return { items }
  }
  return {
    'limits.list': async ({ connectionId }) => ({ items: await store.get(profileOf(connectionId).id) }),

    'limits.set': async ({ connectionId, limit }, { signal }) => {
      await requireCommits(samplingOf(connectionId).port, limit.group, signal)
      return change(connectionId, (kept) => {
        const others = kept.filter(({ group }) => group !== limit.group)
        if (others.length >= MOST_LIMITS) {
          throw new SeeklineError('call.invalid', `${MOST_LIMITS} groups have a limit here already.`, { hint: 'Remove those that nobody needs.' }) // oxfmt-ignore
        }
        return [...others, limit].toSorted((a, b) => a.group.localeCompare(b.group))
      })
    },

    'limits.remove': ({ connectionId, group }) =>
      change(connectionId, (kept) => kept.filter((one) => one.group !== group)),

    'limits.watch': async ({ connectionId }, sink, { signal }) => {
      const watch = watchOf(connectionId)
      const limits = await store.get(profileOf(connectionId).id)
      const news = new News<Batch<(typeof lagLimits)['limits.watch']>>(MOST_WAITING)
      const release = watch.follow({ tell: (told) => news.put(told), state: (state) => sink.progress(state) })
      try {
        // Another process, or an earlier window, may have changed them.
        watch.setLimits(limits)
        for await (const told of news.until(signal)) await sink.batch(told)
        return {}
      } finally {
        release()
      }
    },
  }
}

async function requireCommits(port: Sampling['port'], group: string, signal: AbortSignal): Promise<void> {
  // A group that cannot be described now, or does not exist yet, may still have a limit.
  const found = await port.factsOf([group], signal).catch(() => null)
  const facts = found?.get(group)
  if (facts === undefined || 'error' in facts || facts.value.type !== 'share') return
  throw new SeeklineError('call.invalid', noLimitOfShares, { hint: 'Its lag, as its brokers tell it, is in the list of groups.' }) // oxfmt-ignore
}

function ageOf({ accessOf }: LimitsDependencies, connectionId: ConnectionId): LimitWatchOptions['age'] {
  return async (positions, signal) => {
    let oldest: bigint | null = null
    let isWhole = true
    const access = accessOf(connectionId)
    const late = await access.reader.timeLimit(MOST_PEEKING_MS, signal)
    for (let from = 0; from < Math.min(positions.length, MOST_PEEKED); from += PEEKED_AT_ONCE) {
      const some = positions.slice(from, from + PEEKED_AT_ONCE)
      const found = await peekUntil(access, some, signal, late)
      const now = BigInt(Date.now())
      for (const at of some) {
        const next = found.get(at)
        if (next === undefined || next.kind === 'failed') isWhole = false
        if (next === undefined || next.kind === 'failed' || (next.kind === 'record' && next.timestamp < 0n)) continue
        const age = next.kind === 'record' && next.timestamp < now ? now - next.timestamp : 0n
        if (oldest === null || age > oldest) oldest = age
      }
    }
    return oldest === null ? null : { value: oldest, isWhole }
  }
}
