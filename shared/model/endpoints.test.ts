import { describe, expect, it } from 'vitest'
import { brokersOf } from './endpoints.ts'
import { newProfile, type Profile } from './profile.ts'

const base = newProfile('p', {
  brokers: ['a:9092', 'b:9092'],
  tls: { enabled: true },
  sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
})

const needs = (profile: Profile) => {
  const { required, optional } = brokersOf(profile)
  return { required, optional }
}

describe('the brokers of a profile, as an endpoint', () => {
  it('say which secrets they need', () => {
    expect(needs(newProfile('p'))).toEqual({ required: [], optional: [] })
    expect(needs(base)).toEqual({ required: ['password'], optional: [] })
    const pem = { kind: 'pem', certificate: { source: 'file', path: '/c.pem' } } as const
    const withKey = (key: { source: 'secret' } | { source: 'file'; path: string }) =>
      newProfile('p', { tls: { enabled: true, clientCertificate: { ...pem, key } } })
    expect(needs(withKey({ source: 'secret' }))).toEqual({ required: ['privateKey'], optional: ['keyPassphrase'] })
    expect(needs(withKey({ source: 'file', path: '/k' }))).toEqual({ required: [], optional: ['keyPassphrase'] })
    const off = withKey({ source: 'secret' })
    expect(needs({ ...off, tls: { ...off.tls, enabled: false } })).toEqual({ required: [], optional: [] })
  })

  it('bind a secret to where it would go and how it is guarded', () => {
    const bound = brokersOf(base).binding('password')
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
    for (const profile of changed) expect(brokersOf(profile).binding('password')).not.toBe(bound)
    expect(brokersOf(base).binding('keyPassphrase')).not.toBe(bound)
  })

  it('do not ask again for a change of name, colour, mode or order of brokers', () => {
    const same = { ...base, name: 'New', colour: 'pink' as const, accessMode: 'read-only' as const, readLimit: 3 }
    expect(brokersOf({ ...same, brokers: ['b:9092', 'a:9092'] }).binding('password')).toBe(
      brokersOf(base).binding('password'),
    )
    const bob = { ...base, sasl: { ...base.sasl, username: 'bob' } }
    expect(brokersOf(bob).binding('privateKey')).toBe(brokersOf(base).binding('privateKey'))
  })

  it('give the text whose digest lies with every secret that was ever stored', () => {
    const profile = newProfile('live', {
      brokers: ['b:9092', 'a:9092'],
      tls: { enabled: true },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
      addressMap: [{ from: 'b:9092', to: 'localhost:1' }],
    })
    const text = (ofSignIn: string) =>
      `["binding-1","live",${ofSignIn.startsWith('[') ? '"password"' : '"privateKey"'},["a:9092","b:9092"],["b:9092 localhost:1"],[null,{"source":"system"},true,true],${ofSignIn}]`
    expect(brokersOf(profile).binding('password')).toBe(text('["SCRAM-SHA-512","alice"]'))
    expect(brokersOf(profile).binding('privateKey')).toBe(text('null'))
  })
})
