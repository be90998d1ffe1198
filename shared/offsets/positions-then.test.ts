import { describe, expect, it } from 'vitest'
import type { CommitPoint } from '../model/commit-history.ts'
import { positionsAt, positionThen } from './positions-then.ts'

/** Chance that can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Played {
  points: CommitPoint[]
  /** After each moment what the coordinator held. */
  held: Map<bigint, Map<string, bigint>>
}

/**
 * A coordinator as Kafka has it: commits are appended, those of a transaction count once its marker comes, and then only where
 * nothing further on in the log counts already (OffsetMetadataManager's recordedOffset).
 */
function play(seed: number, events: number): Played {
  const random = chance(seed)
  const points: CommitPoint[] = []
  const held = new Map<bigint, Map<string, bigint>>()
  const now = new Map<string, CommitPoint>()
  const open: CommitPoint[][] = []
  let log = 0n
  for (let i = 0; i < events; i += 1) {
    const at = BigInt(i)
    const partition = random(3)
    const kind = random(10)
    const point = (source: CommitPoint['source'], offset: bigint | null): CommitPoint => ({
      topic: 'orders',
      partition,
      position: offset === null ? null : { offset, metadata: '', leaderEpoch: -1 },
      committedAt: at,
      since: at,
      source,
      offset: log++,
    })
    const count = (one: CommitPoint) => {
      points.push(one)
      const key = `${one.partition}/orders`
      if ((now.get(key)?.offset ?? -1n) < one.offset) now.set(key, one)
    }
    if (kind < 5) count(point('commit', BigInt(random(100))))
    else if (kind === 5) count(point('tombstone', null))
    else if (kind < 8) open.push([point('transactional commit', BigInt(random(100)))])
    else {
      log += 1n
      const [ended] = open.splice(random(open.length), 1)
      // One of ten is aborted, and never counts.
      if (random(10) > 0) for (const one of ended ?? []) count({ ...one, since: at })
    }
    const positions = [...now].flatMap(([key, { position }]) =>
      position === null ? [] : [[key, position.offset] as const],
    )
    held.set(at, new Map(positions))
  }
  return { points, held }
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('of a history played by seed %i', (seed) => {
  const { points, held } = play(seed, 300)

  it('the positions at each moment are those that the coordinator held', () => {
    for (const [moment, positions] of held) {
      const then = [...positionsAt(points, moment)]
      const found = then.flatMap(([key, { position }]) => (position === null ? [] : [[key, position.offset] as const]))
      expect(new Map(found)).toEqual(positions)
    }
  })

  it('the order in which points were found does not matter, nor that some were found twice', () => {
    const random = chance(seed)
    const shuffled = [...points, ...points.slice(0, 20)].sort(() => random(3) - 1)
    for (const moment of [0n, 50n, 299n]) {
      expect(new Set(positionsAt(shuffled, moment))).toEqual(new Set(positionsAt(points, moment)))
    }
  })

  it('a later moment never takes an earlier record for the position', () => {
    let before = new Map<string, CommitPoint>()
    for (const moment of held.keys()) {
      const then = positionsAt(points, moment)
      for (const [key, point] of before) expect(then.get(key)!.offset).toBeGreaterThanOrEqual(point.offset)
      before = then
    }
  })
})

it('says why there is no position: none, removed, gone, or not looked for', () => {
  const at = { topic: 'orders', partition: 0 }
  const whole = { logStart: 0n, from: 0n, wholeFrom: 0n }
  const none = new Map<string, CommitPoint>()
  expect(positionThen(at, none, whole)).toEqual({ missing: 'none' })
  expect(positionThen(at, none, { ...whole, wholeFrom: 7n })).toEqual({ missing: 'gone' })
  expect(positionThen(at, none, { logStart: 5n, from: 5n, wholeFrom: 5n })).toEqual({ missing: 'gone' })
  expect(positionThen(at, none, { ...whole, from: 9n, wholeFrom: 9n })).toEqual({ missing: 'not-searched' })
  const tombstone: CommitPoint = { ...at, position: null, committedAt: 1n, since: 1n, source: 'tombstone', offset: 3n }
  expect(positionThen(at, new Map([['0/orders', tombstone]]), whole)).toEqual({ missing: 'removed' })
})
