import { spawn } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startApp } from '../support/app.ts'
import { startKafka } from '../support/kafka.ts'
import { longestTurn } from '../support/measure.ts'
import { median, tellFigures } from './figures.ts'
import { wholeLog } from './places.ts'

/*
 * Copies a topic of 3 partitions into a second cluster, by a replay and by `kcat | kcat` in turns, in the same run.
 *
 *   node tests/bench/replay.ts [--records N] [--size BYTES] [--batch BYTES] [--codec lz4] [--rounds N]
 *
 * Small batches (the Java client's default of 16 KiB) are taken apart and joined; with --batch 262144 they are passed on
 * undecoded. kcat copies values only: no headers, timestamps or partitions, and it verifies no checksum.
 */

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
const records = Number(option('records', '1000000'))
const size = Number(option('size', '200'))
const batch = option('batch', '16384')
const codec = option('codec', 'none')
const rounds = Number(option('rounds', '5'))
const topic = 'replayed'

async function main(): Promise<void> {
  const options = { heapMb: 768, isMeasured: true }
  const [from, to] = await Promise.all([startKafka(options), startKafka(options)])
  const app = await startApp()
  try {
    await from.tools.createTopic(topic, 3)
    await from.tools.producerPerformance(topic, records, size, {
      'compression.type': codec,
      'batch.size': batch,
      'linger.ms': '20',
    })
    const source = await app.connect(from.bootstrap, { name: 'Source' })
    const target = await app.connect(to.bootstrap, { name: 'Target' })
    const times: Record<'kcat' | 'replay', number[]> = { kcat: [], replay: [] }
    const delay: Delay = { p99: 0, longest: 0 }
    let plain = 0
    let busy = 0
    const idle = await delayDuring(() => sleep(2_000))
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
    for (let round = 0; round <= rounds; round++) {
      await to.tools.createTopic(`kcat-${round}`, 3)
      const piped = await pipe(from.bootstrap, to.bootstrap, `kcat-${round}`)
      const targetTopic = { create: true as const, name: `replay-${round}`, partitions: 3, replicationFactor: 1 }
      const planned = performance.now()
      const plan = await app.call('replay.plan', { source, target, topic, range: wholeLog, targetTopic })
      plain = performance.now() - planned
      const start = performance.now()
      const cpu = process.cpuUsage()
      const late = await delayDuring(async () => {
        const receipt = await app.openStream('replay.run', { source, target, plan })
        if (receipt.copied !== BigInt(records)) throw new Error(receipt.summary)
      })
      delay.p99 = Math.max(delay.p99, late.p99)
      // The first round compiles.
      if (round > 0) delay.longest = Math.max(delay.longest, late.longest)
      const used = process.cpuUsage(cpu)
      busy = (used.user + used.system) / 1_000
      // The first round warms both up.
      if (round === 0) continue
      times.kcat.push(piped)
      times.replay.push(performance.now() - start)
    }
    clearInterval(watch)
    tellFigures([{ name: 'replay ÷ kcat | kcat', ours: times.replay, peer: times.kcat }])
    const [kcat, replay] = [median(times.kcat), median(times.replay)]
    const rate = (ms: number) =>
      `${Math.round(records / ms)}k records/s, ${((records * size) / ms / 1_000).toFixed(1)} MB/s`
    console.log(`${records} records of ${size} B, batches of ${batch} B, ${codec}, median of ${rounds}`)
    console.log(`kcat | kcat  ${Math.round(kcat)} ms  ${rate(kcat)}  [${times.kcat.map(Math.round).join(' ')}]`)
    console.log(`replay       ${Math.round(replay)} ms  ${rate(replay)}  [${times.replay.map(Math.round).join(' ')}]`)
    console.log(
      `ratio ${(kcat / replay).toFixed(2)}; plan ${Math.round(plain)} ms; processor ${Math.round(busy)} ms; event loop p99 ${delay.p99.toFixed(1)} ms (idle ${idle.p99.toFixed(1)}), longest turn ${delay.longest.toFixed(1)} ms of its own processor time; memory +${Math.round((peak - before) / 1e6)} MB`,
    )
  } finally {
    await app.close()
    await Promise.all([from.stop(), to.stop()])
  }
}

async function pipe(from: string, to: string, copy: string): Promise<number> {
  const kcat = process.env['KCAT_PATH'] ?? 'kcat'
  const start = performance.now()
  const consumer = spawn(kcat, ['-C', '-q', '-e', '-b', from, '-t', topic, '-o', 'beginning'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const producer = spawn(
    kcat,
    [
      '-P',
      '-q',
      '-b',
      to,
      '-t',
      copy,
      '-X',
      'acks=all',
      '-X',
      'enable.idempotence=true',
      '-X',
      'queue.buffering.max.messages=1000000',
    ],
    {
      stdio: [consumer.stdout, 'inherit', 'inherit'],
    },
  )
  // The producer holds the pipe; our own end would keep it open.
  consumer.stdout.destroy()
  await Promise.all([consumer, producer].map((child) => new Promise((resolve) => child.once('exit', resolve))))
  return performance.now() - start
}

/** The delay of timers, on a busy machine mostly caused by other programs, and the part that only we cause. */
async function delayDuring(work: () => Promise<unknown>): Promise<Delay> {
  const histogram = monitorEventLoopDelay({ resolution: 5 })
  histogram.enable()
  const longest = await longestTurn(work)
  histogram.disable()
  return { p99: histogram.percentile(99) / 1e6, longest }
}

interface Delay {
  p99: number
  longest: number
}

main().catch(exitWith)
