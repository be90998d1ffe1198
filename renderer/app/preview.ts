import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { Settings } from '#shared/model/settings.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'

const id = 'payments-eu' as ConnectionId

const profiles = [
  newProfile(id, { name: 'payments-eu', environment: 'production', brokers: ['kafka-1:9092'] }),
  newProfile('payments-staging', { name: 'payments-staging', environment: 'staging', brokers: ['staging:9092'] }),
  newProfile('demo', { name: 'Demo', environment: 'dev', brokers: ['127.0.0.1:9092'] }),
]

const state: ConnectionState = {
  connectionId: id,
  profileId: id,
  name: 'payments-eu',
  environment: 'production',
  colour: 'red',
  accessMode: 'read-only',
  status: 'connected',
  reason: null,
  attempt: 0,
  nextAttemptAt: null,
  clusterId: 'Zm9vYmFy',
  brokers: 3,
  kafkaVersion: '4.3',
  readLimit: 50,
}

const named = ['orders', 'orders.dlq', 'payments.captured', 'payments.refunds', 'shipments', 'customers']
const topic = (name: string, partitions: number, internal = false) => ({
  name,
  topicId: null,
  internal,
  partitions,
  replicationFactor: 3,
  underReplicated: 0,
  leaderless: 0,
})
const groupNames = ['billing', 'fraud-scoring', 'order-projection', 'warehouse-sync']

const summaries = groupNames.map((group, i) => ({
  group,
  members: 0,
  topics: ['orders'],
  partitions: 12,
  lag: [1_204_110n, 0n, 318n, 98_231n][i]!, // the list has an entry per name
  outOfRange: i === 3 ? 2 : 0,
  unknown: 0,
}))

const answers: Record<string, unknown> = {
  'settings.get': {
    ...Settings.parse({}),
    pins: { [id]: ['orders', 'shipments'] },
    tabs: [
      { id: '', intent: { kind: 'topics', connectionId: id } },
      { id: '', intent: { kind: 'messages', connectionId: id, topic: 'orders' } },
      { id: '', intent: { kind: 'plan', connectionId: id, group: 'billing' } },
    ],
    activeTab: `messages:${id}:orders`,
  },
  'profiles.list': { items: profiles.map((profile) => ({ profile, stored: [], warnings: [] })), damaged: [] },
  'topics.list': {
    items: [
      ...named.map((name, i) => topic(name, [12, 12, 24, 6, 48, 6][i]!)), // the list has an entry per name
      topic('__consumer_offsets', 50, true),
      ...Array.from({ length: 5000 }, (_, i) => topic(`events.service-${String(i).padStart(4, '0')}`, 1 + (i % 24))),
    ],
    failures: [],
  },
  'groups.list': {
    items: groupNames.map((group) => ({ group, type: 'classic', state: 'Empty', protocolType: 'consumer' })),
    failures: [],
    note: null,
  },
  'connections.open': state,
}

/** An app with made-up answers, for working on the shell during development. Not part of a build. */
export function connectPreview(): { api: Api; link: ReturnType<typeof createLinkStore>; isDesktop: boolean } {
  const api = {
    call: (route: string, input: unknown) =>
      Promise.resolve(route === 'settings.save' ? { ...Settings.parse({}), ...(input as object) } : answers[route]),
    openStream: (route: string, __: unknown, options: { onBatch?: (rows: readonly object[]) => void }) => {
      if (route === 'groups.summaries') {
        options.onBatch?.(summaries)
        return Promise.resolve({ total: summaries.length, failures: [] })
      }
      options.onBatch?.([state])
      return new Promise(() => undefined)
    },
  }
  return { api: api as unknown as Api, link: createLinkStore({ status: 'connected' }), isDesktop: false }
}
