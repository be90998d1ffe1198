import { afterEach, describe, expect, it, vi } from 'vitest'
import { every } from '../../tests/support/wait-for.ts'
import { mergedInSlices } from './sort-in-slices.ts'

describe('works in slices', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('breathe between many short ones in a row as within a long one', async () => {
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => clock)
    let longest = 0
    let last = 0
    const beats = every(0, () => {
      longest = Math.max(longest, clock - last)
      last = clock
    })
    const runs = Array.from({ length: 64 }, (_, run) => Array.from({ length: 100 }, (_, i) => 64 * i + run))
    const merged = await mergedInSlices(runs, (a, b) => {
      clock += 0.02
      return a - b
    })
    beats.stop()
    expect(merged).toEqual(Array.from({ length: 6_400 }, (_, i) => i))
    // A slice, and what is done before the time is looked at again.
    expect(longest).toBeLessThan(20)
  })
})
