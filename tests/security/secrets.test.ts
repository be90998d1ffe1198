import { execFile } from 'node:child_process'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { SafeStorage } from 'electron'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { profileFile } from '#shared/model/profile-file.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import type { ClientTransport } from '#shared/wire/frames.ts'
import { createApp, type SeeklineApp } from '../../electron/app-services.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'
import { createLog } from '../../electron/storage/log.ts'
import { keychainBox } from '../../electron/storage/secret-encryption.ts'
import { memoryBox, type SecretBox } from '../../electron/storage/secrets.ts'
import { authenticated, SASL_AUTHENTICATE, startFakeBroker, type FakeBroker } from '../support/fake-broker.ts'

// After use, nothing of a secret may be found: in no file of the data folder, no log, no frame that goes to the page, no
// error, no diagnostics, no export. The broker here repeats the password in its refusal, as some log-in modules do.

const secrets = {
  password: 'Pa55-wörd "quoted" \\ Zx81',
  keyPassphrase: 'key-phrase-7c2f91e0',
  keystorePassphrase: 'store-phrase-5d1b',
  privateKey: '-----BEGIN PRIVATE KEY-----\nbm90LWEta2V5LWJ1dC1sb29rcy1saWtlLW9uZQ==\n-----END PRIVATE KEY-----',
  keystore: Buffer.from('keystore-bytes-of-nobody').toString('base64'),
}
const fromEnvironment = 'env-secret-93ab'
const wrong = 'wrong-password-1f00'

/** As they might be written: raw, escaped, and encoded. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const shifted = [0, 1, 2].map((n) =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString('base64')
      .slice(n === 0 ? 0 : 4, -4),
  )
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('latin1'),
    ...shifted,
  ].filter((form) => form.length > 8)
}
const forbidden = [...Object.values(secrets), fromEnvironment, wrong].flatMap((secret) =>
  secret.startsWith('-----') ? forms(secret.split('\n')[1]!) : forms(secret),
)
const found = (text: string): string[] => forbidden.filter((form) => text.includes(form))

/** Electron's safeStorage with a key of its own, which can be changed as an operating system does. */
function fakeSafeStorage() {
  const keys = [randomBytes(32)]
  const used = {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    getSelectedStorageBackend: () => 'gnome_libsecret' as const,
    encryptStringAsync: (text: string) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keys.at(-1)!, iv)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Promise.resolve(Buffer.concat([Buffer.from([keys.length - 1]), iv, cipher.getAuthTag(), sealed]))
    },
    decryptStringAsync: (sealed: Buffer) => {
      const version = sealed[0]!
      const decipher = createDecipheriv('aes-256-gcm', keys[version]!, sealed.subarray(1, 13))
      decipher.setAuthTag(sealed.subarray(13, 29))
      const result = Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8')
      return Promise.resolve({ result, shouldReEncrypt: version < keys.length - 1 })
    },
  } satisfies Partial<SafeStorage>
  return { keychain: used, rotate: () => keys.push(randomBytes(32)) }
}

