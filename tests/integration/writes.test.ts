import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract, type RouteName } from '#shared/contract/index.ts'
import { ChangeKind } from '#shared/contract/journal.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { startApp, type TestApp } from '../support/app.ts'
import type { SharedRegistry } from '../support/lending.ts'
import { sharedRegistry } from '../support/lent.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Every route that writes to a cluster: something showed beforehand what it writes, and the journal holds it afterwards.

let app: TestApp
let tools: KafkaTools
let id: ConnectionId
let topic: string
let registry: SharedRegistry

beforeAll(async () => {
  const kafka = await sharedKafka()
  tools = kafka.tools
  app = await startApp()
  registry = await sharedRegistry()
  const profile = { registry: newRegistry({ kind: 'apicurio', urls: [registry.url] }) }
  id = await app.connect(kafka.bootstrap, { name: 'Writes', profile })
  topic = uniqueName('writes')
  await tools.createTopic(topic, 2, { 'retention.ms': '-1' })
  for (const partition of [0, 1]) await kcatProduce(kafka.bootstrap, { topic, partition, input: 'a\nb\nc' })
})

afterAll(async () => {
  await app?.close()
})

async function groupAt(offset: number): Promise<string> {
  const group = uniqueName('writes-group')
  await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(offset), '--execute')
  return group
}

/** How each write is made: its plan, then with nothing but that plan. A new one without an entry fails. */
const writes: Partial<Record<RouteName, () => Promise<{ plan: object; journalled: object }>>> = {
  'offsets.apply': async () => {
    const plan = await app.call('offsets.plan', { connectionId: id, group: await groupAt(2), target: { at: 'log-start' } }) // oxfmt-ignore
    await app.call('offsets.apply', { connectionId: id, plan })
    return { plan, journalled: { group: plan.group, rows: plan.rows.map(({ before, after }) => ({ before, after })) } }
  },
  'offsets.applyGroups': async () => {
    const groups = [{ group: await groupAt(2), target: { at: 'log-start' as const } }]
    const plan = await app.call('offsets.planGroups', { connectionId: id, groups })
    await app.call('offsets.applyGroups', { connectionId: id, plan })
    const own = plan.plans[0]!
    return { plan, journalled: { group: own.group, rows: own.rows.map(({ before, after }) => ({ before, after })) } }
  },
  'offsets.arm': async () => {
    const plan = await app.call('offsets.plan', { connectionId: id, group: await groupAt(2), target: { at: 'offset', offset: 1n } }) // oxfmt-ignore
    const armed = await app.call('offsets.arm', { connectionId: id, plan, wait: true })
    const rows = plan.rows.map(({ before, after }) => ({ before, after }))
    return { plan, journalled: { group: plan.group, rows, armed: { id: armed.id, at: armed.armedAt } } }
  },
  'offsets.delete': async () => {
    const plan = await app.call('offsets.planDelete', { connectionId: id, group: await groupAt(2), what: 'positions' })
    await app.call('offsets.delete', { connectionId: id, plan })
    const rows = plan.rows.map(({ before }) => ({ before, after: null }))
    return { plan, journalled: { group: plan.group, deletes: 'positions', rows } }
  },
  'offsets.applyDeletions': async () => {
    const groups = [{ group: await groupAt(2), what: 'positions' as const }]
    const plan = await app.call('offsets.planDeletions', { connectionId: id, groups })
    await app.call('offsets.applyDeletions', { connectionId: id, plan })
    const own = plan.plans[0]!
    return { plan, journalled: { group: own.group, deletes: 'positions', rows: own.rows.map(({ before }) => ({ before, after: null })) } } // oxfmt-ignore
  },
  'replay.run': async () => {
    const name = uniqueName('writes-copy')
    const targetTopic = { create: true as const, name, partitions: 2, replicationFactor: 1 }
    const range = { by: 'places' as const, from: { at: 'log-start' as const } }
    const plan = await app.call('replay.plan', { source: id, target: id, topic, range, targetTopic })
    await app.openStream('replay.run', { source: id, target: id, plan })
    return { plan, journalled: { plan } }
  },
  'produce.apply': async () => {
    const source = { kind: 'records' as const, records: [{ value: { as: 'text' as const, text: 'x' } }] }
    const plan = await app.call('produce.plan', { connectionId: id, topic, source })
    await app.openStream('produce.apply', { connectionId: id, source, plan })
    // Of the records themselves the journal keeps nothing.
    return { plan, journalled: { plan: { ...plan, preview: [] } } }
  },
  'stepping.run': stepped,
  'stepping.step': stepped,
  'schemas.apply': async () => {
    const draft = { type: 'avro' as const, text: '{"type":"record","name":"W","fields":[]}' }
    const plan = await app.call('schemas.planRegister', { connectionId: id, subject: uniqueName('writes'), draft })
    await app.call('schemas.apply', { connectionId: id, plan })
    return { plan, journalled: { plan } }
  },
}

