/** For the counts of a run: the rate of one of them over the last seconds. */
export type RateOf<C> = (count: (counts: C) => bigint) => number

const PROGRESS_MS = 250
/** How many seconds rates are averaged over: steady enough to read, and still current. */
const RATE_SECONDS = 5

/** Runs the work, and reports on it a few times a second, at its start and at its end. */
export async function reported<C, T>(
  work: () => Promise<T>,
  { counts, report }: { counts: () => C; report: (counts: C, rate: RateOf<C>) => void },
): Promise<T> {
  const samples: { at: number; counts: C }[] = []
  const tell = (): void => {
    const now = counts()
    samples.push({ at: performance.now(), counts: now })
    while (samples.length > 2 && samples[0]!.at < performance.now() - RATE_SECONDS * 1_000) samples.shift() // samples.length > 2
    const first = samples[0]! // a sample was pushed just above
    const seconds = Math.max((performance.now() - first.at) / 1_000, 0.001)
    report(now, (of) => Number(of(now) - of(first.counts)) / seconds)
  }
  tell()
  const timer = setInterval(tell, PROGRESS_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    tell()
  }
}
