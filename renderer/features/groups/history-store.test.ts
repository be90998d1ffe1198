import { expect, it, vi } from 'vitest'
import type { SearchedCommits } from '#shared/model/commit-history.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createHistoryStore } from './history-store.ts'

const searched = (from: bigint): SearchedCommits => ({ partition: 1, logStart: 0n, from, to: 900n, end: 900n, wholeFrom: from, undecided: 0, unreadable: 0 }) // oxfmt-ignore
const point = (offset: bigint) => ({ topic: 'orders', partition: 0, position: { offset: 5n, leaderEpoch: -1, metadata: '' }, committedAt: 1n, since: 1n, source: 'commit' as const, offset }) // oxfmt-ignore

it('shows what a long search has found before it is over, but never in place of a whole that is there', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const seen: [string, number | undefined, bigint | undefined][] = []
    const openStream = async (_route: string, _input: unknown, { onBatch, onProgress }: { onBatch: (found: unknown) => void; onProgress: (value: unknown) => void }) => {
      onBatch({ points: [point(800n)], members: [] })
      onProgress({ searched: searched(700n) })
      vi.advanceTimersByTime(600)
      onProgress({ searched: searched(600n) })
      onBatch({ points: [point(10n)], members: [] })
      return { reason: 'start', limit: null, searched: searched(0n), bytes: 1n, commits: 2, notes: [] }
    } // oxfmt-ignore
    const api = { openStream, call: () => Promise.reject(new Error('not asked')) } as unknown as StoreApiPort
    const store = createHistoryStore(api, ConnectionId.parse('c'), 'billing', 1n)
    store.subscribe(({ history: { status, value } }) => seen.push([status, value?.points.length, value?.searched.from]))
    await store.load()
    expect(seen).toEqual([['loading', undefined, undefined], ['loading', 1, 600n], ['ready', 2, 0n]]) // oxfmt-ignore
    seen.length = 0
    await store.load()
    expect(seen).toEqual([['loading', 2, 0n], ['ready', 2, 0n]]) // oxfmt-ignore
  } finally {
    vi.useRealTimers()
  }
})

it('keeps the positions that were asked for last, whichever are answered first', async () => {
  const answers: ((detail: unknown) => void)[] = []
  const api = {
    openStream: () => Promise.resolve({ searched: searched(0n), limit: null }),
    call: () => new Promise((answer) => answers.push(answer)),
  } as unknown as StoreApiPort
  const store = createHistoryStore(api, ConnectionId.parse('c'), 'billing')
  const loads = [store.load(), store.load()]
  answers[1]!({ group: 'newer' })
  answers[0]!({ group: 'older' })
  await Promise.all(loads)
  expect(store.getState().detail).toEqual({ group: 'newer' })
})
