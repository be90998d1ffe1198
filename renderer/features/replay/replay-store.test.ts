import { describe, expect, it } from 'vitest'
import { settled, until } from '../../../tests/support/wait-for.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createReplayStore } from './replay-store.ts'

const id = 'a' as ConnectionId
const start = { source: id, target: id, topic: 'orders', targetTopic: 'copy' }
const config = (name: string, source: string, value: string | null = '1') => ({
  name,
  value,
  source,
  isDefault: false,
  readOnly: false,
  sensitive: false,
  documentation: null,
  synonyms: [],
})

type Answers = Record<string, (input: Record<string, unknown>) => unknown>
interface StreamOptions {
  signal?: AbortSignal
  onProgress?: (value: unknown) => void
}

/** Answers by route name; the wire's generic types cannot be written by hand here. */
function fake(answers: Answers, stream?: (input: Record<string, unknown>, options: StreamOptions) => Promise<unknown>) {
  return {
    call: (route: string, input: unknown) =>
      new Promise((resolve) => resolve(answers[route]!(input as Record<string, unknown>))),
    openStream: (_route: string, input: unknown, options: StreamOptions) =>
      stream!(input as Record<string, unknown>, options),
  } as unknown as Api
}

const source: Answers = {
  'topics.describe': () => ({ name: 'orders', partitions: [{}, {}, {}], failures: [] }),
  'topics.config': () => ({
    items: [
      config('retention.ms', 'DYNAMIC_TOPIC_CONFIG', '-1'),
      config('segment.bytes', 'DEFAULT_CONFIG'),
      config('secret', 'DYNAMIC_TOPIC_CONFIG', null),
    ],
  }),
}
const plan = { spec: { source: id, target: id }, refusal: null }

describe('the replay store', () => {
  it('copies the source’s own settings and partition count, and leaves edited ones alone', async () => {
    const store = createReplayStore(fake(source), start)
    await store.loadSource()
    expect(store.getState().draft).toMatchObject({
      targetPartitions: '3',
      settings: [{ name: 'retention.ms', value: '-1' }],
    })
    store.change({ settings: [{ name: 'retention.ms', value: '5' }], targetPartitions: '6' })
    store.change({ topic: 'payments' })
    expect(store.getState().source.status).toBe('idle')
    await store.loadSource()
    expect(store.getState().draft).toMatchObject({
      targetPartitions: '6',
      settings: [{ name: 'retention.ms', value: '5' }],
    })
  })

  it('shows no answer about a source that is no longer chosen, and lets a count nobody typed follow the source', async () => {
    const asked = new Map<unknown, (partitions: unknown[]) => void>()
    const describeLater = ({ topic }: Record<string, unknown>) =>
      new Promise((answer) => asked.set(topic, (partitions) => answer({ name: topic, partitions, failures: [] })))
    const store = createReplayStore(fake({ ...source, 'topics.describe': describeLater }), start)
    const first = store.loadSource()
    store.change({ topic: 'payments' })
    asked.get('orders')!([{}, {}, {}])
    await first
    expect(store.getState()).toMatchObject({ source: { status: 'idle' }, draft: { targetPartitions: '' } })
    const second = store.loadSource()
    asked.get('payments')!([{}])
    await second
    expect(store.getState().draft.targetPartitions).toBe('1')
    store.change({ topic: 'orders' })
    const third = store.loadSource()
    asked.get('orders')!([{}, {}, {}])
    await third
    expect(store.getState().draft.targetPartitions).toBe('3')
  })

  it('keeps a typed count, also one that the source had', async () => {
    let count = 2
    const describe = () => ({ name: 'orders', partitions: Array.from({ length: count }), failures: [] })
    const store = createReplayStore(fake({ ...source, 'topics.describe': describe }), start)
    await store.loadSource()
    store.change({ targetPartitions: '2' })
    store.change({ topic: 'payments' })
    count = 5
    await store.loadSource()
    expect(store.getState().draft.targetPartitions).toBe('2')
  })

  it('goes on without the right to read settings', async () => {
    const denied = () => {
      throw new SeeklineError('kafka.unauthorised', 'no')
    }
    const store = createReplayStore(fake({ ...source, 'topics.config': denied }), start)
    await store.loadSource()
    expect(store.getState()).toMatchObject({ source: { status: 'ready' }, draft: { settings: [] } })
  })

  it('plans at once what was asked before the source was read, and keeps the plan when it is read again', async () => {
    let reads = 0
    const describeLater = async (input: Record<string, unknown>) => {
      await settled((reads += 1) * 5)
      return source['topics.describe']!(input)
    }
    const api = fake({ ...source, 'topics.describe': describeLater, 'replay.plan': () => plan })
    const store = createReplayStore(api, { ...start, creates: true })
    const early = store.loadSource()
    const planned = store.plan()
    // What a form does that was just changed.
    await Promise.all([planned, store.loadSource(), early])
    await store.loadSource()
    const { plan: made, plannedFor, draft } = store.getState()
    expect(made.value).toBe(plan)
    expect(plannedFor).toBe(draft)
    expect(draft).toMatchObject({ targetPartitions: '3', settings: [{ name: 'retention.ms', value: '-1' }] })
  })

  it('asks for no plan while something is missing, and knows which draft a plan is of', async () => {
    let asked = 0
    const api = fake({ ...source, 'replay.plan': () => ((asked += 1), plan) })
    const store = createReplayStore(api, { ...start, targetTopic: '' })
    await store.plan()
    expect([asked, store.getState().isAttempted]).toEqual([0, true])
    store.change({ targetTopic: 'copy' })
    await store.plan()
    expect(store.getState().plannedFor).toBe(store.getState().draft)
    store.change({ timestamps: 'now' })
    expect(store.getState().plannedFor).not.toBe(store.getState().draft)
  })

  it('keeps the plan that was asked for last, whichever is made first', async () => {
    const asked: (() => void)[] = []
    const api = fake({
      ...source,
      'replay.plan': ({ targetTopic }) => new Promise((done) => asked.push(() => done({ ...plan, targetTopic }))),
    })
    const store = createReplayStore(api, start)
    const first = store.plan()
    await until('the first is asked for', () => asked.length === 1)
    store.change({ targetTopic: 'other' })
    const second = store.plan()
    await until('the second is asked for', () => asked.length === 2)
    asked[1]!()
    await second
    asked[0]!()
    await first
    expect(store.getState().plan).toMatchObject({ status: 'ready', value: { targetTopic: { name: 'other' } } })
    expect(store.getState().plannedFor).toBe(store.getState().draft)
  })

  it('runs the plan with what was typed, shows progress, and keeps the receipt of a cancelled run', async () => {
    const given: unknown[] = []
    let end: (receipt: unknown) => void = () => undefined
    const api = fake({ ...source, 'replay.plan': () => plan }, (input, { signal, onProgress }) => {
      given.push(input['confirm'])
      onProgress?.({ copied: 5n })
      return new Promise((resolve) => {
        end = resolve
        signal?.addEventListener('abort', () => resolve({ outcome: 'cancelled' }))
      })
    })
    const store = createReplayStore(api, { ...start, targetPartitions: '3' })
    await store.plan()
    const running = store.run('prod')
    void store.run('again')
    expect(store.getState().run).toMatchObject({ status: 'running', progress: { copied: 5n } })
    store.cancel()
    expect(store.getState().run).toMatchObject({ isCancelling: true })
    await running
    end(undefined)
    expect(given).toEqual(['prod'])
    expect(store.getState().run).toMatchObject({ status: 'done', receipt: { outcome: 'cancelled' } })
  })
})
