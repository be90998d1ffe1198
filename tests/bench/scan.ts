import { spawn } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { clusterSource, createReader, type ColumnRead } from '../../electron/kafka/log-reader.ts'
import { createDecodePool } from '../../electron/kafka/workers/pool.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startKafka } from '../support/kafka.ts'
import { median, tellFigures } from './figures.ts'

/*
 * Reads 3 M records of 200 B in 3 partitions, in a warm process, and compares with kcat in the same run.
 *
 *   node tests/bench/scan.ts [--records N] [--rounds N] [--codec lz4] [--json]
 *
 * The requirements: kcat's time ÷ ours ≥ 1.5; event-loop delay p99 at most 20 ms above idle; memory +200 MB at most.
 * Only the ratio means something on a shared machine, so the two take turns and the medians are compared.
 */

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
const records = Number(option('records', '3000000'))
const rounds = Number(option('rounds', '5'))
const codec = option('codec', 'none')
const topic = 'scan'
const MiB = 1 << 20

/** Every record decoded, every value searched, nothing found: the cost of a search without matches. */
const search: ColumnRead['decode'] = {
  filter: { anyOf: [new TextEncoder().encode('seekline-not-there')] },
  verifyCrc: 'off',
}
/** Every record decoded and returned as a row with previews. */
const rows: ColumnRead['decode'] = { previewBytes: { key: 64, value: 200 }, verifyCrc: 'off' }

async function main(): Promise<void> {
  const kafka = await startKafka({ heapMb: 1024, isMeasured: true })
  const pool = createDecodePool()
  try {
    await kafka.tools.createTopic(topic, 3)
    await kafka.tools.producerPerformance(topic, records, 200, { 'compression.type': codec, 'batch.size': '16384' })
    // By hand: a benchmark can use only what older versions have, because it measures those, too.
    const [host, port] = kafka.bootstrap.split(':') as [string, string]
    const cluster = await openCluster(
      { brokers: [{ host, port: Number(port) }], clientId: 'seekline-bench' },
      { mode: 'read-only' },
    )
    const reader = createReader(clusterSource(cluster), pool)
    const bounds = await reader.source.bounds(topic, [0, 1, 2])
    const ranges = [...bounds].map(([partition, found]) => {
      if (found instanceof Error) throw found
      return { partition, from: found.logStart, to: found.highWatermark }
    })
    const scan = async (decode: ColumnRead['decode']): Promise<number> => {
      const start = performance.now()
      let seen = 0
      for await (const event of reader.columns({ topic, ranges, decode: decode ?? {} })) {
        if (event.kind === 'rows') seen += event.columns.counts.records
        if (event.kind === 'failed') throw event.error
      }
      if (seen !== records) throw new Error(`read ${seen} of ${records} records`)
      return performance.now() - start
    }

    await scan(search)
    await scan(rows)
    await kcat(kafka.bootstrap)
    const idle = await delayDuring(() => sleep(2_000))
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
    const times = { kcat: [] as number[], search: [] as number[], rows: [] as number[] }
    const delays = { search: 0, rows: 0 }
    for (let round = 0; round < rounds; round++) {
      times.kcat.push(await kcat(kafka.bootstrap))
      delays.search = Math.max(delays.search, await delayDuring(async () => times.search.push(await scan(search))))
      delays.rows = Math.max(delays.rows, await delayDuring(async () => times.rows.push(await scan(rows))))
    }
    clearInterval(watch)
    cluster.close()
    const result = {
      records,
      codec,
      kcatSeconds: median(times.kcat) / 1_000,
      searchSeconds: median(times.search) / 1_000,
      rowsSeconds: median(times.rows) / 1_000,
      searchRatio: median(times.kcat) / median(times.search),
      rowsRatio: median(times.kcat) / median(times.rows),
      delayP99IdleMs: idle,
      delayP99SearchMs: delays.search,
      delayP99RowsMs: delays.rows,
      memoryGrowthMiB: (peak - before) / MiB,
      memoryMiB: before / MiB,
    }
    tellFigures([
      { name: 'search ÷ kcat', ours: times.search, peer: times.kcat },
      { name: 'rows ÷ kcat', ours: times.rows, peer: times.kcat },
    ])
    for (const [name, value] of Object.entries(result)) {
      console.log(`${name.padEnd(18)} ${typeof value === 'number' ? Math.round(value * 100) / 100 : value}`)
    }
    const misses = [
      ...(result.searchRatio < 1.5 ? ['search is not 1.5 × kcat'] : []),
      ...(result.rowsRatio < 1.5 ? ['rows are not 1.5 × kcat'] : []),
      ...(Math.max(delays.search, delays.rows) - idle > 20 ? ['event-loop delay p99 is over 20 ms above idle'] : []),
      ...(result.memoryGrowthMiB > 200 ? ['memory grew by more than 200 MiB'] : []),
    ]
    console.log(misses.length === 0 ? 'holds' : `misses: ${misses.join('; ')}`)
    process.exitCode = misses.length === 0 ? 0 : 1
  } finally {
    await pool.close()
    await kafka.stop()
  }
}

async function kcat(bootstrap: string): Promise<number> {
  const start = performance.now()
  await new Promise<void>((resolve, reject) => {
    const child = spawn(
      process.env.KCAT_PATH ?? 'kcat',
      ['-C', '-q', '-e', '-b', bootstrap, '-t', topic, '-o', 'beginning'],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: 120_000,
      },
    )
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`kcat ended with ${code}`))))
  })
  return performance.now() - start
}

/** Event-loop delay p99 in ms while something runs. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 5 })
  histogram.enable()
  await work()
  histogram.disable()
  return histogram.percentile(99) / 1e6
}

main().catch(exitWith)
