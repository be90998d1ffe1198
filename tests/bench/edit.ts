import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Target } from '#shared/contract/offsets.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { median, tellFigures } from './figures.ts'
import { toOffset } from './places.ts'

/*
 * Moves the positions of one group of 12 partitions, in a running app and by Kafka's own ConsumerGroupCommand.
 *
 *   node tests/bench/edit.ts [--rounds N]
 *
 * The requirement: from the request for a plan to the positions read back, the app takes at most 1/20 of the time that the
 * script's own reset takes on the same group in the same run. The two take turns; the medians are compared.
 */

const at = process.argv.indexOf('--rounds')
const rounds = at < 0 ? 5 : Number(process.argv[at + 1])
const topic = 'edit'
const group = 'edited'
const partitions = 12
/** Our runs for each run of the script; they are so short that a single one is mostly random. */
const editsPerRound = 7

async function main(): Promise<void> {
  const kafka = await startKafka({ isMeasured: true })
  const app = await startApp()
  try {
    await kafka.tools.createTopic(topic, partitions)
    const input = Array.from({ length: 100 }, (_, i) => `record ${i}`).join('\n')
    for (let partition = 0; partition < partitions; partition++) {
      await kcatProduce(kafka.bootstrap, { topic, partition, input })
    }
    const id = await app.connect(kafka.bootstrap)
    await script(kafka, 1)
    // A running app has warmed up.
    for (let round = 0; round < 5; round++) await edit(app, id, toOffset(BigInt(2 + round)))
    const times = { script: [] as number[], app: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      times.script.push(await script(kafka, 10 + round))
      await sleep(200)
      for (let n = 0; n < editsPerRound; n++) times.app.push(await edit(app, id, toOffset(BigInt(40 + n))))
      const offset = BigInt(50 + round)
      times.app.push(await edit(app, id, toOffset(offset)))
      const positions = (await kafka.tools.describeGroup(group)).map((row) => row.position)
      if (positions.length !== partitions || positions.some((position) => position !== offset)) {
        throw new Error(`The script describes ${positions.join(', ')} instead of ${offset}.`)
      }
    }
    tellFigures([{ name: 'plan, apply, read back ÷ ConsumerGroupCommand', ours: times.app, peer: times.script }])
    const ours = median(times.app)
    const theirs = median(times.script)
    console.log(`plan, apply and read back, in the app   ${ours.toFixed(1)} ms (${list(times.app)})`)
    console.log(`ConsumerGroupCommand --reset-offsets    ${theirs.toFixed(0)} ms (${list(times.script)})`)
    console.log(`ratio                                   1/${(theirs / ours).toFixed(0)}`)
    const holds = ours <= theirs / 20
    console.log(holds ? 'holds' : 'misses: more than 1/20 of the script’s time')
    process.exitCode = holds ? 0 : 1
  } finally {
    await app.close()
    await kafka.stop()
  }
}

/** From the request for a plan to the positions read back, which an apply does itself. */
async function edit(app: TestApp, id: ConnectionId, target: Target): Promise<number> {
  const start = performance.now()
  const plan = await app.call('offsets.plan', { connectionId: id, group, target })
  const result = await app.call('offsets.apply', { connectionId: id, plan })
  const elapsed = performance.now() - start
  const confirmed = result.rows.filter((row) => row.status === 'confirmed').length
  if (confirmed !== partitions) throw new Error(result.summary)
  return elapsed
}

async function script(kafka: RunningKafka, offset: number): Promise<number> {
  const start = performance.now()
  const to = ['--reset-offsets', '--to-offset', String(offset), '--execute']
  await kafka.tools.groups('--group', group, '--topic', topic, ...to)
  return performance.now() - start
}

const list = (times: number[]): string => times.map((time) => time.toFixed(0)).join(', ')

main().catch(exitWith)
