import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { AccessMode } from '#shared/model/profile.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { answerWith, reverseProxy, type ReverseProxy } from '../support/http-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'

// A read-only profile and its registry, through the whole app: every way there is to change a schema, and what is imported or
// kept as a template. The registry takes whatever reaches it, and says so.

let app: TestApp
let bootstrap: string
let tools: KafkaTools
let registry: ReverseProxy
const topic = uniqueName('registry-gate')
const subject = `${topic}-value`
const schema = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}'
const draft = { type: 'avro' as const, text: schema.replace('Order', 'Another'), references: [] }

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  ;[app, registry] = await Promise.all([
    startApp(),
    reverseProxy('http://127.0.0.1:1', ({ method, path }, answer) => {
      const at = path.split('?')[0]!.replace(/^.*?(?=\/(?:subjects|config|compatibility|schemas|mode|contexts))/, '')
      if (method === 'DELETE') return answerWith(answer, 200, at.endsWith('/1') ? 1 : [1])
      if (method === 'PUT') return answerWith(answer, 200, { compatibility: 'NONE' })
      if (at === '/subjects') return answerWith(answer, 200, [subject])
      if (at.startsWith('/compatibility')) return answerWith(answer, 200, { is_compatible: true, messages: [] })
      if (at.startsWith('/config')) return answerWith(answer, 200, { compatibilityLevel: 'BACKWARD' })
      if (method === 'POST' && at.endsWith('/versions')) return answerWith(answer, 200, { id: 2 })
      if (at === `/subjects/${subject}/versions`) return answerWith(answer, 200, [1])
      if (at.endsWith('/referencedby')) return answerWith(answer, 200, [])
      if (at.startsWith(`/subjects/${subject}/versions/`))
        return answerWith(answer, 200, { subject, version: 1, id: 1, schema })
      if (at === '/schemas/ids/1') return answerWith(answer, 200, { schema })
      return answerWith(answer, 404, { error_code: 40403, message: 'Schema not found' })
    }),
    tools.createTopic(topic, 1),
  ])
})
afterAll(async () => {
  await app?.close()
  await registry?.stop()
})

const connect = (name: string, accessMode: AccessMode) =>
  app.connect(bootstrap, { name, profile: { accessMode, registry: newRegistry({ urls: [registry.url] }) } })

/** What changes a registry: all but GET, and the two questions that are asked by POST. */
const changes = () =>
  registry.seen
    .filter(
      ({ method, path }) =>
        method !== 'GET' &&
        !(method === 'POST' && (path.includes('/compatibility/') || /\/subjects\/[^/]+(\?|$)/.test(path))),
    ) // oxfmt-ignore
    .map(({ method, path }) => `${method} ${path.split('?')[0]!.split(subject).join('…')}`)

const plansOf = (connectionId: ConnectionId) => [
  () => app.call('schemas.planRegister', { connectionId, subject, draft }),
  () => app.call('schemas.planDelete', { connectionId, subject, version: 1, permanent: false }),
  () => app.call('schemas.planDelete', { connectionId, subject, version: null, permanent: false }),
  () => app.call('schemas.planCompatibility', { connectionId, subject, level: 'NONE' }),
  () => app.call('schemas.planCompatibility', { connectionId, subject: null, level: 'NONE' }),
]

it('is asked by a read-only profile, and changed by nothing that it plans, imports or keeps', async () => {
  const connectionId = await connect('Looks at schemas', 'read-only')
  for (const plan of plansOf(connectionId)) {
    const apply = app.call('schemas.apply', { connectionId, plan: await plan(), confirm: 'Looks at schemas' })
    await expect(apply).rejects.toMatchObject({ code: 'access.read-only' })
  }
  const value = {
    as: 'schema' as const,
    schema: { by: 'subject' as const, subject, version: null },
    message: null,
    frame: 'confluent-id' as const,
    json: '{"id":${seq}}',
  }
  const template = { topic, name: 'by its schema', record: { value }, count: 3 }
  await app.call('produce.templates.save', { connectionId, template })
  const { text } = await app.call('produce.templates.export', { connectionId })
  await app.call('produce.templates.import', { connectionId, text })
  const { items } = await app.call('produce.templates.list', { connectionId, topic })
  const source = { kind: 'generated' as const, record: items[0]!.record, count: 3 }
  const plan = await app.call('produce.plan', { connectionId, topic, source })
  expect(plan).toMatchObject({ refusal: null, records: 3 })
  await expect(
    app.openStream('produce.apply', { connectionId, source, plan, confirm: 'Looks at schemas' }),
  ).rejects.toMatchObject({ code: 'access.read-only' })
  // A subject that is not there is not made on the way, whether somebody typed it or a file says it.
  const missing = { ...source, record: { ...source.record, value: { ...value, schema: { ...value.schema, subject: 'nobody-value' } } } } // oxfmt-ignore
  expect(await app.call('produce.plan', { connectionId, topic, source: missing })).toMatchObject({ refusal: { code: 'registry.unknown' } }) // oxfmt-ignore
  const rule = { as: 'registry' as const, schema: { by: 'subject' as const, subject: 'nobody-value', version: null }, message: null, skip: 0 } // oxfmt-ignore
  await app.call('decoding.set', { connectionId, topic, part: 'value', chain: [rule] })
  const chosen = await app.call('decoding.export', { connectionId })
  await app.call('decoding.import', { connectionId, text: chosen.text })
  await app.openStream('messages.browse', { connectionId, topic, start: { at: 'log-start' }, patient: true })
  expect(changes()).toEqual([])
  expect(registry.seen.filter(({ method }) => method === 'POST').length).toBeGreaterThan(0)
  const { sent } = await app.call('connections.describe', { connectionId })
  expect(sent.filter((one) => one.effect === 'write')).toEqual([])
})

it('is changed by the same plans of a profile that may', async () => {
  const connectionId = await connect('Changes schemas', 'full')
  for (const plan of plansOf(connectionId)) await app.call('schemas.apply', { connectionId, plan: await plan() })
  expect(changes().map((one) => one.replace(/ .*\/(?=subjects|config)/, ' '))).toEqual([
    'POST subjects/…/versions',
    'DELETE subjects/…/versions/1',
    'DELETE subjects/…',
    'PUT config/…',
    'PUT config',
  ])
})
