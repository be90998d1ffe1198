import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { brokersOf, registryOf } from '#shared/model/endpoints.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { newProfile } from '#shared/model/profile.ts'
import { redact, redactError } from '../redact.ts'
import { keychainBox } from './secret-encryption.ts'
import { agreementOf } from './agreements.ts'
import { createSecretStore, memoryBox, type SecretBox } from './secrets.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-secrets-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const key = randomBytes(32)
const fakeKeychain = {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret' as const,
  encryptStringAsync: (text: string) => {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Promise.resolve(Buffer.concat([iv, cipher.getAuthTag(), body]))
  },
  decryptStringAsync: (sealed: Buffer) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28))
    const result = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
    return Promise.resolve({ result, shouldReEncrypt: false })
  },
}
const keychain = async (): Promise<SecretBox> => (await keychainBox(fakeKeychain, 'linux')) ?? memoryBox()

const profile = newProfile('live', {
  name: 'Live',
  brokers: ['a:9092'],
  tls: { enabled: true },
  sasl: { mechanism: 'PLAIN', username: 'alice' },
})
const moved = { ...profile, brokers: ['evil:9092'] }
const needs = (why: string, more = {}) => ({
  code: 'connect.secret',
  details: { needs: [{ name: 'password', why, ...more }] },
})

