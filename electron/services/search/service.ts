import type { ServiceOf } from '#shared/contract/define.ts'
import type { search } from '#shared/contract/search.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import { savedKey, withRecent, withSaved, MOST_SAVED, type SavedFilter } from '#shared/model/saved-filter.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { FiltersStore } from '../../storage/saved-filters.ts'
import { requireFilter } from '../messages/require-filter.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { sampleFields, tryFilter } from './try-filter.ts'

export interface SearchDependencies {
  /** Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
  profileOf(connectionId: ConnectionId): Profile
  store: FiltersStore
  now: () => number
}

/** Saved filters, and trying one. */
export function createSearchService(dependencies: SearchDependencies): ServiceOf<typeof search> {
  const { accessOf, profileOf, store, now } = dependencies
  const listed = async (connectionId: ConnectionId) => {
    const [own, all] = await Promise.all([store.get(profileOf(connectionId).id), store.get('all')])
    return { profile: own.saved, all: all.saved, recent: own.recent }
  }
  const change = async (
    connectionId: ConnectionId,
    where: 'profile' | 'all',
    change: (saved: SavedFilter[]) => SavedFilter[],
  ) => {
    const place = where === 'all' ? 'all' : profileOf(connectionId).id
    await store.update(place, (kept) => ({ ...kept, saved: change(kept.saved) }))
    return listed(connectionId)
  }
  return {
    'search.filters.list': ({ connectionId }) => listed(connectionId),

    'search.filters.save': ({ connectionId, for: where, filter }) => {
      requireFilter(filter.filter)
      return change(connectionId, where, (saved) => {
        const next = withSaved(saved, filter)
        if (next.length > MOST_SAVED) throw tooMany()
        return next
      })
    },

    'search.filters.delete': ({ connectionId, for: where, name, topic }) => {
      const key = savedKey({ name, topic })
      return change(connectionId, where, (saved) => saved.filter((one) => savedKey(one) !== key))
    },

    'search.filters.used': async ({ connectionId, topic, filter }) => {
      requireFilter(filter)
      await store.update(profileOf(connectionId).id, (kept) => ({
        ...kept,
        recent: withRecent(kept.recent, { topic, filter, at: now() }),
      }))
      return listed(connectionId)
    },

    'search.try': (input, { signal }) => tryFilter(accessOf(input.connectionId), input, signal),
    'search.fields': (input, { signal }) => sampleFields(accessOf(input.connectionId), input, signal),
  }
}

function tooMany(): SeeklineError {
  return new SeeklineError('call.invalid', `${MOST_SAVED} filters are kept here already.`, {
    hint: 'Delete those that nobody uses.',
  })
}
