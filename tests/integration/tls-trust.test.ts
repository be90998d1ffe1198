import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import type net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import type { Tls } from '#shared/model/tls.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { freePorts } from '../../scripts/lib/ports.ts'
import { createKafkaClient } from '../../electron/kafka/client/connect.ts'
import { connectionSpec } from '../../electron/services/connections/spec-of-profile.ts'
import { issue, type Issued, openssl, opensslCommand } from '../support/pki.ts'

// Real handshakes with openssl's server and with Node's, each with one thing wrong.

let folder = ''
let ca: Issued
let other: Issued
let rogue: Issued
let server: Issued
let rogueServer: Issued
const at = (name: string): string => path.join(folder, name)

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-trust-'))
  ca = await issue(folder, 'ca', { isCa: true, commonName: 'Corp CA' })
  other = await issue(folder, 'other', { isCa: true, commonName: 'Other CA' })
  rogue = await issue(folder, 'rogue', { isCa: true, commonName: 'Rogue CA' })
  server = await issue(folder, 'server', { by: ca, names: ['ip:127.0.0.1'] })
  rogueServer = await issue(folder, 'rogue-server', { by: rogue, names: ['ip:127.0.0.1'] })
  const alice = await issue(folder, 'alice', { by: ca })
  await openssl('pkcs12', '-export', '-in', alice.certFile, '-inkey', alice.keyFile, '-certfile', rogue.certFile, '-out', at('alice.p12'), '-passout', 'pass:pw') // oxfmt-ignore
  await fs.writeFile(at('alice-and-rogue.pem'), alice.cert + rogue.cert)
})
afterAll(() => fs.rm(folder, { recursive: true, force: true }))

const file = (place: string) => ({ source: 'file' as const, path: place })

/** Connects by a profile; the error, or null. */
async function attempt(port: number, settings: Partial<Tls>, secrets: Secrets = {}, host = '127.0.0.1') {
  const profile = newProfile('p', {
    brokers: [`${host}:${port}`],
    tls: { enabled: true, ...settings },
    sasl: { mechanism: 'PLAIN', username: 'alice' },
  })
  try {
    const spec = await connectionSpec(profile, { password: 'geheim-4711', ...secrets }, '0.1.0')
    const client = createKafkaClient({ ...spec, connectTimeoutMs: 3_000 }, 'read-only')
    await client.connection('any').finally(() => client.close())
    return null
  } catch (error) {
    return error as SeeklineError
  }
}

