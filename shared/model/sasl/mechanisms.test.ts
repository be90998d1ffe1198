import { describe, expect, it } from 'vitest'
import { mechanismNames, mechanisms, Sasl, signInOf, signInWords, whoSignsIn } from './mechanisms.ts'

const alice = { mechanism: 'SCRAM-SHA-256', username: 'alice' } as const

describe('signing in', () => {
  it('has exactly the fields of its mechanism', () => {
    expect(Sasl.parse(alice)).toEqual(alice)
    expect(Sasl.parse({ mechanism: 'none' })).toEqual({ mechanism: 'none' })
    for (const wrong of [
      { mechanism: 'none', username: '' },
      { mechanism: 'PLAIN' },
      { mechanism: 'PLAIN', username: '' },
      { mechanism: 'PLAIN', username: 'x'.repeat(1_025) },
      { ...alice, password: 'geheim' },
      { mechanism: 'GSSAPI', username: 'alice' },
    ]) {
      expect(Sasl.safeParse(wrong).success).toBe(false)
    }
    expect(Sasl.safeParse({ mechanism: 'PLAIN', username: '' }).error?.issues[0]?.message).toBe(
      'A user name is missing.',
    )
  })

  it('is handed to the client in the form that kafkajs has for it, its secrets named', () => {
    expect(signInOf({ mechanism: 'none' }, { password: 'x' })).toBeNull()
    expect(signInOf(alice, { password: 'geheim', keyPassphrase: 'other' })).toEqual({
      mechanism: 'SCRAM-SHA-256',
      settings: { mechanism: 'scram-sha-256', username: 'alice', password: 'geheim' },
      secrets: ['geheim'],
      credentials: 'user name or password',
    })
    expect(signInOf({ mechanism: 'PLAIN', username: 'u' }, {})?.settings).toEqual({
      mechanism: 'plain',
      username: 'u',
      password: '',
    })
  })

  it('is told in words', () => {
    expect([signInWords(alice), whoSignsIn(alice)]).toEqual(['SCRAM-SHA-256 as alice', 'alice'])
    expect([signInWords({ mechanism: 'none' }), whoSignsIn({ mechanism: 'none' })]).toEqual([null, null])
  })

  it('is by one mechanism a name and a spelling', () => {
    expect(new Set(mechanismNames).size).toBe(mechanisms.length)
    const spellings = mechanisms.flatMap((one) => one.spellings)
    expect(new Set(spellings).size).toBe(spellings.length)
    for (const one of mechanisms) expect(one.spellings).toContain(one.name.replaceAll(/[^A-Z0-9]/g, ''))
  })
})
