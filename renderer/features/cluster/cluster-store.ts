import { createStore, type StoreApi } from 'zustand/vanilla'
import type { connections } from '#shared/contract/connections.ts'
import type { Output } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createReads, fetchInto, idle, type Fetched } from '../../stores/fetched.ts'

export type ClusterFacts = Output<(typeof connections)['connections.describe']>
export type ClusterLoad = Output<(typeof connections)['connections.load']>

export interface ClusterStoreState {
  readonly facts: Fetched<ClusterFacts>
  readonly load: Fetched<ClusterLoad>
}

export interface ClusterStore extends StoreApi<ClusterStoreState> {
  /** Asks the app, which has all of this in memory, and not the brokers; so frequent calls cost them nothing. */
  look: () => Promise<void>
  /** Asks every broker for the sizes of what it stores. */
  measure: () => Promise<void>
  /** Both as they are from now on, which a reading on its way may not be. */
  refresh: () => Promise<void>
}

export function createClusterStore(call: Api['call'], connectionId: ConnectionId): ClusterStore {
  const store = createStore<ClusterStoreState>(() => ({ facts: idle, load: idle }))
  const reads = createReads<'facts' | 'load'>()
  const look = (signal: AbortSignal): Promise<void> =>
    fetchInto<ClusterFacts>(
      (change) => store.setState(({ facts }) => ({ facts: change(facts) })),
      () => call('connections.describe', { connectionId }, { signal }),
      signal,
    )
  const measure = (signal: AbortSignal): Promise<void> =>
    fetchInto<ClusterLoad>(
      (change) => store.setState(({ load }) => ({ load: change(load) })),
      () => call('connections.load', { connectionId }, { signal }),
      signal,
    )
  return {
    ...store,
    look: () => reads.join('facts', look),
    measure: () => reads.join('load', measure),
    refresh: async () => void (await Promise.all([reads.anew('facts', look), reads.anew('load', measure)])),
  }
}

/** The cluster in one sentence: its size, and whether everything is healthy. */
export function clusterSentence(
  { topics, partitions, underReplicated, leaderless }: ClusterLoad,
  brokers: number,
  format: (count: number) => string,
): string {
  const count = (n: number, one: string, many: string) => `${format(n)} ${n === 1 ? one : many}`
  const what = `${count(brokers, 'broker', 'brokers')} ${brokers === 1 ? 'carries' : 'carry'} ${count(partitions, 'partition', 'partitions')} of ${count(topics, 'topic', 'topics')}`
  if (partitions === 0) return `${count(brokers, 'broker', 'brokers')}, and no topic that these rights show.`
  if (leaderless > 0) return `${what}; ${count(leaderless, 'has', 'have')} no leader.`
  if (underReplicated > 0) return `${what}; ${count(underReplicated, 'lacks', 'lack')} replicas in sync.`
  return `${what}, every replica in sync.`
}

/** The first promise of the app (reading changes nothing), with its evidence. */
export function sentSentence(
  sent: ClusterFacts['sent'],
  format: (count: number) => string,
): { lead: string; rest: string; writes: number } {
  const all = sent.reduce((sum, row) => sum + row.count, 0)
  const writes = sent.filter((row) => row.effect === 'write').reduce((sum, row) => sum + row.count, 0)
  const requests = `${format(all)} ${all === 1 ? 'request' : 'requests'}`
  if (all === 0) return { lead: 'Nothing was sent yet', rest: '.', writes }
  if (writes === 0)
    return { lead: `Looking changed nothing`, rest: `: ${requests} sent since connecting, all of them reads.`, writes }
  return {
    lead: `${format(writes)} of ${requests} sent since connecting could change something`,
    rest: '; each belongs to a change made through Seekline.',
    writes,
  }
}
