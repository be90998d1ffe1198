import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { answerWith, reverseProxy, type ReverseProxy } from '../support/http-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { untilHolds } from '../support/wait-for.ts'
import type { KafkaTools } from '../support/tools.ts'

// Registries with an API of their own: AWS Glue, whose signatures a stand-in in Python checks without anything of ours, and
// Azure. Neither can be run here.

const version = '3f1c1c5e-0000-4000-8000-0000000000aa'
const text = JSON.stringify({
  type: 'record',
  name: 'Place',
  namespace: 'acme',
  fields: [{ name: 'city', type: 'string' }],
})
const key = 'AKIATESTKEY'
const secretKey = 'gl/ue+Se cret-55aa'
const sessionToken = 'FwoGZXIvYXdz//session+token=='
const ulm = Buffer.from([6, ...Buffer.from('Ulm')])

let app: TestApp
let bootstrap: string
let tools: KafkaTools
const children: ChildProcess[] = []
const ends: (() => unknown)[] = []

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
})
afterAll(async () => {
  for (const end of ends) await end()
  for (const child of children) child.kill()
  await app?.close()
})

async function startGlue(token: string): Promise<string> {
  const versions = JSON.stringify({ [version]: { SchemaDefinition: text, DataFormat: 'AVRO' } })
  const file = path.join(import.meta.dirname, '../support/glue.py')
  const child = spawn('python3', [file, key, secretKey, token, 'us-east-1', versions], { stdio: ['ignore', 'pipe', 'inherit'] }) // oxfmt-ignore
  children.push(child)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return `http://127.0.0.1:${said.toString().trim()}`
}

async function written(topic: string, records: { value: Uint8Array; type?: string }[]): Promise<void> {
  await tools.createTopic(topic, 1)
  const wire = await connectWire(bootstrap)
  try {
    const batch = records.map(({ value, type }) => ({
      timestamp: BigInt(Date.now()),
      key: null,
      value,
      headers: type === undefined ? [] : [{ name: Buffer.from('content-type'), value: Buffer.from(type) }],
    }))
    await wire.produce(topic, 0, writeBatch(batch))
  } finally {
    wire.close()
  }
}

async function decodedIs(connectionId: ConnectionId, topic: string, offset: bigint): Promise<void> {
  await untilHolds(`the record at ${offset} is decoded`, async () => {
    const found = await app.call('messages.record', { connectionId, topic, partition: 0, offset })
    const valueAs = found.kind === 'record' ? found.valueAs : null
    expect(valueAs).toMatchObject({ form: 'json', schema: { type: 'acme.Place' } })
    expect(JSON.parse(Buffer.from(valueAs!.written!).toString())).toEqual({ city: 'Ulm' })
  })
}

