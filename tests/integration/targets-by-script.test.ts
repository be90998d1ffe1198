import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { IfNone } from '#shared/model/place.ts'
import type { Target } from '#shared/contract/offsets.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Wherever Kafka's own ConsumerGroupCommand knows a target, our plan says what its dry run says, and where the group stands
// once the plan was applied that script tells. On groups of both protocols, which real consumers made.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let folder: string
const topic = uniqueName('targets')
const groups = { classic: uniqueName('classic'), consumer: uniqueName('kip-848') }
const minutes = 60_000
const begun = Date.now()
const hourAgo = new Date(begun - 60 * minutes)
/** Ten records every ten minutes, the newest five minutes old: an hour ago lies five minutes from any of them. */
const records = 130
const timestampOf = (i: number) => BigInt(begun - (125 - Math.floor(i / 10) * 10) * minutes)
const logStart = 5n

beforeAll(async () => {
  const kafka = await sharedKafka()
  tools = kafka.tools
  folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-targets-'))
  app = await startApp()
  id = await app.connect(kafka.bootstrap)
  const wire = await connectWire(kafka.bootstrap)
  await wire.createTopic(topic, 3, { 'retention.ms': '-1' })
  for (const partition of [0, 1, 2]) {
    // Partition 1 has nothing as new as an hour.
    const at = (i: number) => (partition === 1 ? BigInt(begun - 180 * minutes) : timestampOf(i))
    const batch = Array.from({ length: records }, (_, i) => ({ timestamp: at(i), key: null, value: Buffer.from(`${i}`), headers: [] })) // oxfmt-ignore
    await wire.produce(topic, partition, writeBatch(batch))
  }
  wire.close()
  const file = path.join(folder, 'delete.json')
  const partitions = [{ topic, partition: 1, offset: Number(logStart) }]
  await writeFile(file, JSON.stringify({ version: 1, partitions }))
  await tools.call('DeleteRecordsCommand', ['--bootstrap-server', kafka.bootstrap, '--offset-json-file', file])
  for (const [protocol, group] of Object.entries(groups)) {
    const live = await tools.liveConsumer(topic, group, protocol as 'classic' | 'consumer')
    await live.stop()
    await until(`${group} is an empty ${protocol} group`, async () => {
      const { state, type } = await app.call('groups.describe', { connectionId: id, group })
      return state === 'Empty' && type === protocol
    })
    await tools.groups('--group', group, '--topic', `${topic}:0,1`, '--reset-offsets', '--to-offset', '60', '--execute')
    await tools.groups('--group', group, '--topic', `${topic}:2`, '--delete-offsets')
  }
})
afterAll(async () => {
  await app?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Of what it prints; warnings of clamped offsets stand in between. */
const ofLines = (text: string): Record<number, bigint> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, partition, offset] = /^"?([^",]*)"?,(\d+),(\d+)$/.exec(line) ?? []
      return name === topic ? [[Number(partition), BigInt(offset!)]] : []
    }),
  )

async function described(group: string): Promise<Record<number, bigint>> {
  const rows = await tools.describeGroup(group)
  const known = rows.filter((row) => row.topic === topic && row.position !== undefined)
  return Object.fromEntries(known.map((row) => [row.partition, row.position!]))
}

interface Case {
  script: string[]
  target: (group: string) => Target
  /** Where the script goes unasked; ours has to be told. */
  ifNone?: IfNone
  partitions?: number[]
  expected: bigint[]
}

