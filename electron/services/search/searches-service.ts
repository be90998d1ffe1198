import type { Output, ServiceOf } from '#shared/contract/define.ts'
import type { searches, SearchOf } from '#shared/contract/searches.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import { requireFilter } from '../messages/require-filter.ts'
import { checkOffsets, type MessagesAccess } from '../messages/start-offsets.ts'
import { changesOf } from './topic-changes.ts'
import { chooseTopics } from './choose-topics.ts'
import { exportSearch } from './export-search.ts'
import type { OpenSearch } from './open-search.ts'
import { planSearch, widenedBy } from './plan-search.ts'
import { runSearch } from './run-search.ts'
import { searchCommand } from './search-command.ts'
import type { KeptSearches } from './kept-searches.ts'

export interface SearchesDependencies {
  /** Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
  profileOf(connectionId: ConnectionId): Profile
  store: KeptSearches
}

/** The searches that the app keeps: starting, continuing, widening and listing them, and their hits. */
export function createSearchesService({
  accessOf,
  profileOf,
  store,
}: SearchesDependencies): ServiceOf<typeof searches> {
  /** Stops it first if it is running: a user who stops and continues waits only for the stop. */
  const alone = async <T>(search: string, work: (open: OpenSearch) => Promise<T>): Promise<T> => {
    await (await store.get(search)).stop()
    return await store.writing(search, work)
  }
  return {
    'search.topics': ({ connectionId, topics }, { signal }) =>
      chooseTopics(accessOf(connectionId).cluster, topics, signal),

    'search.start': async ({ connectionId, name, direction, order, ...of }, { signal }) => {
      if (of.filter !== null) requireFilter(of.filter)
      checkRange(of)
      if (of.newestPerKey && direction !== 'backward') throw newestIsBackward()
      const { ledgers, failures } = await planSearch(accessOf(connectionId), connectionId, of, signal)
      const open = await store.begin(profileOf(connectionId).id, { of, ledgers, name, direction, order })
      return { ...open.whole(), failures }
    },

    'search.run': async (input, sink, { signal }) => {
      const access = accessOf(input.connectionId)
      return await alone(input.search, async (open) => {
        const run = open.run()
        try {
          return await runSearch(access, open, input, sink, AbortSignal.any([signal, run.signal]))
        } finally {
          run.end()
        }
      })
    },

    'search.list': ({ connectionId }) => store.list(profileOf(connectionId).id),

    'search.get': async ({ search }) => (await store.get(search)).whole(),

    'search.check': async ({ connectionId, search }, { signal }) => ({
      changes: await changesOf(accessOf(connectionId), await store.get(search), signal),
    }),

    'search.change': ({ search, name, order }) =>
      store.writing(search, async (open) => {
        await open.change({ ...(name === undefined ? {} : { name }), ...(order === undefined ? {} : { order }) })
        return open.kept()
      }),

    'search.widen': ({ connectionId, search, ...wider }, { signal }) =>
      alone(search, async (open): Promise<Output<(typeof searches)['search.widen']>> => {
        const given = Object.fromEntries(Object.entries(wider).filter(([, value]) => value !== undefined))
        const of: SearchOf = { ...open.of, ...given }
        checkRange(of)
        const planned = await planSearch(accessOf(connectionId), connectionId, of, signal)
        const { ledgers, failures } = widenedBy(open.ledgers, planned)
        await open.change({ of, ledgers })
        return { ...open.whole(), failures }
      }),

    'search.page': async ({ search, order, newestFirst, from, count }) => {
      const open = await store.get(search)
      const page = await open.hits.page(order, newestFirst, from, count)
      return { ...page, topics: open.ledgers.map(({ topic }) => topic), stopped: open.stopped }
    },

    'search.command': async ({ connectionId, search }, { signal }) => {
      const open = await store.get(search)
      return await searchCommand(accessOf(connectionId), profileOf(connectionId), open, signal)
    },

    'search.export': async (input, sink, { signal }) =>
      exportSearch(accessOf(input.connectionId), await store.get(input.search), input, sink, signal),

    'search.forget': async ({ search }) => {
      await store.forget(search)
      return null
    },
  }
}

function checkRange({ start, end }: SearchOf): void {
  checkOffsets(start)
  if (end !== null) checkOffsets(end)
}

function newestIsBackward(): SeeklineError {
  return new SeeklineError('call.invalid', 'The newest record of each key is found backward.', {
    hint: 'Set "direction":"backward".',
  })
}
