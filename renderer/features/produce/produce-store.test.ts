import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ProduceTemplate } from '#shared/model/produce.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createProduceStore } from './produce-store.ts'

const connectionId = 'a' as ConnectionId
const at = { connectionId, topic: 'orders', partition: 2, offset: 7n }
const text = (of: string) => ({ as: 'text', text: of }) as const
const record = {
  key: text('k'),
  value: text('hello'),
  headers: [
    { name: text('a'), value: text('1') },
    { name: text('a'), value: null },
    { name: text(''), value: text('') },
  ],
  partition: 2,
  timestamp: 1000n,
}
const plan = { refusal: null, summary: 'One record will be appended.', preview: [] }
const receipt = { outcome: 'complete', summary: 'The record is at orders[2]@99.' }

type Answers = Record<string, (input: Record<string, unknown>, signal?: AbortSignal) => unknown>

function fake(answers: Answers) {
  const asked: [string, Record<string, unknown>][] = []
  const all: Answers = {
    'produce.draft': () => ({ record, missingHeaders: 0, notes: [] }),
    'produce.check': () => ({ bytes: 1 }),
    'produce.plan': () => plan,
    'produce.apply': () => receipt,
    ...answers,
  }
  const ask = async (route: string, input: Record<string, unknown>, options?: { signal?: AbortSignal }) => {
    asked.push([route, input])
    return await all[route]!(input, options?.signal)
  }
  const inputs = (route: string) => asked.filter(([name]) => name === route).map(([, input]) => input)
  return { api: { call: ask, openStream: ask } as unknown as StoreApiPort, inputs }
}

