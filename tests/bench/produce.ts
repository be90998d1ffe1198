import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ProducePlan } from '#shared/contract/produce.ts'
import type { ProduceSource } from '#shared/model/produce.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startApp } from '../support/app.ts'
import { startKafka } from '../support/kafka.ts'
import { longestTurn } from '../support/measure.ts'
import { median, ratioOf, tellFigures } from './figures.ts'
import { measured, shellCount, type Measured } from './search-peers.ts'

/*
 * Writes the records of a file, one line of JSON each, into a topic of 3 partitions, in turns with `kcat -P` and the same keys and
 * values, one line each. Both read the file, choose partitions by key, wait for all in-sync replicas, and write each record once.
 * kcat parses no JSON, and does not check whether the file is still the one that was planned; the time of the plan is reported
 * separately. The processor times of both sides are compared, of all their threads together, because clock time depends on the
 * broker and on other programs.
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
    const source: ProduceSource = { kind: 'file', path: ours, key: asIs, value: asIs, partitioning: 'by-key', timestamps: 'now', rate: null } // oxfmt-ignore
    const clock = { kcat: [] as number[], produce: [] as number[], plan: [] as number[] }
    const busy = { kcat: [] as number[], produce: [] as number[], plan: [] as number[] }
    const turns: number[] = []
    const delay = monitorEventLoopDelay({ resolution: 5 })
    for (let round = 0; round <= rounds; round += 1) {
      const topics = { kcat: `kcat-${round}`, produce: `produce-${round}` }
      await kafka.tools.createTopic(topics.kcat, 3)
      await kafka.tools.createTopic(topics.produce, 3)
      const piped = await kcat(kafka.bootstrap, topics.kcat, theirs)
      let plan: ProducePlan | undefined
      const planned = await measured(async () => {
        plan = await app.call('produce.plan', { connectionId, topic: topics.produce, source })
        return null
      })
      delay.enable()
      let turn = 0
      const produced = await measured(async () => {
        turn = await longestTurn(async () => {
          const receipt = await app.openStream('produce.apply', { connectionId, source, plan: plan! })
          if (receipt.written !== BigInt(records)) throw new Error(receipt.summary)
        })
        return null
      })
      delay.disable()
      // The first round warms both up.
      if (round === 0) {
        delay.reset()
        continue
      }
      turns.push(turn)
      for (const [name, of] of [['kcat', piped], ['plan', planned], ['produce', produced]] as const) {
        clock[name].push(of.ms)
        busy[name].push(of.cpuMs ?? Number.NaN)
      } // oxfmt-ignore
    }
    const figure = { name: 'produce from a file ÷ kcat -P', ours: busy.produce, peer: busy.kcat }
    tellFigures([figure])
    const rate = (ms: readonly number[]): string => `${Math.round(records / median(ms))}k/s`
    console.log(`${records} records of ${size} B, median of ${rounds}; ${ratioOf(figure).toFixed(2)} times as fast as kcat by processor time`) // oxfmt-ignore
    for (const name of ['kcat', 'plan', 'produce'] as const) {
      console.log(`${name.padEnd(8)} ${rate(busy[name])} of one processor's time, ${rate(clock[name])} by the clock`)
    }
    console.log(`event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, longest turn of the main thread ${median(turns).toFixed(1)} ms of its own processor time`) // oxfmt-ignore
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

/** It counts nothing itself: it writes all lines, or it fails. */
function kcat(bootstrap: string, topic: string, file: string): Promise<Measured> {
  const settings = ['acks=all', 'enable.idempotence=true', 'queue.buffering.max.messages=1000000']
  const options = settings.map((one) => `-X ${one}`).join(' ')
  const program = process.env['KCAT_PATH'] ?? 'kcat'
  return shellCount(`${program} -P -q -b ${bootstrap} -t ${topic} -K '\t' ${options} -l ${file} && echo ${records}`)
}

await main().catch(exitWith)
