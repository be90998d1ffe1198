import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokersOf } from '#shared/model/endpoints.ts'
import { newProfile } from '#shared/model/profile.ts'
import type { Tls } from '#shared/model/tls.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { askKeyWorker } from '../../electron/storage/key-files/key-thread.ts'
import { KeyFileError } from '../../electron/storage/key-files/key-task.ts'
import { readKeyFiles } from '../../electron/storage/key-files/read-key-files.ts'
import { loadTls, type TlsMaterial } from '../../electron/storage/tls-material.ts'
import { WrongPassphrase } from '../../electron/storage/key-files/key-store.ts'
import { openPkcs12 } from '../../electron/storage/key-files/pkcs12.ts'
import { fittingPassphrase } from '../support/fitting-passphrase.ts'
import { callKeytool, issue, type Issued, openssl } from '../support/pki.ts'

// Stores and keys as openssl and Java's keytool write them.

const pass = 'storepass'
let folder = ''
let ca: Issued
let middle: Issued
let alice: Issued
let expired: Issued
const at = (name: string): string => path.join(folder, name)
const write = (name: string, bytes: string | Uint8Array) => fs.writeFile(at(name), bytes)

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-keys-'))
  ca = await issue(folder, 'ca', { isCa: true })
  middle = await issue(folder, 'middle', { isCa: true, by: ca })
  alice = await issue(folder, 'alice', { by: middle })
  expired = await issue(folder, 'expired', { isCa: true, from: -30, to: -2 })
  await issue(folder, 'future', { isCa: true, from: 2, to: 30 })
  await write('chain.pem', middle.cert + ca.cert)
  const pkcs12 = (out: string, ...more: string[]) =>
    openssl('pkcs12', '-export', '-in', alice.certFile, '-inkey', alice.keyFile, '-certfile', at('chain.pem'), '-out', at(out), '-passout', `pass:${pass}`, ...more) // oxfmt-ignore
  await Promise.all([
    pkcs12('modern.p12', '-name', 'alice'),
    pkcs12('legacy.p12', '-legacy'),
    pkcs12('3des.p12', '-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'),
    pkcs12('nomac.p12', '-nomac'),
    pkcs12('slow.p12', '-iter', '50000'),
    openssl('pkcs12', '-export', '-nokeys', '-in', ca.certFile, '-out', at('nokeys.p12'), '-passout', `pass:${pass}`),
    openssl('pkcs12', '-export', '-nocerts', '-inkey', alice.keyFile, '-out', at('nocerts.p12'), '-passout', `pass:${pass}`), // oxfmt-ignore
    openssl('pkcs12', '-export', '-in', alice.certFile, '-inkey', alice.keyFile, '-out', at('umlaut.p12'), '-passout', 'pass:schlüssel'), // oxfmt-ignore
    openssl('pkcs12', '-export', '-in', alice.certFile, '-inkey', alice.keyFile, '-out', at('empty.p12'), '-passout', 'pass:'), // oxfmt-ignore
    openssl('x509', '-in', ca.certFile, '-outform', 'DER', '-out', at('ca.der')),
    openssl('x509', '-in', alice.certFile, '-outform', 'DER', '-out', at('alice.der')),
    openssl('pkey', '-in', alice.keyFile, '-outform', 'DER', '-out', at('alice.key.der')),
    openssl('pkcs8', '-topk8', '-in', alice.keyFile, '-out', at('alice.enc.key'), '-passout', 'pass:keypass'),
    openssl('pkcs8', '-topk8', '-in', alice.keyFile, '-outform', 'DER', '-out', at('alice.enc.der'), '-passout', 'pass:keypass'), // oxfmt-ignore
    openssl('rsa', '-aes128', '-traditional', '-in', alice.keyFile, '-out', at('alice.old.key'), '-passout', 'pass:keypass'), // oxfmt-ignore
    openssl('crl2pkcs7', '-nocrl', '-certfile', ca.certFile, '-outform', 'DER', '-out', at('ca.p7b')),
    openssl('req', '-new', '-key', alice.keyFile, '-subj', '/CN=x', '-out', at('alice.csr')),
    openssl('req', '-new', '-key', alice.keyFile, '-subj', '/CN=x', '-outform', 'DER', '-out', at('alice.csr.der')),
    openssl('x509', '-in', ca.certFile, '-trustout', '-addreject', 'serverAuth', '-out', at('trusted.pem')),
  ])
  const imported = (out: string, type: string, ...more: string[]) =>
    callKeytool('-importkeystore', '-noprompt', '-srckeystore', at('modern.p12'), '-srcstorepass', pass, '-destkeystore', at(out), '-deststoretype', type, '-deststorepass', pass, ...more) // oxfmt-ignore
  await Promise.all([
    imported('alice.jks', 'JKS'),
    imported('other-key-pass.jks', 'JKS', '-srcalias', 'alice', '-destkeypass', 'keypass'),
    imported('java.p12', 'PKCS12'),
    imported('alice.jceks', 'JCEKS'),
    ...['JKS', 'PKCS12'].map(
      (type) =>
      callKeytool('-importcert', '-noprompt', '-alias', 'ca', '-file', ca.certFile, '-keystore', at(`trust.${type}`), '-storetype', type, '-storepass', pass), // oxfmt-ignore
    ),
    callKeytool('-genkeypair', '-alias', 'ec', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=ec', '-keystore', at('ec.jks'), '-storetype', 'JKS', '-storepass', pass), // oxfmt-ignore
  ])
  for (const type of ['jks', 'p12']) {
    await fs.copyFile(at(type === 'jks' ? 'alice.jks' : 'java.p12'), at(`two.${type}`))
    await callKeytool('-genkeypair', '-alias', 'Second', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=second', '-keystore', at(`two.${type}`), '-storepass', pass) // oxfmt-ignore
    await callKeytool('-importcert', '-noprompt', '-alias', 'rogue', '-file', expired.certFile, '-keystore', at(`two.${type}`), '-storepass', pass) // oxfmt-ignore
  }
  await write('empty.pem', '')
  await write('blank.pem', ' \r\n\n')
  await write('alice-all.pem', `${alice.key}${ca.cert}${middle.cert}${alice.cert}`)
  await write('utf16.pem', Buffer.from(`\uFEFF${ca.cert.replaceAll('\n', '\r\n')}`, 'utf16le'))
  await write('utf16be.pem', Buffer.from(`\uFEFF${ca.cert}`, 'utf16le').swap16())
  await write('bom.pem', `\uFEFF${ca.cert}`)
  await write('base64.txt', (await fs.readFile(at('ca.der'))).toString('base64'))
  await write('base64-of-pem.txt', Buffer.from(ca.cert).toString('base64'))
  await write('page.pem', '<!DOCTYPE html><html><body>Sign in</body></html>')
  await write('cut.pem', ca.cert.slice(0, 400))
  await write('cut.der', (await fs.readFile(at('ca.der'))).subarray(0, 300))
  await write('damaged.pem', ca.cert.replace(/\n(.{10})/, '\n!!!!!!!!!!'))
  await write('rotten.pem', ca.cert.replace(/MII.{20}/, 'MIIAAAAAAAAAAAAAAAAAAAAAA'))
  await write('public.pem', await openssl('pkey', '-in', alice.keyFile, '-pubout'))
  await write('some-expired.pem', expired.cert + ca.cert)
  await write('noise', Buffer.from('f00dfeed00000001', 'hex'))
})
afterAll(() => fs.rm(folder, { recursive: true, force: true }))