describe('secrets', () => {
  it('asks for what is needed and not known, naming it', async () => {
    const store = createSecretStore(folder)
    await expect(store.resolve(brokersOf(profile))).rejects.toMatchObject(needs('unknown'))
    expect(await store.resolve(brokersOf(newProfile('p')))).toEqual({})
    expect(await store.resolve(brokersOf(profile), { password: 'typed' })).toEqual({ password: 'typed' })
    await expect(store.resolve(brokersOf(profile))).rejects.toMatchObject(needs('unknown'))
  })

  it('keeps them for one run only without a keychain, and writes nothing', async () => {
    const store = createSecretStore(folder)
    await store.set(brokersOf(profile), { password: 'geheim' })
    expect(await store.resolve(brokersOf(profile))).toEqual({ password: 'geheim' })
    expect(await store.known(brokersOf(profile))).toEqual(['password'])
    await expect(stat(join(folder, 'secrets.json'))).rejects.toThrow('ENOENT')
    await expect(createSecretStore(folder).resolve(brokersOf(profile))).rejects.toMatchObject(needs('unknown'))
  })

  it('keeps them sealed in a keychain for the next run', async () => {
    await createSecretStore(folder, await keychain()).set(brokersOf(profile), { password: 'geheim-1234' })
    const text = await readFile(join(folder, 'secrets.json'), 'utf8')
    for (const form of ['geheim-1234', Buffer.from('geheim-1234').toString('base64')]) expect(text).not.toContain(form)
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600)
    const next = createSecretStore(folder, await keychain())
    expect(await next.resolve(brokersOf(profile))).toEqual({ password: 'geheim-1234' })
    expect(await next.known(brokersOf(profile))).toEqual(['password'])
  })

  it('asks again when a profile points elsewhere, in the same run and the next', async () => {
    const store = createSecretStore(folder, await keychain())
    await store.set(brokersOf(profile), { password: 'geheim' })
    for (const one of [store, createSecretStore(folder, await keychain())]) {
      await expect(one.resolve(brokersOf(moved))).rejects.toMatchObject(needs('changed'))
      expect(await one.known(brokersOf(moved))).toEqual([])
      expect(await one.resolve(brokersOf({ ...profile, name: 'Renamed' }))).toEqual({ password: 'geheim' })
    }
  })

  it('cannot be made to release a secret by copying its sealed text to another profile', async () => {
    await createSecretStore(folder, await keychain()).set(brokersOf(profile), { password: 'geheim' })
    const path = join(folder, 'secrets.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"live"', '"evil"'))
    const evil = newProfile('evil', { brokers: ['evil:9092'], sasl: { mechanism: 'PLAIN', username: 'alice' } })
    await expect(createSecretStore(folder, await keychain()).resolve(brokersOf(evil))).rejects.toMatchObject(
      needs('changed'),
    )
  })

  it('does not ask again for what an earlier version kept', async () => {
    const kept = { binding: 'YBA_czXRioU5QVn9SK0vYngL1ttsb5Ob1EM9QKeDRXw', value: 'geheim' }
    const data = { live: { password: await (await keychain()).encrypt(JSON.stringify(kept)) } }
    await writeFile(join(folder, 'secrets.json'), JSON.stringify({ kind: 'seekline.secrets', version: 1, data }))
    const same = newProfile('live', {
      brokers: ['b:9092', 'a:9092'],
      tls: { enabled: true },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
      addressMap: [{ from: 'b:9092', to: 'localhost:1' }],
    })
    expect(await createSecretStore(folder, await keychain()).resolve(brokersOf(same))).toEqual({ password: 'geheim' })
  })

  it('keeps what another endpoint of the profile is entrusted with apart, and forgets it along', async () => {
    const store = createSecretStore(folder, await keychain())
    const brokers = brokersOf(profile)
    const auth = { kind: 'basic', username: 'alice' } as const
    const registry = registryOf({ ...profile, registry: newRegistry({ auth }) })!
    await store.set(brokers, { password: 'of-brokers' })
    await store.set(registry, { password: 'of-registry' })
    const next = createSecretStore(folder, await keychain())
    expect([await next.resolve(brokers), await next.resolve(registry)]).toEqual([
      { password: 'of-brokers' },
      { password: 'of-registry' },
    ])
    await next.forget(profile.id)
    expect([await next.known(brokers), await next.known(registry)]).toEqual([[], []])
    expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain('registry')
  })

  it('forgets one secret, or a whole profile, for good', async () => {
    const store = createSecretStore(folder, await keychain())
    await store.set(brokersOf(profile), { password: 'geheim', keyPassphrase: 'p' })
    await store.set(brokersOf(profile), { password: null })
    expect(await createSecretStore(folder, await keychain()).known(brokersOf(profile))).toEqual(['keyPassphrase'])
    await store.forget(profile.id)
    expect(await store.known(brokersOf(profile))).toEqual([])
    expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain('live')
  })

  it('removes a remembered secret when the new one shall not be remembered', async () => {
    const store = createSecretStore(folder, await keychain())
    await store.set(brokersOf(profile), { password: 'old' })
    await store.set(brokersOf(profile), { password: 'new' }, { remember: false })
    expect(await store.resolve(brokersOf(profile))).toEqual({ password: 'new' })
    await expect(createSecretStore(folder, await keychain()).resolve(brokersOf(profile))).rejects.toMatchObject(
      needs('unknown'),
    )
  })

  it('reads references from the environment when connecting', async () => {
    const referring = { ...profile, secretReferences: { password: '${env:PW}' } }
    const store = createSecretStore(folder, memoryBox(), { PW: 'geheim', OTHER: 'anderes' })
    const agreement = agreementOf(brokersOf(referring), 'password', 'PW')
    await expect(store.resolve(brokersOf(referring))).rejects.toMatchObject(
      needs('unagreed', { variable: 'PW', agreement }),
    )
    await store.agree(brokersOf(referring), [agreement])
    expect(await store.resolve(brokersOf(referring))).toEqual({ password: 'geheim' })
    const unset = createSecretStore(folder, memoryBox(), {})
    await expect(unset.resolve(brokersOf(referring))).rejects.toMatchObject(needs('unset', { variable: 'PW' }))
    expect(await unset.known(brokersOf(referring))).toEqual(['password'])
  })

  it.each<[string, Partial<typeof profile>]>([
    ['brokers', { brokers: ['evil:9092'] }],
    ['brokers beside the old', { brokers: ['a:9092', 'evil:9092'] }],
    ['verification', { tls: { ...profile.tls, verify: false } }],
    ['the authority', { tls: { ...profile.tls, ca: { source: 'file', path: '/evil.pem' } } }],
    ['TLS', { tls: { ...profile.tls, enabled: false } }],
    ['the address map', { addressMap: [{ from: 'a:9092', to: 'evil:9092' }] }],
    ['the mechanism', { sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' } }],
    ['the variable', { secretReferences: { password: '${env:OTHER}' } }],
    ['the profile', { id: newProfile('other').id }],
  ])('asks again before a variable goes anywhere else: other %s', async (_what, change) => {
    const referring = { ...profile, secretReferences: { password: '${env:PW}' } }
    const env = { PW: 'geheim', OTHER: 'anderes' }
    const agreement = agreementOf(brokersOf(referring), 'password', 'PW')
    await createSecretStore(folder, memoryBox(), env).agree(brokersOf(referring), [agreement])
    const store = createSecretStore(folder, memoryBox(), env)
    expect(await store.resolve(brokersOf(referring))).toEqual({ password: 'geheim' })
    const changed = { ...referring, ...change }
    await expect(store.resolve(brokersOf(changed), {}, [agreement])).rejects.toMatchObject(needs('unagreed'))
    await store.forget(referring.id)
    await expect(store.resolve(brokersOf(referring))).rejects.toMatchObject(needs('unagreed'))
  })

  it('goes on when the keychain was reset or the file is garbage', async () => {
    const store = createSecretStore(folder, await keychain())
    await store.set(brokersOf(profile), { password: 'geheim' })
    const broken = { ...(await keychain()), decrypt: () => Promise.reject(new Error('no key')) }
    await expect(createSecretStore(folder, broken).resolve(brokersOf(profile))).rejects.toMatchObject(needs('unknown'))
    await writeFile(join(folder, 'secrets.json'), 'garbage')
    await expect(createSecretStore(folder, await keychain()).resolve(brokersOf(profile))).rejects.toMatchObject(
      needs('unknown'),
    )
  })

  it('seals anew when the keychain asks for it', async () => {
    await createSecretStore(folder, await keychain()).set(brokersOf(profile), { password: 'geheim' })
    const box = await keychain()
    const encrypt = vi.fn<SecretBox['encrypt']>(box.encrypt)
    const store = createSecretStore(folder, {
      ...box,
      encrypt,
      decrypt: async (sealed) => ({ ...(await box.decrypt(sealed)), reEncrypt: true }),
    })
    expect(await store.resolve(brokersOf(profile))).toEqual({ password: 'geheim' })
    expect(encrypt).toHaveBeenCalledOnce()
  })

  it('says nothing of a secret in its error', async () => {
    const store = createSecretStore(folder)
    await store.set(brokersOf(profile), { password: 'geheim' })
    const error = await store.resolve(brokersOf(moved)).catch((thrown: unknown) => thrown)
    expect(JSON.stringify(error) + String(error)).not.toContain('geheim')
    expect(store.seen()).toEqual(['geheim'])
  })
})

