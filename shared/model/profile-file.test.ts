import { describe, expect, it } from 'vitest'
import { profileFile, readProfileFile } from './profile-file.ts'
import { newProfile } from './profile.ts'

const profile = newProfile('orders-eu', {
  name: 'Orders / EU',
  environment: 'production',
  brokers: ['kafka-1:9093', 'kafka-2:9093'],
  tls: { enabled: true },
  sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
  secretReferences: { password: '${env:KAFKA_PW}' },
})

describe('an exported profile', () => {
  it('comes back as it was, under an id of its own', () => {
    const { name, text } = profileFile(profile)
    expect(name).toBe('Orders_EU.seekline.json')
    const read = readProfileFile(text)!
    expect({ ...read.profile, id: profile.id }).toEqual(profile)
    expect(read.profile.id).not.toBe(profile.id)
    expect(read.notes).toEqual([])
  })

  it('is the form’s whole content, and cannot smuggle in more', () => {
    const { text } = profileFile(profile)
    const withSecret = text.replace('"sasl": {', '"password": "x", "sasl": {')
    expect(() => readProfileFile(withSecret)).toThrow(/cannot be read/)
    expect(() => readProfileFile(text.slice(0, -10))).toThrow(/not whole/)
    expect(() => readProfileFile(text.replace('"version": 3', '"version": 4'))).toThrow(/newer Seekline/)
    expect(() => readProfileFile(text.replace('"version": 3', '"version": "2"'))).toThrow(/cannot be read/)
  })

  it('of the format before is read: it named a user also where nobody signs in', () => {
    const nobody = newProfile('open', { brokers: ['kafka:9092'] })
    const before = (text: string) =>
      text.replace('"version": 3', '"version": 1').replace('"mechanism": "none"', '"mechanism": "none", "username": ""')
    expect(before(profileFile(nobody).text)).toContain('"username": ""')
    expect(readProfileFile(before(profileFile(nobody).text))!.profile).toEqual({ ...nobody, id: expect.any(String) })
    expect(readProfileFile(before(profileFile(profile).text))!.profile.sasl).toEqual(profile.sasl)
    expect(() => readProfileFile(profileFile(nobody).text.replace('"none"', '"none", "username": ""'))).toThrow(
      /cannot be read/,
    )
  })

  it('does not bring a name that is not what it looks like', () => {
    const { text } = profileFile({ ...profile, name: 'orders\u202Edorp' })
    const read = readProfileFile(text)!
    expect(read.profile.name).toBe('kafka-1:9093')
    expect(read.notes[0]).toContain('U+202E')
  })

  it('is told from other settings', () => {
    expect(readProfileFile('bootstrap.servers=kafka:9092')).toBeUndefined()
    expect(readProfileFile('{"bootstrap.servers": "kafka:9092"}')).toBeUndefined()
  })
})
