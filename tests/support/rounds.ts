/**
 * How many rounds a random test runs: all of the given number with `SEEKLINE_ROUNDS=all` (CI has a job for that), otherwise a tenth of
 * them. Expected counts in such a test must follow the same rule.
 */
export function rounds(all: number): number {
  return process.env['SEEKLINE_ROUNDS'] === 'all' ? all : Math.ceil(all / 10)
}