describe('keychain', () => {
  it('takes Chromium’s fixed password, and an unavailable keychain, for none', async () => {
    const basic = { ...fakeKeychain, getSelectedStorageBackend: () => 'basic_text' as const }
    expect(await keychainBox(basic, 'linux')).toBeNull()
    expect((await keychainBox(basic, 'darwin'))?.kind).toBe('keychain')
    const none = { ...fakeKeychain, isAsyncEncryptionAvailable: () => Promise.resolve(false) }
    expect(await keychainBox(none, 'linux')).toBeNull()
  })
})

describe('redact', () => {
  it('masks a secret in the forms it may take', () => {
    const secret = 'p"ss wörd+1'
    const forms = [secret, JSON.stringify(secret), encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
    for (const form of forms) {
      const text = redact(`before ${form} after`, [secret])
      expect(text).toContain('•••')
      expect(text).not.toContain('wörd')
      expect(text).toMatch(/^before .* after$/)
    }
    expect(redact('nothing', ['', secret])).toBe('nothing')
  })

  it('masks the longer of two that overlap, and short ones only where they stand alone', () => {
    expect(redact('abcdef', ['abcd', 'abcdef'])).toBe('•••')
    expect(redact('a cat sat: a.', ['a'])).toBe('••• cat sat: •••.')
    expect(redact('key $1* here', ['$1*'])).toBe('key ••• here')
  })

  it('masks the lines of a key, wherever an error carries them', () => {
    const line = 'MHcCAQEEIB1234567890abcdefghijklmnop'
    const pem = `-----BEGIN EC PRIVATE KEY-----\n${line}\n-----END EC PRIVATE KEY-----\n`
    const error = {
      code: 'internal',
      message: `bad ${line}`,
      retryable: false,
      details: { list: [{ text: line, n: 1n }] },
    } as const
    const out = redactError(error, [pem])
    expect(out.message).toBe('bad •••')
    expect(out.details).toEqual({ list: [{ text: '•••', n: 1n }] })
  })
})
