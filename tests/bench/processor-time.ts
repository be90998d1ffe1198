/** Milliseconds of one run. */
export function timed(run: () => unknown): number {
  const start = cpu()
  for (let runs = 1; ; runs++) {
    run()
    const spent = cpu() - start
    if (spent >= LEAST_MS) return spent / runs
  }
}

/** Processor time: one thread works, and by the clock it would be the time that others leave. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Some systems count a thread's time in steps of 10 ms: what is shorter than many of them is not measured, but guessed. */
const LEAST_MS = 150
