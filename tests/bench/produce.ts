import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ProduceSource } from '#shared/model/produce.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startApp } from '../support/app.ts'
import { startKafka } from '../support/kafka.ts'
import { longestTurn } from '../support/measure.ts'
import { median, tellFigures } from './figures.ts'

/*
 * Writes the records of a file, a line of JSON each, into a topic of 3 partitions, in turns with `kcat -P` and the same keys and
 * values, a line each. What both do: read the file, choose partitions by key, wait for all in-sync replicas, write each once.
 * What kcat does not: it parses no JSON, and its lines are in no plan, so that nobody has looked whether the file is still what was
 * seen; the time of the plan is told apart.
 *
 *   node tests/bench/produce.ts [--records N] [--size BYTES] [--rounds N]
 */

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1] ?? fallback)
}
const records = option('records', 1_000_000)
const size = option('size', 200)
const rounds = option('rounds', 5)

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-bench-'))
  const kafka = await startKafka({ heapMb: 1024 })
  const app = await startApp()
  try {
    const filler = 'x'.repeat(size)
    const valueOf = (n: number): string => `order ${n} ${filler}`.slice(0, size)
    const ours = path.join(folder, 'records.ndjson')
    const theirs = path.join(folder, 'records.txt')
    await writeLines(ours, (n) => `{"key":{"text":"key-${n}"},"value":{"text":"${valueOf(n)}"},"headers":[]}`)
    await writeLines(theirs, (n) => `key-${n}\t${valueOf(n)}`)
    const connectionId = await app.connect(kafka.bootstrap, { name: 'Bench' })
    const asIs = { as: 'line' } as const
    const source: ProduceSource = { kind: 'file', path: ours, key: asIs, value: asIs, partitioning: 'by-key', timestamps: 'now', rate: null } // prettier-ignore
    const times = { kcat: [] as number[], produce: [] as number[], plan: [] as number[] }
    const delay = monitorEventLoopDelay({ resolution: 5 })
    let busy = 0
    let longest = 0
    for (let round = 0; round <= rounds; round += 1) {
      const topics = { kcat: `kcat-${round}`, produce: `produce-${round}` }
      await kafka.tools.createTopic(topics.kcat, 3)
      await kafka.tools.createTopic(topics.produce, 3)
      const piped = await kcat(kafka.bootstrap, topics.kcat, theirs)
      const planned = performance.now()
      const plan = await app.call('produce.plan', { connectionId, topic: topics.produce, source })
      const start = performance.now()
      const before = process.cpuUsage()
      delay.enable()
      longest = await longestTurn(async () => {
        const receipt = await app.openStream('produce.apply', { connectionId, source, plan })
        if (receipt.written !== BigInt(records)) throw new Error(receipt.summary)
      })
      delay.disable()
      const { user, system } = process.cpuUsage(before)
      busy = (user + system) / 1_000
      // The first round warms both up.
      if (round === 0) {
        delay.reset()
        continue
      }
      times.kcat.push(piped)
      times.plan.push(start - planned)
      times.produce.push(performance.now() - start)
    }
    tellFigures([{ name: 'produce from a file ÷ kcat -P', ours: times.produce, peer: times.kcat }])
    const rate = (ms: number): string => `${Math.round(records / ms)}k records/s`
    console.log(`${records} records of ${size} B, median of ${rounds}`)
    for (const [name, of] of Object.entries(times)) {
      console.log(
        `${name.padEnd(8)} ${Math.round(median(of))} ms  ${rate(median(of))}  [${of.map(Math.round).join(' ')}]`,
      )
    }
    console.log(
      `processor ${Math.round(busy)} ms of the last round, event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, longest turn ${longest.toFixed(1)} ms of its own processor time`,
    )
  } finally {
    await app.close()
    await kafka.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeLines(file: string, lineOf: (n: number) => string): Promise<void> {
  const pieces = function* (): Generator<string> {
    for (let n = 0; n < records; n += 1_000) {
      yield Array.from({ length: Math.min(1_000, records - n) }, (_, i) => `${lineOf(n + i)}\n`).join('')
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(file))
}

async function kcat(bootstrap: string, topic: string, file: string): Promise<number> {
  const args = ['-P', '-q', '-b', bootstrap, '-t', topic, '-K', '\t', '-l']
  const settings = ['acks=all', 'enable.idempotence=true', 'queue.buffering.max.messages=1000000']
  const start = performance.now()
  const child = spawn(process.env['KCAT_PATH'] ?? 'kcat', [...args, ...settings.flatMap((one) => ['-X', one]), file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`kcat ended with ${String(code)}`)
  return performance.now() - start
}

await main().catch(exitWith)
