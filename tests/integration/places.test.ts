import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { createApp, type SeeklineApp } from '../../electron/app-services.ts'
import { runShell } from '../../electron/command-line/run-shell.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KafkaTools } from '../support/tools.ts'

// One group's positions as a place for another group's, for a replay and for a browse: from a shell, and judged by Kafka's own
// ConsumerGroupCommand and by kcat.

const topic = uniqueName('placed')
/** Positions of the group to go by; it has none in partition 2. */
const stands = [7n, 30n]
const records = 40
let bootstrap: string
let tools: KafkaTools
let home: string
let guide: string

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-places-'))
  await tools.createTopic(topic, 3)
  const input = Array.from({ length: records }, (_, i) => `record ${i}`).join('\n')
  for (const partition of [0, 1, 2]) await kcatProduce(bootstrap, { topic, partition, input })
  guide = uniqueName('guide')
  for (const [partition, at] of stands.entries()) await reset(guide, partition, at)
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function reset(group: string, partition: number, to: bigint): Promise<void> {
  const where = ['--group', group, '--topic', `${topic}:${partition}`]
  await tools.groups(...where, '--reset-offsets', '--to-offset', String(to), '--execute')
}

/** By Kafka's own script. */
async function positions(group: string): Promise<Record<number, bigint | undefined>> {
  return Object.fromEntries((await tools.describeGroup(group)).map((row) => [row.partition, row.position]))
}

/** How it ends with an answer that leaves something out. */
const PARTLY = 3

/** What the command prints: `electron/api.ts` without a process for each, in which most of its time would go. */
async function api(route: string, input: unknown, ...options: string[]): Promise<string> {
  const printed: string[] = []
  const errors: string[] = []
  let app: SeeklineApp | undefined
  const code = await runShell({
    argv: [route, JSON.stringify(input), '--bootstrap', bootstrap, ...options],
    contract,
    app: async () => (app = await createApp({ dataDir: path.join(home, 'data') })),
    print: async (line) => void printed.push(`${line}\n`),
    printError: async (line) => void errors.push(line),
    stdin: Readable.from([]),
    signal: new AbortController().signal,
  })
  await app?.close()
  if (code !== 0 && code !== PARTLY) throw new Error(errors.join('\n'))
  return printed.join('')
}

async function planned(input: object): Promise<{ rows: Record<string, unknown>[]; warnings: string[] }> {
  return JSON.parse(await api('offsets.plan', input)) as never
}

it('moves a group to where another stands, and says of a partition in which that one has no position', async () => {
  const moved = uniqueName('moved')
  for (const partition of [0, 1, 2]) await reset(moved, partition, 20n)
  const target = { at: 'group', group: guide }
  const plan = await planned({ group: moved, target })
  expect(plan.rows).toMatchObject([
    { status: 'change', after: { offset: '7' }, repeats: '13', skips: '0' },
    { status: 'change', after: { offset: '30' }, repeats: '0', skips: '10' },
    { status: 'refused', note: `${guide} has no position here.` },
  ])
  expect(plan.warnings.join(' ')).toContain(`Where ${guide} stands was read for this plan.`)
  // It reads on meanwhile: what the plan showed is what is written.
  await reset(guide, 0, 9n)
  expect(await api('offsets.apply', { plan })).toContain('2 partitions')
  await reset(guide, 0, stands[0]!)
  expect(await positions(moved)).toEqual({ 0: 7n, 1: 30n, 2: 20n })

  const elsewhere = await planned({ group: moved, target, ifNone: 'start' })
  expect(elsewhere.rows).toMatchObject([{ status: 'same' }, { status: 'same' }, { after: { offset: '0' } }])
  await api('offsets.apply', { plan: elsewhere })
  expect(await positions(moved)).toEqual({ 0: 7n, 1: 30n, 2: 0n })

  const behind = await planned({ group: moved, target: { ...target, shift: '-5' } })
  await api('offsets.apply', { plan: behind })
  expect(await positions(moved)).toEqual({ 0: 2n, 1: 25n, 2: 0n })
})

