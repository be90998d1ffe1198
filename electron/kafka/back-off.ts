/**
 * Milliseconds before the next attempt: doubles from `first` up to `most`, minus up to a quarter at random, so that clients do
 * not retry at the same moment.
 */
export function backOff(attempt: number, first = 100, most = 2_000, random: () => number = Math.random): number {
  const full = Math.min(first * 2 ** Math.min(attempt, 20), most)
  return Math.round(full * (0.75 + 0.25 * random()))
}
