import { Buffer } from 'node:buffer'
import { afterEach, expect, it } from 'vitest'
import {
  framed,
  METADATA,
  metadataAnswer,
  startFakeBroker,
  type FakeBroker,
  type Script,
  type Topic,
} from '../../tests/support/fake-broker.ts'
import { every, settled, until, untilHolds } from '../../tests/support/wait-for.ts'
import { openCluster, type KafkaCluster } from './cluster.ts'
import type { HeartbeatTimes } from './heartbeat.ts'
import { metadata } from './protocol/metadata.ts'

// What a quota's pause (KIP-219) and a change of cluster do to an open connection. A real broker can be made to ask for a
// pause, but not for one of a given length at a given request.

const quiet: HeartbeatTimes = { everyMs: 1_000_000, timeoutMs: 5_000, firstBackOffMs: 50, mostBackOffMs: 100 }
const brisk: HeartbeatTimes = { everyMs: 100, timeoutMs: 2_000, firstBackOffMs: 50, mostBackOffMs: 100 }

let broker: FakeBroker | null = null
let cluster: KafkaCluster | null = null
afterEach(() => {
  cluster?.close()
  broker?.close()
})

async function open(script: Script, heartbeat: HeartbeatTimes): Promise<KafkaCluster> {
  broker = await startFakeBroker(script)
  const brokers = [{ host: '127.0.0.1', port: broker.port }]
  cluster = await openCluster({ brokers, clientId: 'seekline-0.0.0' }, { mode: 'read-only', heartbeat })
  return cluster
}

const answer = (port: number, topics: Topic[] = [], throttle = 0): Uint8Array =>
  metadataAnswer([{ id: 1, host: '127.0.0.1', port }], topics, throttle)

/** Answers Metadata; `pause` asks for silence with the next answer. */
function throttling(): { script: Script; pause: (ms: number) => void; asked: () => number } {
  let throttle = 0
  let asked = 0
  return {
    script: ({ key, socket }) => {
      if (key !== METADATA) return undefined
      asked++
      return answer(socket.localPort!, [], throttle)
    },
    pause: (ms) => (throttle = ms),
    asked: () => asked,
  }
}

it('never sends what was cancelled while a quota held it back, and says that it was not sent', async () => {
  const { script, pause, asked } = throttling()
  const { client } = await open(script, quiet)
  pause(30_000)
  await client.call('any', metadata, { topics: [] })
  pause(0)
  const before = asked()
  const { requestQueue } = (await client.connection('any'))['connection']
  const cancel = new AbortController()
  const calls = Array.from({ length: 5 }, () => client.call('any', metadata, { topics: [] }, { signal: cancel.signal }))
  const ends = Promise.allSettled(calls)
  await until('all are held back', () => requestQueue.pending.length === 5)
  cancel.abort()
  const cancelled = await ends
  const reason = { code: 'call.cancelled', details: { sent: false } }
  expect(cancelled).toMatchObject(Array.from({ length: 5 }, () => ({ status: 'rejected', reason })))
  // The pause is over.
  requestQueue.throttledUntil = Date.now() - 1
  await client.call('any', metadata, { topics: [] })
  await settled()
  expect(asked() - before).toBe(1)
})

it('says that a request was sent when it is cancelled while its answer is awaited', async () => {
  let silent = false
  let asked = 0
  const { client } = await open(({ key, socket }) => {
    if (key !== METADATA) return undefined
    asked++
    return silent ? null : answer(socket.localPort!)
  }, quiet)
  silent = true
  const cancel = new AbortController()
  const call = client.call('any', metadata, { topics: [] }, { signal: cancel.signal })
  call.catch(() => undefined)
  await until('it is asked', () => asked === 2)
  cancel.abort()
  await expect(call).rejects.toMatchObject({ code: 'call.cancelled', details: { sent: true } })
})

it('takes a quota’s pause for no silence: the connection stays, though nothing can be asked meanwhile', async () => {
  const { script, pause, asked } = throttling()
  const opened = await open(script, brisk)
  const states: string[] = []
  opened.onState((state) => states.push(state.kind))
  // Longer than a heartbeat waits for its answer.
  pause(4_000)
  await opened.client.call('any', metadata, { topics: [] })
  pause(0)
  const before = asked()
  const end = Date.now() + opened.client.quietMs('admin')
  await until('a heartbeat after the pause', () => asked() > before)
  expect(Date.now()).toBeGreaterThanOrEqual(end)
  expect(states).toEqual([])
})

