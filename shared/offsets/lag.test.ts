import { expect, it } from 'vitest'
import { stableLagOf, standingOf } from './lag.ts'

const bounds = { logStart: 10n, lastStable: 15n, highWatermark: 20n }
const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })

it.each([
  [at(9n), 'before-log-start', null],
  [at(10n), 'in-range', 10n],
  [at(20n), 'at-end', 0n],
  [at(21n), 'past-end', null],
  [at(-1n), 'before-log-start', null],
  [null, 'none', null],
] as const)('%o stands %s', (position, standing, lag) => {
  expect(standingOf(position, bounds, true)).toEqual({ standing, lag })
})

it('guesses no lag where the log cannot be seen', () => {
  expect(standingOf(at(12n), null, true)).toEqual({ standing: 'unknown', lag: null })
  expect(standingOf(at(12n), null, false)).toEqual({ standing: 'topic-gone', lag: null })
})

it.each([
  [at(12n), 3n],
  [at(15n), 0n],
  // Between the two edges everything is undecided: there is nothing for it to read yet.
  [at(18n), 0n],
  [at(9n), null],
  [at(21n), null],
  [null, null],
] as const)('%o has %s offsets up to the last stable one', (position, left) => {
  expect(stableLagOf(position, bounds)).toBe(left)
})
