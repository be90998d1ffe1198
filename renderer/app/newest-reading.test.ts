import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../api/client.ts'
import { createClusterStore } from '../features/cluster/cluster-store.ts'
import { createGroupStore } from '../features/groups/group-store.ts'
import { createTopicStore } from '../features/topics/topic-store.ts'
import { createConnectionsStore } from '../stores/connections.ts'
import { createGroupsStore } from '../stores/groups.ts'
import { createSubjectsStore } from '../stores/subjects.ts'
import { createTopicsStore } from '../stores/topics.ts'

// Of two readings the one that began last is shown, whichever ends last: the other may be of before a change.

const id = 'eu' as ConnectionId
const items = (part: object, more: object = {}) => ({ items: [part], failures: [], next: null, ...more })
const answers: Record<string, (name: string) => unknown> = {
  'topics.list': (name) => items({ name, internal: false, partitions: 1, leaderless: 0, underReplicated: 0 }),
  'topics.describe': (name) => ({ name }),
  'topics.config': (name) => items({ name }),
  'groups.list': (group) => items({ group }, { note: null }),
  'groups.summaries': () => ({ total: 0, failures: [] }),
  'groups.describe': (group) => ({ group }),
  'schemas.subjects': (subject) => items({ subject }, { isCut: false }),
  'profiles.list': (name) => items({ name }, { damaged: [] }),
  'connections.describe': (name) => ({ name }),
  'connections.load': (name) => ({ name }),
}

interface Read {
  getState: () => unknown
  first: () => Promise<void>
  /** After a change, or because somebody asks for it. */
  again: () => Promise<void>
}

const reads: Record<string, (api: Api) => Read> = {
  'the list of topics': (api) => {
    const store = createTopicsStore(api)
    return { ...store, first: () => store.load(id), again: () => store.refresh(id) }
  },
  'the list of groups': (api) => {
    const store = createGroupsStore(api)
    return { ...store, first: () => store.load(id), again: () => store.refresh(id) }
  },
  'the list of groups, after a change of one': (api) => {
    const store = createGroupsStore(api)
    return { ...store, first: () => store.load(id), again: () => store.loadOne(id, 'as it is') }
  },
  subjects: (api) => {
    const store = createSubjectsStore(api)
    return { ...store, first: () => store.load(id), again: () => store.refresh(id) }
  },
  profiles: (api) => {
    const store = createConnectionsStore(api)
    return { ...store, first: store.loadProfiles, again: store.loadProfiles }
  },
  'a topic': (api) => {
    const store = createTopicStore(api, id, 'orders')
    return { ...store, first: store.load, again: store.load }
  },
  'settings of a topic': (api) => {
    const store = createTopicStore(api, id, 'orders')
    return { ...store, first: store.loadConfig, again: store.loadConfig }
  },
  'a group': (api) => {
    const store = createGroupStore(api, id, 'billing')
    return { ...store, first: store.load, again: store.load }
  },
  'what is known of a cluster': (api) => {
    const store = createClusterStore(api.call, id)
    return { ...store, first: store.look, again: store.refresh }
  },
  'the load of a cluster': (api) => {
    const store = createClusterStore(api.call, id)
    return { ...store, first: store.measure, again: store.refresh }
  },
}

const cases = Object.entries(reads).flatMap(([what, make]) =>
  (['answered', 'refused'] as const).map((late) => ({ what, make, late })),
)

it.each(cases)('$what: an earlier reading that is $late late', async ({ make, late }) => {
  const held = Promise.withResolvers<unknown>()
  let earlier: string | undefined
  const ask = (route: string): Promise<unknown> => {
    if (earlier !== undefined) return Promise.resolve(answers[route]!('as it is'))
    earlier = route
    return held.promise
  }
  const { getState, first, again } = make({ call: ask, openStream: ask } as unknown as Api)
  const begun = first()
  await again()
  if (late === 'answered') held.resolve(answers[earlier!]!('as it was'))
  else held.reject(new Error('as it was'))
  await begun
  const shown = JSON.stringify(getState(), (_, value: unknown) => (value instanceof Error ? value.message : value))
  expect(shown).toContain('as it is')
  expect(shown).not.toContain('as it was')
  expect(shown).not.toContain('loading')
})
