import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import {
  readingSnapshot,
  snapshotLines,
  type Snapshot,
  type SnapshotPosition,
} from '#shared/model/positions-snapshot.ts'
import { comparePositions, specsToSet, type PositionSide } from '#shared/offsets/compare-positions.ts'
import { positionsCsv } from '#shared/offsets/positions-csv.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce, type LiveConsumer } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// All positions into a file, changed by Kafka's own script, compared, and given back in part: what then stands there that script tells.

let kafka: RunningKafka
let app: TestApp
let id: ConnectionId
let live: LiveConsumer
const groups = ['alpha', 'beta', 'gamma,"quoted"']

beforeAll(async () => {
  kafka = await startKafka()
  app = await startApp()
  const { tools, bootstrap } = kafka
  for (const topic of ['orders', 'again']) {
    await tools.createTopic(topic, 2)
    for (const partition of [0, 1]) await kcatProduce(bootstrap, { topic, partition, input: 'record\n'.repeat(50) })
  }
  for (const [i, group] of groups.entries()) await reset(group, 10 + i)
  id = await app.connect(bootstrap, { name: 'Snapshots' })
})
afterAll(async () => {
  await live?.stop()
  await app?.close()
  await kafka?.stop()
})

const reset = (group: string, to: number, topics = ['orders', 'again']) =>
  kafka.tools.groups('--group', group, ...topics.flatMap((topic) => ['--topic', topic]), '--reset-offsets', '--to-offset', String(to), '--execute') // oxfmt-ignore
const stand = async (group: string) =>
  (await kafka.tools.describeGroup(group)).map(({ topic, partition, position }) => `${topic}/${partition} ${String(position)}`).toSorted() // oxfmt-ignore

async function take(of?: string[]): Promise<Snapshot> {
  const found = new Map<string, Snapshot['groups'][number]>()
  const positions: SnapshotPosition[] = []
  const done = await app.openStream(
    'snapshots.take',
    { connectionId: id, ...(of === undefined ? {} : { groups: of }) },
    {
      onBatch: (batch) => {
        for (const { group, type, state, positions: own } of batch) {
          found.set(group, { group, type, state })
          for (const at of own) positions.push({ group, ...at })
        }
      },
    },
  )
  return { clusterId: done.clusterId, profile: 'Snapshots', takenAt: done.takenAt, notes: done.notes, groups: [...found.values()], positions } // oxfmt-ignore
}
const sideOf = ({ clusterId, positions }: Snapshot): PositionSide => ({ name: 'side', clusterId, group: null, positions }) // oxfmt-ignore
const through = (text: string): Snapshot => {
  const steps = readingSnapshot(text)
  for (;;) {
    const step = steps.next()
    if (step.done !== true) continue
    if (typeof step.value === 'string') throw new Error(step.value)
    return step.value
  }
}

