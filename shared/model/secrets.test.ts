import { describe, expect, it } from 'vitest'
import { newProfile } from './profile.ts'
import { envName, separateReferences } from './secrets.ts'
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
})