const load = (tls: Partial<Tls>, secrets: Secrets = {}) => {
  const profile = newProfile('p', { name: 'Live', tls: { enabled: true, ...tls } })
  return loadTls(profile.tls, secrets, brokersOf(profile)) as Promise<TlsMaterial>
}
const file = (name: string) => ({ source: 'file' as const, path: at(name) })
const trust = (name: string, secrets: Secrets = {}) => load({ ca: file(name) }, secrets)
const store = (name: string, secrets: Secrets = {}, alias?: string) =>
  load(
    { clientCertificate: { kind: 'pkcs12', keystore: file(name), ...(alias === undefined ? {} : { alias }) } },
    secrets,
  )
const pem = (certificate: string, key: string, secrets: Secrets = {}) =>
  load({ clientCertificate: { kind: 'pem', certificate: file(certificate), key: file(key) } }, secrets)
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => {
      throw new Error('It was taken.')
    },
    (thrown: SeeklineError) => thrown,
  )
  expect(error.hint).toMatch(/\w/)
  return `${error.code}: ${error.message}`
}

describe('a client identity', () => {
  it.each(['modern.p12', 'legacy.p12', '3des.p12', 'nomac.p12', 'java.p12', 'alice.jks', 'slow.p12'])(
    'is taken out of %s, with its chain, and nothing of it is trusted',
    async (name) => {
      const material = await store(name, { keystorePassphrase: pass })
      expect(material).toEqual({
        cert: alice.cert + middle.cert + ca.cert,
        key: alice.key,
        rejectUnauthorized: true,
        checkHostName: true,
      })
    },
  )

  it('opens stores with umlauts in the passphrase, with none, and with keys that have one of their own', async () => {
    expect(await store('umlaut.p12', { keystorePassphrase: 'schlüssel' })).toMatchObject({ key: alice.key })
    expect(await store('empty.p12')).toMatchObject({ key: alice.key })
    const own = { keystorePassphrase: pass, keyPassphrase: 'keypass' }
    expect(await store('other-key-pass.jks', own)).toMatchObject({ key: alice.key })
    await expect(store('other-key-pass.jks', { keystorePassphrase: pass })).rejects.toMatchObject({
      details: { needs: [{ name: 'keyPassphrase', why: 'unknown' }] },
    })
    const wrong = { keystorePassphrase: pass, keyPassphrase: 'x' }
    expect(await refusal(store('other-key-pass.jks', wrong))).toContain('the key in it cannot be opened')
  })

  it('reads elliptic keys, and asks which of several', async () => {
    expect((await store('ec.jks', { keystorePassphrase: pass })).key).toContain('BEGIN PRIVATE KEY')
    for (const name of ['two.jks', 'two.p12']) {
      expect(await refusal(store(name, { keystorePassphrase: pass }))).toMatch(
        /holds 2 keys: (alice, second|second, alice)/,
      )
      expect(await store(name, { keystorePassphrase: pass }, 'ALICE')).toMatchObject({ key: alice.key })
      expect(await refusal(store(name, { keystorePassphrase: pass }, 'bob'))).toContain('no key with the alias bob')
    }
  })

  it.each(['modern.p12', 'legacy.p12', 'nomac.p12', 'java.p12', 'alice.jks'])(
    'asks for the passphrase of %s, and says when it is wrong',
    async (name) => {
      await expect(store(name)).rejects.toMatchObject({
        code: 'connect.secret',
        details: { needs: [{ name: 'keystorePassphrase', why: 'unknown' }] },
      })
      expect(await refusal(store(name, { keystorePassphrase: 'wrong' }))).toMatch(
        /cannot be opened with this passphrase/,
      )
    },
  )

  it.each([
    ['alice.pem', 'alice.key', undefined],
    ['alice.der', 'alice.key.der', undefined],
    ['alice.pem', 'alice.enc.key', 'keypass'],
    ['alice.pem', 'alice.enc.der', 'keypass'],
    ['alice.pem', 'alice.old.key', 'keypass'],
    ['alice-all.pem', 'alice-all.pem', undefined],
  ])('is taken from %s and %s', async (certificate, key, keyPassphrase) => {
    const material = await pem(certificate, key, keyPassphrase === undefined ? {} : { keyPassphrase })
    expect(material.key).toBe(alice.key)
    expect(material.cert?.startsWith(alice.cert)).toBe(true)
    expect(material).not.toHaveProperty('ca')
  })

  it.each(['alice.enc.key', 'alice.old.key'])(
    'is locked by a passphrase, %s: a wrong one is told as such, whether its padding fits or not',
    async (name) => {
      const fitting = fittingPassphrase(await fs.readFile(at(name), 'utf8'))
      for (const keyPassphrase of ['wrong', fitting]) {
        expect(await refusal(pem('alice.pem', name, { keyPassphrase }))).toContain(
          'cannot be opened with this passphrase',
        )
      }
    },
  )

  it('without a MAC is locked by a passphrase too: no wrong one is told as a damaged file, whatever it decrypts to', async () => {
    const bytes = await fs.readFile(at('nomac.p12'))
    // The padding of one in 256 fits.
    for (let n = 0; n < 1_000; n += 1)
      await expect(openPkcs12(bytes, `wrong-${n}`)).rejects.toBeInstanceOf(WrongPassphrase)
  })

  it('reads a PEM file with both as a keystore', async () => {
    expect(await store('alice-all.pem')).toMatchObject({ cert: alice.cert + middle.cert + ca.cert, key: alice.key })
  })

  it.each([
    ['alice.key', 'alice.key', 'holds a private key, and no certificate'],
    ['alice.pem', 'alice.pem', 'holds a certificate, and no private key'],
    ['alice.pem', 'ca.key', 'does not belong to the client certificate alice'],
    ['alice.csr', 'alice.key', 'holds a certificate request, and no certificate'],
    ['alice.csr.der', 'alice.key', 'is a certificate request'],
    ['modern.p12', 'alice.key', 'is a PKCS12 store'],
    ['alice.pem', 'alice.jks', 'is a JKS store'],
    ['expired.pem', 'expired.key', 'client certificate expired is not valid now: it expired on'],
    ['future.pem', 'future.key', 'client certificate future is not valid now: it is not valid before'],
  ])('is refused as what it is: %s with %s', async (certificate, key, words) => {
    expect(await refusal(pem(certificate, key))).toContain(words)
  })

  it('is refused where a store holds a key without any certificate', async () => {
    const refused = await refusal(store('nocerts.p12', { keystorePassphrase: pass }))
    expect(refused).toContain('holds a private key, and no certificate')
  })
})