let home: string
let broker: FakeBroker
let app: SeeklineApp
let client: Client<SeeklineContract>
/** Everything that went to the page, as text. */
let sent: string[]
let errors: unknown[]

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-secrets-'))
  process.env['SEEKLINE_TEST_SECRET'] = fromEnvironment
  broker = await startFakeBroker(({ key, body }) => {
    if (key !== SASL_AUTHENTICATE) return undefined
    const given = body.subarray(4).toString('utf8').split('\0')
    if (given[2] === secrets.password || given[2] === fromEnvironment) return authenticated(0, null, '')
    const encoded = `${encodeURIComponent(given[2]!)} ${Buffer.from(given[2]!).toString('base64')}`
    return authenticated(58, `user ${given[1]} with password ${given[2]} (${encoded}) was refused`, '')
  })
})
afterEach(async () => {
  delete process.env['SEEKLINE_TEST_SECRET']
  await app?.close()
  broker.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

async function start(box: SecretBox): Promise<void> {
  sent = []
  errors = []
  const log = createLog({ folder: path.join(home, 'logs'), name: 'app', secrets: () => app?.seenSecrets() ?? [] })
  app = await createApp({ dataDir: home, secretBox: box, textLog: log })
  const wire = inProcess(app.router)
  const seen = (value: unknown): void => void sent.push(text(value))
  const transport: ClientTransport = {
    ...wire,
    call: async (request) => {
      const answer = await wire.call(request)
      // What is pasted comes back as a draft, to the page that pasted it; the rest of that answer is looked at as well.
      const { secrets: _, ...rest } = (answer.ok ? answer.value : {}) as { secrets?: unknown }
      seen(request.route === 'profiles.import' ? rest : answer)
      return answer
    },
    stream: (request, onFrame) => wire.stream(request, (frame) => (seen(frame), onFrame(frame))),
  }
  client = createClient<SeeklineContract>(transport)
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? `${item}` : item instanceof Uint8Array ? Buffer.from(item).toString('latin1') : item,
  )
}

const attempt = async (work: Promise<unknown>): Promise<void> => {
  await work.then(
    () => undefined,
    (error: unknown) => void errors.push(error),
  )
}

const profileOf = (part: Partial<Profile> = {}): Profile =>
  newProfile('vault', {
    name: 'Vault',
    brokers: [`127.0.0.1:${broker.port}`],
    sasl: { mechanism: 'PLAIN', username: 'alice' },
    ...part,
  })

/** A day with secrets: right, wrong, by the environment, with TLS that fails, pasted, exported, reported. */
async function use(): Promise<void> {
  const watching = new AbortController()
  const watch = client.openStream('connections.watch', {}, { signal: watching.signal })
  const plain = profileOf()
  await client.call('profiles.save', { profile: plain, secrets })
  await attempt(client.call('connections.test', { profile: plain, secrets: {} }))
  await attempt(client.call('connections.test', { profile: plain, secrets: { password: wrong } }))
  const opened = await client.call('connections.open', { profileId: plain.id })
  await client.call('connections.describe', { connectionId: opened.connectionId })
  await client.call('connections.close', { connectionId: opened.connectionId })
  await attempt(client.call('connections.open', { profileId: plain.id, secrets: { password: wrong } }))
  await attempt(client.call('connections.open', { profileId: plain.id }))
  await client.call('profiles.save', { profile: plain, secrets: { password: secrets.password } })

  const pem = '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----'
  for (const clientCertificate of [
    { kind: 'pem', certificate: { source: 'text', pem }, key: { source: 'secret' } },
    { kind: 'pkcs12', keystore: { source: 'secret' } },
    { kind: 'none' },
  ] as const) {
    const tls = { ...plain.tls, enabled: true, clientCertificate }
    const profile = newProfile(`tls-${clientCertificate.kind}`, {
      ...plain,
      name: `TLS ${clientCertificate.kind}`,
      tls,
    })
    await client.call('profiles.save', { profile, secrets })
    await attempt(client.call('connections.test', { profile, secrets: {} }))
    await attempt(client.call('connections.open', { profileId: profile.id }))
  }

  const byName = newProfile('by-name', { ...plain, name: 'By name' })
  const { profile } = await client.call('profiles.save', {
    profile: byName,
    secrets: { password: '${env:SEEKLINE_TEST_SECRET}' },
  })
  await openAgreed(profile.id)
  await client.call('profiles.duplicate', { id: profile.id })

  await client.call('profiles.import', {
    text: [
      `bootstrap.servers=127.0.0.1:${broker.port}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=PLAIN',
      `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="${wrong}";`,
      `ssl.key.password=${secrets.keyPassphrase}`,
      `ssl.keystore.password=${secrets.keystorePassphrase}`,
      `ssl.truststore.password=${secrets.keystorePassphrase}`,
      `sasl.password=${wrong}`,
      `basic.auth.user.info=alice:${wrong}`,
    ].join('\n'),
  })
  // A slip: a secret where none belongs.
  await attempt(client.call('profiles.save', { profile: { ...plain, [secrets.password]: 1 }, secrets: {} } as never))
  await attempt(client.call('profiles.save', { profile: plain, secrets: { password: [secrets.password] } } as never))
  await client.call('diagnostics.note', { where: 'page', message: `failed with ${secrets.password}`, stack: wrong })
  await client.call('profiles.list', {})
  watching.abort()
  await watch.catch(() => undefined)
}

/** Opens what reads its secret from the environment: asked first, and agreed to. */
async function openAgreed(profileId: Profile['id']): Promise<void> {
  const error = await client.call('connections.open', { profileId }).catch((thrown: unknown) => thrown)
  const needs = (error as { details?: { needs?: { agreement?: string }[] } }).details?.needs ?? []
  const agreed = needs.flatMap(({ agreement }) => agreement ?? [])
  expect(agreed).toHaveLength(1)
  await client.call('connections.open', { profileId, agreed })
}

async function files(folder: string): Promise<{ name: string; content: Buffer }[]> {
  const names = await readdir(folder, { recursive: true })
  const all = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name)
      return (await stat(file)).isFile() ? [{ name, content: await readFile(file) }] : []
    }),
  )
  return all.flat()
}

async function expectNothingLeft(): Promise<void> {
  const { content } = await client.call('diagnostics.bundle', {})
  for (const { name, content: bytes } of [
    ...(await files(home)),
    { name: 'diagnostics', content: gunzipSync(content) },
  ]) {
    expect(found(bytes.toString('latin1')).concat(found(bytes.toString('utf8'))), `${name}`).toEqual([])
  }
  expect(sent.length).toBeGreaterThan(20)
  for (const frame of sent) expect(found(frame), `${frame.slice(0, 300)}`).toEqual([])
  for (const error of errors) expect(found(text(error) + String(error) + String((error as Error).stack))).toEqual([])
  for (const { profile } of (await client.call('profiles.list', {})).items) {
    expect(found(profileFile(profile).text)).toEqual([])
  }
}

describe('secrets', () => {
  it('leave no trace with a keychain, are sealed in their file, and are sealed anew when the key changed', async () => {
    const { keychain, rotate } = fakeSafeStorage()
    await start((await keychainBox(keychain, 'linux'))!)
    await use()
    await expectNothingLeft()
    expect(errors.length).toBeGreaterThan(3)
    const file = path.join(home, 'secrets.json')
    const before = await readFile(file, 'utf8')
    expect(JSON.parse(before)).toMatchObject({ kind: 'seekline.secrets' })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await app.close()

    rotate()
    await start((await keychainBox(keychain, 'linux'))!)
    await client.call('connections.open', { profileId: profileOf().id })
    const after = await readFile(file, 'utf8')
    expect(after).not.toBe(before)
    expect(found(after)).toEqual([])
    await app.close()
    await start((await keychainBox(keychain, 'linux'))!)
    await client.call('connections.open', { profileId: profileOf().id })
    expect(await readFile(file, 'utf8')).toBe(after)
  })

  it('leave no trace without a keychain, and are in no file at all', async () => {
    await start(memoryBox())
    await use()
    await expectNothingLeft()
    expect((await files(home)).map(({ name }) => name)).not.toContain('secrets.json')
    await app.close()
    await start(memoryBox())
    await expect(client.call('connections.open', { profileId: profileOf().id })).rejects.toMatchObject({
      code: 'connect.secret',
    })
  })

  it('are refused to a keychain that hides nothing, and the page is told why', async () => {
    const { keychain } = fakeSafeStorage()
    const basic = { ...keychain, getSelectedStorageBackend: () => 'basic_text' as const }
    expect(await keychainBox(basic, 'linux')).toBeNull()
    await start(memoryBox('This system offers no keychain'))
    const info = await client.call('app.info', {})
    expect(info.secrets).toMatchObject({ kind: 'memory', sentence: expect.stringContaining('this run only') })
  })

  it('given in the environment do not come out of the shell', async () => {
    await start(memoryBox())
    const profile = profileOf({ secretReferences: { password: '${env:SEEKLINE_TEST_SECRET}' } })
    await client.call('profiles.save', { profile })
    await openAgreed(profile.id)
    const api = path.join(import.meta.dirname, '../../electron/api.ts')
    const run = promisify(execFile)
    const shell = (secret: string, ...args: string[]) =>
      run(process.execPath, [api, ...args, '--profile', 'Vault'], {
        env: { ...process.env, SEEKLINE_HOME: home, SEEKLINE_TEST_SECRET: secret },
        timeout: 240_000,
      }).catch((error: { stdout: string; stderr: string }) => error)
    for (const { stdout, stderr } of [
      await shell(fromEnvironment, 'connections.describe'),
      await shell(wrong, 'connections.describe'),
      await shell(wrong, 'topics.list'),
      await shell(fromEnvironment, 'profiles.list'),
    ]) {
      expect(stdout + stderr).not.toBe('')
      expect(found(stdout + stderr)).toEqual([])
    }
  })
})
