import type { ConnectionId } from '#shared/model/ids.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { median, tellFigures } from './figures.ts'

/*
 * Moves the positions of one group in 500 partitions of 50 topics, in a running app and by Kafka's own ConsumerGroupCommand.
 *
 *   node tests/bench/plan.ts [--rounds N]
 *
 * The requirement: from the request for a plan to the positions read back, the app takes at most 1/20 of the time that the script's
 * own reset takes on the same group in the same run. The two take turns; the medians are compared.
 */

const at = process.argv.indexOf('--rounds')
const rounds = at < 0 ? 5 : Number(process.argv[at + 1])
const TOPICS = 50
const EACH = 10
const PARTITIONS = TOPICS * EACH
const group = 'moved'
const scope = Array.from({ length: TOPICS }, (_, t) => ({ topic: `large-${t}` }))
/** Our runs for each run of the script; they are so short that a single one is mostly random. */
const MOVES_A_ROUND = 7

async function main(): Promise<void> {
  // As from a shell: calls of the tests’ running JVM would not be the script.
  delete process.env['SEEKLINE_TEST_TOOL_SERVER']
  const kafka = await startKafka({ isMeasured: true })
  const app = await startApp({ checkOutput: false })
  try {
    await fill(kafka.bootstrap)
    const id = await app.connect(kafka.bootstrap)
    // A running app has warmed up, and so has its cluster: a broker answers these requests twice as fast once its JVM
    // has compiled their code, which takes about two hundred of them.
    for (let n = 0n; n < 300n; n += 1n) await move(app, id, 2n + (n % 90n))
    const times = { script: [] as number[], ours: [] as number[], plan: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      times.script.push(await script(kafka, 20 + round))
      for (let n = 0; n <= MOVES_A_ROUND; n += 1) {
        const { ms, planned } = await move(app, id, BigInt(40 + 10 * (n % 2) + round))
        times.ours.push(ms)
        times.plan.push(planned)
      }
      const told = await kafka.tools.describeGroup(group)
      const wanted = BigInt(40 + 10 * (MOVES_A_ROUND % 2) + round)
      if (told.length !== PARTITIONS || told.some(({ position }) => position !== wanted)) {
        throw new Error(`The script describes ${told.length} positions, not all of them ${wanted}.`)
      }
    }
    tellFigures([{ name: 'plan, apply, read back 500 partitions ÷ ConsumerGroupCommand', ours: times.ours, peer: times.script }]) // oxfmt-ignore
    const [ours, theirs] = [median(times.ours), median(times.script)]
    console.log(`plan, apply and read back, in the app   ${ours.toFixed(1)} ms, of which the plan ${median(times.plan).toFixed(1)} ms (${list(times.ours)})`) // oxfmt-ignore
    console.log(`ConsumerGroupCommand --reset-offsets    ${theirs.toFixed(0)} ms (${list(times.script)})`)
    console.log(`ratio                                   1/${(theirs / ours).toFixed(1)}`)
    const holds = ours <= theirs / 20
    console.log(holds ? 'holds' : 'misses: more than 1/20 of the script’s time')
    process.exitCode = holds ? 0 : 1
  } finally {
    await app.close()
    await kafka.stop()
  }
}

async function fill(bootstrap: string): Promise<void> {
  const wire = await connectWire(bootstrap)
  try {
    for (const { topic } of scope) await wire.createTopic(topic, EACH, { 'retention.ms': '-1' })
    const record = { timestamp: 1_700_000_000_000n, key: null, value: Buffer.from('value'), headers: [] }
    const batch = writeBatch(Array.from({ length: 100 }, () => record), { codec: 'none' }) // oxfmt-ignore
    const places = scope.flatMap(({ topic }) => Array.from({ length: EACH }, (_, partition) => ({ topic, partition })))
    await mapLimited(places, 32, ({ topic, partition }) => wire.produce(topic, partition, batch))
  } finally {
    wire.close()
  }
}

/** From the request for a plan to the positions read back, which an apply does itself. */
async function move(
  app: TestApp,
  connectionId: ConnectionId,
  offset: bigint,
): Promise<{ ms: number; planned: number }> {
  const began = performance.now()
  const plan = await app.call('offsets.plan', { connectionId, group, scope, target: { at: 'offset', offset } })
  const planned = performance.now() - began
  const { rows, summary } = await app.call('offsets.apply', { connectionId, plan })
  const ms = performance.now() - began
  if (rows.filter(({ status }) => status === 'confirmed').length !== PARTITIONS) throw new Error(summary)
  return { ms, planned }
}

async function script(kafka: RunningKafka, offset: number): Promise<number> {
  const began = performance.now()
  const to = ['--reset-offsets', '--all-topics', '--to-offset', String(offset), '--execute']
  await kafka.tools.groups('--group', group, ...to)
  return performance.now() - began
}

const list = (times: number[]): string => times.map((time) => time.toFixed(0)).join(', ')

main().catch(exitWith)
