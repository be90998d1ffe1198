import type { Page } from 'playwright-core'

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Microseconds of this thread's own time: what other programs of a busy machine took is not in it. */
  tdur?: number
  args: { name?: string }
}

/**
 * The longest task of the page's main thread while `action` runs, in milliseconds of processor time. By the clock a
 * busy machine would make every task long, and say nothing about the page.
 */
async function longestTask(page: Page, action: () => Promise<void>): Promise<number> {
  const cdp = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  cdp.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) events.push(event as unknown as TraceEvent)
  })
  // Has all tasks; what happens within them, some thousand events a second, is not asked for.
  const traceConfig = { includedCategories: ['toplevel'] }
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  await action()
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await complete
  await cdp.detach()
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf),
  )
  const tasks = events.filter((event) => event.name.endsWith('RunTask') && mains.has(threadOf(event)))
  if (tasks.length === 0) throw new Error('The trace holds no task of the main thread: nothing was measured.')
  return Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1000))
}

/**
 * The longest task of `once`, in milliseconds: an absolute limit holds as the median of five. `prepare` goes before each turn
 * and is not measured.
 */
export async function usualLongestTask(
  page: Page,
  what: string,
  once: (turn: number) => Promise<void>,
  prepare?: (turn: number) => Promise<void>,
): Promise<number> {
  const tasks: number[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    await prepare?.(turn)
    tasks.push(await longestTask(page, () => once(turn)))
  }
  const told = tasks.map((one) => one.toFixed(0)).join(', ')
  const median = tasks.sort((a, b) => a - b)[2]!
  console.log(`${what}: longest task ${median.toFixed(0)} ms (${told})`)
  return median
}

/** Runs `action` while the page's main thread is that many times slower: what takes one slice elsewhere takes many. */
export async function slowed(page: Page, times: number, action: () => Promise<void>): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: times })
  try {
    await action()
  } finally {
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await cdp.detach()
  }
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`

/** Of one core, while `action` runs: what the page's main thread took, and its whole process with drawing and clearing up. */
export interface Share {
  main: number
  process: number
}

/** Processor time by the clock's time; nothing else is asked of the page meanwhile. */
export async function pageShare(page: Page, action: () => Promise<void>): Promise<Share> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const look = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN
    return { main: of('ThreadTime'), process: of('ProcessTime'), at: of('Timestamp') }
  }
  const before = await look()
  await action()
  const after = await look()
  await cdp.detach()
  const seconds = after.at - before.at
  return { main: (after.main - before.main) / seconds, process: (after.process - before.process) / seconds }
}

/** What the page's heap holds once all that nobody needs is cleared away: objects, and the bytes of their buffers. */
export async function heapBytes(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.collectGarbage')
  const usage = await cdp.send('Runtime.getHeapUsage')
  await cdp.detach()
  // Newer than the typed protocol.
  const { usedSize, backingStorageSize } = usage as typeof usage & { backingStorageSize: number }
  return usedSize + backingStorageSize
}