describe('a snapshot of all positions', () => {
  it('holds what Kafka’s script tells, with the logs’ edges, and comes back from its file', async () => {
    const snapshot = await take()
    expect(snapshot.clusterId).toBe(kafka.clusterId)
    for (const group of groups) {
      const own = snapshot.positions.filter((at) => at.group === group)
      expect(own.map((at) => `${at.topic}/${at.partition} ${at.offset}`).toSorted()).toEqual(await stand(group))
      expect(own.map(({ logStart, highWatermark }) => [logStart, highWatermark])).toEqual(own.map(() => [0n, 50n]))
    }
    expect(through([...snapshotLines(snapshot)].join(''))).toEqual(snapshot)
    expect((await take(['alpha', 'nobody'])).groups.map(({ group }) => group)).toEqual(['alpha'])
  })

  it('is compared with now, and given back in part: only what was chosen, as it stood', async () => {
    const before = through([...snapshotLines(await take())].join(''))
    const expected = await stand('alpha')
    await reset('alpha', 30)
    await reset('beta', 31)
    await kafka.tools.groups('--group', groups[2]!, '--delete-offsets', '--topic', 'again')
    const { rows } = comparePositions(sideOf(before), sideOf(await take()), 'offset')
    const found = rows.map(({ group, topic, partition, standing, by }) => `${group} ${topic}/${partition} ${standing} ${String(by)}`).toSorted() // oxfmt-ignore
    expect(found).toEqual([
      ...['again/0', 'again/1', 'orders/0', 'orders/1'].map((at) => `alpha ${at} differs 20`),
      ...['again/0', 'again/1', 'orders/0', 'orders/1'].map((at) => `beta ${at} differs 20`),
      ...['again/0', 'again/1'].map((at) => `gamma,"quoted" ${at} only-left null`),
      ...['orders/0', 'orders/1'].map((at) => `gamma,"quoted" ${at} same 0`),
    ])
    const chosen = rows.filter(({ group, topic }) => group === 'alpha' || (group === groups[2] && topic === 'again'))
    const { specs } = specsToSet(chosen, 'left', { isSameCluster: true, groupOf: ({ group }) => group })
    const plan = await app.call('offsets.planGroups', { connectionId: id, groups: specs })
    const { items } = await app.call('offsets.applyGroups', { connectionId: id, plan })
    expect(items.map(({ result }) => result?.rows.map(({ status }) => status))).toEqual([Array(4).fill('confirmed'), ['confirmed', 'confirmed']]) // oxfmt-ignore
    expect(await stand('alpha')).toEqual(expected)
    expect(await stand('beta')).toEqual(['again/0 31', 'again/1 31', 'orders/0 31', 'orders/1 31'])
    expect(await stand(groups[2]!)).toEqual(['again/0 12', 'again/1 12', 'orders/0 12', 'orders/1 12'])
    // One journal entry a group, so one group can be taken back alone.
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: items[0]!.result!.journalId! })
    await app.call('offsets.apply', { connectionId: id, plan: undo })
    expect(await stand('alpha')).toEqual(['again/0 30', 'again/1 30', 'orders/0 30', 'orders/1 30'])
  })

  it('goes to Kafka’s script as CSV, and sets the positions there', async () => {
    await reset('alpha', 7)
    const { positions } = await take(['alpha'])
    await reset('alpha', 44)
    const file = path.join(kafka.dir, 'snapshot.csv')
    await fs.writeFile(file, positionsCsv(positions).text)
    await kafka.tools.groups('--reset-offsets', '--all-groups', '--from-file', file, '--execute')
    expect(await stand('alpha')).toEqual(['again/0 7', 'again/1 7', 'orders/0 7', 'orders/1 7'])
  })

  it('is refused where the offset left the log, the topic was made anew, or a member lives', async () => {
    await reset('beta', 20)
    const before = await take()
    const file = path.join(kafka.dir, 'delete.json')
    await fs.writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic: 'orders', partition: 0, offset: 25 }] })) // oxfmt-ignore
    await kafka.tools.call('DeleteRecordsCommand', ['--bootstrap-server', kafka.bootstrap, '--offset-json-file', file])
    await kafka.tools.topics('--delete', '--topic', 'again')
    await untilHolds('the topic is gone', async () =>
      expect((await kafka.tools.topics('--list')).stdout.split('\n')).not.toContain('again'),
    )
    await kafka.tools.createTopic('again', 2)
    await kcatProduce(kafka.bootstrap, { topic: 'again', partition: 0, input: 'record\n'.repeat(50) })
    await reset('beta', 40)
    const { rows } = comparePositions(sideOf(before), sideOf(await take()), 'offset')
    const mine = rows.filter(({ group }) => group === 'beta')
    expect(mine.map(({ topic, partition, standing }) => `${topic}/${partition} ${standing}`).toSorted()).toEqual([
      'again/0 topic-anew',
      'again/1 topic-anew',
      'orders/0 differs',
      'orders/1 differs',
    ])
    const { specs } = specsToSet(mine, 'left', { isSameCluster: true, groupOf: ({ group }) => group })
    const plan = await app.call('offsets.planGroups', { connectionId: id, groups: specs })
    const notes = new Map(plan.plans[0]!.rows.map(({ topic, partition, status, note }) => [`${topic}/${partition}`, [status, note]])) // oxfmt-ignore
    expect(notes.get('orders/0')).toEqual(['refused', 'Offset 20 is not in the log, which goes from 25 to 50.'])
    expect(notes.get('orders/1')).toEqual(['change', null])
    expect(notes.get('again/0')?.[0]).toBe('refused')
    expect(notes.get('again/0')?.[1]).toContain('was deleted and created again')
    const { items } = await app.call('offsets.applyGroups', { connectionId: id, plan })
    expect(items[0]?.result?.rows.map(({ status }) => status)).toEqual(['confirmed'])
    expect((await stand('beta')).filter((row) => row.startsWith('orders'))).toEqual(['orders/0 40', 'orders/1 20'])
    live = await kafka.tools.liveConsumer('orders', 'beta')
    const again = await app.call('offsets.planGroups', { connectionId: id, groups: specs })
    expect(again.refusal).toMatchObject({ code: 'kafka.group-live' })
  })
})
