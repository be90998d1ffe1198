import { describe, expect, it } from 'vitest'
import { newProfile } from './profile.ts'
import { envName, secretBinding, secretsOf, separateReferences } from './secrets.ts'
import { EnvReference } from './secret-names.ts'

const base = newProfile('p', {
  brokers: ['a:9092', 'b:9092'],
  tls: { enabled: true },
  sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
})

describe('secrets', () => {
  it('knows an environment reference from a password', () => {
    expect(envName('${env:KAFKA_PASSWORD}')).toBe('KAFKA_PASSWORD')
    for (const text of ['', 'x', '${env:}', '${env:1A}', 'a${env:A}', '${env:A}b', '${ENV:A}', '${env:A}\n'])
      expect(EnvReference.safeParse(text).success).toBe(false)
  })

  it('says which secrets a profile needs', () => {
    expect(secretsOf(newProfile('p'))).toEqual({ required: [], optional: [] })
    expect(secretsOf(base)).toEqual({ required: ['password'], optional: [] })
    const pem = { kind: 'pem', certificate: { source: 'file', path: '/c.pem' } } as const
    const withKey = (key: { source: 'secret' } | { source: 'file'; path: string }) =>
      newProfile('p', { tls: { enabled: true, clientCertificate: { ...pem, key } } })
    expect(secretsOf(withKey({ source: 'secret' }))).toEqual({ required: ['privateKey'], optional: ['keyPassphrase'] })
    expect(secretsOf(withKey({ source: 'file', path: '/k' }))).toEqual({ required: [], optional: ['keyPassphrase'] })
    const off = withKey({ source: 'secret' })
    expect(secretsOf({ ...off, tls: { ...off.tls, enabled: false } })).toEqual({ required: [], optional: [] })
  })

  it('moves references into the profile and clears what was stored beneath', () => {
    const first = separateReferences(base, { password: '${env:PW}' })
    expect(first.profile.secretReferences).toEqual({ password: '${env:PW}' })
    expect(first.secrets).toEqual({ password: null })
    const second = separateReferences(first.profile, { password: 'geheim' })
    expect(second.profile.secretReferences).toEqual({})
    expect(second.secrets).toEqual({ password: 'geheim' })
    expect(separateReferences(first.profile, {}).profile.secretReferences).toEqual({ password: '${env:PW}' })
    expect(separateReferences(first.profile, { password: null }).profile.secretReferences).toEqual({})
  })

  it('does not take a reference for key material', () => {
    expect(separateReferences(base, { privateKey: '${env:KEY}' }).profile.secretReferences).toEqual({})
  })

  it('binds a secret to where it would go and how it is guarded', () => {
    const bound = secretBinding(base, 'password')
    const changed = [
      { ...base, brokers: ['a:9092', 'evil:9092'] },
      { ...base, addressMap: [{ from: 'a:9092', to: 'evil:9092' }] },
      { ...base, tls: { ...base.tls, verify: false } },
      { ...base, tls: { ...base.tls, verifyHostName: false } },
      { ...base, tls: { ...base.tls, enabled: false } },
      { ...base, tls: { ...base.tls, serverName: 'other' } },
      { ...base, tls: { ...base.tls, ca: { source: 'file' as const, path: '/ca.pem' } } },
      { ...base, sasl: { mechanism: 'PLAIN' as const, username: 'alice' } },
      { ...base, sasl: { ...base.sasl, username: 'bob' } },
      { ...base, id: newProfile('q').id },
    ]
    for (const profile of changed) expect(secretBinding(profile, 'password')).not.toBe(bound)
    expect(secretBinding(base, 'keyPassphrase')).not.toBe(bound)
  })

  it('does not ask again for a change of name, colour, mode or order of brokers', () => {
    const same = { ...base, name: 'New', colour: 'pink' as const, accessMode: 'read-only' as const, readLimit: 3 }
    expect(secretBinding({ ...same, brokers: ['b:9092', 'a:9092'] }, 'password')).toBe(secretBinding(base, 'password'))
    const bob = { ...base, sasl: { ...base.sasl, username: 'bob' } }
    expect(secretBinding(bob, 'privateKey')).toBe(secretBinding(base, 'privateKey'))
  })
})
