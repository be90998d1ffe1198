import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { newProfile } from '#shared/model/profile.ts'
import { profileFile } from '#shared/model/profile-file.ts'
import { newRegistry, type RegistryAuth } from '#shared/model/registry.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import { createApp, type SeeklineApp } from '../../electron/app-services.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'
import { createLog } from '../../electron/storage/log.ts'
import { answerWith, reverseProxy, type ReverseProxy } from '../support/http-proxy.ts'
import { sharedKafka } from '../support/shared-kafka.ts'

// What signs in at a registry, after use: in no file of the data folder, no log, no answer, no error, no diagnostics and no
// exported profile. The registry here repeats what it was sent in its refusals, as careless proxies do.

const secrets = {
  password: 'Reg-Pa55 "w" \\ 91f2',
  wrong: 'wr0ng-registry-word',
  token: 'eyJ-token-5521',
  proxy: 'pr0xy-word-77aa',
  secretKey: 'aws/Secret+key-4410',
  sessionToken: 'FwoG//session+token-9931==',
}
const fromEnvironment = 'env-registry-8813'
const forms = [...Object.values(secrets), fromEnvironment].flatMap((secret) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
  Buffer.from(`alicia:${secret}`).toString('base64'),
  Buffer.from(`walker:${secret}`).toString('base64'),
])
const found = (text: string): string[] => forms.filter((form) => text.includes(form))

let home: string
let app: SeeklineApp
let client: Client<SeeklineContract>
let registry: ReverseProxy
let bootstrap: string
const told: string[] = []

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-registry-secrets-'))
  process.env['SEEKLINE_TEST_REGISTRY'] = fromEnvironment
  const right = `Basic ${Buffer.from(`alicia:${secrets.password}`).toString('base64')}`
  registry = await reverseProxy('http://127.0.0.1:1', ({ headers }, answer) => {
    const sent = String(headers.authorization)
    if (sent === right) return answerWith(answer, 200, [])
    const plain = Buffer.from(sent.replace(/^\w+ /, ''), 'base64').toString()
    return answerWith(answer, 401, {
      error_code: 401,
      message: `${sent} is not ${plain}, ${encodeURIComponent(plain)}, ${String(headers['x-amz-security-token'])}`,
    })
  })
  const log = createLog({ folder: path.join(home, 'logs'), name: 'app', secrets: () => app?.seenSecrets() ?? [] })
  app = await createApp({ dataDir: home, textLog: log })
  client = createClient<SeeklineContract>(inProcess(app.router))
})

afterAll(async () => {
  delete process.env['SEEKLINE_TEST_REGISTRY']
  await app?.close()
  await registry?.stop()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

async function say(work: Promise<unknown>): Promise<void> {
  const answer = await work.catch((error: unknown) => error)
  const { message, hint, details } = answer as { message?: string; hint?: string; details?: object }
  told.push(JSON.stringify([answer, message, hint, details], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) // oxfmt-ignore
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const paths = names.map((name) => path.join(folder, name))
  const texts = await Promise.all(paths.map(async (file) => ((await stat(file)).isFile() ? await readFile(file, 'utf8') : ''))) // oxfmt-ignore
  return texts
}

it('the registry’s secrets stand nowhere after they were used', async () => {
  const of = (auth: RegistryAuth, more: object = {}) =>
    newProfile('secret-registry', { name: 'Secret', brokers: [bootstrap], registry: newRegistry({ urls: [registry.url], auth, ...more }) }) // oxfmt-ignore
  const basic = { kind: 'basic', username: 'alicia' } as const
  const test = (profile: ReturnType<typeof of>, registrySecrets: object) =>
    say(client.call('schemas.test', { profile, registrySecrets }))
  await test(of(basic), { password: secrets.wrong })
  await test(of({ kind: 'bearer', logicalCluster: '', identityPool: '' }), { token: secrets.token })
  const { secretKey, sessionToken } = secrets
  await test(of({ kind: 'aws', accessKeyId: 'AKIATEST' }, { kind: 'glue' }), { secretKey, sessionToken })
  expect(registry.seen.at(-1)?.headers).toMatchObject({ 'x-amz-security-token': sessionToken })
  const proxy = { url: 'http://127.0.0.1:1', username: 'walker' }
  await test(of(basic, { proxy }), { password: secrets.password, proxyPassword: secrets.proxy })
  await say(client.call('profiles.save', { profile: of(basic), registrySecrets: { password: secrets.wrong } }))
  const { connectionId } = await client.call('connections.open', { profileId: of(basic).id })
  await say(client.call('schemas.subjects', { connectionId }))
  await say(client.call('schemas.entrust', { connectionId, secrets: { password: '${env:SEEKLINE_TEST_REGISTRY}' } }))
  await say(client.call('schemas.about', { connectionId }))
  await say(client.call('schemas.entrust', { connectionId, secrets: { password: secrets.password } }))
  await say(client.call('schemas.subjects', { connectionId }))
  await say(client.call('profiles.list', {}))
  expect(told.at(-2)).toContain('"total":0')
  // The one from the environment was used, too: typing it is agreeing to it.
  expect(registry.seen.map(({ headers }) => headers.authorization)).toContain(`Basic ${Buffer.from(`alicia:${fromEnvironment}`).toString('base64')}`) // oxfmt-ignore
  const bundle = await client.call('diagnostics.bundle', {})
  const archive = gunzipSync(bundle.content).toString('utf8')
  const { items } = await client.call('profiles.list', {})
  const exported = items.map(({ profile }) => profileFile(profile).text)
  for (const text of [...told, ...(await filesOf(home)), archive, ...exported]) expect(found(text)).toEqual([])
  // The archive must not contain the registry's address either.
  expect(archive).not.toContain(new URL(registry.url).host)
})