describe('producing', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('writes a record that was opened as it is: what was planned, and nothing that was not', async () => {
    const { api, inputs } = fake({})
    const store = createProduceStore(api)
    await store.open(at)
    await store.apply('orders-prod')
    expect(inputs('produce.apply')).toEqual([])
    await store.makePlan()
    const source = { kind: 'records', records: [record], rate: null }
    expect(inputs('produce.plan')).toEqual([{ connectionId, topic: 'orders', source, skipBad: false }])
    store.change({ value: text('other') })
    // The plan is of what was typed before.
    await store.apply('orders-prod')
    expect(inputs('produce.apply')).toEqual([])
    store.revert()
    await store.makePlan()
    await store.apply('orders-prod')
    expect(inputs('produce.apply')).toEqual([{ connectionId, source, plan, confirm: 'orders-prod' }])
    expect(store.getState()).toMatchObject({ run: { status: 'done', receipt }, plan: { status: 'idle' } })
    store.change({ value: text('third') })
    expect(store.getState().run).toBeUndefined()
    // A second time is a second change.
    await store.apply('orders-prod')
    expect(inputs('produce.apply')).toHaveLength(1)
  })

  it('keeps what was typed, and the plan, where the profile refuses', async () => {
    const refuse = () => {
      throw new SeeklineError('access.read-only', 'no')
    }
    const store = createProduceStore(fake({ 'produce.apply': refuse }).api, { connectionId, topic: 'orders' })
    await store.makePlan()
    await store.apply()
    expect(store.getState()).toMatchObject({
      run: { status: 'failed', error: { code: 'access.read-only' } },
      plan: { status: 'ready' },
    })
  })

  it('checks once somebody stops typing, and believes the last answer alone', async () => {
    const open: ((bytes: number) => void)[] = []
    const { api, inputs } = fake({
      'produce.check': () => new Promise((done) => open.push((bytes) => done({ bytes }))),
    })
    const store = createProduceStore(api, { connectionId, topic: 'orders' })
    for (const typed of ['a', 'ab', 'abc']) store.change({ value: text(typed) })
    await vi.runAllTimersAsync()
    expect(inputs('produce.check')).toMatchObject([{ record: { value: text('abc') }, generated: false }])
    store.change({ mode: 'several' })
    await vi.runAllTimersAsync()
    open[1]!(2)
    open[0]!(1)
    await vi.runAllTimersAsync()
    expect(inputs('produce.check')).toHaveLength(2)
    expect(store.getState().check).toMatchObject({ status: 'ready', value: { bytes: 2 } })
    // How many there are changes nothing about one of them.
    store.change({ count: '5' })
    await vi.runAllTimersAsync()
    expect(inputs('produce.check')).toHaveLength(2)
  })

  it('takes the record that was asked for last, whichever is read first', async () => {
    const open: (() => void)[] = []
    const { api } = fake({
      'produce.draft': ({ offset }) =>
        new Promise((done) => open.push(() => done({ record: { ...record, timestamp: offset }, missingHeaders: 0, notes: [] }))), // oxfmt-ignore
    })
    const store = createProduceStore(api)
    const both = [store.open(at), store.open({ ...at, offset: 8n })]
    open[1]!()
    open[0]!()
    await Promise.all(both)
    expect(store.getState()).toMatchObject({ origin: { offset: 8n }, form: { timestamp: 8n } })
  })

  it('fills no form that became another one while the record was read', async () => {
    const read = Promise.withResolvers<unknown>()
    const { api } = fake({ 'produce.draft': () => read.promise })
    const store = createProduceStore(api)
    const draft = { record, missingHeaders: 0, notes: [] }
    const opening = store.open(at)
    store.change({ topic: 'elsewhere', mode: 'several' })
    read.resolve(draft)
    await opening
    expect(store.getState().form).toMatchObject({ topic: 'elsewhere', mode: 'several', timestamp: 1000n })
    const later = Promise.withResolvers<unknown>()
    const { api: slow } = fake({ 'produce.draft': () => later.promise })
    const other = createProduceStore(slow)
    const second = other.open(at)
    other.useTemplate({ name: 'greeting', topic: 'orders', record: { ...record, timestamp: 5n } } as ProduceTemplate)
    later.resolve(draft)
    await second
    expect(other.getState()).toMatchObject({ draft: { status: 'idle' }, form: { timestamp: 5n } })
  })

  it('lists the templates of the topic that stands there, whichever are listed first', async () => {
    const lists = new Map<unknown, (items: unknown) => void>()
    const { api } = fake({
      'produce.templates.list': ({ topic }) =>
        new Promise((done) => lists.set(topic, () => done({ items: [{ topic, name: `of ${String(topic)}` }] }))),
    })
    const store = createProduceStore(api, { connectionId, topic: 'orders' })
    const first = store.loadTemplates()
    store.change({ topic: 'payments' })
    const second = store.loadTemplates()
    lists.get('payments')!([])
    await second
    lists.get('orders')!([])
    await first
    expect(store.getState().templates).toMatchObject({ status: 'ready', value: [{ name: 'of payments' }] })
  })

  it('knows where it goes also where the record cannot be read', async () => {
    const { api } = fake({ 'produce.draft': () => Promise.reject(new Error('No answer.')) })
    const store = createProduceStore(api)
    const opening = store.open(at)
    expect(store.getState()).toMatchObject({ form: { connectionId, topic: 'orders' }, draft: { status: 'loading' } })
    await opening
    expect(store.getState()).toMatchObject({ form: { connectionId, topic: 'orders' }, draft: { status: 'failed' } })
  })

  it('moves headers, and knows no place past the ends', async () => {
    const store = createProduceStore(fake({}).api)
    await store.open(at)
    const [first, second] = store.getState().form.headers
    store.moveHeader(first!.id, -1)
    store.moveHeader(first!.id, 1)
    const ids = () => store.getState().form.headers.map(({ id }) => id)
    expect(ids().slice(0, 2)).toEqual([second!.id, first!.id])
    store.changeHeader(first!.id, { value: null })
    store.addHeader()
    expect(store.getState().form.headers.map(({ value }) => value)).toEqual([null, null, text(''), text('')])
  })

  it('stops what it writes, and shows what came of it', async () => {
    const { api } = fake({
      'produce.apply': (_, signal) =>
        new Promise((done) => signal!.addEventListener('abort', () => done({ ...receipt, outcome: 'cancelled' }))),
    })
    const store = createProduceStore(api, { connectionId, topic: 'orders' })
    await store.makePlan()
    const applied = store.apply()
    expect(store.getState().run).toMatchObject({ status: 'running', isCancelling: false })
    store.cancel()
    expect(store.getState().run).toMatchObject({ isCancelling: true })
    await applied
    expect(store.getState().run).toMatchObject({ status: 'done', receipt: { outcome: 'cancelled' } })
  })

  it('keeps templates of the topic, and gives one another name', async () => {
    let items: { topic: string; name: string; count: number }[] = []
    const { api } = fake({
      'produce.templates.list': () => ({ items }),
      'produce.templates.save': ({ template }) => {
        const { topic, name, count } = template as (typeof items)[number]
        return { items: (items = [...items, { topic, name, count }]) }
      },
      'produce.templates.delete': ({ name }) => ({ items: (items = items.filter((one) => one.name !== name)) }),
    })
    const store = createProduceStore(api, { connectionId, topic: 'orders', mode: 'several', count: '30' })
    await store.saveTemplate('first')
    items = [...items, { topic: 'payments', name: 'other', count: 1 }]
    await store.saveTemplate('second', 'first')
    expect(items.map(({ name }) => name)).toEqual(['other', 'second'])
    expect(store.getState().templates.value).toEqual([{ topic: 'orders', name: 'second', count: 30 }])
  })
})
