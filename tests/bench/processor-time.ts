/** Milliseconds of one run. */
export function timed(run: () => unknown): number {
  const start = cpu()
  for (let runs = 1; ; runs++) {
    run()
    const spent = cpu() - start
    if (spent >= LEAST_MS) return spent / runs
  }
}

/** Measures processor time: a single thread works, and clock time depends on other programs. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Some systems count a thread's time in steps of 10 ms: a time that is not many steps long would be a guess. */
const LEAST_MS = 150
