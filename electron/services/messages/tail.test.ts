import { expect, it, vi } from 'vitest'
import type { ProgressOf } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ColumnEvent, ColumnStream } from '../../kafka/log-reader.ts'
import type { MessagesAccess } from './start-offsets.ts'
import { until } from '../../../tests/support/wait-for.ts'
import { tail } from './tail.ts'

const edges = { logStart: 0n, lastStable: 0n, highWatermark: 0n }

/** Three partitions of whose read a test tells what happens. */
function access(events: () => AsyncGenerator<ColumnEvent>): MessagesAccess {
  const stream: ColumnStream = {
    [Symbol.asyncIterator]: events,
    add: () => undefined,
    resume: () => undefined,
    finish: () => undefined,
    topicId: 'id',
    bytes: 0,
  }
  const partitions = new Map([0, 1, 2].map((partition) => [partition, { leader: 1, leaderEpoch: 0 }]))
  const source = {
    topic: async () => ({ topicId: 'id', partitions }),
    bounds: async () => new Map([0, 1, 2].map((partition) => [partition, edges])),
  }
  return { reader: { source, columns: () => stream } } as unknown as MessagesAccess
}

it('tells of each partition that stopped its own reason, also when another one is back', async () => {
  const corrupt = new SeeklineError('records.corrupt', 'orders[1] cannot be read at offset 7.')
  const denied = new SeeklineError('kafka.unauthorised', 'orders[2] may not be read.')
  const lost = new SeeklineError('connect.lost', 'Lost.', { retryable: true })
  const stop = new AbortController()
  const back = Promise.withResolvers<void>()
  async function* events(): AsyncGenerator<ColumnEvent> {
    yield { kind: 'failed', partition: 1, next: 7n, error: corrupt }
    yield { kind: 'failed', partition: 2, next: 0n, error: denied }
    yield { kind: 'waiting', error: lost }
    await back.promise
    yield { kind: 'waiting', error: null }
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
  }
  type Told = ProgressOf<(typeof messages)['messages.tail']>
  let last: Told | undefined
  const show = { open: true, aborted: false }
  const input = {
    connectionId: 'c' as ConnectionId,
    topic: 'orders',
    show,
    filter: null,
    untilFirst: false,
    fields: [],
    patient: false,
  }
  const sink = { batch: async () => undefined, progress: (told: Told) => void (last = told) }
  const done = tail(access(events), input, sink, stop.signal)
  await until('the loss is told', () => last?.waiting?.code === 'connect.lost')
  back.resolve()
  await until('it is back', () => last?.waiting === null)
  expect(last?.stopped.map(({ partition, error }) => [partition, error.code])).toEqual([
    [1, 'records.corrupt'],
    [2, 'kafka.unauthorised'],
  ])
  stop.abort()
  await done
})

it('says little while nothing happens, and at once what does', async () => {
  vi.useFakeTimers()
  try {
    const stop = new AbortController()
    const back = Promise.withResolvers<void>()
    const lost = new SeeklineError('connect.lost', 'Lost.', { retryable: true })
    async function* events(): AsyncGenerator<ColumnEvent> {
      await back.promise
      yield { kind: 'waiting', error: lost }
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
    }
    const progress = vi.fn<() => void>()
    const input = {
      connectionId: 'c' as ConnectionId,
      topic: 'orders',
      show: { open: true, aborted: false },
      filter: null,
      untilFirst: false,
      fields: [],
      patient: false,
    }
    const done = tail(access(events), input, { batch: async () => undefined, progress }, stop.signal)
    await vi.advanceTimersByTimeAsync(21_000)
    expect(progress.mock.calls.length).toBeGreaterThanOrEqual(4)
    expect(progress.mock.calls.length).toBeLessThanOrEqual(6)
    const before = progress.mock.calls.length
    back.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(progress.mock.calls.length).toBe(before + 1)
    stop.abort()
    await vi.advanceTimersByTimeAsync(1_000)
    await done
  } finally {
    vi.useRealTimers()
  }
})
