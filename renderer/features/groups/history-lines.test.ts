import { expect, it } from 'vitest'
import type { CommitPoint, MemberRecord } from '#shared/model/commit-history.ts'
import { historyLines, memberChanges, WIDTH } from './history-lines.ts'

const commit = (i: number, offset: bigint | null, partition = 0): CommitPoint => ({
  topic: 'orders',
  partition,
  position: offset === null ? null : { offset, metadata: '', leaderEpoch: -1 },
  committedAt: BigInt(i),
  since: BigInt(i),
  source: offset === null ? 'tombstone' : 'commit',
  offset: BigInt(i),
})

it('draws steps that hold until the next commit, lower further down, and edges where they are in the picture', () => {
  const edges = new Map([['0/orders', { logStart: 5n, highWatermark: 100n }]])
  const [line] = historyLines([commit(0, 0n), commit(50, 50n)], { from: 0n, to: 100n }, edges)
  expect(line).toMatchObject({ partition: 0, ticks: [0, 500] })
  expect(line!.path).toBe('M0 94.0H0V94.0V94.0V94.0H500V50.0V94.0V50.0H1000')
  expect(line!.highWatermark).toBe(6)
  expect(line!.logStart).toBeCloseTo(89.6)
})

it('breaks where the position was removed', () => {
  const [line] = historyLines([commit(0, 0n), commit(50, null), commit(80, 9n)], { from: 0n, to: 100n }, new Map())
  expect(line!.path).toMatch(/^M0 94\.0.*H500M800 6\.0/)
})

it('draws no more columns than a screen has, however many commits there are, and every partition once', () => {
  const points = Array.from({ length: 50_000 }, (_, i) => commit(i, BigInt(i), i % 3))
  const lines = historyLines(points, { from: 0n, to: 50_000n }, new Map())
  expect(lines.map(({ partition }) => partition)).toEqual([0, 1, 2])
  for (const { ticks, path } of lines) {
    expect(ticks.length).toBeLessThanOrEqual(WIDTH + 1)
    expect(path.length).toBeLessThan(60_000)
  }
})

it('tells who came and who left', () => {
  const name = (memberId: string) => ({ memberId, clientId: `client-${memberId}`, host: '' })
  const all = (i: number, ...ids: string[]): MemberRecord => ({ kind: 'all', offset: BigInt(i), at: BigInt(i), members: ids.map(name) }) // oxfmt-ignore
  const one = (i: number, id: string, there: boolean): MemberRecord => ({ kind: 'one', offset: BigInt(i), at: BigInt(i), member: name(id), there }) // oxfmt-ignore
  expect(memberChanges([all(1), all(2, 'a'), all(3, 'a'), all(4, 'a', 'b'), all(5)]).map(({ words }) => words)).toEqual(
    ['client-a came; 1 member then', 'client-b came; 2 members then', 'client-a and 1 more left; 0 members then'],
  )
  expect(memberChanges([one(1, 'x', false), one(2, 'a', true), one(3, 'a', true), one(4, 'a', false)]).map(({ words }) => words)).toEqual([
    'a member left; 0 members then',
    'client-a came; 1 member then',
    'client-a left; 0 members then',
  ]) // oxfmt-ignore
})
