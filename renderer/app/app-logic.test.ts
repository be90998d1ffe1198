import { describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { SettingsPatch } from '#shared/model/settings.ts'
import { clusterWords } from './cluster-words.ts'
import { storedIntent, type Intent } from '../workbench/navigation.ts'
import { createTabKinds } from '../workbench/tab-kind.ts'
import type { TopicRow } from '#shared/contract/topics.ts'
import { topicList } from '../stores/topics.ts'
import { best, bestTopics, coordinatesIn, isLoose } from './palette-ranking.ts'
import { createTabsStore } from '../workbench/tabs-store.ts'
import { parts } from './parts.ts'

const kinds = createTabKinds(parts.flatMap((part) => part.tabs ?? []))

const connectionId = 'demo' as ConnectionId
const messages = (topic: string, offset?: bigint): Intent => ({
  kind: 'messages',
  connectionId,
  topic,
  ...(offset === undefined ? {} : { partition: 7, offset }),
})

describe('intents', () => {
  it('survive JSON with every digit of an offset', () => {
    const intent = messages('orders', 9_007_199_254_740_993n)
    expect(kinds.restored(JSON.parse(JSON.stringify(storedIntent(intent))))).toEqual(intent)
  })
  it('are dropped when of a kind or shape nobody knows', () => {
    for (const stored of [
      { kind: 'time-machine' },
      { kind: 'topic' },
      null,
      { kind: 'topics', connectionId: '../x' },
    ]) {
      expect(kinds.restored(stored)).toBeUndefined()
    }
  })
  it('never share a tab between things whose names only look joined', () => {
    expect(kinds.idOf(messages('a:b'))).not.toBe(
      kinds.idOf({ kind: 'messages', connectionId: 'demo:a' as ConnectionId, topic: 'b' }),
    )
  })
})

describe('the words for a cluster', () => {
  it('count brokers only while one answers', () => {
    const known = { brokers: 1, kafkaVersion: '4.3' }
    expect(clusterWords({ ...known, status: 'connected' })).toBe('1 broker · Kafka 4.3')
    for (const status of ['reconnecting', 'failed', 'connecting', 'closed'] as const) {
      expect(clusterWords({ ...known, status })).not.toMatch(/\d/)
    }
  })
})

describe('tabs', () => {
  const make = () => {
    const saved: SettingsPatch[] = []
    return { saved, store: createTabsStore(kinds, (patch) => saved.push(patch)) }
  }
  it('reuse the tab of the same thing and hand it the new intent', () => {
    const { store } = make()
    store.open(messages('orders'))
    store.open(messages('orders', 5n))
    expect(store.getState().tabs).toHaveLength(1)
    expect(store.getState().tabs[0]!.intent).toMatchObject({ offset: 5n })
  })
  it('open beside the one in front, hand over to the right when closed, and come back', () => {
    const { store } = make()
    for (const topic of ['a', 'b', 'c']) store.open(messages(topic))
    store.select(kinds.idOf(messages('b')))
    store.close(kinds.idOf(messages('b')))
    expect(store.getState().active).toBe(kinds.idOf(messages('c')))
    store.reopen()
    expect(store.getState().active).toBe(kinds.idOf(messages('b')))
    expect(store.getState().closed).toHaveLength(0)
  })
  it('are saved as the settings’ schema has it, and restored from it', () => {
    const { store, saved } = make()
    store.open(messages('orders', 48_211_907n))
    const patch = SettingsPatch.parse(JSON.parse(JSON.stringify(saved.at(-1))))
    const again = make().store
    again.restore({ tabs: [...patch.tabs!, { id: 'x', intent: { kind: 'gone' } }], activeTab: patch.activeTab! })
    expect(again.getState().tabs).toEqual(store.getState().tabs)
    expect(again.getState().active).toBe(store.getState().active)
  })
})

describe('palette', () => {
  const isTopic = (name: string) => ['orders', 'orders-7', 'a.b_c'].includes(name)
  it('reads coordinates of topics that exist', () => {
    const orders = { topic: 'orders', partition: 7, offset: 48_211_907n, isKnown: true }
    for (const text of [
      'orders/7/48211907',
      'orders / 7 / 48\u202f211\u202f907',
      'orders 7 48 211 907',
      'orders:7:48211907',
    ]) {
      expect({ text, at: coordinatesIn(text, isTopic) }).toEqual({ text, at: orders })
    }
    expect(coordinatesIn('orders-7/1', isTopic)).toEqual({
      topic: 'orders-7',
      partition: 1,
      offset: undefined,
      isKnown: true,
    })
    // It may be there all the same, out of these rights' sight; without a slash it is only words.
    expect(coordinatesIn('nothing/7/1', isTopic)).toEqual({
      topic: 'nothing',
      partition: 7,
      offset: 1n,
      isKnown: false,
    })
    expect(coordinatesIn('nothing 7 1', isTopic)).toBeUndefined()
    expect(coordinatesIn(`${'n'.repeat(250)}/7/1`, isTopic)).toBeUndefined()
    expect(coordinatesIn('orders/7/99999999999999999999', isTopic)).toBeUndefined()
  })
  it('ranks exact before beginning before inside before scattered', () => {
    const names = ['my.orders.v2', 'orders', 'ordered', 'borders', 'o-r-d-e-r-s', 'payments']
    expect(best(names, (name) => name, 'orders', 9)).toEqual(['orders', 'my.orders.v2', 'borders', 'o-r-d-e-r-s'])
    expect(best(names, (name) => name, 'orders v2', 9)).toEqual(['my.orders.v2'])
  })

  it('finds the same first ones however few are asked for', () => {
    const many = Array.from({ length: 400 }, (_, i) => `${['orders', 'o-r-d-e-r-s', 'my.orders', 'border'][i % 4]}-${(i * 7) % 100}`) // oxfmt-ignore
    for (const query of ['o', 'orders', 'ders', 'orders 4', 'os9', 'o-r 1', 'x']) {
      const all = best(many, (name) => name, query, many.length)
      for (const limit of [0, 1, 8]) expect(best(many, (name) => name, query, limit)).toEqual(all.slice(0, limit))
    }
  })

  it('ranks topics as everything else, and those with only the letters where no name has the words', async () => {
    const all = [
      'o-r-d-e-r-s',
      'Orders',
      'borders',
      'my.orders',
      'orders-2',
      'orders.dlq',
      'payments',
      'v2.my.orders.x',
    ]
    const list = await topicList([all.map((name) => ({ name, internal: false }) as TopicRow)])
    const byName = (query: string, limit: number) => bestTopics(list, query, limit).map(({ name }) => name)
    for (const query of ['orders', 'ORDERS', 'my orders', 'r', 's-2', 'payments']) {
      const same = best(list.items, ({ name }) => name, query, 99).map(({ name }) => name)
      const whole = same.filter((name) => !isLoose(name, query))
      for (const limit of [0, 1, 3, 99]) expect({ query, found: byName(query, limit) }).toEqual({ query, found: whole.slice(0, limit) }) // oxfmt-ignore
    }
    expect(byName('pyts', 8)).toEqual(['payments'])
    expect(byName('zz', 8)).toEqual([])
  })
  it('tells a name from mere letters of one', () => {
    expect(isLoose('my.Orders.v2', 'orders v2')).toBe(false)
    expect(isLoose('o-r-d-e-r-s v2', 'orders v2')).toBe(true)
  })
})
