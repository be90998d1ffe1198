import { describe, expect, it, vi } from 'vitest'
import { until } from '../../tests/support/wait-for.ts'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { createConnectionsStore } from './connections.ts'
import { createGroupsStore } from './groups.ts'
import { createAlertsStore } from './lag-alerts.ts'
import { createSettingsStore, memorySettings } from './settings.ts'
import { createTopicsStore, filterTopics, topicIn, topicList } from './topics.ts'

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
    openStream: (route: string, input: unknown, { onBatch }: { onBatch?: (rows: unknown) => void } = {}) =>
      new Promise((resolve) => {
        const { rows, ...done } = answer(route, input as Record<string, unknown>) as { rows?: unknown }
        if (rows !== undefined) onBatch?.(rows)
        resolve(done)
      }),
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

  it('puts pages together by name, whatever their number, and lets others run meanwhile', async () => {
    const count = 60_000
    const shuffled = Array.from({ length: count }, (_, i) => topic(`orders-${(i * 7919) % count}`))
    const pages = Array.from({ length: 7 }, (_, i) => shuffled.slice(i * 10_000, (i + 1) * 10_000))
    const breaths = vi.spyOn(globalThis, 'setTimeout')
    const list = await topicList(pages)
    expect(list.items.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, i) => `orders-${i}`))
    expect(list.names.split('\n')).toEqual(list.items.map(({ name }) => name))
    expect(breaths.mock.calls.length).toBeGreaterThan(pages.length)
    breaths.mockRestore()
    expect(await topicList([])).toMatchObject({ items: [], names: '', failures: [] })
  })

  it('finds one by its name, also among names that the order takes for the same', async () => {
    const names = ['a1', 'a01', 'a001', 'a2', 'a10', 'B', 'b', '__x', 'ä']
    const list = await topicList([names.map((name) => topic(name))])
    expect(names.map((name) => topicIn(list, name)?.name)).toEqual(names)
    expect(['a', 'a0001', 'c', ''].map((name) => topicIn(list, name))).toEqual([undefined, undefined, undefined, undefined]) // oxfmt-ignore
  })

  it('filters by every word, pins first, internal ones behind the switch', async () => {
    const list = await topicList([
      [topic('orders'), topic('orders.dlq')],
      [topic('payments'), topic('__consumer_offsets', true)],
    ])
    const names = (text: string, pins: string[] = [], showInternal = false) =>
      filterTopics(list, { text, pins, showInternal }).rows.map((row) => row.name)
    expect(names('')).toEqual(['orders', 'orders.dlq', 'payments'])
    expect(names('', ['payments'])[0]).toBe('payments')
    expect(names('DLQ ord')).toEqual(['orders.dlq'])
    expect(names('consumer', [], true)).toEqual(['__consumer_offsets'])
    expect(names('s', ['orders.dlq', '__consumer_offsets', 'gone'])).toEqual(['__consumer_offsets', 'orders.dlq', 'orders', 'payments']) // oxfmt-ignore
    expect(filterTopics(list, { text: 'x', pins: [], showInternal: false })).toMatchObject({ rows: [], total: 3 })
    expect(filterTopics(list, { text: '', pins: ['__consumer_offsets'], showInternal: false })).toMatchObject({ pinned: 1, total: 4 }) // oxfmt-ignore
  })

  it('finds a word in each name by itself, whatever characters it has', async () => {
    const all = ['ab', 'ba', 'a\nb', 'İstanbul', 'a', 'b', '', 'same', 'same']
    const list = await topicList([all.map((name) => topic(name))])
    const byOne = (text: string) => list.items.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    for (const text of ['a', 'b', 'ab', 'ba', 'bb', 'İ', 'l', 'same', 'z', 'aa'])
      expect({ text, rows: filterTopics(list, { text, pins: [], showInternal: false }).rows }).toEqual({ text, rows: byOne(text) }) // oxfmt-ignore
    expect(filterTopics(list, { text: '', pins: ['same'], showInternal: false })).toMatchObject({ pinned: 2, total: 9 })
  })
})

