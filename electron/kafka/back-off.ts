/** Milliseconds before the next attempt: doubles from `first` up to `most`, then up to a quarter off, so that clients do not march in step. */
export function backOff(attempt: number, first = 100, most = 2_000, random: () => number = Math.random): number {
  const full = Math.min(first * 2 ** Math.min(attempt, 20), most)
  return Math.round(full * (0.75 + 0.25 * random()))
}
