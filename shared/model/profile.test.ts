import { describe, expect, it } from 'vitest'
import { environmentDefaults, newProfile, Profile, raisesAccess } from './profile.ts'
import { profileWarnings } from './profile-warnings.ts'
import { sameProfileName } from './profile-name.ts'

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const key = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n'

describe('profile', () => {
  it('starts production read-only and with a limit, dev open and without', () => {
    const production = newProfile('p', { environment: 'production', name: 'Live' })
    expect(production).toMatchObject({ accessMode: 'read-only', readLimit: 50, colour: 'red' })
    expect(newProfile('d')).toMatchObject({ accessMode: 'full', readLimit: null, brokers: ['localhost:9092'] })
    expect(environmentDefaults('staging').accessMode).toBe('guarded')
  })

  it('survives a second parse unchanged', () => {
    const profile = newProfile('p', { brokers: ['SSL://[::1]:9093'], tls: { enabled: true } })
    expect(Profile.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile)
    expect(profile.brokers).toEqual(['[::1]:9093'])
    expect(profile.tls).toEqual({
      enabled: true,
      ca: { source: 'system' },
      clientCertificate: { kind: 'none' },
      serverName: null,
      verify: true,
      verifyHostName: true,
    })
  })

  it.each([
    ['no broker', { brokers: [] }],
    ['a broker without port', { brokers: ['broker'] }],
    ['an empty name', { name: '   ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['an unknown field, for it may be a password', { password: 'geheim' }],
    ['a user name missing', { sasl: { mechanism: 'PLAIN' } }],
    ['a literal where a reference belongs', { secretReferences: { password: 'geheim' } }],
    [
      'a private key among the certificates',
      { tls: { enabled: true, ca: { source: 'text', pem: certificate + key } } },
    ],
    ['no certificate in the CA field', { tls: { enabled: true, ca: { source: 'text', pem: 'hello' } } }],
    ['a read limit of 0', { readLimit: 0 }],
  ])('refuses %s', (_what, part) => {
    expect(Profile.safeParse({ ...newProfile('p'), ...part }).success).toBe(false)
  })

  it('knows a rise in access', () => {
    expect(raisesAccess('read-only', 'guarded')).toBe(true)
    expect(raisesAccess('guarded', 'full')).toBe(true)
    expect(raisesAccess('full', 'full')).toBe(false)
    expect(raisesAccess('full', 'read-only')).toBe(false)
  })

  it('takes names as the same that a person would', () => {
    expect(sameProfileName('Live ', 'live')).toBe(true)
    expect(sameProfileName('Caf\u00e9', 'Cafe\u0301')).toBe(true)
    expect(sameProfileName('Live', 'Live 2')).toBe(false)
  })
})

describe('warnings', () => {
  const sasl = { mechanism: 'PLAIN', username: 'alice' } as const

  it('has none for an ordinary profile', () => {
    expect(profileWarnings(newProfile('p'))).toEqual([])
    expect(profileWarnings(newProfile('p', { environment: 'production', tls: { enabled: true }, sasl }))).toEqual([])
  })

  it.each([
    ['PLAIN without TLS', { sasl }, 'PLAIN without TLS'],
    ['verification off', { tls: { enabled: true, verify: false } }, 'can pose as the cluster.'],
    ['verification off with PLAIN', { tls: { enabled: true, verify: false }, sasl }, 'handed the password'],
    [
      'advertised hosts and verification off',
      { tls: { enabled: true, verify: false }, sasl },
      'the password goes to each host that the brokers advertise',
    ],
    [
      'advertised hosts and unchecked names',
      { tls: { enabled: true, verifyHostName: false }, sasl: { mechanism: 'SCRAM-SHA-512', username: 'a' } },
      'one signs in at each host that the brokers advertise',
    ],
    [
      'advertised hosts and one server name',
      { tls: { enabled: true, serverName: 'kafka.corp' }, sasl },
      'believed by it: any host that has a certificate of that name can pose as one, and the password goes to each',
    ],
    ['host names unchecked', { tls: { enabled: true, verifyHostName: false } }, 'Host names are not checked'],
    [
      'production with full access',
      { environment: 'production', accessMode: 'full', tls: { enabled: true } },
      'no confirmation',
    ],
    ['production without limit', { environment: 'production', readLimit: null, tls: { enabled: true } }, 'no limit'],
    ['SCRAM without TLS', { sasl: { mechanism: 'SCRAM-SHA-256', username: 'a' } }, 'SCRAM without TLS'],
    ['production in the open', { environment: 'production' }, 'in the open'],
  ] as const)('is loud about %s', (_what, part, words) => {
    const found = profileWarnings(newProfile('p', part as never))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(words)
  })
})
