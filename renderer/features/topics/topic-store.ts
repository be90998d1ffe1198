import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConfigRow } from '#shared/contract/topics.ts'
import type { Output } from '#shared/contract/define.ts'
import type { topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

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
  return {
    ...store,
    load: async () => {
      setState(({ detail }) => ({ detail: loading(detail) }))
      try {
        const found = await api.call('topics.describe', { connectionId, topic })
        setState({ detail: ready(found) })
      } catch (error) {
        setState(({ detail }) => ({ detail: failed(detail, error) }))
      }
    },
    loadConfig: async () => {
      setState(({ config }) => ({ config: loading(config) }))
      try {
        const { items } = await api.call('topics.config', { connectionId, topic })
        setState({ config: ready(items) })
      } catch (error) {
        setState(({ config }) => ({ config: failed(config, error) }))
      }
    },
  }
}
