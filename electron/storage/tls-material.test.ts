import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokersOf } from '#shared/model/endpoints.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { ClientCertificate, Tls } from '#shared/model/tls.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import { loadTls } from './tls-material.ts'
import { certificate, encryptedKey, keystore, otherKey, privateKey } from './fixtures/tls-test-material.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-tls-'))
  await writeFile(join(folder, 'cert.pem'), certificate)
  await writeFile(join(folder, 'key.pem'), privateKey)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const load = (tls: Partial<Tls>, secrets: Secrets = {}) =>
  loadOf(newProfile('p', { name: 'Live', tls: { enabled: true, ...tls } }), secrets)
const loadOf = (profile: Profile, secrets: Secrets) => loadTls(profile.tls, secrets, brokersOf(profile))
const pem = (key: { source: 'secret' } | { source: 'file'; path: string }): Partial<Tls> => ({
  clientCertificate: { kind: 'pem', certificate: { source: 'text', pem: certificate }, key },
})
const pkcs12: ClientCertificate = { kind: 'pkcs12', keystore: { source: 'secret' } }

describe('TLS material', () => {
  it('is absent without TLS, and trusts the system by default', async () => {
    expect(await load({ enabled: false })).toBeNull()
    expect(await load({})).toEqual({ rejectUnauthorized: true, checkHostName: true })
  })

  it('carries a handshake in which both sides are verified', async () => {
    const material = await load(
      {
        ca: { source: 'file', path: join(folder, 'cert.pem') },
        serverName: 'seekline-test',
        ...pem({ source: 'secret' }),
      },
      { privateKey: encryptedKey, keyPassphrase: 'secret1' },
    )
    const server = createServer({ cert: certificate, key: privateKey, ca: certificate, requestCert: true })
    const seen = new Promise<boolean>((resolve) =>
      server.on('secureConnection', (socket) => {
        resolve(socket.authorized)
        socket.end()
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    if (material === null) throw new Error('TLS is on')
    const { ca = [], cert = '', key = '', servername = '' } = material
    const socket = connect({ host: '127.0.0.1', port, ca: [...ca], cert, key, servername })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    expect(await seen).toBe(true)
    socket.destroy()
    server.close()
  })

  it('takes a key from a file or a keystore, with the right passphrase', async () => {
    expect(await load(pem({ source: 'file', path: join(folder, 'key.pem') }))).toMatchObject({ key: privateKey })
    const material = await load({ clientCertificate: pkcs12 }, { keystore, keystorePassphrase: 'secret2' })
    expect(material).toMatchObject({ cert: certificate, key: privateKey })
  })

  it.each([
    ['an encrypted key', pem({ source: 'secret' }), { privateKey: encryptedKey }, 'keyPassphrase'],
    ['a locked keystore', { clientCertificate: pkcs12 }, { keystore }, 'keystorePassphrase'],
  ] as const)('asks for the passphrase of %s', async (_what, tls, secrets, name) => {
    await expect(load(tls, secrets)).rejects.toMatchObject({
      code: 'connect.secret',
      details: { needs: [{ name, why: 'unknown' }] },
    })
  })

  it.each<[string, Partial<Tls>, Secrets, string]>([
    [
      'a wrong key passphrase',
      pem({ source: 'secret' }),
      { privateKey: encryptedKey, keyPassphrase: 'x' },
      'cannot be opened with this passphrase',
    ],
    [
      'a wrong keystore passphrase',
      { clientCertificate: pkcs12 },
      { keystore, keystorePassphrase: 'x' },
      'cannot be opened with this passphrase',
    ],
    ['a key of another certificate', pem({ source: 'secret' }), { privateKey: otherKey }, 'does not belong'],
    ['garbage for a key', pem({ source: 'secret' }), { privateKey: 'garbage' }, 'neither PEM'],
    ['a missing file', pem({ source: 'file', path: '/none/key.pem' }), {}, '/none/key.pem is not there'],
    ['a folder for a file', { ca: { source: 'file', path: tmpdir() } }, {}, 'is a folder'],
    ['a device that never ends', { ca: { source: 'file', path: '/dev/zero' } }, {}, 'is a folder, a device'],
  ])('names %s', async (_what, tls, secrets, words) => {
    await expect(load(tls, secrets)).rejects.toMatchObject({
      code: 'connect.tls',
      message: expect.stringContaining(words),
    })
  })

  it('checks less only where that was chosen', async () => {
    expect(await load({ verify: false })).toEqual({ rejectUnauthorized: false, checkHostName: false })
    expect(await load({ verifyHostName: false })).toEqual({ rejectUnauthorized: true, checkHostName: false })
  })
})
