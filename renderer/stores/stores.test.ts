import { describe, expect, it, vi } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { createConnectionsStore } from './connections.ts'
import { createGroupsStore } from './groups.ts'
import { createSettingsStore, memorySettings } from './settings.ts'
import { createTopicsStore, filterTopics, topicList } from './topics.ts'

const id = 'demo' as ConnectionId
const topic = (name: string, internal = false) => ({
  name,
  topicId: null,
  internal,
  partitions: 3,
  replicationFactor: 1,
  underReplicated: 0,
  leaderless: 0,
})

/** Answers by route name; the wire's generic types cannot be written by hand here. */
function fakeApi(answer: (route: string, input: Record<string, unknown>) => unknown): StoreApiPort {
  return {
    call: (route: string, input: unknown) =>
      new Promise((resolve) => resolve(answer(route, input as Record<string, unknown>))),
    openStream: () => Promise.resolve({}),
  } as unknown as StoreApiPort
}

describe('topics', () => {
  it('keeps what is there while refreshing and after a failure', async () => {
    let fails = false
    const store = createTopicsStore(
      fakeApi(() => {
        if (fails) throw new Error('gone')
        return { items: [topic('b'), topic('a')], failures: [] }
      }),
    )
    const now = () => store.getState().byConnection[id]!
    await store.load(id)
    expect(now().value!.items.map((item) => item.name)).toEqual(['a', 'b'])
    fails = true
    const again = store.load(id)
    expect(now()).toMatchObject({ status: 'loading', value: { items: [{ name: 'a' }, { name: 'b' }] } })
    await again
    expect(now()).toMatchObject({
      status: 'failed',
      error: new Error('gone'),
      value: { items: [{ name: 'a' }, { name: 'b' }] },
    })
  })

  it('asks once when two views ask at the same time', async () => {
    const answer = vi.fn<() => unknown>(() => ({ items: [], failures: [] }))
    const store = createTopicsStore(fakeApi(answer))
    await Promise.all([store.load(id), store.load(id)])
    expect(answer).toHaveBeenCalledTimes(1)
  })

  it('filters by every word, pins first, internal ones behind the switch', () => {
    const list = topicList([topic('orders'), topic('orders.dlq'), topic('payments'), topic('__consumer_offsets', true)])
    const names = (text: string, pins: string[] = [], showInternal = false) =>
      filterTopics(list, { text, pins, showInternal }).rows.map((row) => row.name)
    expect(names('')).toEqual(['orders', 'orders.dlq', 'payments'])
    expect(names('', ['payments'])[0]).toBe('payments')
    expect(names('DLQ ord')).toEqual(['orders.dlq'])
    expect(names('consumer', [], true)).toEqual(['__consumer_offsets'])
    expect(filterTopics(list, { text: 'x', pins: [], showInternal: false })).toMatchObject({ rows: [], total: 3 })
  })
})

describe('groups', () => {
  it('shows the list before lag, and asks for lag in slices', async () => {
    const asked: number[] = []
    const items = Array.from({ length: 120 }, (_, i) => ({
      group: `g${i}`,
      type: 'classic',
      state: 'Empty',
      protocolType: '',
    }))
    const store = createGroupsStore(
      fakeApi((route, input) => {
        if (route === 'groups.list') return { items, failures: [], note: null }
        const groups = input['groups'] as string[]
        asked.push(groups.length)
        expect(store.getState().byConnection[id]!.value!.items).toHaveLength(120)
        return {
          items: groups.map((group) => ({ group, members: 0, topics: [], partitions: 1, lag: 5n, outOfRange: 0 })),
        }
      }),
    )
    await store.load(id)
    expect(asked).toEqual([50, 50, 20])
    expect(store.getState().summaries[id]!.get('g119')!.lag).toBe(5n)
  })
})

describe('connections', () => {
  const state = (connectionId: string, status: ConnectionState['status']) =>
    ({ connectionId, profileId: connectionId, status }) as ConnectionState

  it('follows the watch, forgets what closed, and moves on to another open one', async () => {
    const batches = [[state('a', 'connected'), state('b', 'connected')], [state('a', 'closed')]]
    const abort = new AbortController()
    const api = {
      call: () => Promise.resolve(state('a', 'connected')),
      openStream: (_: string, __: unknown, { onBatch }: { onBatch: (rows: ConnectionState[]) => void }) => {
        for (const batch of batches) onBatch(batch)
        abort.abort()
        return Promise.resolve({})
      },
    } as unknown as StoreApiPort
    const store = createConnectionsStore(api, 1)
    await store.open('a' as ConnectionId)
    expect(store.getState().current).toBe('a')
    await store.watch(abort.signal)
    expect(Object.keys(store.getState().open)).toEqual(['b'])
    expect(store.getState().current).toBe('b')
  })
})

describe('settings', () => {
  it('takes effect at once and is written once for many changes', async () => {
    const port = memorySettings()
    const save = vi.spyOn(port, 'save')
    const store = createSettingsStore(port, 5)
    await store.load()
    store.change({ theme: 'dark' })
    store.change({ zone: 'local' })
    expect(store.getState().values).toMatchObject({ theme: 'dark', zone: 'local' })
    await store.flush()
    expect(save).toHaveBeenCalledExactlyOnceWith({ theme: 'dark', zone: 'local' })
  })

  it('keeps a change that could not be written for the next time', async () => {
    const port = memorySettings()
    const save = vi.spyOn(port, 'save').mockRejectedValueOnce(new Error('disk full'))
    const store = createSettingsStore(port, 5)
    store.change({ theme: 'dark' })
    await store.flush()
    expect(store.getState().failure).toEqual(new Error('disk full'))
    store.change({ zone: 'local' })
    await store.flush()
    expect(save).toHaveBeenLastCalledWith({ theme: 'dark', zone: 'local' })
    expect(store.getState().failure).toBeUndefined()
  })
})
