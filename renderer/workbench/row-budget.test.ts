import { describe, expect, it } from 'vitest'
import { createRowBudget, type RowHolder } from './row-budget.ts'

/** A list that gives up what it is asked for, but for `least`. */
function list(bytes: number, least = 0): RowHolder & { bytes: number } {
  const holder = {
    bytes,
    giveUp: (wanted: number) => {
      holder.bytes = Math.max(Math.min(holder.bytes, least), holder.bytes - wanted)
    },
  }
  return holder
}

describe('the budget of rows', () => {
  it('takes from the lists that were shown longest ago, and from the one in front last', () => {
    const budget = createRowBudget(320)
    const lists = [list(100, 20), list(100), list(100)]
    const [first, second, third] = lists.map((one) => budget.hold(one))
    second!.shown()
    first!.shown()
    // The third was shown longest ago, then the second, then the first, which is in front.
    lists[0]!.bytes = 200
    first!.grew()
    expect(lists.map(({ bytes }) => bytes)).toEqual([200, 100, 10])
    lists[0]!.bytes = 320
    first!.grew()
    expect(lists.map(({ bytes }) => bytes)).toEqual([310, 0, 0])
    third!.shown()
    lists[2]!.bytes = 320
    third!.grew()
    expect(lists.map(({ bytes }) => bytes)).toEqual([20, 0, 290])
    expect(budget.bytes).toBe(310)
  })

  it('asks nobody for anything below the limit, and forgets lists that are closed', () => {
    const budget = createRowBudget(320)
    const lists = [list(200), list(120)]
    const [first, second] = lists.map((one) => budget.hold(one))
    second!.grew()
    expect(lists.map(({ bytes }) => bytes)).toEqual([200, 120])
    first!.release()
    lists[1]!.bytes = 300
    second!.grew()
    expect([budget.bytes, ...lists.map(({ bytes }) => bytes)]).toEqual([300, 200, 300])
  })
})
