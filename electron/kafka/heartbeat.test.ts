import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SeeklineError } from '#shared/errors.ts'
import { afterEach, expect, it } from 'vitest'
import { holdsFor, until } from '../../tests/support/wait-for.ts'
import { type ClusterState, Heartbeat, HEARTBEAT } from './heartbeat.ts'

const fast = { everyMs: 20, timeoutMs: 60, firstBackOffMs: 10, mostBackOffMs: 20 }
const lost = new SeeklineError('connect.lost', 'lost', { retryable: true })
let heart: Heartbeat | null = null
afterEach(() => heart?.close())

it('notices a loss within 15 s by its own times', () => {
  expect(HEARTBEAT.everyMs + HEARTBEAT.timeoutMs).toBeLessThanOrEqual(15_000)
})

it('says reconnecting with reason and attempt, then connected again', async () => {
  const states: ClusterState[] = []
  let failing = false
  heart = new Heartbeat(
    async () => {
      if (failing) throw lost
    },
    (s) => states.push(s),
    () => undefined,
    fast,
  )
  heart.start()
  failing = true
  heart.suspect()
  await until('three attempts', () => states.length >= 3)
  expect(states.slice(0, 3)).toMatchObject(
    [1, 2, 3].map((attempt) => ({ kind: 'reconnecting', reason: lost, attempt })),
  )
  failing = false
  await until('the connection', () => heart!.state.kind === 'connected')
})

it('takes silence for a loss and ends the sockets', async () => {
  let silenced = 0
  heart = new Heartbeat(
    () => new Promise(() => undefined),
    () => undefined,
    () => silenced++,
    fast,
  )
  heart.start()
  await until('the loss', () => heart!.state.kind === 'reconnecting')
  expect(silenced).toBeGreaterThan(0)
})

it('does not take its own standstill for silence: the answer is there, and was not read yet', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads')
    parentPort.on('message', () => {
      parentPort.postMessage('answer')
      Atomics.store(workerData, 0, 1)
      Atomics.notify(workerData, 0)
    })`
  const isSent = new Int32Array(new SharedArrayBuffer(4))
  const broker = new Worker(source, { eval: true, workerData: isSent })
  try {
    await once(broker, 'online')
    const states: ClusterState[] = []
    let [answers, silenced] = [0, 0]
    const standStill = (): void => {
      const until = performance.now() + 2 * fast.timeoutMs
      isSent[0] = 0
      broker.postMessage('probe')
      Atomics.wait(isSent, 0, 0)
      while (performance.now() < until);
    }
    heart = new Heartbeat(
      async () => {
        // After the sockets were looked at, so that timers come next.
        setImmediate(standStill)
        await once(broker, 'message')
        answers += 1
      },
      (state) => states.push(state),
      () => silenced++,
      fast,
    )
    heart.start()
    await until('three answers', () => answers >= 3)
    expect([silenced, states]).toEqual([0, []])
  } finally {
    heart?.close()
    await broker.terminate()
  }
})

it('does not try again after a wrong password, until asked to', async () => {
  let probes = 0
  heart = new Heartbeat(
    async () => {
      if (++probes < 3) throw new SeeklineError('connect.sasl', 'wrong password')
    },
    () => undefined,
    () => undefined,
    fast,
  )
  heart.start()
  await until('the refusal', () => heart!.state.kind === 'failed')
  await holdsFor(80, () => expect(probes).toBe(1))
  heart.retryNow(lost)
  await until('the second refusal', () => probes === 2 && heart!.state.kind === 'failed')
  heart.retryNow(lost)
  await until('the connection', () => heart!.state.kind === 'connected')
})

// A tunnel whose other end was down closed each connection at its first request, which reads as "expects TLS": the profile
// stayed failed for good.
it('goes on trying after what is final only when a profile is first opened', async () => {
  let down = true
  heart = new Heartbeat(
    async () => {
      if (down) throw new SeeklineError('connect.tls', 'closed at the first request; it most likely expects TLS')
    },
    () => undefined,
    () => undefined,
    fast,
  )
  heart.start()
  await until('the loss', () => heart!.state.kind === 'reconnecting')
  down = false
  await until('the connection', () => heart!.state.kind === 'connected')
  expect(heart.state.kind).toBe('connected')
})