it('replays from where a group stands, up to where it stands, and the newest', async () => {
  const values = async (range: object, ...more: [string, unknown][]): Promise<string[][]> => {
    const copy = uniqueName('copy')
    const spec = { topic, range, targetTopic: { create: true, name: copy, partitions: 3 }, ...Object.fromEntries(more) }
    const plan = await api('replay.plan', spec, '--target-bootstrap', bootstrap)
    await api('replay.run', { plan: JSON.parse(plan) as unknown }, '--target-bootstrap', bootstrap)
    const read = await Promise.all([0, 1, 2].map((partition) => kcatConsume(bootstrap, { topic: copy, partition })))
    return read.map((list) => list.map(({ value }) => String(value)))
  }
  const from = (first: number, to = records) => Array.from({ length: to - first }, (_, i) => `record ${first + i}`)
  const place = { at: 'group', group: guide }
  expect(await values({ by: 'places', from: place })).toEqual([from(7), from(30), []])
  expect(await values({ by: 'places', from: { at: 'log-start' }, to: place }, ['ifNone', 'end'])).toEqual([
    from(0, 7),
    from(0, 30),
    from(0),
  ])
  expect(await values({ by: 'newest', count: '3' })).toEqual([from(37), from(37), from(37)])
})

it('replays from a time, and leaves out a partition without a record that new: silently as there is none, or refused as chosen', async () => {
  const uneven = uniqueName('uneven')
  const wire = await connectWire(bootstrap)
  await wire.createTopic(uneven, 2, { 'retention.ms': '-1' })
  for (const [partition, timestamp] of [1_700_000_000_000n, 1_700_000_009_000n].entries()) {
    await wire.produce(uneven, partition, writeBatch([{ timestamp, key: null, value: Buffer.from(`p${partition}`), headers: [] }])) // oxfmt-ignore
  }
  wire.close()
  const copy = uniqueName('copy')
  const range = { by: 'places', from: { at: 'timestamp', timestamp: '1700000005000' } }
  const spec = { topic: uneven, range, targetTopic: { create: true, name: copy, partitions: 2 } }
  const plan = async (more: object) =>
    JSON.parse(await api('replay.plan', { ...spec, ...more }, '--target-bootstrap', bootstrap)) as { rows: unknown[] }
  const copied = { partition: 1, from: '0', to: '1', offsets: '1' }
  const silent = await plan({})
  expect(silent.rows).toMatchObject([copied])
  expect(JSON.stringify(silent.rows)).not.toContain('error')
  const refused = await plan({ ifNone: 'refuse' })
  expect(refused.rows).toMatchObject([{ partition: 0, error: { code: 'kafka.offset-out-of-range' } }, copied])
  await api('replay.run', { plan: refused }, '--target-bootstrap', bootstrap)
  const read = await Promise.all([0, 1].map((partition) => kcatConsume(bootstrap, { topic: copy, partition })))
  expect(read.map((list) => list.map(({ value }) => String(value)))).toEqual([[], ['p1']])
})

it('reads from where a group stands, some offsets before it, without joining it', async () => {
  const before = await tools.groups('--group', guide, '--describe', '--state')
  const lines = (await api('messages.browse', { topic, start: { at: 'group', group: guide, shift: '-2' } }))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { partition?: number; offset?: string; done?: unknown })
  const first = [0, 1, 2].map((partition) => lines.find((row) => row.partition === partition)?.offset)
  // Without a position it is read from the log start, and that is said.
  expect(first).toEqual(['5', '28', '0'])
  expect(JSON.stringify(lines.at(-1))).toContain(`${guide} has no position for ${topic}[2]`)
  expect(await tools.groups('--group', guide, '--describe', '--state')).toEqual(before)
})
