/**
 * How often a test of chance tries: as often as says, where `SEEKLINE_ROUNDS=all` (CI has a job of it), and else a tenth of that,
 * for it is one of thousands. What a test counts on its way is to be measured by the same rule.
 */
export function rounds(all: number): number {
  return process.env['SEEKLINE_ROUNDS'] === 'all' ? all : Math.ceil(all / 10)
}
