import { expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { until, untilHolds } from '../../tests/support/waiting.ts'
import type { ColumnEvent, ColumnStream } from '../kafka/reader.ts'
import type { MessagesAccess } from './messages-start.ts'
import { tail } from './messages-tail.ts'

const edges = { logStart: 0n, lastStable: 0n, highWatermark: 0n }

/** Two partitions of whose read a test tells what happens. */
function access(events: () => AsyncGenerator<ColumnEvent>): MessagesAccess {
  const stream: ColumnStream = {
    [Symbol.asyncIterator]: events,
    add: () => undefined,
    resume: () => undefined,
    finish: () => undefined,
    topicId: 'id',
    bytes: 0,
  }
  const partitions = new Map([0, 1].map((partition) => [partition, { leader: 1, leaderEpoch: 0 }]))
  const source = {
    topic: async () => ({ topicId: 'id', partitions }),
    bounds: async () => new Map([0, 1].map((partition) => [partition, edges])),
  }
  return { reader: { source, columns: () => stream } } as unknown as MessagesAccess
}

it('goes on saying that a partition failed when another one is back', async () => {
  const corrupt = new SeeklineError('records.corrupt', 'orders[1] cannot be read at offset 7.')
  const lost = new SeeklineError('connect.lost', 'Lost.', { retryable: true })
  const stop = new AbortController()
  async function* events(): AsyncGenerator<ColumnEvent> {
    yield { kind: 'failed', partition: 1, next: 7n, error: corrupt }
    yield { kind: 'waiting', error: lost }
    await until('the loss is said', () => said.includes('connect.lost'))
    yield { kind: 'waiting', error: null }
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
  }
  const said: (string | null)[] = []
  const show = { open: true, aborted: false }
  const input = { connectionId: 'c' as ConnectionId, topic: 'orders', show }
  const sink = {
    batch: async () => undefined,
    progress: ({ waiting }: { waiting: { code: string } | null }) => said.push(waiting?.code ?? null),
  }
  const done = tail(access(events), input, sink, stop.signal)
  const changes = () => said.filter((one, i) => one !== said[i - 1])
  await untilHolds('both are said', () => expect(changes()).toEqual(['connect.lost', 'records.corrupt']))
  // A tick later, with nothing having come.
  const before = said.length
  await until('a tick', () => said.length > before + 1)
  expect(said.at(-1)).toBe('records.corrupt')
  stop.abort()
  await done
})