/** A member joins, takes a record, commits it and leaves: its steps are the other route. */
async function stepped(): Promise<{ plan: object; journalled: object }> {
  const plan = await app.call('stepping.plan', { connectionId: id, group: await groupAt(1), topics: [topic] })
  let session: string | undefined
  const done = app.openStream(
    'stepping.run',
    { connectionId: id, plan },
    {
      onBatch: (events) => {
        const stable = events.find((event) => event.kind === 'member' && event.state === 'stable')
        if (stable?.kind === 'member') session = stable.session
      },
    },
  )
  const named = await until('it is a member', () => session)
  for (const step of [{ do: 'take' }, { do: 'commit' }, { do: 'leave' }] as const) {
    await app.call('stepping.step', { connectionId: id, session: named, step })
  }
  expect(await done).toMatchObject({
    rows: [{ before: { offset: 1n }, intended: { offset: 2n }, status: 'confirmed' }],
  })
  return { plan, journalled: { group: plan.spec.group, plan, result: { taken: 1, commits: 1 } } }
}

const all = Object.entries(contract).flatMap(([name, def]) =>
  def.effect === 'write' ? [[name as RouteName, def] as const] : [],
)

describe('every write', () => {
  it('is walked here', () => {
    expect(Object.keys(writes).toSorted()).toEqual(all.map(([name]) => name).toSorted())
  })

  const [steered, planned] = [true, false].map((is) =>
    all.filter(([, { shown }]) => (shown?.within !== undefined) === is),
  )

  it.each(steered!)('%s steers a write that runs, which a plan showed', (_name, { shown }) => {
    expect(contract[shown!.within as RouteName]).toMatchObject({ kind: 'stream', effect: 'write' })
  })

  it.each(planned!)('%s takes what a plan route gave, which only reads', (_name, { shown, input }) => {
    expect(shown?.by).not.toEqual([])
    const { plan } = (input as unknown as { shape: Record<string, unknown> }).shape
    for (const by of shown!.by) {
      const planner = contract[by as RouteName]
      expect(planner).toMatchObject({ kind: 'route', effect: 'read' })
      expect('output' in planner && planner.output).toBe(plan)
    }
  })

  it.each(all)(
    '%s leaves an entry of each of its kinds, with what the plan showed and what came of it',
    async (name, def) => {
      // Steps are in the entry of what they steer.
      const { entries } = def.shown!.within === undefined ? def.shown! : contract[def.shown!.within as RouteName].shown!
      expect(entries.map((kind) => ChangeKind.safeParse(kind).success)).toEqual(entries.map(() => true))
      const before = (await app.call('journal.list', { limit: 1 })).items[0]?.id
      const { plan, journalled } = await writes[name]!()
      expect(plan).toMatchObject({ refusal: null })
      const { items } = await app.call('journal.list', { limit: 200 })
      const until = items.findIndex((entry) => entry.id === before)
      const added = until === -1 ? items : items.slice(0, until)
      expect(added.map((entry) => entry.kind as string).toSorted()).toEqual(entries.toSorted())
      expect(added.find((entry) => entry.kind === entries[0])).toMatchObject(journalled)
      expect(added.map((entry) => entry.result?.summary)).toEqual(added.map(() => expect.any(String)))
    },
  )

  it('is one of the kinds of the journal', () => {
    // Of single records there are old entries only: they are written as `produce` now.
    const kinds = new Set<string>(['record', ...all.flatMap(([, { shown }]) => shown!.entries)])
    expect([...kinds].toSorted()).toEqual([...ChangeKind.options].toSorted())
  })
})
