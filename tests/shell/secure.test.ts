import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { Tls } from '#shared/model/tls.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { fittingPassphrase } from '../support/fitting-passphrase.ts'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { startShell, type ShellApp } from './shell-app.ts'
import { steps } from './steps.ts'
import { scryptKey } from './scrypt-key.ts'

// Electron's TLS is BoringSSL, not the OpenSSL of the Node that all other tests run on.

const { targets } = inject('shell')
const { listeners, certificates, ...kafka } = inject('secure')
const topic = uniqueName('alice-orders')

beforeAll(async () => {
  const tools = await toolsFor(kafka)
  await tools.createTopic(topic, 1)
  await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: 'a\nb\nc\nd\ne' })
})

const file = (place: string) => ({ source: 'file' as const, path: place })
const { alice, passphrase } = certificates
const pem = (key: string): Partial<Tls> => ({
  clientCertificate: { kind: 'pem', certificate: file(alice.cert), key: file(key) },
})
const password = 'alice-secret'

interface Way {
  name: string
  brokers: string | undefined
  tls?: Partial<Tls>
  sasl?: Profile['sasl']
  secrets?: SecretsInput
}

const ways: Way[] = [
  { name: 'TLS', brokers: listeners.sslWrongHost, tls: { serverName: 'elsewhere.example' } },
  { name: 'mTLS', brokers: listeners.ssl, tls: pem(alice.key) },
  { name: 'mTLS, encrypted key', brokers: listeners.ssl, tls: pem(alice.encryptedKey), secrets: { keyPassphrase: passphrase } },
  {
    name: 'mTLS, PKCS12',
    brokers: listeners.ssl,
    tls: { clientCertificate: { kind: 'pkcs12', keystore: file(alice.pkcs12) } },
    secrets: { keystorePassphrase: passphrase },
  },
  { name: 'SCRAM-SHA-256', brokers: listeners.saslPlaintext, sasl: { mechanism: 'SCRAM-SHA-256', username: 'alice' }, secrets: { password } },
  { name: 'SCRAM-SHA-512 over TLS', brokers: listeners.saslSsl, tls: {}, sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' }, secrets: { password } },
] // oxfmt-ignore

function profileOf({ name, brokers = '', tls, sasl }: Way): Profile {
  return newProfile(name.toLowerCase().replaceAll(/\W+/g, '-'), {
    name,
    brokers: brokers.split(','),
    ...(tls === undefined ? {} : { tls: { ...newProfile('x', {}).tls, enabled: true, ca: file(certificates.ca), ...tls } }), // oxfmt-ignore
    ...(sasl === undefined ? {} : { sasl }),
  })
}

describe.each(targets)('over secure listeners, $name', (target) => {
  let app: ShellApp
  beforeAll(async () => {
    app = await startShell(target)
  })
  afterAll(async () => app?.close())

  test.each(ways)('$name: connected and browsed from the page, over IPC and a port', async (way) => {
    const rows = await app.page.run(
      async (profile, secrets, name) => {
        const client = window.seeklineTest.client()
        await client.call('profiles.save', { profile, secrets })
        const { connectionId } = await client.call('connections.open', { profileId: profile.id })
        let count = 0
        const where = { connectionId, topic: name, start: { at: 'log-start' } } as const
        await client.openStream('messages.browse', where, { onBatch: (batch) => void (count += batch.count) })
        return count
      },
      profileOf(way),
      way.secrets ?? {},
      topic,
    )
    expect(rows).toBe(5)
  })

  test('a wrong passphrase is told as such', async () => {
    const error = await failureOf(profileOf(ways[2]!), { keyPassphrase: 'hunter2' })
    expect(error).toMatchObject({ code: 'connect.tls', message: expect.stringContaining('passphrase') })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  test('one whose padding fits by chance, too', async () => {
    const keyPassphrase = fittingPassphrase(await fs.readFile(alice.encryptedKey, 'utf8'))
    const error = await failureOf(profileOf(ways[2]!), { keyPassphrase })
    expect(error).toMatchObject({
      code: 'connect.tls',
      message: expect.stringContaining('cannot be opened with this passphrase'),
      hint: expect.stringMatching(/^Check the (key and its )?passphrase/),
    })
  })

  test('a key in a form that BoringSSL does not read is told with the command that converts it', async () => {
    const key = path.join(app.home, 'scrypt.key')
    await fs.writeFile(key, scryptKey.pem)
    const error = await failureOf(profileOf({ name: 'scrypt', brokers: listeners.ssl, tls: pem(key) }), { keyPassphrase: scryptKey.passphrase }) // oxfmt-ignore
    expect(error).toMatchObject({ code: 'connect.tls', hint: expect.stringContaining('openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256') }) // oxfmt-ignore
  })

  test('the page shows what was read over SCRAM', async () => {
    const { page } = app
    await page.cdp.Page.reload({})
    const see = steps(page)
    await see.connect('SCRAM-SHA-512 over TLS')
    await see.openTopic(topic)
    expect(await page.reads('5 records loaded')).toContain('SCRAM-SHA-512 over TLS')
    await page.screenshot('scram')
  })

  async function failureOf(profile: Profile, secrets: SecretsInput) {
    return app.page.run(
      async (given, typed) => {
        const report = await window.seeklineTest.client().call('connections.test', { profile: given, secrets: typed })
        return report.error
      },
      profile,
      secrets,
    )
  }
})
