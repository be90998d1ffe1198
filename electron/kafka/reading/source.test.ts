import { expect, it } from 'vitest'
import type { KafkaCluster } from '../cluster.ts'
import type { FetchRequest } from '../protocol/fetch.ts'
import { clusterSource } from './source.ts'

it('lets tails share the time that a broker waits for news, as it answers their one socket in order', async () => {
  const asked: { waitMs: number; answer: () => void }[] = []
  const call = (_node: number, _api: unknown, { maxWaitMs }: FetchRequest) =>
    new Promise<void>((answer) => void asked.push({ waitMs: maxWaitMs, answer }))
  const source = clusterSource({ call } as unknown as KafkaCluster)
  const request = { maxWaitMs: 500 } as FetchRequest
  const waits = () => asked.map(({ waitMs }) => waitMs)
  for (let tail = 0; tail < 4; tail += 1) void source.fetch(1, 'tail', request)
  // Another broker has another socket, and pages have their own.
  void source.fetch(2, 'tail', request)
  void source.fetch(1, 'browse', request)
  expect(waits()).toEqual([500, 250, 167, 125, 500, 500])
  const first = source.fetch(1, 'tail', request)
  for (const { answer } of asked) answer()
  await first
  void source.fetch(1, 'tail', request)
  expect(waits().slice(6)).toEqual([100, 500])
})
