import { expect, it } from 'vitest'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { readUnread } from './unread.ts'

// A broker that answers for one topic and is silent about the others cannot be had on demand.

it('ends in its time however many topics are slow, says of those that they were not read, and tells the rest', async () => {
  const bounds = { logStart: 0n, lastStable: 9n, highWatermark: 9n }
  const asked: string[] = []
  const source = {
    topic: (name: string, _fresh: boolean, signal: AbortSignal) => {
      asked.push(name)
      if (name === 'quick') return Promise.resolve({ topicId: null, partitions: new Map([[0, {}]]) })
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    },
    bounds: () => Promise.resolve(new Map([[0, bounds]])),
  }
  const cluster = { supports: () => false, info: () => ({ brokers: [] }) }
  const timeLimit = (ms: number) => Promise.resolve(AbortSignal.timeout(ms))
  const access = { cluster, reader: { source, timeLimit } } as unknown as MessagesAccess
  const slow = Array.from({ length: 40 }, (_, i) => ({ topic: `slow-${i}`, partition: 0, offset: 3n }))
  const positions = [{ topic: 'quick', partition: 0, offset: 9n }, ...slow]
  const signal = new AbortController().signal
  const { items } = await readUnread(access, { positions }, signal, 50)
  expect(items).toHaveLength(41)
  expect(items[0]).toMatchObject({ age: { kind: 'nothing' }, readable: { kind: 'counted', records: 0n } })
  const late = 'It was not read in the seconds that one look may take.'
  for (const item of items.slice(1)) expect(item).toMatchObject({ age: { kind: 'unknown', why: late }, readable: { kind: 'unknown', why: late }, retention: { kind: 'unknown' } }) // oxfmt-ignore
  // Once it is late no more topics are begun with.
  expect(asked.length).toBeLessThan(20)
})
