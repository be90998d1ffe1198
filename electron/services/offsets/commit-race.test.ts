import { describe, expect, it } from 'vitest'
import type { Position } from '#shared/model/positions.ts'
import { judgeRace } from './commit-race.ts'

const at = (offset: bigint): Position => ({ offset, metadata: '', leaderEpoch: -1 })
const log = (...offsets: (bigint | null)[]) =>
  offsets.map((one, i) => ({
    offset: BigInt(i),
    group: 'billing',
    topic: 'orders',
    partition: 0,
    position: one === null ? null : at(one),
    committedAt: null,
  }))
const window = (from: bigint | null, to: bigint | null) => ({ from, to })
const before = at(50n)
const after = at(0n)

describe('the order of commits', () => {
  it('tells ours from the same value behind it and before it', () => {
    expect(judgeRace(log(0n, 60n, 0n), before, after, window(0n, 1n))).toEqual({ overwrote: undefined, last: at(0n) })
    expect(judgeRace(log(0n, 60n, 0n), before, after, window(2n, 3n))).toEqual({ overwrote: at(60n), last: undefined })
  })

  it('takes what stood there when ours came, not what somebody had replaced by then', () => {
    expect(judgeRace(log(60n, 50n, 0n), before, after, window(2n, 3n))?.overwrote).toBeUndefined()
    expect(judgeRace(log(50n, 60n, 0n), before, after, window(2n, 3n))?.overwrote).toEqual(at(60n))
    expect(judgeRace(log(null, 0n), before, after, window(0n, 2n))?.overwrote).toBeNull()
  })

  it('says nothing where two may be ours and it makes a difference', () => {
    expect(judgeRace(log(0n, 60n, 0n), before, after, window(0n, null))).toBeNull()
    expect(judgeRace(log(60n), before, after, window(0n, null))).toBeNull()
    expect(judgeRace([], before, after, window(null, null))).toBeNull()
  })

  it('knows a removal by its tombstone', () => {
    expect(judgeRace(log(60n, null, 70n), before, null, window(1n, 2n))).toEqual({ overwrote: at(60n), last: at(70n) })
  })
})