const end = BigInt(records)
/** The first record after an hour ago is the seventieth. */
const cases: [string, Case][] = [
  ['earliest', { script: ['--to-earliest'], target: () => ({ at: 'log-start' }), expected: [0n, logStart, 0n] }],
  ['latest', { script: ['--to-latest'], target: () => ({ at: 'high-watermark' }), expected: [end, end, end] }],
  ['an offset', { script: ['--to-offset', '17'], target: () => ({ at: 'offset', offset: 17n }), expected: [17n, 17n, 17n] }], // oxfmt-ignore
  ['an offset past the end', { script: ['--to-offset', '99999'], target: () => ({ at: 'offset', offset: 99_999n }), expected: [end, end, end] }], // oxfmt-ignore
  ['an offset before the log start', { script: ['--to-offset', '2'], target: () => ({ at: 'offset', offset: 2n }), expected: [2n, logStart, 2n] }], // oxfmt-ignore
  [
    'a time',
    {
      script: ['--to-datetime', hourAgo.toISOString()],
      target: () => ({ at: 'timestamp', timestamp: BigInt(hourAgo.getTime()) }),
      ifNone: 'end',
      expected: [70n, end, 70n],
    },
  ],
  ['a duration', { script: ['--by-duration', 'PT1H'], target: () => ({ at: 'ago', ms: 3_600_000n }), ifNone: 'end', expected: [70n, end, 70n] }], // oxfmt-ignore
  ['a shift back', { script: ['--shift-by', '-7'], target: (group) => ({ at: 'group', group, shift: -7n }), partitions: [0, 1], expected: [53n, 53n] }], // oxfmt-ignore
  ['a shift back beyond the log start', { script: ['--shift-by', '-1000'], target: (group) => ({ at: 'group', group, shift: -1000n }), partitions: [0, 1], expected: [0n, logStart] }], // oxfmt-ignore
  ['a shift past the end', { script: ['--shift-by', '1000'], target: (group) => ({ at: 'group', group, shift: 1000n }), partitions: [0, 1], expected: [end, end] }], // oxfmt-ignore
  ['where it stands', { script: ['--to-current'], target: (group) => ({ at: 'group', group }), ifNone: 'end', expected: [60n, 60n, end] }], // oxfmt-ignore
]

describe.each(['classic', 'consumer'] as const)('a %s group', (protocol) => {
  const group = groups[protocol]

  /** Ours and the script's, side by side; applied, read by the script, and undone again. */
  async function compare(plan: Awaited<ReturnType<typeof planOf>>, computed: Record<number, bigint>): Promise<void> {
    const before = await described(group)
    const planned = Object.fromEntries(plan.rows.map((row) => [row.partition, row.after?.offset]))
    expect(planned).toEqual(computed)
    const { journalId, rows } = await app.call('offsets.apply', { connectionId: id, plan })
    expect(rows.map((row) => row.status)).toEqual(rows.map(() => 'confirmed'))
    expect(await described(group)).toEqual({ ...before, ...computed })
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: journalId! })
    await app.call('offsets.apply', { connectionId: id, plan: undo })
    expect(await described(group)).toEqual(before)
  }
  const planOf = (target: Target, partitions: number[] | undefined, ifNone?: IfNone) =>
    app.call('offsets.plan', {
      connectionId: id,
      group,
      scope: [{ topic, ...(partitions === undefined ? {} : { partitions }) }],
      target,
      ...(ifNone === undefined ? {} : { ifNone }),
    })

  it.each(cases)('%s', async (_name, { script, target, ifNone, partitions, expected }) => {
    const where = ['--group', group, '--topic', partitions === undefined ? topic : `${topic}:${partitions.join(',')}`]
    const dry = await tools.groups(...where, '--reset-offsets', ...script, '--export', '--dry-run')
    const computed = ofLines(dry.stdout)
    expect(computed).toEqual(Object.fromEntries(expected.map((offset, partition) => [partition, offset])))
    await compare(await planOf(target(group), partitions, ifNone), computed)
  })

  it('a file', async () => {
    const text = `${topic},0,33\n${topic},1,3\n${topic},2,999\n`
    const file = path.join(folder, `${protocol}.csv`)
    await writeFile(file, text)
    const dry = await tools.groups('--group', group, '--reset-offsets', '--from-file', file, '--export', '--dry-run')
    const { plans } = await app.call('offsets.planCsv', { connectionId: id, text, group })
    const computed = ofLines(dry.stdout)
    expect(computed).toEqual({ 0: 33n, 1: logStart, 2: end })
    await compare(plans[0]!, computed)
  })
})
