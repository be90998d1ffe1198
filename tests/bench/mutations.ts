import { parseArgs } from 'node:util'
import { createDecodePool } from '../../electron/kafka/workers/pool.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { runMutations } from '../support/mutation-run.ts'

/*
 * Sends a million batches that were damaged on purpose through the workers, like everything that is read, and compares with another
 * client's decoder: no crash, no hang, each offset reported, the same bytes if both read them, and limited memory.
 * A batch is identified by its number, and is the same in each run.
 *
 *   node tests/bench/mutations.ts [--mutations 1000000] [--from 0]
 */

const { values: options } = parseArgs({
  options: { mutations: { type: 'string', default: '1000000' }, from: { type: 'string', default: '0' } },
})
const MiB = 1 << 20
/** Growth of the process with its workers after warming up: two batches may decompress to 128 MiB each at the same time. */
const MOST_GROWTH = 400 * MiB
const TELL_EACH = 50_000

async function main(): Promise<void> {
  const pool = createDecodePool({ limitSeconds: 20 })
  const start = performance.now()
  let warm = 0
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
  try {
    const run = await runMutations(
      pool,
      { from: Number(options.from), mutations: Number(options.mutations) },
      (now) => {
        if (warm === 0 && now.mutations >= 10_000) warm = process.memoryUsage.rss()
        if (now.mutations % TELL_EACH === 0) console.log(`${now.mutations} in ${Math.round((performance.now() - start) / 1_000)} s: ${now.alike} alike, ${now.wrong.length} wrong, ${Math.round(process.memoryUsage.rss() / MiB)} MiB`) // oxfmt-ignore
      },
    )
    console.log(JSON.stringify({ ...run, wrong: run.wrong.slice(0, 50) }, null, 2))
    console.log(`memory ${Math.round(warm / MiB)} MiB once warm, at most ${Math.round(peak / MiB)} MiB`)
    const grew = warm > 0 && peak - warm > MOST_GROWTH
    console.log(
      run.wrong.length === 0 && !grew
        ? 'holds'
        : `misses: ${run.wrong.length} are wrong${grew ? ', and memory grew' : ''}`,
    )
    process.exitCode = run.wrong.length === 0 && !grew ? 0 : 1
  } finally {
    clearInterval(watch)
    await pool.close()
  }
}

main().catch(exitWith)
