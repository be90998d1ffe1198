import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// Anchors are kept with a profile, and where a group stands once it was moved to one Kafka's own script tells.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let bootstrap: string
const topic = uniqueName('anchored')

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  await tools.createTopic(topic, 2)
  await produce(topic, 2)
})
afterAll(async () => app?.close())

async function produce(to: string, partitions: number): Promise<void> {
  const input = Array.from({ length: 50 }, (_, i) => `record ${i}`).join('\n')
  for (let partition = 0; partition < partitions; partition++) await kcatProduce(bootstrap, { topic: to, partition, input }) // oxfmt-ignore
}

async function groupAt(of: string, offsets: readonly number[]): Promise<string> {
  const group = uniqueName('anchored-group')
  for (const [partition, offset] of offsets.entries()) {
    await tools.groups('--group', group, '--topic', `${of}:${partition}`, '--reset-offsets', '--to-offset', String(offset), '--execute') // oxfmt-ignore
  }
  return group
}
const stand = async (group: string) => (await tools.describeGroup(group)).map((row) => row.position)
const namesOf = async (of: ConnectionId) => (await app.call('anchors.list', { connectionId: of })).items.map(({ name }) => name) // oxfmt-ignore

async function planTo(group: string, anchorId: string, scope: { topic: string }[] = []) {
  const { offsets } = await app.call('anchors.get', { connectionId: id, id: anchorId })
  return app.call('offsets.plan', { connectionId: id, group, scope, target: { at: 'offsets', offsets } })
}

describe('an anchor', () => {
  it('of a group is where the group is put back to, and of a topic its ends', async () => {
    const group = await groupAt(topic, [11, 22])
    const source = { what: 'group' as const, group }
    const made = await app.call('anchors.save', { connectionId: id, name: 'before release 1.42', source })
    expect(made.partitions).toBe(2)
    await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-latest', '--execute')
    await app.call('offsets.apply', { connectionId: id, plan: await planTo(group, made.id) })
    expect(await stand(group)).toEqual([11n, 22n])

    const edges = { what: 'topics' as const, topics: [topic], edge: 'high-watermark' as const }
    const ends = await app.call('anchors.save', { connectionId: id, name: 'ends', source: edges })
    await app.call('offsets.apply', { connectionId: id, plan: await planTo(group, ends.id) })
    expect(await stand(group)).toEqual([...(await tools.offsets(topic)).values()])
  })

  it('is renamed and deleted; a name that is taken is refused, and keeps what it stands for', async () => {
    const offsets = [{ topic, topicId: null, partition: 0, offset: 5n }]
    const source = { what: 'offsets' as const, of: 'by hand', offsets }
    const { id: first } = await app.call('anchors.save', { connectionId: id, name: 'first', source })
    const { id: second } = await app.call('anchors.save', { connectionId: id, name: 'second', source })
    const taken = { message: 'There is an anchor called first already.' }
    await expect(app.call('anchors.save', { connectionId: id, name: 'first', source })).rejects.toMatchObject(taken)
    await expect(app.call('anchors.rename', { connectionId: id, id: second, name: 'first' })).rejects.toMatchObject(taken) // oxfmt-ignore
    await app.call('anchors.rename', { connectionId: id, id: second, name: 'third' })
    expect(await namesOf(id)).toEqual(expect.arrayContaining(['first', 'third']))
    await app.call('anchors.delete', { connectionId: id, id: first })
    expect(await namesOf(id)).not.toContain('first')
    await expect(app.call('anchors.get', { connectionId: id, id: first })).rejects.toMatchObject({ message: 'That anchor is not kept any more.' }) // oxfmt-ignore
  })

  it('is kept in a file of its profile, exactly, and ends with it', async () => {
    const other = await app.connect(bootstrap)
    const offsets = [{ topic, topicId: null, partition: 0, offset: 9_007_199_254_740_993n }]
    const { id: kept } = await app.call('anchors.save', { connectionId: other, name: 'exact', source: { what: 'offsets', of: 'by hand', offsets } }) // oxfmt-ignore
    expect((await app.call('anchors.get', { connectionId: other, id: kept })).offsets).toEqual(offsets)
    expect(await namesOf(id)).not.toContain('exact')
    const file = path.join(app.dataDir, 'anchors', `${other}.json`)
    expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ kind: 'seekline.anchors', version: 1 })
    await app.call('connections.close', { connectionId: other })
    await app.call('profiles.delete', { id: other })
    await expect(fs.access(file)).rejects.toThrow('ENOENT')
  })

  it('says what is missing: partitions that were added, offsets that are gone, a topic that was made anew', async () => {
    const name = uniqueName('anew')
    await tools.createTopic(name, 2)
    await produce(name, 2)
    const group = await groupAt(name, [10, 20])
    const { id: anchor } = await app.call('anchors.save', { connectionId: id, name, source: { what: 'group', group } })
    await tools.topics('--alter', '--topic', name, '--partitions', '3')
    await untilHolds(`${name} has a third partition`, async () => expect((await tools.offsets(name)).size).toBe(3))
    await produce(name, 3)
    const file = path.join(app.dataDir, 'delete.json')
    await fs.writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic: name, partition: 1, offset: 30 }] }))
    await tools.call('DeleteRecordsCommand', ['--bootstrap-server', bootstrap, '--offset-json-file', file])
    await tools.groups('--group', group, '--topic', name, '--reset-offsets', '--to-latest', '--execute')
    const plan = await planTo(group, anchor, [{ topic: name }])
    expect(plan.rows.map(({ status, after, note }) => [status, after?.offset, note])).toEqual([
      ['change', 10n, null],
      ['change', 30n, 'Clamped: the log starts at 30.'],
      ['same', 50n, 'The anchor has no offset for this partition, so it stays.'],
    ])
    await tools.topics('--delete', '--topic', name)
    await untilHolds(`${name} is gone`, async () =>
      expect((await tools.topics('--list')).stdout.split('\n')).not.toContain(name),
    )
    await tools.createTopic(name, 2)
    const late = await planTo(group, anchor, [{ topic: name }])
    expect(late.rows.map(({ status, note }) => [status, note])).toEqual(
      [0, 1].map(() => ['refused', 'The topic was deleted and created again since that offset was noted.']),
    )
  })
})
