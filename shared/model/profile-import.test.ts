import { describe, expect, it } from 'vitest'
import { importProfile } from './profile-import.ts'
import { Profile } from './profile.ts'

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const key = '-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n'
const oneLine = (pem: string) => pem.trim().replaceAll('\n', ' ')
const why = (result: ReturnType<typeof importProfile>, name: string) =>
  result.ignored.filter((entry) => entry.key === name).map((entry) => entry.why)

describe('import', () => {
  it('reads a Java client.properties', () => {
    const result = importProfile(`
# orders team
bootstrap.servers=kafka-1.prod.example.com:9093,\\
                  kafka-2.prod.example.com:9093
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="alice" \\
  password="p\\\\"w;d=1";
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/ca.pem
group.id=orders
`)
    expect(result.profile).toMatchObject({
      brokers: ['kafka-1.prod.example.com:9093', 'kafka-2.prod.example.com:9093'],
      environment: 'production',
      accessMode: 'read-only',
      readLimit: 50,
      tls: { enabled: true, ca: { source: 'file', path: '/etc/kafka/ca.pem' }, verify: true, verifyHostName: true },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
    })
    expect(result.secrets).toEqual({ password: 'p"w;d=1' })
    expect(result.ignored).toEqual([{ key: 'group.id', why: 'Looking joins no group.' }])
    expect(result.understood).toContain('sasl.jaas.config')
    expect(Profile.parse(result.profile)).toEqual(result.profile)
    expect(JSON.stringify([result.profile, result.understood, result.ignored])).not.toContain('w;d')
  })

  it('reads librdkafka settings', () => {
    const result = importProfile(`
metadata.broker.list=broker
security.protocol=sasl_ssl
sasl.mechanisms=PLAIN
sasl.username=bob
sasl.password=a\\b
ssl.ca.location=C:\\ca.pem
ssl.certificate.location=/c.pem
ssl.key.location=/k.pem
ssl.key.password=\${env:KEY_PW}
enable.ssl.certificate.verification=false
`)
    expect(result.profile).toMatchObject({
      brokers: ['broker:9092'],
      tls: {
        ca: { source: 'file', path: 'C:\\ca.pem' },
        clientCertificate: {
          kind: 'pem',
          certificate: { source: 'file', path: '/c.pem' },
          key: { source: 'file', path: '/k.pem' },
        },
        verify: false,
      },
      sasl: { mechanism: 'PLAIN', username: 'bob' },
    })
    expect(result.secrets).toEqual({ password: 'a\\b', keyPassphrase: '${env:KEY_PW}' })
    expect(result.ignored).toEqual([])
  })

  it('reads PEM given inside the text, with its breaks escaped or lost', () => {
    const result = importProfile(`bootstrap.servers=a:1
security.protocol=SSL
ssl.truststore.certificates=${certificate.replaceAll('\n', '\\n')}
ssl.keystore.certificate.chain=${oneLine(certificate)}
ssl.keystore.key=${oneLine(key)}`)
    expect(result.profile.tls.ca).toEqual({ source: 'text', pem: certificate })
    expect(result.profile.tls.clientCertificate).toEqual({
      kind: 'pem',
      certificate: { source: 'text', pem: certificate },
      key: { source: 'secret' },
    })
    expect(result.secrets).toEqual({ privateKey: key })
  })

  it('takes PKCS12, and says how to convert what only Java can read', () => {
    const pkcs12 = importProfile(
      'bootstrap.servers=a:1\nsecurity.protocol=SSL\nssl.keystore.location=/k.p12\nssl.keystore.password=x',
    )
    expect(pkcs12.profile.tls.clientCertificate).toEqual({
      kind: 'pkcs12',
      keystore: { source: 'file', path: '/k.p12' },
    })
    expect(pkcs12.secrets).toEqual({ keystorePassphrase: 'x' })

    const jks = importProfile(`bootstrap.servers=a:1
security.protocol=SSL
ssl.keystore.location=/my keys/k.jks
ssl.keystore.password=x
ssl.truststore.location=/t.jks
ssl.truststore.password=y`)
    expect(jks.profile.tls).toMatchObject({ ca: { source: 'system' }, clientCertificate: { kind: 'none' } })
    expect(jks.secrets).toEqual({})
    expect(why(jks, 'ssl.keystore.location')[0]).toContain("keytool -importkeystore -srckeystore '/my keys/k.jks'")
    expect(why(jks, 'ssl.truststore.location')[0]).toContain('keytool -list -rfc -keystore /t.jks')
    expect(jks.understood).toEqual(['bootstrap.servers', 'security.protocol'])
  })

  it.each([
    ['ssl.endpoint.identification.algorithm=', { verify: true, verifyHostName: false }],
    ['ssl.endpoint.identification.algorithm=none', { verify: true, verifyHostName: false }],
    ['ssl.endpoint.identification.algorithm=https', { verify: true, verifyHostName: true }],
    ['enable.ssl.certificate.verification=false', { verify: false, verifyHostName: true }],
  ])('reads %s', (line, expected) => {
    expect(importProfile(`bootstrap.servers=a:1\nsecurity.protocol=SSL\n${line}`).profile.tls).toMatchObject(expected)
  })

  it.each(['GSSAPI', 'OAUTHBEARER', 'AWS_MSK_IAM'])('says that %s is not to be had', (mechanism) => {
    const result = importProfile(`bootstrap.servers=a:1\nsecurity.protocol=SASL_SSL\nsasl.mechanism=${mechanism}`)
    expect(result.profile.sasl.mechanism).toBe('none')
    expect(why(result, 'sasl.mechanism')[0]).toContain('PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only')
  })

  it('takes TLS for granted when the protocol is not named, and says so', () => {
    const result = importProfile('bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=p')
    expect(result.profile.tls.enabled).toBe(true)
    expect(why(result, 'security.protocol')[0]).toContain('taken as SASL_SSL')
  })

  it('drops a password that the protocol named would not use', () => {
    const result = importProfile('bootstrap.servers=a:1\nsecurity.protocol=PLAINTEXT\nsasl.username=u\nsasl.password=p')
    expect(result.profile.sasl).toEqual({ mechanism: 'none', username: '' })
    expect(result.secrets).toEqual({})
    expect(result.ignored.map((entry) => entry.key)).toEqual(['sasl.username', 'sasl.password'])
  })

  it('says which addresses it could not read, and keeps the others', () => {
    const result = importProfile('bootstrap.servers=good:1, bad:port, [::1]:9092')
    expect(result.profile.brokers).toEqual(['good:1', '[::1]:9092'])
    expect(why(result, 'bootstrap.servers')[0]).toContain('not a port')
  })

  it('says that no broker is named, and starts what it assumes read-only', () => {
    const result = importProfile('boostrap.servers=prod-1:9092\nsecurity.protocol=PLAINTEXT')
    expect(result.profile).toMatchObject({ brokers: ['localhost:9092'], accessMode: 'read-only' })
    expect(why(result, 'bootstrap.servers')[0]).toContain('names no broker')
    expect(why(result, 'boostrap.servers')[0]).toContain('spelling')
  })

  it('does not carry a config provider’s reference as if it were a password', () => {
    const result = importProfile(
      'bootstrap.servers=a:1\nsecurity.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=${file:/x:y}',
    )
    expect(result.secrets).toEqual({})
    expect(why(result, 'password')[0]).toContain('config provider')
  })

  it('gives each draft an id of its own, and starts remote clusters read-only', () => {
    const one = importProfile('bootstrap.servers=a:1')
    expect(one.profile.id).not.toBe(importProfile('bootstrap.servers=a:1').profile.id)
    expect(one.profile.accessMode).toBe('read-only')
    expect(importProfile('bootstrap.servers=localhost:9092').profile.accessMode).toBe('full')
  })

  it.each(['', 'hello world', '{"a":1}', '<script>alert(1)</script>', '\u0000\u0001'])(
    'finds no settings in %j',
    (text) => {
      expect(() => importProfile(text)).toThrow('No client settings')
    },
  )
})
