import { describe, expect, it } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { newRegistry } from '#shared/model/registry.ts'
import {
  checkDraft,
  draftOf,
  registrySecretsToSend,
  secretsToSend,
  withEnvironment,
  withMapping,
  type ProfileDraft,
} from './profile-draft.ts'

const base = newProfile('p1', { name: 'orders', brokers: ['kafka-1:9092', '[::1]:9093'] })
const draft = (change: Partial<ProfileDraft> = {}): ProfileDraft => ({ ...draftOf(base), ...change })
const errorsOf = (change: Partial<ProfileDraft>) => {
  const checked = checkDraft(draft(change))
  return checked.ok ? {} : checked.errors
}

describe('drafts', () => {
  it('come back as the profile they were made of', () => {
    const profile = newProfile('p2', {
      brokers: ['a:1'],
      tls: {
        enabled: true,
        ca: { source: 'file', path: '/ca.pem' },
        clientCertificate: {
          kind: 'pem',
          certificate: { source: 'file', path: '/c.pem' },
          key: { source: 'secret' },
        },
        serverName: 'kafka.internal',
        verifyHostName: false,
      },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
      addressMap: [{ from: 'b-1:9092', to: 'localhost:19092' }],
      readLimit: 12.5,
      secretReferences: { password: '${env:KAFKA_PASSWORD}' },
    })
    expect(checkDraft(draftOf(profile))).toEqual({ ok: true, profile })
  })

  it('come back with the registry they were made of, whichever way it is signed in at', () => {
    const oauth = newRegistry({
      urls: ['https://a:1', 'https://b:2/path'],
      context: '.staging',
      auth: { kind: 'oauth', tokenUrl: 'https://login/token', clientId: 'me', scope: 'read', logicalCluster: 'lsrc-1' },
      tls: { ca: { source: 'file', path: '/ca.pem' }, clientCertificate: { kind: 'pkcs12', keystore: { source: 'secret' } }, verifyHostName: false }, // oxfmt-ignore
      proxy: { url: 'socks5://proxy:1080', username: 'ada' },
      secretReferences: { clientSecret: '${env:SECRET}' },
    })
    const glue = newRegistry({ kind: 'glue', urls: ['https://glue'], auth: { kind: 'aws', accessKeyId: 'AKIA' } })
    for (const registry of [oauth, glue, newRegistry({ auth: { kind: 'bearer' } }), null]) {
      const profile = newProfile('p3', { brokers: ['a:1'], registry })
      expect(checkDraft(draftOf(profile))).toEqual({ ok: true, profile })
    }
  })

  it('report the fields of a registry by their paths, and send its secrets apart', () => {
    const registry = { ...draft().registry, isUsed: true, auth: 'basic' as const }
    expect(errorsOf({ registry })).toEqual({ 'registry.urls': 'Where is it?', 'registry.auth.username': 'A user name is missing.' }) // oxfmt-ignore
    expect(
      errorsOf({ registry: { ...registry, urls: 'http://a:1, b', username: 'ada', proxyUrl: 'ftp://x' } }),
    ).toEqual({
      'registry.urls': expect.stringContaining('whole address') as string,
      'registry.proxy.url': expect.stringContaining('whole address') as string,
    })
    const typed = { registry: { ...registry, urls: 'http://a:1', username: 'ada' }, registrySecrets: { password: 'x', token: 'y' } } // oxfmt-ignore
    const checked = checkDraft(draft(typed))
    expect(checked.ok && registrySecretsToSend(draft(typed), checked.profile)).toEqual({ password: 'x' })
    expect(errorsOf({ ...typed, registrySecrets: { password: '${env:}' } })).toHaveProperty(['registrySecrets.password']) // oxfmt-ignore
  })

  it('take brokers in any separation and IPv6 in brackets, and say what is wrong with one', () => {
    expect(checkDraft(draft({ brokers: 'a:1, b:2\n[::1]:3' }))).toMatchObject({
      ok: true,
      profile: { brokers: ['a:1', 'b:2', '[::1]:3'] },
    })
    expect(errorsOf({ brokers: '::1:9092' })['brokers']).toContain('in brackets')
    expect(errorsOf({ brokers: 'kafka' })['brokers']).toContain('lacks a port')
    expect(errorsOf({ brokers: ' ' })['brokers']).toBe('At least one broker is needed.')
  })

  it('are named after the first broker when they have no name', () => {
    expect(checkDraft(draft({ name: ' ' }))).toMatchObject({ ok: true, profile: { name: 'kafka-1:9092' } })
  })

  it('report each field by its path', () => {
    expect(errorsOf({ mechanism: 'PLAIN' })).toEqual({ 'sasl.username': 'A user name is missing.' })
    expect(errorsOf({ tls: true, caSource: 'text', caPem: 'nonsense' })['tls.ca.pem']).toContain('not a certificate')
    expect(errorsOf({ tls: true, client: 'pkcs12' })).toHaveProperty('tls.clientCertificate.keystore.path')
    expect(errorsOf({ readLimit: 'fast' })['readLimit']).toContain('MB/s')
    expect(errorsOf({ secrets: { password: '${env:}' } })['secrets.password']).toContain('${env:NAME}')
  })

  it('count the rows of the address map as the form shows them, empty ones included', () => {
    const addressMap = [
      { from: '', to: '' },
      { from: 'b-1:9092', to: 'nowhere' },
    ]
    expect(errorsOf({ addressMap })).toHaveProperty(['addressMap.1.to'])
  })

  it('do not need a client certificate while TLS is off', () => {
    expect(checkDraft(draft({ client: 'pkcs12', tls: false })).ok).toBe(true)
  })

  it('apply what an environment is used with', () => {
    expect(withEnvironment(draft(), 'production')).toMatchObject({
      colour: 'red',
      accessMode: 'read-only',
      readLimit: '50',
      name: 'orders',
    })
  })

  it('map an advertised address to the host that answers, once', () => {
    const mapped = withMapping(draft(), 'b-7.internal:9095')
    expect(mapped.addressMap).toEqual([{ from: 'b-7.internal:9095', to: 'kafka-1:9095' }])
    expect(withMapping(mapped, 'b-7.internal:9095')).toBe(mapped)
  })

  it('send only secrets that the present choices use, and those to forget', () => {
    const typed = draft({
      mechanism: 'PLAIN',
      signIn: { username: 'a' },
      secrets: { password: 'x', privateKey: 'hidden', keystore: null },
    })
    const checked = checkDraft(typed)
    expect(checked.ok && secretsToSend(typed, checked.profile)).toEqual({ password: 'x', keystore: null })
  })
})