describe('whom to trust', () => {
  it.each([
    ['ca.pem', {}],
    ['ca.der', {}],
    ['utf16.pem', {}],
    ['utf16be.pem', {}],
    ['bom.pem', {}],
    ['base64.txt', {}],
    ['base64-of-pem.txt', {}],
    ['trust.JKS', {}],
    ['trust.JKS', { truststorePassphrase: pass }],
    ['trust.PKCS12', { truststorePassphrase: pass }],
    ['nokeys.p12', { truststorePassphrase: pass }],
  ])('is read from %s %o', async (name, secrets) => {
    expect((await trust(name, secrets)).ca).toEqual([ca.cert])
  })

  it('leaves out what expired beside what holds, and says so', async () => {
    const material = await trust('some-expired.pem')
    expect(material).toMatchObject({ ca: [ca.cert], unusedCa: [expect.stringMatching(/^expired \(expired on /)] })
    // Of a store, only what Java would trust: the certificates of a key's chain are not.
    expect(await refusal(trust('two.p12', { truststorePassphrase: pass }))).toContain('holds expired (expired on')
    expect(await refusal(trust('two.jks', { truststorePassphrase: pass }))).toContain('holds expired (expired on')
  })

  it.each([
    ['empty.pem', 'is empty'],
    ['blank.pem', 'is empty'],
    ['alice.key', 'holds a private key, and no certificate'],
    ['alice.key.der', 'holds a private key, and no certificate'],
    ['public.pem', 'holds a public key, and no certificate'],
    ['ca.p7b', 'is a bundle of the kind PKCS7'],
    ['page.pem', 'is a web page'],
    ['cut.pem', 'is cut off'],
    ['cut.der', 'is cut off'],
    ['damaged.pem', 'is not Base64'],
    ['rotten.pem', 'its certificate cannot be read'],
    ['expired.pem', 'holds expired (expired on'],
    ['future.pem', 'holds future (not valid before'],
    ['alice.jceks', 'kind JCEKS'],
    ['alice.jks', 'holds a key with its certificates, and none that is to be trusted'],
    ['trusted.pem', 'TRUSTED CERTIFICATE'],
    ['noise', 'neither PEM, nor DER'],
  ])('is refused as what it is: %s', async (name, words) => {
    expect(await refusal(trust(name))).toContain(words)
  })

  it('asks for the passphrase of a locked store, and says when it is wrong', async () => {
    await expect(trust('trust.PKCS12')).rejects.toMatchObject({
      details: { needs: [{ name: 'truststorePassphrase', why: 'unknown' }] },
    })
    for (const name of ['trust.PKCS12', 'trust.JKS'])
      expect(await refusal(trust(name, { truststorePassphrase: 'no' }))).toContain(
        'cannot be opened with this passphrase',
      )
  })
})

describe('hostile files', () => {
  it('two billion rounds of hashing are refused before they are done', async () => {
    const replaced = async (name: string, before: string, after: string): Promise<Buffer> => {
      const hex = (await fs.readFile(at(name))).toString('hex')
      expect(hex).toContain(before)
      return Buffer.from(hex.replaceAll(before, after), 'hex')
    }
    // 300,000 as an INTEGER of three bytes becomes the largest there is: eight million of a derivation that is slow here.
    await write('rounds.p12', await replaced('slow.p12', '020300c350', '02037fffff'))
    expect(await refusal(store('rounds.p12', { keystorePassphrase: pass }))).toContain('8,388,607 rounds of hashing')
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    await write('plain.key', key.export({ type: 'pkcs8', format: 'pem' }).toString())
    await openssl('pkcs8', '-topk8', '-iter', '9000000', '-in', at('plain.key'), '-outform', 'DER', '-out', at('many.der'), '-passout', 'pass:keypass') // oxfmt-ignore
    await write('huge.der', await replaced('many.der', '020400895440', '02047fffffff'))
    const huge = pem('alice.pem', 'huge.der', { keyPassphrase: 'keypass' })
    expect(await refusal(huge)).toContain('2,147,483,647 rounds of hashing')
  })

  it.each([
    ['counts of two billion', Buffer.from('feedfeed000000027fffffff', 'hex')],
    [
      'a key of two billion bytes',
      Buffer.from('feedfeed0000000200000001000000010001610000000000000000 7fffffff'.replace(' ', ''), 'hex'),
    ],
    ['nesting without end', Buffer.alloc(100_000, '3080', 'hex')],
    [
      'a PKCS12 that nests',
      Buffer.concat([
        Buffer.from('3080020103308006092a864886f70d010701a0802480', 'hex'),
        Buffer.alloc(500_000, '2480', 'hex'),
      ]),
    ],
    ['BEGIN lines without end', Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(200_000))],
    [
      'a million short blocks',
      Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'.repeat(100_000)),
    ],
    ['a label without end', Buffer.from(`-----BEGIN ${'A'.repeat(4_000_000)}`)],
  ])(
    '%s end in a sentence',
    async (_what, bytes) => {
      await write('hostile', bytes)
      const secrets = { keystorePassphrase: pass, truststorePassphrase: pass }
      expect(await refusal(trust('hostile', secrets))).toMatch(/^connect\.tls: /)
      expect(await refusal(store('hostile', secrets))).toMatch(/^connect\.tls: /)
    },
    60_000,
  )

  it('any byte changed, or any end cut, of a store is an answer or a sentence', async () => {
    for (const name of ['alice.jks', 'legacy.p12', 'modern.p12']) {
      const whole = await fs.readFile(at(name))
      const damaged: Buffer[] = []
      for (let n = 0; n < 5; n += 1) {
        const copy = Buffer.from(whole)
        copy[Math.floor((n * whole.length) / 5)]! ^= 0x55
        damaged.push(copy, whole.subarray(0, Math.floor((n * whole.length) / 5)))
      }
      for (const [index, bytes] of damaged.entries()) {
        const source = { what: `The keystore ${index}`, bytes }
        // Here, not in its thread: starting one for each would take longer than all the rest.
        const task = { client: { kind: 'store' as const, store: source, passphrase: pass } }
        const [said, key] = await readKeyFiles(task).then(
          (result) => ['', result.key],
          (error: unknown) => [error instanceof KeyFileError ? error.message : String(error), alice.key],
        )
        expect(key).toBe(alice.key)
        expect(said).toMatch(new RegExp(`^$|The keystore ${index}`))
      }
    }
  })

  it('what reads a store leaves the library behind it as it was for others in this process', async () => {
    const source = { what: 'The keystore', bytes: await fs.readFile(at('modern.p12')) }
    await readKeyFiles({ client: { kind: 'store', store: source, passphrase: pass } })
    expect(await issue(folder, 'issued-after', { by: ca })).toMatchObject({ name: 'issued-after' })
  })

  it('a file that takes too long is given up', async () => {
    const source = { what: 'The keystore', bytes: await fs.readFile(at('slow.p12')) }
    const task = { client: { kind: 'store' as const, store: source, passphrase: pass } }
    await expect(askKeyWorker(task, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'connect.tls',
      message: expect.stringContaining('to open'),
    })
  })
})