describe('groups', () => {
  const row = (name: string) => ({ group: name, type: 'classic', state: 'Empty', protocolType: '' })
  const summary = (name: string, lag = 5n) => ({
    group: name,
    members: 0,
    topics: [],
    partitions: 1,
    lag,
    outOfRange: 0,
    unknown: 0,
  })
  const names = (count: number) => Array.from({ length: count }, (_, i) => `g${i}`)
  const failure = {
    what: 'Broker 2',
    error: { code: 'connect.tcp' as const, message: 'It does not answer.', retryable: true },
  }

  it('shows the list before lag, and says when lag is that of all', async () => {
    const store = createGroupsStore(
      fakeApi((route) => {
        if (route === 'groups.list') return { items: names(1200).map(row), failures: [], note: null }
        expect(store.getState().byConnection[id]!.value!.items).toHaveLength(1200)
        expect(store.getState().summaries[id]?.readAt).toBeUndefined()
        return { rows: names(1200).map((name) => summary(name)), total: 1200, failures: [] }
      }),
    )
    await store.load(id)
    const { byGroup, readAt } = store.getState().summaries[id]!
    expect(byGroup.get('g1199')!.lag).toBe(5n)
    expect(readAt).toBeGreaterThan(0)
  })

  it('takes a later reading as a whole, and draws nothing anew where nothing changed', async () => {
    let lag = 5n
    const store = createGroupsStore(
      fakeApi((route) =>
        route === 'groups.list'
          ? { items: names(2).map(row), failures: [], note: null }
          : { rows: [summary('g0'), summary('g1', lag)] },
      ),
    )
    await store.load(id)
    const first = store.getState().summaries[id]!.byGroup
    await store.load(id)
    expect(store.getState().summaries[id]!.byGroup).toBe(first)
    lag = 7n
    await store.load(id)
    const third = store.getState().summaries[id]!.byGroup
    expect(third.get('g0')).toBe(first.get('g0'))
    expect(third.get('g1')!.lag).toBe(7n)
  })

  it('keeps groups of a broker that did not answer, and their lag, until it does', async () => {
    let isDown = false
    const store = createGroupsStore(
      fakeApi((route) => {
        const told = isDown ? ['g0'] : ['g0', 'g1']
        if (route === 'groups.list') return { items: told.map(row), failures: isDown ? [failure] : [], note: null }
        return { rows: told.map((name) => summary(name)) }
      }),
    )
    await store.load(id)
    isDown = true
    await store.load(id)
    const list = () => store.getState().byConnection[id]!.value!
    expect(list().items.map((item) => item.group)).toEqual(['g0', 'g1'])
    expect([...list().older]).toEqual(['g1'])
    expect(store.getState().summaries[id]!.byGroup.get('g1')!.lag).toBe(5n)
    isDown = false
    await store.load(id)
    expect([...list().older]).toEqual([])
  })

  it('keeps what it had of lag when a reading breaks off, and says why', async () => {
    let fails = false
    const store = createGroupsStore(
      fakeApi((route) => {
        if (route === 'groups.list') return { items: names(1).map(row), failures: [], note: null }
        if (fails) throw new Error('gone')
        return { rows: [summary('g0')] }
      }),
    )
    await store.load(id)
    const before = store.getState().summaries[id]!
    fails = true
    await store.load(id)
    expect(store.getState().summaries[id]).toEqual({ ...before, error: new Error('gone') })
  })

  it('lists anew when that is asked for, though lag of before is still being read', async () => {
    let isDown = false
    const api = fakeApi(() => {
      if (isDown) throw new Error('gone')
      return { items: names(1).map(row), failures: [], note: null }
    })
    const store = createGroupsStore({ ...api, openStream: () => new Promise(() => undefined) })
    void store.load(id)
    await until('the list', () => store.getState().byConnection[id]?.status === 'ready')
    isDown = true
    await store.refresh(id)
    expect(store.getState().byConnection[id]).toMatchObject({ status: 'failed', error: new Error('gone') })
  })

  it('keeps what was read of one group after a change, whatever a reading of all found before it', async () => {
    const held = Promise.withResolvers<object>()
    const all = [summary('g0'), summary('g1')]
    const api = fakeApi(() => ({ items: names(2).map(row), failures: [], note: null }))
    const store = createGroupsStore({
      ...api,
      openStream: (async (_route: string, input: object, { onBatch }: { onBatch: (rows: unknown) => void }) => {
        const isOne = 'groups' in input
        onBatch(isOne ? [summary('g1', 0n)] : all)
        return isOne ? {} : held.promise
      }) as unknown as StoreApiPort['openStream'],
    })
    const lag = (name: string) => store.getState().summaries[id]?.byGroup.get(name)?.lag
    const whole = store.load(id)
    await until('the first rows', () => lag('g1') === 5n)
    await store.loadOne(id, 'g1')
    expect(lag('g1')).toBe(0n)
    held.resolve({})
    await whole
    expect([lag('g0'), lag('g1')]).toEqual([5n, 0n])
    // The next reading is later than that.
    await store.refresh(id)
    expect(lag('g1')).toBe(5n)
  })

  it('does not put back what was read of one group before a later reading of all', async () => {
    const held = Promise.withResolvers<object>()
    let lists = 0
    const api = fakeApi((route) => (route === 'groups.list' ? { items: names(1).map(row), failures: [], note: null } : { rows: [summary('g0', 0n)] })) // oxfmt-ignore
    const store = createGroupsStore({
      ...api,
      call: ((...call: Parameters<StoreApiPort['call']>) => {
        lists += 1
        return lists === 1 ? held.promise : api.call(...call)
      }) as StoreApiPort['call'],
    })
    const one = store.loadOne(id, 'g0')
    await store.load(id)
    const { readAt, value } = store.getState().byConnection[id]!
    held.resolve({ items: [], failures: [], note: 'none' })
    await one
    expect(store.getState().byConnection[id]).toMatchObject({ readAt, value })
  })

  it('shows no progress of a reading that was replaced', async () => {
    let isDown = false
    const api = fakeApi(() => {
      if (isDown) throw new Error('gone')
      return { items: names(2).map(row), failures: [], note: null }
    })
    const store = createGroupsStore({
      ...api,
      openStream: ((_route: string, _input: object, { onProgress }: { onProgress: (at: object) => void }) => {
        onProgress({ done: 1, total: 2 })
        return new Promise(() => undefined)
      }) as unknown as StoreApiPort['openStream'],
    })
    void store.load(id)
    await until('progress', () => store.getState().summaries[id]?.progress?.done === 1)
    isDown = true
    await store.refresh(id)
    expect(store.getState().summaries[id]?.progress).toBeUndefined()
  })

  it('lists anew what one change may have brought or taken', async () => {
    const known: string[] = []
    const store = createGroupsStore(
      fakeApi((route, input) => {
        if (route === 'groups.list') {
          const note = known.length === 0 ? 'No group was ever used in this cluster.' : null
          return { items: known.map(row), failures: [], note }
        }
        return { rows: ((input['groups'] as string[] | undefined) ?? known).map((name) => summary(name)) }
      }),
    )
    await store.load(id)
    expect(store.getState().byConnection[id]!.value!.note).toContain('No group was ever used')
    known.push('first')
    await store.loadOne(id, 'first')
    expect(store.getState().byConnection[id]!.value).toMatchObject({ note: null, items: [{ group: 'first' }] })
    expect(store.getState().summaries[id]!.byGroup.get('first')!.lag).toBe(5n)
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

  it('takes what a listener throws for a fault of the window, not for a connection that failed', async () => {
    const api = { call: () => Promise.resolve(state('a', 'connected')) } as unknown as StoreApiPort
    const store = createConnectionsStore(api, 1)
    const faults: (() => void)[] = []
    const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((fault) => void faults.push(fault))
    store.subscribe(() => {
      throw new TypeError('a fault')
    })
    expect(await store.open('a' as ConnectionId)).toMatchObject({ status: 'connected' })
    expect(store.getState().current).toBe('a')
    later.mockRestore()
    expect(faults.length).toBeGreaterThan(0)
    expect(faults[0]).toThrow('a fault')
  })

  it('leaves no moment without connections when the wire to the app comes back: limits of lag are followed on', async () => {
    const end = new AbortController()
    let isBack = false
    const asked: { route: string; signal: AbortSignal }[] = []
    const api = {
      openStream: async (
        route: string,
        _: unknown,
        { onBatch, signal }: { onBatch: (rows: unknown) => void; signal: AbortSignal },
      ) => {
        asked.push({ route, signal })
        if (route === 'connections.watch') {
          onBatch(isBack ? [state('a', 'connected')] : [state('a', 'connected'), state('b', 'connected')])
          if (isBack) end.abort()
          isBack = true
        } else await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    } as unknown as StoreApiPort
    const connections = createConnectionsStore(api, 1)
    const told: string[][] = []
    connections.subscribe(({ open }) => told.push(Object.keys(open)))
    const alerts = createAlertsStore(api, connections, () => undefined)
    const watching = new AbortController()
    alerts.watch(watching.signal)
    await connections.watch(end.signal)
    expect(told).toEqual([['a', 'b'], ['a']])
    // Each once, and only that which is closed has ended.
    const followed = asked.filter(({ route }) => route === 'limits.watch')
    expect(followed.map(({ signal }) => signal.aborted)).toEqual([false, true])
    watching.abort()
    expect(followed.map(({ signal }) => signal.aborted)).toEqual([true, true])
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
