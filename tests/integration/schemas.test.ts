import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import type { SubjectSummary } from '#shared/contract/schemas.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { createHash } from 'node:crypto'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { answerWith, reverseProxy } from '../support/http-proxy.ts'
import { produceOne } from '../support/produce-one.ts'
import { startRegistries, type RunningApicurio } from '../support/registries.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import type { KafkaTools } from '../support/tools.ts'

// Every route of the schema registry, asked of real ones: Apicurio 2.6, and 3.3 where a Java is new enough for it. What they
// answer is judged by their own API, asked straight.

let app: TestApp
let tools: KafkaTools
let bootstrap: string
let registries: RunningApicurio[]
const open = new Map<string, ConnectionId>()

beforeAll(async () => {
  ;[{ bootstrap, tools }, registries] = await Promise.all([sharedKafka(), startRegistries()])
  app = await startApp()
  for (const { version, url } of registries) {
    const registry = newRegistry({ kind: 'apicurio', urls: [url] })
    open.set(version, await app.connect(bootstrap, { name: `Registry ${version}`, profile: { registry } }))
  }
})

afterAll(async () => {
  await app?.close()
  await Promise.all((registries ?? []).map((one) => one.stop()))
})

const record = (name: string, ...fields: object[]) =>
  JSON.stringify({ type: 'record', name, namespace: 'acme', fields })
const field = (name: string, type: unknown = 'string', more: object = {}) => ({ name, type, ...more })
const avro = (text: string, references: { name: string; subject: string; version: number }[] = []) => ({ type: 'avro' as const, text, references }) // oxfmt-ignore

