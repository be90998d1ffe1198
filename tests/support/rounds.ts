const isAll = process.env['SEEKLINE_ROUNDS'] === 'all'

/**
 * How many rounds a random test runs: all of the given number with `SEEKLINE_ROUNDS=all` (CI has a job for that), otherwise a tenth of
 * them. Expected counts in such a test must follow the same rule.
 */
export function rounds(all: number): number {
  return isAll ? all : Math.ceil(all / 10)
}

/**
 * What a random test starts from, unless `SEEKLINE_SEED` names it: the same in each run, so that a test that begins to fail fails by
 * what was changed; with all rounds another one each time.
 */
export const seedOfRun = (): number => Number(process.env['SEEKLINE_SEED'] ?? (isAll ? Date.now() % 2 ** 31 : 1))