it('knows nothing of the old cluster once another one answers at its address', async () => {
  let other = false
  const opened = await open(({ key, socket }) => {
    if (key !== METADATA) return undefined
    if (!other) return answer(socket.localPort!, [{ name: '__consumer_offsets' }, { name: 'orders' }])
    const next = Buffer.from(answer(socket.localPort!, [{ name: 'payments' }]))
    next.write('next', next.indexOf('fake'))
    return next
  }, brisk)
  opened.gate.groupsExist = true
  opened.coordinators.set('mailer', 1)
  other = true
  await untilHolds('the new cluster’s topics', () =>
    expect(opened.topics.slice(0, 10).map(({ name }) => name)).toEqual(['payments']),
  )
  expect(opened.info().clusterId).toBe('next')
  expect(opened.gate.groupsExist).toBe(false)
  expect(opened.coordinators.size).toBe(0)
})

it('asks again where the connection breaks under a look, and gives up after three', async () => {
  let cuts = 0
  await open(({ key, socket }) => {
    if (key !== METADATA) return undefined
    if (cuts > 0) {
      cuts -= 1
      socket.destroy()
      return undefined
    }
    return answer(socket.localPort!, [{ name: 'orders', partitions: 3 }])
  }, quiet)
  cuts = 2
  await cluster!.refresh({ topics: ['orders'] })
  expect(cuts).toBe(0)
  expect(cluster!.topic('orders')?.partitions).toHaveLength(3)
  cuts = 1_000
  await expect(cluster!.refresh({ topics: ['orders'] })).rejects.toMatchObject({
    message: expect.stringContaining('closed') as string,
  })
})

/** Once `hold` is called, each answer to Metadata is given by hand. */
function byHand(): { script: Script; hold: () => void; held: ((topics: Topic[]) => void)[] } {
  let holds = false
  const held: ((topics: Topic[]) => void)[] = []
  return {
    script: ({ key, correlationId, socket }) => {
      if (key !== METADATA) return undefined
      if (!holds) return answer(socket.localPort!)
      held.push((topics) => void socket.write(framed(correlationId, answer(socket.localPort!, topics))))
      return null
    },
    hold: () => (holds = true),
    held,
  }
}

const namesIn = ({ topics }: KafkaCluster): string[] =>
  topics
    .slice(0, 10)
    .map(({ name }) => name)
    .toSorted()

it('looks at everything again for those who come while a look is on its way, once for all of them', async () => {
  const { script, hold, held } = byHand()
  const opened = await open(script, quiet)
  hold()
  const first = opened.refresh()
  await until('the first look', () => held.length === 1)
  const cancel = new AbortController()
  const cancelled = opened.refresh({ signal: cancel.signal })
  const others = [opened.refresh(), opened.refresh({ signal: new AbortController().signal })]
  cancel.abort()
  await expect(cancelled).rejects.toMatchObject({ code: 'call.cancelled' })
  await settled()
  expect(held).toHaveLength(1)
  held[0]!([{ name: 'orders' }])
  await first
  expect(namesIn(opened)).toEqual(['orders'])
  await until('the next look', () => held.length === 2)
  held[1]!([{ name: 'orders' }, { name: 'payments' }])
  await Promise.all(others)
  expect(namesIn(opened)).toEqual(['orders', 'payments'])
  expect(held).toHaveLength(2)
})

it('looks again for those who came meanwhile although the look on its way fails', async () => {
  let cuts = false
  const opened = await open(({ key, socket }) => {
    if (key !== METADATA) return undefined
    if (!cuts) return answer(socket.localPort!, [{ name: 'orders' }])
    socket.destroy()
    return null
  }, quiet)
  cuts = true
  const first = opened.refresh()
  const next = opened.refresh()
  await expect(first).rejects.toMatchObject({ retryable: true })
  cuts = false
  await next
  expect(namesIn(opened)).toEqual(['orders'])
})

it('lets nobody wait for a look on a dropped socket who comes after it was dropped', async () => {
  const { script, hold, held } = byHand()
  const opened = await open(script, quiet)
  hold()
  const before = [opened.refresh(), opened.refresh()]
  await until('the first look', () => held.length === 1)
  opened.dropAllSockets()
  const after = opened.refresh()
  const answerAll = every(20, () => held.splice(0).forEach((give) => give([{ name: 'orders' }])))
  try {
    await after
    await Promise.all(before)
  } finally {
    answerAll.stop()
  }
  expect(namesIn(opened)).toEqual(['orders'])
})