/** Straight from the registry, past the app. */
async function ask(registry: RunningApicurio, path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const answer = await fetch(`${registry.ccompat}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return await answer.json()
}
const put = (registry: RunningApicurio, subject: string, schema: string, more: object = {}) =>
  ask(registry, `/subjects/${subject}/versions`, 'POST', { schema, ...more })

async function apply(connectionId: ConnectionId, plan: SchemaPlan) {
  expect(plan.refusal).toBeNull()
  return app.call('schemas.apply', { connectionId, plan })
}

describe.each(['2.6.13.Final', '3.3.3'])('Apicurio %s', (version) => {
  const registryOf = () => registries.find((one) => one.version === version)!
  const id = () => open.get(version)!

  it('is told step by step, with what it lacks', async ({ skip }) => {
    if (registryOf() === undefined) skip('No Java here is new enough for it.')
    const { items } = await app.call('profiles.list', {})
    const { profile } = items.find(({ profile: one }) => one.id === id())!
    const report = await app.call('schemas.test', { profile })
    expect(report.error).toBeNull()
    expect(report.steps.map(({ step, status }) => `${step} ${status}`)).toEqual(['reach ok', 'sign-in ok', 'api ok', 'rights ok']) // oxfmt-ignore
    const about = await app.call('schemas.about', { connectionId: id() })
    expect(about).toMatchObject({ kind: 'apicurio', compatibility: 'NONE', mode: version === '3.3.3' ? 'READWRITE' : null }) // oxfmt-ignore
    expect(report.lacks.join(' ')).toContain('GUID')
  })

  it('lists its subjects, and what is known of each as it comes', async () => {
    const connectionId = id()
    const names = [uniqueName('list'), uniqueName('list')].toSorted()
    for (const name of names) await put(registryOf(), name, record('A', field('a')))
    await put(registryOf(), names[0]!, record('A', field('a'), field('b')))
    await ask(registryOf(), `/config/${names[1]}`, 'PUT', { compatibility: 'FULL' })
    const { items, total, next } = await app.call('schemas.subjects', { connectionId })
    expect({ total, next }).toEqual({ total: items.length, next: null })
    expect(items.map(({ subject }) => subject)).toEqual(await ask(registryOf(), '/subjects').then((all) => (all as string[]).toSorted())) // oxfmt-ignore
    const paged = await app.call('schemas.subjects', { connectionId, limit: 1 })
    expect([paged.items, paged.next]).toEqual([items.slice(0, 1), 1])
    const rows: SubjectSummary[] = []
    const done = await app.openStream('schemas.summaries', { connectionId, subjects: [...names, 'nobody'] }, { onBatch: (batch) => void rows.push(...batch) }) // oxfmt-ignore
    expect(done).toMatchObject({ done: 3, failed: 1 })
    const of = (name: string) => rows.find(({ subject }) => subject === name)
    expect(of(names[0]!)).toMatchObject({ type: 'avro', versions: [1, 2], latest: { version: 2 }, compatibility: 'NONE', inherits: true }) // oxfmt-ignore
    expect(of(names[1]!)).toMatchObject({ versions: [1], compatibility: 'FULL', inherits: false })
    expect(of('nobody')?.error?.code).toBe('registry.unknown')
  })

  it('gives a schema by subject, by version, and by what records call it', async () => {
    const connectionId = id()
    const subject = uniqueName('value')
    const text = record('B', field('b'))
    const { id: schemaId } = (await put(registryOf(), subject, text)) as { id: number }
    const whole = await app.call('schemas.subject', { connectionId, subject })
    expect(whole).toMatchObject({ versions: [{ version: 1, deleted: false }], latest: { id: schemaId, type: 'avro', text } }) // oxfmt-ignore
    expect(await app.call('schemas.version', { connectionId, subject, version: 'latest' })).toEqual(whole.latest)
    const found = await app.call('schemas.find', { connectionId, schema: { by: 'id', id: schemaId } })
    expect(found).toMatchObject({ text, versions: [{ subject, version: 1 }] })
    expect(await app.call('schemas.find', { connectionId, schema: { by: 'content-id', id: BigInt(schemaId) } })).toMatchObject({ text }) // oxfmt-ignore
    const unknown = app.call('schemas.find', { connectionId, schema: { by: 'id', id: 999_999 } })
    await expect(unknown).rejects.toMatchObject({ code: 'registry.unknown' })
    const guid = '3f1c1c5e-0000-4000-8000-000000000000'
    const noGuids = app.call('schemas.find', { connectionId, schema: { by: 'guid', guid } })
    await expect(noGuids).rejects.toMatchObject({ code: 'registry.unsupported' })
  })

  it('gives a schema by Apicurio’s own ids, which its serialisers write', async () => {
    const connectionId = id()
    const subject = uniqueName('own-ids')
    // The same content under two names: one content id, two global ids.
    const text = record(`C${Date.now()}`, field('c'))
    await put(registryOf(), uniqueName('own-ids'), text)
    await put(registryOf(), subject, text)
    const meta = await fetch(`${registryOf().url}/apis/registry/v2/groups/default/artifacts/${subject}/meta`)
    const { globalId, contentId } = (await meta.json()) as { globalId: number; contentId: number }
    expect(globalId).not.toBe(contentId)
    for (const by of ['global-id', 'long-id'] as const) {
      const found = await app.call('schemas.find', { connectionId, schema: { by, id: BigInt(globalId) } })
      expect(found).toMatchObject({ text, type: 'avro', id: contentId })
    }
  })

  it('follows references both ways', async () => {
    const connectionId = id()
    const [address, order] = [uniqueName('address'), uniqueName('order')]
    await put(registryOf(), address, record('Address', field('city')))
    const references = [{ name: 'acme.Address', subject: address, version: 1 }]
    await put(registryOf(), order, record('Order', field('to', 'acme.Address')), { references })
    const of = await app.call('schemas.references', { connectionId, subject: order, version: 1 })
    expect(of).toMatchObject({ uses: [{ name: 'acme.Address', subject: address, version: 1, depth: 1 }], problem: null, usedBy: [] }) // oxfmt-ignore
    const back = await app.call('schemas.references', { connectionId, subject: address, version: 1 })
    expect(back.usedBy).toMatchObject([{ subject: order, version: 1 }])
    const plan = await app.call('schemas.planDelete', { connectionId, subject: address })
    expect(plan.refusal?.message).toContain(order)
  })

  it('finds the topics of a subject, by its name and by what their records carry', async () => {
    const connectionId = id()
    const topic = uniqueName('topics')
    const other = uniqueName('topics-other')
    for (const name of [topic, other]) await tools.createTopic(name, 1)
    const subject = `${topic}-value`
    const { id: schemaId } = (await put(registryOf(), subject, record(`T${Date.now()}`, field('t')))) as { id: number }
    const value = Buffer.alloc(8)
    value.writeInt32BE(schemaId, 1)
    await produceOne(app, connectionId, { topic: other, partition: 0, key: null, value })
    const named = await app.call('schemas.topics', { connectionId, subject })
    expect(named.items).toEqual([{ topic, part: 'value', by: 'name', strategy: 'TopicName' }])
    expect(await app.call('schemas.ofTopic', { connectionId, topic })).toEqual({ items: [{ subject, part: 'value', strategy: 'TopicName', record: null }] }) // oxfmt-ignore
    const sampled = await app.call('schemas.topics', { connectionId, subject, sample: true })
    expect(sampled.use!.sentence).toMatch(/^Sampled: the last records of \d+ of \d+ topics/)
    // Of very many topics some are not looked into; then the sentence says so.
    const isWhole = sampled.use!.looked === sampled.use!.of
    const carriers = sampled.items.filter((one) => one.topic === other)
    expect(carriers).toEqual(isWhole ? [{ topic: other, part: 'value', by: 'sample', strategy: null }] : carriers)
  })

  it('finds the records that name a schema, whichever way they do it, in keys as in values', async () => {
    const connectionId = id()
    const [topic, other] = [uniqueName('names'), uniqueName('names-nothing')]
    for (const name of [topic, other]) await tools.createTopic(name, 1)
    // The topics whose names belong to a subject are looked into first.
    const subject = `${topic}-value`
    await put(registryOf(), uniqueName('named'), record(`Same${Date.now()}`, field('a')))
    const text = record(`Named${Date.now()}`, field('a'))
    await put(registryOf(), subject, text)
    const meta = await fetch(`${registryOf().url}/apis/registry/v2/groups/default/artifacts/${subject}/meta`)
    const { globalId, contentId } = (await meta.json()) as { globalId: number; contentId: number }
    const short = (number: number) => Buffer.from([0, ...new Uint8Array(new Int32Array([number]).buffer).toReversed(), 2, 65]) // oxfmt-ignore
    const wide = (number: number) =>
      Buffer.from(new Uint8Array(new BigInt64Array([BigInt(number)]).buffer).toReversed())
    const plain = Buffer.of(2, 65)
    const of = (value: Buffer, headers: [string, Buffer][] = [], key: Buffer | null = null) => ({
      timestamp: BigInt(Date.now()),
      key,
      value,
      headers: headers.map(([name, bytes]) => ({ name: Buffer.from(name), value: bytes })),
    })
    const ways = [
      of(short(contentId)),
      of(Buffer.concat([Buffer.of(0), wide(globalId), plain])),
      of(plain, [['apicurio.value.globalId', wide(globalId)]]),
      of(plain, [['apicurio.value.contentId', wide(contentId)]]),
      of(plain, [['apicurio.value.artifactId', Buffer.from(subject)]]),
      of(plain, [['apicurio.value.contentHash', Buffer.from(createHash('sha256').update(text).digest('hex'))]]),
      of(plain, [['__value_schema_id', short(contentId).subarray(0, 5)]]),
      of(Buffer.from('no schema'), [], short(contentId)),
    ]
    const wire = await connectWire(bootstrap)
    try {
      await wire.produce(topic, 0, writeBatch(ways))
      await wire.produce(other, 0, writeBatch([of(Buffer.from('{}')), of(short(999_999))]))
    } finally {
      wire.close()
    }
    const { use } = await app.call('schemas.topics', { connectionId, subject, sample: true })
    const found = use!.topics.filter((one) => one.topic === topic)
    expect(found).toMatchObject([
      { part: 'key', records: 1, looked: 8, ids: [`id ${contentId}`] },
      { part: 'value', records: 7, looked: 8 },
    ])
    expect(found[1]!.ids).toEqual(expect.arrayContaining([`id ${contentId}`, `content id ${contentId}`, `global id ${globalId}`, subject])) // oxfmt-ignore
    expect(use!.topics.filter((one) => one.topic === other)).toEqual([])
    const plan = await app.call('schemas.planDelete', { connectionId, subject })
    expect(plan).toMatchObject({ use: { topics: expect.arrayContaining([found[1]]) } })
    expect(plan.summary).toContain('Sampled: the last records of')
  })

  it('is what records are decoded by, whether their ids have four bytes or Apicurio’s eight', async () => {
    const connectionId = id()
    const topic = uniqueName('decoded')
    await tools.createTopic(topic, 1)
    const name = `Place${Date.now()}`
    const subject = `${topic}-value`
    await put(registryOf(), subject, record(name, field('city')))
    const meta = await fetch(`${registryOf().url}/apis/registry/v2/groups/default/artifacts/${subject}/meta`)
    const { globalId, contentId } = (await meta.json()) as { globalId: number; contentId: number }
    const ulm = [6, ...Buffer.from('Ulm')]
    const [short, long] = [Buffer.alloc(5), Buffer.alloc(9)]
    short.writeInt32BE(contentId, 1)
    long.writeBigInt64BE(BigInt(globalId), 1)
    for (const front of [short, long]) {
      const value = new Uint8Array([...front, ...ulm])
      await produceOne(app, connectionId, { topic, partition: 0, key: null, value })
    }
    for (const offset of [0n, 1n]) {
      await untilHolds(`the record at ${offset} is decoded`, async () => {
        const found = await app.call('messages.record', { connectionId, topic, partition: 0, offset })
        const valueAs = found.kind === 'record' ? found.valueAs : null
        expect(valueAs).toMatchObject({ form: 'json', schema: { subject, version: 1, type: `acme.${name}` } })
        expect(JSON.parse(Buffer.from(valueAs!.written!).toString())).toEqual({ city: 'Ulm' })
      })
    }
  })

  it('has no contexts of Confluent’s: a profile that asks for one is told so, and a name in one is a name', async () => {
    const connectionId = id()
    const inContext = await app.connect(bootstrap, {
      name: `In a context ${version}`,
      profile: { registry: newRegistry({ kind: 'apicurio', urls: [registryOf().url], context: ':.staging:' }) },
    })
    const topic = uniqueName('in-context')
    const subject = `:.staging:${topic}-value`
    const text = record(`Context${Date.now()}`, field('a'))
    const { id: schemaId } = (await put(registryOf(), encodeURIComponent(subject), text)) as { id: number }
    const asked = [
      app.call('schemas.subjects', { connectionId: inContext }),
      app.call('schemas.find', { connectionId: inContext, schema: { by: 'id', id: schemaId } }),
      app.call('schemas.subject', { connectionId: inContext, subject: `${topic}-value` }),
    ]
    for (const one of await Promise.allSettled(asked)) {
      expect(one).toMatchObject({ reason: { code: 'registry.unsupported', message: expect.stringContaining('.staging') } }) // oxfmt-ignore
    }
    await tools.createTopic(topic, 1)
    const { items } = await app.call('schemas.topics', { connectionId, subject })
    expect(items).toEqual([{ topic, part: 'value', by: 'name', strategy: 'TopicName' }])
    expect(await app.call('schemas.subject', { connectionId, subject })).toMatchObject({ latest: { text } })
  })

  it('decodes by what Apicurio’s headers name: its ids, an artifact in a group of its own, a version that is a word', async () => {
    const connectionId = id()
    const topic = uniqueName('by-headers')
    await tools.createTopic(topic, 1)
    const name = `Head${Date.now()}`
    const own = `${registryOf().url}/apis/registry/v2/groups/acme.${topic}/artifacts`
    const headers = { 'x-registry-artifactid': 'orders', 'x-registry-artifacttype': 'AVRO', 'x-registry-version': 'first', 'content-type': 'application/json' } // oxfmt-ignore
    const made = await fetch(own, { method: 'POST', headers, body: record(name, field('city')) })
    const { globalId, contentId } = (await made.json()) as { globalId: number; contentId: number }
    const wide = (number: number) => new Uint8Array(new BigInt64Array([BigInt(number)]).buffer.slice(0)).toReversed()
    const text = (of: string) => new Uint8Array(Buffer.from(of))
    const ways: [string, Uint8Array][][] = [
      [['globalId', wide(globalId)]],
      [['contentId', wide(contentId)]],
      [['groupId', text(`acme.${topic}`)], ['artifactId', text('orders')]],
      [['groupId', text(`acme.${topic}`)], ['artifactId', text('orders')], ['version', text('first')]],
    ] // oxfmt-ignore
    const ulm = Buffer.from([6, ...Buffer.from('Ulm')])
    const records = ways.map((way) => ({
      timestamp: 5n,
      key: null,
      value: ulm,
      headers: [...way, ['encoding', text('BINARY')] as const].map(([of, value]) => ({ name: text(`apicurio.value.${of}`), value })), // oxfmt-ignore
    }))
    const wire = await connectWire(bootstrap)
    try {
      await wire.produce(topic, 0, writeBatch(records))
    } finally {
      wire.close()
    }
    for (const offset of ways.keys()) {
      await untilHolds(`the record at ${offset} is decoded`, async () => {
        const found = await app.call('messages.record', { connectionId, topic, partition: 0, offset: BigInt(offset) })
        const valueAs = found.kind === 'record' ? found.valueAs : null
        expect(valueAs).toMatchObject({ encoding: 'Apicurio Avro', schema: { type: `acme.${name}` } })
        expect(JSON.parse(Buffer.from(valueAs!.written!).toString())).toEqual({ city: 'Ulm' })
      })
    }
    const gone = app.call('schemas.find', { connectionId, schema: { by: 'artifact', group: 'nobody', artifact: 'orders', version: null } }) // oxfmt-ignore
    await expect(gone).rejects.toMatchObject({ code: 'registry.unknown' })
  })

  it('checks a draft and shows the registry’s own reasons at their place', async () => {
    const connectionId = id()
    const subject = uniqueName('check')
    await put(registryOf(), subject, record('D', field('d')))
    await ask(registryOf(), `/config/${subject}`, 'PUT', { compatibility: 'BACKWARD' })
    const text = `{"type":"record","name":"D","namespace":"acme","fields":[\n  {"name":"d","type":"string"},\n  {"name":"more","type":"int"}\n]}` // oxfmt-ignore
    const bad = await app.call('schemas.check', { connectionId, subject, draft: avro(text) })
    expect(bad).toMatchObject({ compatible: false, invalid: false, level: 'BACKWARD', against: [1], existing: null })
    // The newer one says that it is not, and keeps why to itself.
    const reasons = version === '2.6.13.Final' ? [{ path: '/fields/1', line: 3, column: 3 }] : []
    expect(bad.problems).toMatchObject(reasons)
    expect(bad.problems).toHaveLength(reasons.length)
    expect(bad.summary.includes('gives no reason')).toBe(reasons.length === 0)
    const good = record('D', field('d'), field('more', 'int', { default: 0 }))
    expect(await app.call('schemas.check', { connectionId, subject, draft: avro(good) })).toMatchObject({ compatible: true, problems: [] }) // oxfmt-ignore
    const broken = await app.call('schemas.check', { connectionId, subject, draft: avro('{"type":"rec') })
    expect(broken).toMatchObject({ compatible: null, invalid: true, problems: [{ message: expect.any(String) }] })
    const refused = await app.call('schemas.planRegister', { connectionId, subject, draft: avro(text) })
    expect(refused.refusal).toMatchObject({ code: 'plan.refused' })
  })

  it('registers by a plan, which the journal keeps and an undo takes back', async () => {
    const connectionId = id()
    const subject = uniqueName('register')
    const draft = avro(record(`R${Date.now()}`, field('r')))
    const plan = await app.call('schemas.planRegister', { connectionId, subject, draft })
    expect(plan.summary).toContain('as its first')
    const done = await apply(connectionId, plan)
    expect(done).toMatchObject({ status: 'done', versions: [{ version: 1 }], error: null })
    expect(await ask(registryOf(), `/subjects/${subject}/versions/1`)).toMatchObject({ schema: draft.text, id: done.versions[0]!.id }) // oxfmt-ignore
    // The plan is used up: what it saw is no longer so.
    expect(await apply(connectionId, plan)).toMatchObject({ status: 'conflict', journalId: null })
    const same = await app.call('schemas.planRegister', { connectionId, subject, draft })
    expect(await apply(connectionId, same)).toMatchObject({ status: 'same', journalId: null })
    const undo = await app.call('schemas.planUndo', { connectionId, journalId: done.journalId! })
    expect(undo).toMatchObject({ action: 'delete', permanent: false, undoOf: done.journalId })
    expect(await apply(connectionId, undo)).toMatchObject({ status: 'done' })
    expect(await ask(registryOf(), `/subjects/${subject}/versions`)).toMatchObject({ error_code: 40401 })
  })

  it('deletes softly, gives it back with its id, and deletes for good', async () => {
    const connectionId = id()
    const subject = uniqueName('delete')
    const text = record(`E${Date.now()}`, field('e'))
    const { id: schemaId } = (await put(registryOf(), subject, text)) as { id: number }
    const early = await app.call('schemas.planDelete', { connectionId, subject, permanent: true })
    expect(early.refusal?.message).toContain('not deleted softly yet')
    const plan = await app.call('schemas.planDelete', { connectionId, subject })
    expect(plan).toMatchObject({ rows: [{ version: 1, id: schemaId, text }], what: 'subject' })
    const done = await apply(connectionId, plan)
    expect(done).toMatchObject({ status: 'done', versions: [{ version: 1, id: schemaId }] })
    const shown = await app.call('schemas.subjects', { connectionId, deleted: true })
    expect(shown.items).toContainEqual({ subject, deleted: true })
    const undo = await app.call('schemas.planUndo', { connectionId, journalId: done.journalId! })
    expect(undo).toMatchObject({ action: 'register', drafts: [{ text }] })
    const back = await apply(connectionId, undo)
    expect(back).toMatchObject({ status: 'done', versions: [{ id: schemaId }] })
    await apply(connectionId, await app.call('schemas.planDelete', { connectionId, subject }))
    const forGood = await app.call('schemas.planDelete', { connectionId, subject, permanent: true })
    expect(forGood.warnings.join(' ')).toContain('another id')
    const gone = await apply(connectionId, forGood)
    expect(gone.status).toBe('done')
    const never = app.call('schemas.planUndo', { connectionId, journalId: gone.journalId! })
    await expect(never).rejects.toMatchObject({ code: 'plan.refused', message: expect.stringContaining('another id') })
  })

  it('has the registry’s compatibility where a subject has none of its own', async () => {
    const connectionId = id()
    const [bare, own] = [uniqueName('bare'), uniqueName('own')]
    for (const name of [bare, own]) await put(registryOf(), name, record('K', field('k')))
    await ask(registryOf(), `/config/${own}`, 'PUT', { compatibility: 'FORWARD' })
    await ask(registryOf(), '/config', 'PUT', { compatibility: 'BACKWARD' })
    try {
      const rows: SubjectSummary[] = []
      await app.openStream('schemas.summaries', { connectionId, subjects: [bare, own] }, { onBatch: (batch) => void rows.push(...batch) }) // oxfmt-ignore
      const of = (name: string) => rows.find(({ subject }) => subject === name)
      expect(of(bare)).toMatchObject({ compatibility: 'BACKWARD', inherits: true })
      expect(of(own)).toMatchObject({ compatibility: 'FORWARD', inherits: false })
      // And it holds: the registry itself refuses what breaks it.
      const refused = await put(registryOf(), bare, record('K', field('k'), field('more', 'string')))
      expect(refused).toMatchObject({ error_code: 409 })
    } finally {
      await ask(registryOf(), '/config', 'PUT', { compatibility: 'NONE' })
    }
  })

  it('sets a compatibility and puts it back', async () => {
    const connectionId = id()
    const subject = uniqueName('config')
    await put(registryOf(), subject, record('F', field('f')))
    const plan = await app.call('schemas.planCompatibility', { connectionId, subject, level: 'FULL' })
    const done = await apply(connectionId, plan)
    expect(done).toMatchObject({ status: 'done' })
    expect(await ask(registryOf(), `/config/${subject}`)).toMatchObject({ compatibilityLevel: 'FULL' })
    expect(await app.call('schemas.compatibility', { connectionId, subject })).toEqual({ own: 'FULL', level: 'FULL' })
    const undo = await app.call('schemas.planUndo', { connectionId, journalId: done.journalId! })
    expect(await apply(connectionId, undo)).toMatchObject({ status: 'done' })
    expect(await ask(registryOf(), `/config/${subject}`)).toMatchObject({ compatibilityLevel: 'NONE' })
  })
})

describe('an undo', () => {
  const connectionId = () => open.get('2.6.13.Final')!
  const registry = () => registries.find((one) => one.version === '2.6.13.Final')!
  const undone = (journalId: string | null) => app.call('schemas.planUndo', { connectionId: connectionId(), journalId: journalId! }) // oxfmt-ignore
  const changedSince = expect.objectContaining({ code: 'plan.refused', message: expect.stringContaining('changed it since') }) // oxfmt-ignore
  const registered = async (subject: string, text: string) =>
    apply(connectionId(), await app.call('schemas.planRegister', { connectionId: connectionId(), subject, draft: avro(text) })) // oxfmt-ignore
  const deleted = async (subject: string, version: number | null = null) =>
    apply(connectionId(), await app.call('schemas.planDelete', { connectionId: connectionId(), subject, version }))

  it('of a level is refused once somebody has set another', async () => {
    const subject = uniqueName('since')
    await put(registry(), subject, record('A', field('a')))
    const plan = await app.call('schemas.planCompatibility', { connectionId: connectionId(), subject, level: 'FULL' })
    const { journalId } = await apply(connectionId(), plan)
    await ask(registry(), `/config/${subject}`, 'PUT', { compatibility: 'FORWARD' })
    const undo = await undone(journalId)
    expect(undo.refusal).toEqual(changedSince)
    await expect(app.call('schemas.apply', { connectionId: connectionId(), plan: undo })).rejects.toMatchObject({ code: 'plan.refused' }) // oxfmt-ignore
    expect(await ask(registry(), `/config/${subject}`)).toMatchObject({ compatibilityLevel: 'FORWARD' })
    await ask(registry(), `/config/${subject}`, 'DELETE')
    expect((await undone(journalId)).refusal?.message).toContain('nothing to undo')
  })

  it('of a registration takes what was registered, and nothing that others did beside it', async () => {
    const subject = uniqueName('since')
    const { journalId } = await registered(subject, record(`One${Date.now()}`, field('a')))
    await put(registry(), subject, record('Two', field('b')))
    const undo = await undone(journalId)
    expect(undo).toMatchObject({ refusal: null, rows: [{ version: 1 }] })
    await apply(connectionId(), undo)
    expect(await ask(registry(), `/subjects/${subject}/versions`)).toEqual([2])
    await expect(undone(journalId)).rejects.toEqual(changedSince)
  })

  it('of a deletion gives all back, and itself is taken back by deleting just those', async () => {
    const subject = uniqueName('since')
    for (const name of ['One', 'Two']) await put(registry(), subject, record(`${name}${Date.now()}`, field('a')))
    const { journalId } = await deleted(subject)
    const back = await apply(connectionId(), await undone(journalId))
    expect(back).toMatchObject({ status: 'done', versions: [{}, {}] })
    expect((await undone(journalId)).refusal).toEqual(changedSince)
    await put(registry(), subject, record('Three', field('c')))
    const again = await undone(back.journalId)
    expect(again).toMatchObject({ action: 'delete', what: 'version', refusal: null })
    const done = await apply(connectionId(), again)
    expect(done.summary).toMatch(/^Versions \d+, \d+ of .* were deleted softly\.$/)
    expect(await ask(registry(), `/subjects/${subject}/versions`)).toHaveLength(1)
  })

  it('of several that the registry refuses at the second says which were done', async () => {
    const subject = uniqueName('partly')
    for (const name of ['One', 'Two']) await put(registry(), subject, record(`${name}${Date.now()}`, field('a')))
    const { journalId } = await deleted(subject)
    let registrations = 0
    const proxy = await reverseProxy(registry().url, ({ method, path }, answer) =>
      method === 'POST' && path.endsWith('/versions') && (registrations += 1) === 2
        ? answerWith(answer, 422, { error_code: 42201, message: 'no more today' })
        : false,
    )
    try {
      const profile = { registry: newRegistry({ kind: 'apicurio', urls: [proxy.url] }) }
      const other = await app.connect(bootstrap, { name: 'Partly', profile })
      const plan = await undone(journalId)
      const done = await app.call('schemas.apply', { connectionId: other, plan: { ...plan, connectionId: other, registry: proxy.url } }) // oxfmt-ignore
      expect(done).toMatchObject({ status: 'partly', versions: [{}], error: { code: 'registry.refused' } })
      expect(done.summary).toContain('no more today')
    } finally {
      await proxy.stop()
    }
  })
})

describe('a registry that asks who it is', () => {
  it('is asked for its password by the name of what is missing, and given it for this run', async () => {
    const { url } = registries[0]!
    const right = `Basic ${Buffer.from('reader:pa55-word').toString('base64')}`
    const proxy = await reverseProxy(url, ({ headers }, answer) =>
      headers.authorization === right ? false : answerWith(answer, 401, { error_code: 401, message: 'Unauthorized' }),
    )
    try {
      const registry = newRegistry({ kind: 'apicurio', urls: [proxy.url], auth: { kind: 'basic', username: 'reader' } })
      const connectionId = await app.connect(bootstrap, { name: 'Asks', profile: { registry } })
      const list = () => app.call('schemas.subjects', { connectionId })
      await expect(list()).rejects.toMatchObject({
        code: 'connect.secret',
        details: { what: 'registry', needs: [{ name: 'password', why: 'unknown' }] },
      })
      expect(proxy.seen).toEqual([])
      await app.call('schemas.entrust', { connectionId, secrets: { password: 'wrong' } })
      await expect(list()).rejects.toMatchObject({ code: 'registry.unauthorised', details: { status: 401 } })
      await app.call('schemas.entrust', { connectionId, secrets: { password: 'pa55-word' } })
      expect((await list()).total).toBeGreaterThan(0)
    } finally {
      await proxy.stop()
    }
  })
})