describe('AWS Glue', () => {
  const auth = { kind: 'aws', accessKeyId: key } as const
  const profileOf = (url: string) => newProfile('glue', { name: 'Glue', brokers: [bootstrap], registry: newRegistry({ kind: 'glue', urls: [url], auth }) }) // oxfmt-ignore
  const tested = (url: string, registrySecrets: Record<string, string>) => app.call('schemas.test', { profile: profileOf(url), registrySecrets }) // oxfmt-ignore

  it('is asked with a signature that is right, with a session’s token or without', async () => {
    const [plain, session] = [await startGlue(''), await startGlue(sessionToken)]
    expect(await tested(plain, { secretKey })).toMatchObject({ error: null, subjects: null })
    expect(await tested(session, { secretKey, sessionToken })).toMatchObject({ error: null })
    const wrong = await tested(session, { secretKey: 'another', sessionToken })
    expect(wrong.error).toMatchObject({ code: 'registry.unauthorised' })
    expect(wrong.steps.find(({ step }) => step === 'sign-in')).toMatchObject({ status: 'failed' })
    // What was signed is repeated in the refusal, and with it the token.
    expect(wrong.error!.message).toContain('canonical string')
    const old = await tested(session, { secretKey, sessionToken: 'an-old-token-of-a-session' })
    expect(old.error).toMatchObject({ code: 'registry.unauthorised' })
    for (const secret of [secretKey, sessionToken, 'an-old-token-of-a-session', 'another']) {
      expect(JSON.stringify([wrong, old])).not.toContain(secret)
    }
  })

  it('gives the schemas that records name, packed by zlib or not; what it does not do is said', async () => {
    const url = await startGlue(sessionToken)
    const registry = newRegistry({ kind: 'glue', urls: [url], auth })
    const connectionId = await app.connect(bootstrap, { name: 'Glue', profile: { registry, accessMode: 'read-only' } })
    await app.call('schemas.entrust', { connectionId, secrets: { secretKey, sessionToken } })
    const uuid = Buffer.from(version.replaceAll('-', ''), 'hex')
    const topic = uniqueName('glue')
    const of = (compression: number, data: Buffer) =>
      new Uint8Array(Buffer.concat([Buffer.of(3, compression), uuid, data]))
    const unknown = new Uint8Array(Buffer.concat([Buffer.of(3, 0), Buffer.alloc(16, 7), ulm]))
    await written(topic, [{ value: of(0, ulm) }, { value: of(5, deflateSync(ulm)) }, { value: unknown }])
    for (const offset of [0n, 1n]) await decodedIs(connectionId, topic, offset)
    const third = await app.call('messages.record', { connectionId, topic, partition: 0, offset: 2n })
    expect(JSON.stringify(third.kind === 'record' && third.valueAs?.attempts)).toContain('is not in this registry (404)') // oxfmt-ignore
    expect(await app.call('schemas.find', { connectionId, schema: { by: 'glue', version } })).toMatchObject({ text, guid: version, versions: null }) // oxfmt-ignore
    await expect(app.call('schemas.subjects', { connectionId })).rejects.toMatchObject({ code: 'registry.unsupported', message: expect.stringContaining('AWS Glue') }) // oxfmt-ignore
    await expect(app.call('schemas.find', { connectionId, schema: { by: 'id', id: 7 } })).rejects.toMatchObject({ code: 'registry.unsupported' }) // oxfmt-ignore
  })
})

describe('Azure’s schema registry', () => {
  let registry: ReverseProxy
  const guid = '9e1a4c00aa'

  it('gives the schemas that content types name, to a token fetched by client credentials', async () => {
    const tokens = await reverseProxy('http://127.0.0.1:1', (_, answer) => answerWith(answer, 200, { access_token: 'azure-t0ken', expires_in: 3_600 })) // oxfmt-ignore
    registry = await reverseProxy('http://127.0.0.1:1', ({ path: at, headers }, answer) => {
      if (headers.authorization !== 'Bearer azure-t0ken') return answerWith(answer, 401, { error: { code: '401' } })
      const isKnown = at === `/$schemagroups/$schemas/${guid}?api-version=2022-10`
      return isKnown ? answerWith(answer, 200, text, 'application/json; serialization=Avro') : answerWith(answer, 404, { error: { code: 'ItemNotFound' } }) // oxfmt-ignore
    })
    ends.push(tokens.stop, registry.stop)
    const auth = { kind: 'oauth', tokenUrl: `${tokens.url}/token`, clientId: 'app', scope: 'https://eventhubs.azure.net/.default' } as const // oxfmt-ignore
    const of = newRegistry({ kind: 'azure', urls: [registry.url], auth })
    const connectionId = await app.connect(bootstrap, { name: 'Azure', profile: { registry: of } })
    await app.call('schemas.entrust', { connectionId, secrets: { clientSecret: 'azure-client-secret' } })
    const topic = uniqueName('azure')
    await written(topic, [{ value: new Uint8Array(ulm), type: `avro/binary+${guid}` }])
    await decodedIs(connectionId, topic, 0n)
    await expect(app.call('schemas.about', { connectionId })).rejects.toMatchObject({ code: 'registry.unsupported' })
    await expect(app.call('schemas.find', { connectionId, schema: { by: 'azure', guid: 'none' } })).rejects.toMatchObject({ code: 'registry.unknown' }) // oxfmt-ignore
  })
})
