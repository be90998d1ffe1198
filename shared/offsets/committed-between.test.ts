import { expect, it } from 'vitest'
import type { CommitPoint } from '../model/commit-history.ts'
import { committedBetween, lostOf, rangesOf } from './committed-between.ts'

const whole = { from: 0n, logStart: 0n, wholeFrom: 0n }
const at = { topic: 'orders', partition: 0 }

/** Commits of partition 0, one a millisecond; null removes the position. */
const commits = (...positions: (bigint | null)[]): CommitPoint[] =>
  positions.map((offset, i) => ({
    ...at,
    position: offset === null ? null : { offset, metadata: '', leaderEpoch: -1 },
    committedAt: BigInt(i),
    since: BigInt(i),
    source: offset === null ? 'tombstone' : 'commit',
    offset: BigInt(i),
  }))

const between = (points: CommitPoint[], from: bigint, to: bigint) =>
  committedBetween(points, whole, [at], { from, to })[0]!

it('is what lies between the position at the one moment and at the other', () => {
  expect(between(commits(5n, 10n, 30n, 40n), 0n, 2n)).toEqual({ ...at, passes: [[{ from: 5n, to: 30n }]], noStart: null, firstSince: null }) // oxfmt-ignore
  expect(between(commits(5n, 10n), 1n, 9n).passes).toEqual([])
})

it('a step back begins another pass: once is all of it, or each pass by itself', () => {
  const parts = [between(commits(10n, 50n, 20n, 60n, 0n, 30n), 0n, 5n)]
  expect(parts[0]!.passes).toEqual([[{ from: 10n, to: 50n }], [{ from: 20n, to: 60n }], [{ from: 0n, to: 30n }]])
  const ranges = (pass: number | null) => rangesOf(parts, { pass, start: 'first-commit' }, () => 0n)
  expect(ranges(null)).toEqual([{ partition: 0, from: 0n, to: 60n }])
  expect(ranges(1)).toEqual([{ partition: 0, from: 20n, to: 60n }])
  expect(ranges(7)).toEqual([])
})

it('where no start is known it is said why, and what lies before the first commit since is a choice', () => {
  const part = between(commits(10n, 50n), -1n, 1n)
  expect(part).toMatchObject({ noStart: 'none', firstSince: 10n, passes: [[{ from: 10n, to: 50n }]] })
  expect(rangesOf([part], { pass: null, start: 'first-commit' }, () => 3n)).toEqual([{ partition: 0, from: 10n, to: 50n }]) // oxfmt-ignore
  expect(rangesOf([part], { pass: null, start: 'log-start' }, () => 3n)).toEqual([{ partition: 0, from: 3n, to: 50n }])
  expect(committedBetween([], { ...whole, from: 9n }, [at], { from: 0n, to: 5n })[0]).toMatchObject({ noStart: 'not-searched', passes: [] }) // oxfmt-ignore
})

it('a removed position says nothing of what was read', () => {
  expect(between(commits(10n, 20n, null, 40n, 45n), 0n, 4n).passes).toEqual([[{ from: 10n, to: 20n }, { from: 40n, to: 45n }]]) // oxfmt-ignore
})

it('a transaction’s commit that counts behind a later one changes nothing', () => {
  const [first, late, plain] = commits(10n, 15n, 30n)
  const points = [first!, { ...late!, since: 9n, source: 'transactional commit' as const }, plain!]
  expect(between(points, 0n, 10n).passes).toEqual([[{ from: 10n, to: 30n }]])
})

it('counts what is gone from the log since', () => {
  expect(lostOf([{ partition: 0, from: 10n, to: 50n }, { partition: 1, from: 0n, to: 5n }], (p) => (p === 0 ? 20n : 0n))).toBe(10n) // oxfmt-ignore
})
