import { describe, expect, it } from 'vitest'
import { registryOf } from './endpoints.ts'
import { newProfile } from './profile.ts'
import { profileFile, readProfileFile } from './profile-file.ts'
import { newRegistry, Registry, registryWarnings } from './registry.ts'

const problemOf = (given: object): string | undefined =>
  Registry.safeParse({ kind: 'confluent', urls: ['https://sr'], ...given }).error?.issues[0]?.message
const basic = { kind: 'basic', username: 'alice' } as const

describe('a profile’s registry', () => {
  it('keeps addresses in one form, and refuses what would hide a secret or a mistake in them', () => {
    expect(newRegistry({ urls: ['HTTPS://SR.Example:8081/Path/'] }).urls).toEqual(['https://sr.example:8081/Path'])
    expect(newRegistry({ urls: ['http://[::1]:8081'] }).urls).toEqual(['http://[::1]:8081'])
    expect(problemOf({ urls: ['https://alice:pw@sr'] })).toContain('fields of their own')
    expect(problemOf({ urls: ['sr:8081'] })).toContain('http:// or https://')
    expect(problemOf({ urls: ['file:///etc/passwd'] })).toContain('http:// or https://')
    expect(problemOf({ urls: ['https://sr?x=1'] })).toContain('? or #')
    expect(problemOf({ urls: ['https://s r'] })).toContain('not a host name')
    expect(problemOf({ urls: [] })).toBe('Where is it?')
    expect(problemOf({ proxy: { url: 'http://proxy:3128/x' } })).toContain('no path')
    expect(newRegistry({ proxy: { url: 'socks5://proxy:1080' } }).proxy).toEqual({ url: 'socks5://proxy:1080', username: null }) // oxfmt-ignore
  })

  it('takes a context as people write it', () => {
    for (const context of ['staging', '.staging', ':.staging:'])
      expect(newRegistry({ context }).context).toBe('.staging')
    for (const context of ['', '.', ':.:']) expect(newRegistry({ context }).context).toBe('')
    expect(problemOf({ context: 'a/b' })).toContain('.name.')
  })

  it('signs in at Glue, and nowhere else, by an access key', () => {
    expect(problemOf({ kind: 'glue' })).toContain('access key')
    expect(problemOf({ auth: { kind: 'aws', accessKeyId: 'A' } })).toContain('access key')
    expect(problemOf({ kind: 'glue', auth: { kind: 'aws', accessKeyId: 'A' } })).toBeUndefined()
  })

  it('warns where a secret travels in the open, or to whoever poses as it', () => {
    expect(registryWarnings(newRegistry({ auth: basic }))).toEqual([])
    expect(registryWarnings(newRegistry({ urls: ['http://sr:8081'], auth: basic }))[0]).toContain('reads the password')
    const unverified = newRegistry({ urls: ['https://sr'], auth: basic, tls: { verify: false } })
    expect(registryWarnings(unverified)[0]).toContain('is handed the password')
    const oauth = { kind: 'oauth', tokenUrl: 'http://idp/token', clientId: 'c' } as const
    expect(registryWarnings(newRegistry({ urls: ['https://sr'], auth: oauth }))[0]).toContain('client secret')
  })
})

describe('the registry as an endpoint', () => {
  const profile = newProfile('p', {
    name: 'P',
    registry: newRegistry({ urls: ['https://a', 'https://b'], auth: basic }),
  })
  const of = (change: Partial<Registry>) => registryOf({ ...profile, registry: { ...profile.registry!, ...change } })!

  it('says which secrets it needs, beside the brokers’ and not among them', () => {
    expect(registryOf(newProfile('p'))).toBeNull()
    expect(of({})).toMatchObject({ id: 'p/registry', what: 'registry', required: ['password'], optional: [] })
    const pem = { kind: 'pem', certificate: { source: 'file', path: '/c' }, key: { source: 'secret' } } as const
    const tls = { ...profile.registry!.tls, clientCertificate: pem }
    expect(of({ tls, proxy: { url: 'http://p:1', username: 'u' } }).required).toEqual(['password', 'privateKey', 'proxyPassword']) // oxfmt-ignore
    // Without TLS a certificate is shown to nobody.
    expect(of({ tls, urls: ['http://a'] }).required).toEqual(['password'])
  })

  it('binds a secret to where it would go, how, and in whose name', () => {
    const bound = of({}).binding('password')
    const others: Partial<Registry>[] = [
      { urls: ['https://a', 'https://evil'] },
      { tls: { ...profile.registry!.tls, verify: false } },
      { tls: { ...profile.registry!.tls, ca: { source: 'file', path: '/ca' } } },
      { proxy: { url: 'http://p:1', username: null } },
      { auth: { kind: 'basic', username: 'bob' } },
      { auth: { kind: 'bearer', logicalCluster: '', identityPool: '' } },
    ]
    for (const change of others) expect(of(change).binding('password')).not.toBe(bound)
    for (const change of [{ urls: ['https://b', 'https://a'] }, { context: '.x' }, { kind: 'karapace' as const }]) {
      expect(of(change).binding('password')).toBe(bound)
    }
  })

  it('binds by this text: another would have everybody asked again', () => {
    expect(of({}).binding('password')).toBe('["registry-binding-1","p","password",["https://a","https://b"],[{"source":"system"},true,true],null,["basic","alice"]]') // oxfmt-ignore
  })
})

describe('a profile with a registry', () => {
  it('comes back from a file as it was; one from before has none', () => {
    const profile = newProfile('p', { name: 'P', registry: newRegistry({ auth: basic }) })
    const { text } = profileFile(profile)
    expect(readProfileFile(text)!.profile).toEqual({ ...profile, id: expect.any(String) })
    const { registry: _, ...before } = newProfile('p', { name: 'P' })
    const old = JSON.stringify({ kind: 'seekline.profile-export', version: 2, profile: { ...before, id: undefined } })
    expect(readProfileFile(old)!.profile.registry).toBeNull()
  })
})
