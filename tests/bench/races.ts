import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyRow, Plan } from '#shared/contract/offsets.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatGroup } from '../support/tools.ts'

/*
 * Applies a plan while somebody else changes the same group, and checks the order of both in the log of `__consumer_offsets`, as
 * Kafka's own formatter prints it. The result of the apply must be true for that order. A new group for every race.
 *
 *   node tests/bench/races.ts [--races N] [--starts N]
 *
 * `races`: another administrator commits the same position, a moment before, within or after. `starts`: a consumer (kcat) joins
 * meanwhile, reads one record and leaves. It must begin with the record at the group's position according to the log, so its
 * position was not moved while it was a member.
 */

const option = (name: string): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? 1_000 : Number(process.argv[at + 1])
}
const races = option('races')
const starts = option('starts')
/** How long after the apply the other commit is sent, in ms: an apply takes about ten. */
const SPREAD_MS = 16
const [BEFORE, OTHERS, OURS] = [1, 3, 5]

/** The apply begins up to this long before or after the start of the consumer; some of them start at the same time. */
const [EARLY_MS, LATE_MS] = [60, 120]
const AT_ONCE = 4
/** It waits a while for more records, and is a member for that time. */
const patient = { 'fetch.min.bytes': '100000', 'fetch.wait.max.ms': '60' }
/** The commit of a consumer that began at our offset, or at the previous one. */
const [TOOK_BEFORE, TOOK_OURS] = [BEFORE + 1, OURS + 1]

interface Race {
  group: string
  row: ApplyRow | string
  /** The record that the started consumer read. */
  took?: bigint | undefined
}

async function main(): Promise<void> {
  const kafka = await startKafka({ properties: { 'offsets.topic.num.partitions': '1' } })
  const app = await startApp()
  const wire = await connectWire(kafka.bootstrap)
  try {
    await wire.createTopic('raced', 1)
    await kafka.tools.producerPerformance('raced', 10, 10)
    const connectionId = await app.connect(kafka.bootstrap)
    const set = (group: string, offset: number) => wire.commit(group, [{ topic: 'raced', partition: 0, offset: BigInt(offset) }]) // oxfmt-ignore
    const planned = async (group: string) => {
      await set(group, BEFORE)
      return app.call('offsets.plan', { connectionId, group, target: { at: 'offset', offset: BigInt(OURS) } })
    }
    const apply = async (plan: Plan): Promise<Race['row']> => {
      try {
        return (await app.call('offsets.apply', { connectionId, plan })).rows[0]! // a row for the one partition
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    const run: Race[] = []
    for (let n = 0; n < races; n += 1) {
      const group = `race-${n}`
      const plan = await planned(group)
      const applied = apply(plan)
      await sleep((SPREAD_MS * n) / races)
      const [row] = await Promise.all([applied, set(group, OTHERS)])
      run.push({ group, row })
    }
    const all = Array.from({ length: starts }, (_, n) => n)
    await mapLimited(all, AT_ONCE, async (n) => {
      const group = `race-start-${n}`
      const plan = await planned(group)
      const lead = EARLY_MS - ((EARLY_MS + LATE_MS) * n) / starts
      const [row, took] = await Promise.all([
        sleep(Math.max(0, -lead)).then(() => apply(plan)),
        sleep(Math.max(0, lead)).then(() => kcatGroup(kafka.bootstrap, { group, topic: 'raced', count: 1, settings: patient })),
      ]) // oxfmt-ignore
      run.push({ group, row, took: took[0] })
    })
    if (judge(run, await commitsByGroup(kafka)) > 0) process.exitCode = 1
  } finally {
    wire.close()
    await app.close()
    await kafka.stop()
  }
}

/** Prints the outcome of all races, and how many were reported wrongly. */
function judge(run: readonly Race[], orders: ReadonlyMap<string, number[]>): number {
  const told = new Map<string, number>()
  let bad = 0
  let within = 0
  for (const { group, row, took } of run) {
    const order = (orders.get(group) ?? []).map(whose).join(' ')
    const status = typeof row === 'string' ? row : row.status
    const key = `${took === undefined ? 'admin   ' : 'consumer'} ${order.padEnd(20)} ${status}`
    told.set(key, (told.get(key) ?? 0) + 1)
    // It was read and found as planned, and somebody committed before us.
    if (status === 'refused' || status === 'overwrote') within += 1
    if (isTrue(order, row) && (took === undefined || took === beginsAt(orders.get(group) ?? []))) continue
    bad += 1
    console.log('UNTRUE', group, order, took, JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) // oxfmt-ignore
  }
  for (const [key, count] of [...told].toSorted(([a], [b]) => a.localeCompare(b)))
    console.log(`${String(count).padStart(5)}  ${key}`)
  console.log(`${run.length - bad} of ${run.length} told the truth; in ${within} somebody came between look and commit`)
  return bad
}

const whose = (offset: number): string => (offset === OURS ? 'ours' : offset === BEFORE ? 'before' : 'theirs')

/** Where a consumer must have begun that committed after its record: at the last position before its own commit. */
function beginsAt(offsets: readonly number[]): bigint | undefined {
  const own = offsets.findIndex((offset) => offset === TOOK_BEFORE || offset === TOOK_OURS)
  return own < 1 ? undefined : BigInt(offsets[own - 1]!) // one was before it
}

/** The commits of each group, in the order of the log. */
async function commitsByGroup({ tools, bootstrap }: RunningKafka): Promise<Map<string, number[]>> {
  const formatter = 'org.apache.kafka.tools.consumer.OffsetsMessageFormatter'
  const { stdout } = await tools.call('ConsoleConsumer', ['--bootstrap-server', bootstrap, '--topic', '__consumer_offsets', '--from-beginning', '--timeout-ms', '10000', '--formatter', formatter]) // oxfmt-ignore
  const orders = new Map<string, number[]>()
  for (const text of stdout.split(/(?<=\})\s*(?=\{"key":)/)) {
    const group = /"group":"(race-[\w-]+)"/.exec(text)?.[1]
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
    // The other commit may have arrived after everything was read back.
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