describe('who a client certificate makes us believe', () => {
  const pkcs12: Partial<Tls> = { clientCertificate: { kind: 'pkcs12', keystore: { source: 'file', path: '' } } }
  const identities: [string, () => Partial<Tls>][] = [
    ['a PKCS12 store with the server’s CA', () => ({ ...pkcs12, clientCertificate: { kind: 'pkcs12', keystore: file(at('alice.p12')) } })], // oxfmt-ignore
    ['a PEM chain with the server’s CA', () => ({ clientCertificate: { kind: 'pem', certificate: file(at('alice-and-rogue.pem')), key: file(at('alice.key')) } })], // oxfmt-ignore
  ]

  /** What openssl's server, which asks for a client certificate, got to read: everything that was decrypted there. */
  async function received(
    trust: Tls['ca'],
    identity: Partial<Tls>,
  ): Promise<{ error: SeeklineError | null; bytes: Buffer }> {
    const [port] = (await freePorts(1)) as [number]
    const child: ChildProcess = spawn(opensslCommand, ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', rogueServer.certFile, '-key', rogueServer.keyFile, '-cert_chain', rogue.certFile, '-Verify', '3', '-CAfile', ca.certFile, '-naccept', '1'], { stdio: ['pipe', 'pipe', 'pipe'] }) // oxfmt-ignore
    const out: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    const accepting = new Promise<void>((resolve) => {
      child.stdout?.on('data', () => Buffer.concat(out).includes('ACCEPT') && resolve())
    })
    await accepting
    const ended = once(child, 'close')
    const error = await attempt(port, { ca: trust, ...identity }, { keystorePassphrase: 'pw' })
    await ended
    return { error, bytes: Buffer.concat(out) }
  }

  it.each(identities)('%s: a server of that CA is refused, and gets not one byte', async (_what, identity) => {
    const { error, bytes } = await received(file(other.certFile), identity())
    expect(error).toMatchObject({ code: 'connect.tls', message: expect.stringContaining('signed by Rogue CA') })
    expect(bytes.includes('seekline')).toBe(false)
    expect(bytes.includes('geheim-4711')).toBe(false)
  })

  it.each(identities)(
    '%s: where that CA is trusted, the same server gets our first request',
    async (_what, identity) => {
      const { error, bytes } = await received(file(rogue.certFile), identity())
      // It then hangs up, or stays silent: it is not Kafka.
      expect(error?.code).toMatch(/^connect\./)
      expect(bytes.includes('seekline')).toBe(true)
    },
  )
})

describe('what is wrong with a server', () => {
  const servers: tls.Server[] = []
  afterAll(() => {
    for (const one of servers) one.close()
  })

  async function listen(options: tls.TlsOptions): Promise<number> {
    const made = tls.createServer(options, (socket) => socket.destroy())
    made.on('tlsClientError', () => undefined)
    servers.push(made)
    made.listen(0, '127.0.0.1')
    await once(made, 'listening')
    return (made.address() as net.AddressInfo).port
  }
  const trusting = (authority: Issued): Partial<Tls> => ({ ca: file(authority.certFile) })
  const say = async (options: tls.TlsOptions, settings: Partial<Tls>, host?: string): Promise<string> => {
    const error = await attempt(await listen(options), settings, {}, host)
    expect(error).toMatchObject({ code: 'connect.tls', hint: expect.stringMatching(/\w/) })
    return `${error!.message} ${error!.hint}`
  }
  const of = (one: Issued, ...chain: Issued[]) => ({
    cert: one.cert + chain.map(({ cert }) => cert).join(''),
    key: one.key,
  })

  it('a CA that is set and wrong is named, with what it holds', async () => {
    const said = await say(of(server, ca), trusting(other))
    expect(said).toContain(
      `is signed by Corp CA, and by no authority of the CA file ${other.certFile}, which holds Other CA`,
    )
    expect(said).not.toMatch(/Add the cluster/)
    const alone = await say(of(server), trusting(other))
    expect(alone).toContain('the broker does not send what leads to it')
  })

  it('no CA set: says to add it', async () => {
    expect(await say(of(server, ca), { ca: { source: 'system' } })).toMatch(
      /this computer does not know.*Add the cluster's CA/,
    )
    const own = await issue(folder, 'self', { names: ['ip:127.0.0.1'] })
    expect(await say(of(own), { ca: { source: 'system' } })).toMatch(/is signed by itself.*Add the cluster's CA/)
    expect(await say(of(own), trusting(ca))).toContain('is signed by itself, and by no authority of the CA file')
  })

  it('a CA of the same name with another key is told from a wrong one', async () => {
    const renewed = await issue(folder, 'renewed', { isCa: true, commonName: 'Corp CA' })
    expect(await say(of(server), trusting(renewed))).toContain('not by the key of the authority of that name')
  })

  it('a CA in the profile that expired is not the broker’s fault', async () => {
    const old = await issue(folder, 'old', { isCa: true, commonName: 'Old CA', from: -30, to: -1 })
    const under = await issue(folder, 'under', { by: old, names: ['ip:127.0.0.1'] })
    // Alone in its file it is refused before connecting; beside a good one it is left out.
    const alone = await attempt(await listen(of(under, old)), trusting(old))
    expect(alone?.message).toMatch(/^The CA file .* holds Old CA \(expired on/)
    await fs.writeFile(at('both.pem'), old.cert + ca.cert)
    const said = await say(of(under, old), { ca: file(at('both.pem')) })
    expect(said).toMatch(/hangs on the authority Old CA \(expired on .*the certificate itself may be in order/)
    expect(await say(of(under), { ca: file(at('both.pem')) })).toContain('hangs on the authority Old CA (expired on')
  })

  it.each([
    ['has expired', { from: -9, to: -2 }, /The certificate of 127.0.0.1:\d+ expired on \d{4}/],
    ['is not valid yet', { from: 2, to: 9 }, /The certificate of 127.0.0.1:\d+ is not valid before \d{4}/],
  ])('a server’s certificate that %s', async (_what, dates, words) => {
    const one = await issue(folder, `dated${dates.from}`, { by: ca, names: ['ip:127.0.0.1'], ...dates })
    expect(await say(of(one, ca), trusting(ca))).toMatch(words)
  })

  it('an authority between that expired is named', async () => {
    const middle = await issue(folder, 'middle', { isCa: true, by: ca, commonName: 'Middle CA', from: -9, to: -2 })
    const one = await issue(folder, 'below', { by: middle, names: ['ip:127.0.0.1'] })
    expect(await say(of(one, middle), trusting(ca))).toContain(
      'hangs on the authority Middle CA, whose certificate expired on',
    )
  })

  it.each([
    [
      ['dns:kafka-1.corp', 'ip:10.0.0.1'],
      undefined,
      'it is for kafka-1.corp (DNS), 10.0.0.1 (IP), and not for 127.0.0.1',
    ],
    [[], undefined, 'it is for named (common name), and not for 127.0.0.1'],
    [['dns:kafka-1.corp'], 'kafka-2.corp', 'it is for kafka-1.corp (DNS), and not for kafka-2.corp'],
    [Array.from({ length: 30 }, (_, n) => `dns:kafka-${n}.corp`), undefined, 'and 18 more, and not for 127.0.0.1'],
  ])('a certificate for other hosts lists them: %o', async (names, serverName, words) => {
    const one = await issue(folder, 'named', { by: ca, names })
    expect(await say(of(one, ca), { ...trusting(ca), serverName: serverName ?? null })).toContain(words)
  })

  it('a signer that is no authority', async () => {
    const leaf = await issue(folder, 'leaf', { by: ca })
    const one = await issue(folder, 'by-leaf', { by: leaf, names: ['ip:127.0.0.1'] })
    expect(await say(of(one, leaf, ca), trusting(ca))).toContain('was signed by leaf, which is no authority')
  })

  it.each([
    [
      'old TLS only',
      { minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const, ciphers: 'DEFAULT@SECLEVEL=0' },
      /only versions of TLS that are no longer safe/,
    ],
    [
      'no cipher in common',
      { maxVersion: 'TLSv1.2' as const, ciphers: 'CAMELLIA256-SHA' },
      /no way of encryption that both take/,
    ],
    ['a client certificate wanted', { requestCert: true, rejectUnauthorized: true }, /client certificate/],
  ])('%s', async (_what, options, words) => {
    expect(await say({ ...of(server), ...options }, trusting(ca))).toMatch(words)
  })

  it('trusts what is named, an intermediate or the server’s own certificate too', async () => {
    const middle = await issue(folder, 'good-middle', { isCa: true, by: ca })
    const one = await issue(folder, 'good', { by: middle, names: ['ip:127.0.0.1'] })
    for (const trusted of [middle, one]) {
      const error = await attempt(await listen(of(one, middle)), trusting(trusted))
      // The server hangs up after the handshake: it was believed.
      expect(error?.message).toContain('right after the TLS handshake')
    }
  })
})
