import { describe, expect, it } from 'vitest'
import { importSettings } from './import-settings.ts'

const java = (...lines: string[]) => importSettings(['bootstrap.servers=kafka:9092', ...lines].join('\n'))
const ignoredOf = (key: string, imported: ReturnType<typeof importSettings>) =>
  imported.ignored.filter((one) => one.key === key).map(({ why }) => why)

describe('a schema registry in a client’s settings', () => {
  it('is taken with its sign-in, the password apart from the brokers’', () => {
    const imported = java(
      'security.protocol=SASL_SSL',
      'sasl.mechanism=PLAIN',
      'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="key" password="brokers-pw";',
      'schema.registry.url=https://sr-1:8081,https://sr-2:8081',
      'basic.auth.credentials.source=USER_INFO',
      'basic.auth.user.info=sr-key:sr:secret',
    )
    expect(imported.profile.registry).toMatchObject({
      kind: 'confluent',
      urls: ['https://sr-1:8081', 'https://sr-2:8081'],
      auth: { kind: 'basic', username: 'sr-key' },
    })
    expect(imported.registrySecrets).toEqual({ password: 'sr:secret' })
    expect(imported.secrets).toEqual({ password: 'brokers-pw' })
    expect(imported.understood).toEqual(expect.arrayContaining(['schema.registry.url', 'basic.auth.user.info']))
    expect(JSON.stringify(imported.profile)).not.toContain('sr:secret')
    // Somebody's cluster until a person has looked: its registry is as read-only as its brokers.
    expect(imported.profile.accessMode).toBe('read-only')
  })

  it('may have its user in its address, or take that of the brokers', () => {
    const inUrl = java('schema.registry.url=https://alice:pw%2F1@sr', 'basic.auth.credentials.source=URL')
    expect(inUrl.profile.registry).toMatchObject({ urls: ['https://sr'], auth: { username: 'alice' } })
    expect(inUrl.registrySecrets).toEqual({ password: 'pw/1' })
    const sasl = ['security.protocol=SASL_SSL', 'sasl.mechanism=PLAIN', 'sasl.username=bob', 'sasl.password=pw']
    const inherited = java(...sasl, 'schema.registry.url=https://sr', 'basic.auth.credentials.source=SASL_INHERIT')
    expect(inherited.profile.registry?.auth).toEqual({ kind: 'basic', username: 'bob' })
    expect(inherited.registrySecrets).toEqual({ password: 'pw' })
  })

  it('may be signed in at by a token, or client credentials', () => {
    const token = java('schema.registry.url=https://sr', 'bearer.auth.credentials.source=STATIC_TOKEN', 'bearer.auth.token=t0ken', 'bearer.auth.logical.cluster=lsrc-1') // oxfmt-ignore
    expect(token.profile.registry?.auth).toEqual({ kind: 'bearer', logicalCluster: 'lsrc-1', identityPool: '' })
    expect(token.registrySecrets).toEqual({ token: 't0ken' })
    const oauth = java(
      'schema.registry.url=https://sr',
      'bearer.auth.credentials.source=OAUTHBEARER',
      'bearer.auth.issuer.endpoint.url=https://idp/token',
      'bearer.auth.client.id=app',
      'bearer.auth.client.secret=${env:SR_SECRET}',
      'bearer.auth.scope=sr',
    )
    expect(oauth.profile.registry?.auth).toMatchObject({ kind: 'oauth', tokenUrl: 'https://idp/token', clientId: 'app', scope: 'sr' }) // oxfmt-ignore
    expect(oauth.registrySecrets).toEqual({ clientSecret: '${env:SR_SECRET}' })
  })

  it('brings stores of its own, and what checks less is held back', () => {
    const imported = java(
      'schema.registry.url=https://sr',
      'schema.registry.ssl.truststore.location=/etc/trust.jks',
      'schema.registry.ssl.truststore.password=trust-pw',
      'schema.registry.ssl.keystore.location=/etc/key.p12',
      'schema.registry.ssl.keystore.password=store-pw',
      'schema.registry.ssl.key.password=store-pw',
      'schema.registry.ssl.endpoint.identification.algorithm=',
    )
    expect(imported.profile.registry?.tls).toEqual({
      ca: { source: 'file', path: '/etc/trust.jks' },
      clientCertificate: { kind: 'pkcs12', keystore: { source: 'file', path: '/etc/key.p12' } },
      verify: true,
      verifyHostName: true,
    })
    expect(imported.registrySecrets).toEqual({ truststorePassphrase: 'trust-pw', keystorePassphrase: 'store-pw' })
    const held = imported.held.find(({ what }) => what === 'registry')
    expect(held?.change.registry?.tls.verifyHostName).toBe(false)
    // The brokers have none of it.
    expect(imported.profile.tls).toMatchObject({ enabled: false, ca: { source: 'system' } })
  })

  it('that cannot be had is said, and none of its secrets stays', () => {
    const imported = java('schema.registry.url=sr:8081', 'basic.auth.user.info=a:very-secret')
    expect(imported.profile.registry).toBeNull()
    expect(imported.registrySecrets).toEqual({})
    expect(ignoredOf('schema.registry.url', imported).join()).toContain('http:// or https://')
    const alone = java('basic.auth.user.info=a:b')
    expect(ignoredOf('basic.auth.user.info', alone).join()).toContain('Without the registry’s address')
  })

  it('of Apicurio is known by its address', () => {
    expect(java('apicurio.registry.url=http://sr:8080/apis/registry/v2').profile.registry).toMatchObject({ kind: 'apicurio', urls: ['http://sr:8080'] }) // oxfmt-ignore
  })
})
