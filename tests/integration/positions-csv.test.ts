import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'

// Files of positions go both ways between Kafka's own kafka-consumer-groups and ours: what its --export prints we read, and
// what we write it takes by --from-file, and then says that the groups stand there.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let bootstrap: string
let folder: string
/** The script puts names in quotes that are longer than 24 letters. */
let topics: string[]

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-csv-'))
  app = await startApp()
  id = await app.connect(bootstrap)
  topics = [uniqueName('csv'), `${uniqueName('csv.with_a-name')}${'.long'.repeat(20)}`]
  const input = Array.from({ length: 100 }, (_, i) => `record ${i}`).join('\n')
  for (const topic of topics) {
    await tools.createTopic(topic, 2)
    for (const partition of [0, 1]) await kcatProduce(bootstrap, { topic, partition, input })
  }
})
afterAll(async () => {
  await app?.close()
  await rm(folder, { recursive: true, force: true })
})

const topicFlags = () => topics.flatMap((topic) => ['--topic', topic])
const flags = (groups: readonly string[]) => groups.flatMap((group) => ['--group', group])

/** Groups with positions in all partitions, made by Kafka's script. */
async function standing(groups: readonly string[], offset: number): Promise<void> {
  await tools.groups(...flags(groups), ...topicFlags(), '--reset-offsets', '--to-offset', String(offset), '--execute')
}

/** What the script prints of where it would put these groups, or of where they are. */
async function exported(groups: readonly string[], ...target: string[]): Promise<string> {
  const ran = await tools.groups(...flags(groups), ...topicFlags(), '--reset-offsets', ...target, '--export', '--dry-run') // oxfmt-ignore
  return ran.stdout
}

/** By the script, which exports where a group stands as a shift by nothing: `topic/partition` → offset. */
async function described(group: string): Promise<Record<string, bigint>> {
  const lines = (await exported([group], '--shift-by', '0')).split('\n').filter(Boolean)
  const rows = lines.map((line) => /^"?(.*?)"?,(\d+),(\d+)$/.exec(line)!)
  return Object.fromEntries(rows.map(([, topic, partition, offset]) => [`${topic}/${partition}`, BigInt(offset!)]))
}

const everywhere = (of: (partition: number) => bigint) =>
  Object.fromEntries(topics.flatMap((topic) => [0, 1].map((partition) => [`${topic}/${partition}`, of(partition)])))

/** Group names hold anything: what must be quoted, and what looks as if it were. */
const hard = () => [uniqueName('a, "quoted" group'), uniqueName(' blank before'), uniqueName('=formula; no comma')]

describe('one group', () => {
  it('is read from what the script exports, and moved there', async () => {
    const group = uniqueName('csv-group')
    await standing([group], 10)
    const text = await exported([group], '--shift-by', '5')
    expect(text).toContain(`"${topics[1]}"`)
    const plan = await app.call('offsets.planCsv', { connectionId: id, text, group })
    expect(plan.plans[0]?.rows.map(({ status, after }) => [status, after?.offset])).toEqual(Array(4).fill(['change', 15n])) // oxfmt-ignore
    await app.call('offsets.applyGroups', { connectionId: id, plan })
    expect(await described(group)).toEqual(everywhere(() => 15n))
  })

  it('is put where our file says by the script, after what our plan saw or would do', async () => {
    const group = uniqueName('csv-group')
    await standing([group], 10)
    const target = { at: 'group' as const, group, shift: 7n }
    const plan = await app.call('offsets.plan', { connectionId: id, group, target })
    for (const [side, stands] of [
      ['after', 17n],
      ['before', 10n],
    ] as const) {
      const csv = await app.call('offsets.csv', { connectionId: id, of: { what: 'plans', plans: [plan], side } })
      expect(csv).toMatchObject({ lines: 4, leftOut: 0 })
      const file = path.join(folder, `${side}.csv`)
      await writeFile(file, csv.text)
      await tools.groups('--group', group, '--reset-offsets', '--from-file', file, '--execute')
      expect(await described(group)).toEqual(everywhere(() => stands))
    }
  })
})

describe('several groups', () => {
  it('are read from what the script exports, names that need quotes among them', async () => {
    const groups = hard()
    await standing(groups, 20)
    const text = await exported(groups, '--to-offset', '33')
    const plan = await app.call('offsets.planCsv', { connectionId: id, text })
    expect(plan.plans.map((one) => one.group).toSorted()).toEqual(groups.toSorted())
    const done = await app.call('offsets.applyGroups', { connectionId: id, plan })
    expect(done.summary).toBe('3 groups were moved, read back and confirmed.')
    // The script says where they stand: its export of a shift by nothing.
    const again = await exported(groups, '--shift-by', '0')
    expect(again.split('\n').toSorted()).toEqual(text.split('\n').toSorted())
  })

  it('are put by the script where our file says', async () => {
    const groups = hard()
    await standing(groups, 20)
    const specs = groups.map((group, i) => ({ group, target: { at: 'offset' as const, offset: BigInt(40 + i) } }))
    const { plans } = await app.call('offsets.planGroups', { connectionId: id, groups: specs })
    const { text, lines } = await app.call('offsets.csv', { connectionId: id, of: { what: 'plans', plans, side: 'after' } }) // oxfmt-ignore
    expect(lines).toBe(12)
    const file = path.join(folder, 'groups.csv')
    await writeFile(file, text)
    await tools.groups(...flags(groups), '--reset-offsets', '--from-file', file, '--execute')
    for (const [i, group] of groups.entries()) expect(await described(group)).toEqual(everywhere(() => BigInt(40 + i)))
  })

  it('are written by the shell as the script exports them', async () => {
    const groups = [uniqueName('csv-shell'), uniqueName('csv, shell')]
    await standing(groups, 25)
    const root = path.join(import.meta.dirname, '../..')
    const input = JSON.stringify({ of: { what: 'groups', groups } })
    const args = [path.join(root, 'electron/api.ts'), 'offsets.csv', input, '--bootstrap', bootstrap]
    const env = { ...process.env, SEEKLINE_HOME: path.join(folder, 'home') }
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, timeout: 240_000 })
    const { text } = JSON.parse(stdout) as { text: string }
    const bare = (file: string) =>
      file
        .replaceAll(/(?<=^|,)"([^",]*)"/gm, '$1')
        .split('\n')
        .filter(Boolean)
        .toSorted()
    expect(bare(text)).toEqual(bare(await exported(groups, '--shift-by', '0')))
  })
})
