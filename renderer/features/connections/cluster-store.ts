import { createStore, type StoreApi } from 'zustand/vanilla'
import type { connections } from '#shared/contract/connections.ts'
import type { Output } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createOnce, failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export type ClusterFacts = Output<(typeof connections)['connections.describe']>

export interface ClusterStore extends StoreApi<{ readonly facts: Fetched<ClusterFacts> }> {
  load: () => Promise<void>
}

/** Asks the app, not the brokers: all of it is known already, so looking often costs them nothing. */
export function createClusterStore(call: Api['call'], connectionId: ConnectionId): ClusterStore {
  const store = createStore<{ readonly facts: Fetched<ClusterFacts> }>(() => ({ facts: idle }))
  const once = createOnce<string>()
  return {
    ...store,
    load: () =>
      once(connectionId, async () => {
        store.setState(({ facts }) => ({ facts: loading(facts) }))
        try {
          const value = await call('connections.describe', { connectionId })
          store.setState({ facts: ready(value) })
        } catch (error) {
          store.setState(({ facts }) => ({ facts: failed(facts, error) }))
        }
      }),
  }
}

/** Promise 1, said with its proof. */
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
