import type { ApplyRow } from '#shared/contract/offsets.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'

/*
 * Applies a plan while somebody else commits the same position, a moment before, within or after, and asks the log of
 * `__consumer_offsets`, as Kafka's own formatter prints it, in which order the two came. What the apply said must be true of that
 * order. A group of its own for every race.
 *
 *   node tests/bench/races.ts [--races N]
 */

const at = process.argv.indexOf('--races')
const races = at < 0 ? 1_000 : Number(process.argv[at + 1])
/** The other commit is sent so long after the apply, in ms: an apply takes about ten. */
const SPREAD_MS = 16
const [BEFORE, OTHERS, OURS] = [1, 3, 5]

interface Race {
  group: string
  row: ApplyRow | string
}

async function main(): Promise<void> {
  const kafka = await startKafka({ properties: { 'offsets.topic.num.partitions': '1' } })
  const app = await startApp()
  const wire = await connectWire(kafka.bootstrap)
  try {
    await wire.createTopic('raced', 1)
    await kafka.tools.producerPerformance('raced', 10, 10)
    const connectionId = await app.connect(kafka.bootstrap)
    const run: Race[] = []
    for (let n = 0; n < races; n += 1) {
      const group = `race-${n}`
      const set = (offset: number) => wire.commit(group, [{ topic: 'raced', partition: 0, offset: BigInt(offset) }])
      await set(BEFORE)
      const target = { at: 'offset' as const, offset: BigInt(OURS) }
      const plan = await app.call('offsets.plan', { connectionId, group, target })
      const applied = app.call('offsets.apply', { connectionId, plan })
      await new Promise((resolve) => setTimeout(resolve, (SPREAD_MS * n) / races))
      const [row] = await Promise.all([
        applied.then(({ rows }) => rows[0]!, ({ code }: { code: string }) => code), // a row for the one partition
        set(OTHERS),
      ]) // prettier-ignore
      run.push({ group, row })
    }
    const orders = await commitsByGroup(kafka)
    const told = new Map<string, number>()
    let bad = 0
    for (const { group, row } of run) {
      const order = (orders.get(group) ?? []).map((offset) => (offset === OURS ? 'ours' : offset === OTHERS ? 'theirs' : 'before')).join(' ') // prettier-ignore
      const status = typeof row === 'string' ? row : row.status
      const key = `${order.padEnd(20)} ${status}`
      told.set(key, (told.get(key) ?? 0) + 1)
      if (isTrue(order, row)) continue
      bad += 1
      console.log('UNTRUE', group, order, JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) // prettier-ignore
    }
    for (const [key, count] of [...told].toSorted(([a], [b]) => a.localeCompare(b)))
      console.log(`${String(count).padStart(5)}  ${key}`)
    console.log(`${races - bad} of ${races} told the truth`)
    if (bad > 0) process.exitCode = 1
  } finally {
    wire.close()
    await app.close()
    await kafka.stop()
  }
}

/** What was committed of each group, in the order of the log. */
async function commitsByGroup({ tools, bootstrap }: RunningKafka): Promise<Map<string, number[]>> {
  const formatter = 'org.apache.kafka.tools.consumer.OffsetsMessageFormatter'
  const { stdout } = await tools.call('ConsoleConsumer', ['--bootstrap-server', bootstrap, '--topic', '__consumer_offsets', '--from-beginning', '--timeout-ms', '10000', '--formatter', formatter]) // prettier-ignore
  const orders = new Map<string, number[]>()
  for (const text of stdout.split(/(?<=\})\s*(?=\{"key":)/)) {
    const group = /"group":"(race-\d+)"/.exec(text)?.[1]
    const offset = /"offset":(\d+)/.exec(text)?.[1]
    if (group !== undefined && offset !== undefined) orders.set(group, [...(orders.get(group) ?? []), Number(offset)])
  }
  return orders
}

function isTrue(order: string, row: Race['row']): boolean {
  const hasOurs = order.includes('ours')
  if (typeof row === 'string' || row.status === 'conflict' || row.status === 'refused') return !hasOurs
  const isLost = typeof row.message === 'string' && row.message.includes('was written over')
  switch (row.status) {
    // Theirs may have come once all had been read back.
    case 'confirmed':
      return hasOurs && row.unchecked === undefined && order !== 'before theirs ours'
    case 'superseded':
      return order === 'before ours theirs'
    case 'overwrote':
      return order === 'before theirs ours' && isLost
    default:
      return false
  }
}

main().catch(exitWith)
