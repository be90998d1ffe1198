import { describe, expect, it } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { securityWords } from './profile-words.ts'

describe('security in a few words', () => {
  it('does not hide what was switched off', () => {
    const brokers = ['a:1']
    const off = newProfile('p', { brokers, tls: { enabled: true, verify: false } })
    expect(securityWords(off)).toBe('TLS, not verified')
    expect(securityWords(newProfile('p', { brokers }))).toBe('plaintext, no user')
    const plain = newProfile('p', { brokers, sasl: { mechanism: 'PLAIN', username: 'alice' } })
    expect(securityWords(plain)).toBe('no TLS · PLAIN as alice')
  })
})
