import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConfigRow } from '#shared/contract/topics.ts'
import type { Output } from '#shared/contract/define.ts'
import type { topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createReads, fetchInto, idle, type Fetched } from '../../stores/fetched.ts'

export type TopicDetail = Output<(typeof topics)['topics.describe']>

export interface TopicState {
  readonly detail: Fetched<TopicDetail>
  readonly config: Fetched<readonly ConfigRow[]>
}

export interface TopicStore extends StoreApi<TopicState> {
  load: () => Promise<void>
  loadConfig: () => Promise<void>
}

export function createTopicStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): TopicStore {
  const store = createStore<TopicState>(() => ({ detail: idle, config: idle }))
  const { setState } = store
  const reads = createReads<'detail' | 'config'>()
  return {
    ...store,
    load: () =>
      reads.anew('detail', (signal) =>
        fetchInto<TopicDetail>(
          (change) => setState(({ detail }) => ({ detail: change(detail) })),
          () => api.call('topics.describe', { connectionId, topic }, { signal }),
          signal,
        ),
      ),
    loadConfig: () =>
      reads.anew('config', (signal) =>
        fetchInto<readonly ConfigRow[]>(
          (change) => setState(({ config }) => ({ config: change(config) })),
          async () => (await api.call('topics.config', { connectionId, topic }, { signal })).items,
          signal,
        ),
      ),
  }
}
