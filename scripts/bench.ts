// npm run bench [-- --only scan,edit] [--against FOLDER] [--json FILE]: runs every benchmark, one after the other, and prints one
// table of ratios. With another checkout (its packages installed) both are measured by the same benchmarks, in turns.
import fs from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, figuresIn, ratioOf } from '../tests/bench/figures.ts'
import { repoRoot } from './lib/paths.ts'
import { run } from './lib/run-program.ts'
import { exitWith, SetupError } from './lib/setup-error.ts'

interface Benchmark {
  name: string
  args: string[]
  /** Rounds of each part if it is measured in turns with another checkout: two parts per side. */
  rounds: (count: number) => string[]
  /** If it is measured in turns with another checkout: the peers that show a difference, without those that take minutes. */
  compared?: string[]
  /** What is taken from the other checkout. */
  parts: string
}

const app = 'electron/,shared/,renderer/'
const benchmarks: Benchmark[] = [
  { name: 'records', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'decode', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'filters', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'edit', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'plan', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'scan', args: ['--records', '1500000'], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'scan-decoded', args: [], rounds: (count) => ['--rounds', String(count)], parts: app },
  {
    name: 'search',
    args: ['--scale', '0.3'],
    rounds: (count) => ['--rounds', String(count)],
    compared: ['--peers', 'wire'],
    parts: app,
  },
  { name: 'replay', args: ['--records', '400000'], rounds: (count) => ['--rounds', String(count)], parts: app },
  { name: 'produce', args: ['--records', '300000'], rounds: (count) => ['--rounds', String(count)], parts: app },
  // It builds what it starts, so the folder is all that it needs.
  { name: 'startup', args: [], rounds: (count) => ['--runs', String(count)], parts: `${app},scripts/lib/paths.ts` },
]

/** Medians of so few rounds differ by this much even with the same code. */
const NOISE = 0.1
const LIMIT_MS = 40 * 60_000

interface Row {
  benchmark: string
  name: string
  /** How many times as fast as the peer. */
  ratio: number
  there?: number
}

await main().catch(exitWith)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, against: { type: 'string' }, json: { type: 'string' } },
  })
  const wanted = values.only?.split(',')
  const unknown = wanted?.find((name) => !benchmarks.some((one) => one.name === name))
  if (unknown)
    throw new SetupError(`--only knows no "${unknown}": it is one of ${benchmarks.map((one) => one.name).join(', ')}.`)
  const { against } = values
  if (against !== undefined && !(await isCheckout(against)))
    throw new SetupError(`${against} is no checkout of Seekline with its packages installed.`)
  const rows: Row[] = []
  const failed: string[] = []
  for (const benchmark of benchmarks.filter(({ name }) => wanted?.includes(name) ?? true)) {
    console.log(`\n── ${benchmark.name}`)
    try {
      rows.push(...(await measured(benchmark, against)))
    } catch (error) {
      // The others took minutes to measure, so their results are printed nevertheless.
      failed.push(benchmark.name)
      console.log(error instanceof SetupError ? error.message : error)
    }
  }
  console.log(`\n${table(rows, against !== undefined)}`)
  const file = values.json ?? path.join(repoRoot, 'out/bench.json')
  await fs.mkdir(path.dirname(file), { recursive: true })
  await fs.writeFile(file, `${JSON.stringify({ against: against ?? null, rows }, null, 2)}\n`)
  const slower = rows.filter(isSlower)
  for (const row of slower) console.log(`Slower than there: ${row.benchmark}, ${row.name}.`)
  for (const name of failed) console.log(`Not measured: ${name}; why stands above.`)
  process.exitCode = slower.length > 0 || failed.length > 0 ? 1 : 0
}

async function measured(benchmark: Benchmark, against: string | undefined): Promise<Row[]> {
  if (against === undefined) {
    return (await once(benchmark, benchmark.rounds(5))).map((one) => ({
      benchmark: benchmark.name,
      name: one.name,
      ratio: ratioOf(one),
    }))
  }
  // Here, there, there, here: other load of the machine affects both.
  const parts: Figure[][] = []
  const args = [...benchmark.rounds(3), ...(benchmark.compared ?? [])]
  for (const where of [undefined, against, against, undefined]) parts.push(await once(benchmark, args, where))
  const [first, second, third, fourth] = parts as [Figure[], Figure[], Figure[], Figure[]]
  return joined(first, fourth).map((one) => {
    const there = joined(second, third).find(({ name }) => name === one.name)
    const row: Row = { benchmark: benchmark.name, name: one.name, ratio: ratioOf(one) }
    return there === undefined ? row : { ...row, there: ratioOf(there) }
  })
}

async function once(benchmark: Benchmark, more: string[], against?: string): Promise<Figure[]> {
  const file = path.join(repoRoot, 'tests/bench', `${benchmark.name}.ts`)
  const hook = path.join(repoRoot, 'tests/bench/other-code.mjs')
  const args = [...(against === undefined ? [] : ['--import', hook]), file, ...benchmark.args, ...more]
  const env = {
    SEEKLINE_BENCH: '1',
    ...(against === undefined ? {} : { SEEKLINE_BENCH_AGAINST: against, SEEKLINE_BENCH_PARTS: benchmark.parts }),
  }
  const { stdout, stderr } = await run(process.execPath, args, { cwd: repoRoot, env, timeoutMs: LIMIT_MS })
  const figures = figuresIn(stdout)
  // It may have missed its own limit, and its measurements still count.
  if (figures.length === 0) throw new SetupError(`${benchmark.name} measured nothing:\n${stdout}${stderr}`)
  console.log(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('bench-figures')).join('\n')) // oxfmt-ignore
  return figures
}

function joined(one: readonly Figure[], other: readonly Figure[]): Figure[] {
  return one.map((figure) => {
    const more = other.find(({ name }) => name === figure.name)
    return { ...figure, ours: [...figure.ours, ...(more?.ours ?? [])], peer: [...figure.peer, ...(more?.peer ?? [])] }
  })
}

function isSlower({ ratio, there }: Row): boolean {
  return there !== undefined && ratio < there * (1 - NOISE)
}

function table(rows: readonly Row[], isCompared: boolean): string {
  const head = ['benchmark', 'what ÷ compared with', 'times as fast', ...(isCompared ? ['there', 'change'] : [])]
  const lines = rows.map(({ benchmark, name, ratio, there }) => [
    benchmark,
    name,
    ratio.toFixed(2),
    ...(there === undefined ? [] : [there.toFixed(2), `${((ratio / there - 1) * 100).toFixed(0)} %`]),
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0)))
  return [head, ...lines].map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n') // oxfmt-ignore
}

async function isCheckout(folder: string): Promise<boolean> {
  const files = ['electron/api.ts', 'node_modules/kafkajs/package.json'].map((file) => path.join(folder, file))
  const found = await Promise.all(files.map((file) => fs.access(file).then(() => true, () => false))) // oxfmt-ignore
  return found.every(Boolean)
}
