import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { profileFile } from '#shared/model/profile-file.ts'
import { newProfile, Profile } from '#shared/model/profile.ts'
import { importSettings, type Imported } from './import-settings.ts'
import { threadMs } from '../../tests/support/measure.ts'

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const key = '-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n'
const oneLine = (pem: string) => pem.trim().replaceAll('\n', ' ')
const why = (result: Imported, name: string) => result.ignored.filter((one) => one.key === name).map((one) => one.why)
const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const jaas = (user: string, password: string) => `${plain} required username="${user}" password="${password}";`
const json = (user: string, password: string) =>
  `"sasl.username":"${user}","sasl.password":"${password}","sasl.mechanism":"PLAIN","security.protocol":"SASL_SSL"`

/** What each cluster of a text comes out as, chosen one after the other. */
function each(text: string): Record<string, [brokers: string, secrets: Imported['secrets']]> {
  try {
    const { profile, secrets } = importSettings(text)
    return { '': [profile.brokers.join(), secrets] }
  } catch (error) {
    if (!(error instanceof SeeklineError) || error.code !== 'profile.several') throw error
    const clusters = error.details?.['clusters'] as { id: string; name: string }[]
    return Object.fromEntries(
      clusters.map(({ id, name }) => {
        const { profile, secrets } = importSettings(text, id)
        return [name, [profile.brokers.join(), secrets]]
      }),
    )
  }
}

describe('several clusters in one text', () => {
  const secret = { password: 'pw' }
  it.each<[string, string, ReturnType<typeof each>]>([
    ['objects', `{"prod":{"bootstrap.servers":"p:1",${json('u', 'pw')}},"dev":{"bootstrap.servers":"d:1"}}`, { prod: ['p:1', secret], dev: ['d:1', {}] }],
    ['names in another script', `{"прод":{"bootstrap.servers":"p:1",${json('u', 'pw')}},"дев":{"bootstrap.servers":"d:1"}}`, { прод: ['p:1', secret], дев: ['d:1', {}] }],
    ['names that differ in case', `{"Prod":{"bootstrap.servers":"p:1",${json('u', 'pw')}},"prod":{"bootstrap.servers":"d:1"}}`, { Prod: ['p:1', secret], prod: ['d:1', {}] }],
    ['names that differ in a sign', `[prod-a]\nbootstrap.servers=p:1\nsasl.username=u\nsasl.password=pw\nsasl.mechanism=PLAIN\n[prod.a]\nbootstrap.servers=d:1`, { 'prod-a': ['p:1', secret], 'prod.a': ['d:1', {}] }],
    ['a list', `[{"bootstrap.servers":"p:1",${json('u', 'pw')}},{"bootstrap.servers":"d:1"}]`, { 'number 1': ['p:1', secret], 'number 2': ['d:1', {}] }],
    ['one object behind another', `{"bootstrap.servers":"p:1",${json('u', 'pw')}}\n{"bootstrap.servers":"d:1"}`, { 'number 1': ['p:1', secret], 'number 2': ['d:1', {}] }],
    ['prefixes', `bootstrap.servers=d:1\nconsumer.bootstrap.servers=p:1\nconsumer.sasl.mechanism=PLAIN\nconsumer.sasl.jaas.config=${jaas('u', 'pw')}`, { 'without a heading': ['d:1', {}], consumer: ['p:1', secret] }],
    ['YAML documents', `bootstrap.servers: d:1\n---\nbootstrap.servers: p:1\nsasl.mechanism: PLAIN\nsasl.jaas.config: '${jaas('u', 'pw')}'`, { 'document 1': ['d:1', {}], 'document 2': ['p:1', secret] }],
    ['Spring’s documents in properties', `spring.kafka.bootstrap-servers=d:1\n#---\nspring.kafka.bootstrap-servers=p:1\nspring.kafka.properties.sasl.jaas.config=${jaas('u', 'pw')}`, { 'document 1.spring.kafka': ['d:1', {}], 'document 2.spring.kafka': ['p:1', secret] }],
    ['Quarkus’ profiles', `%prod.kafka.bootstrap.servers=p:1\n%prod.kafka.sasl.jaas.config=${jaas('u', 'pw')}\nkafka.bootstrap.servers=d:1`, { '%prod.kafka': ['p:1', secret], kafka: ['d:1', {}] }],
    ['Kafka UI', `kafka:\n  clusters:\n    - name: a\n      bootstrapServers: p:1\n      properties:\n        sasl.jaas.config: ${jaas('u', 'pw')}\n    - name: b\n      bootstrapServers: d:1`, { a: ['p:1', secret], b: ['d:1', {}] }],
    ['Kafka UI’s variables', `KAFKA_CLUSTERS_0_NAME=a\nKAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=p:1\nKAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG=${jaas('u', 'pw')}\nKAFKA_CLUSTERS_1_NAME=b\nKAFKA_CLUSTERS_1_BOOTSTRAPSERVERS=d:1`, { a: ['p:1', secret], b: ['d:1', {}] }],
    ['AKHQ', `akhq:\n  connections:\n    a:\n      properties:\n        bootstrap.servers: p:1\n        sasl.jaas.config: ${jaas('u', 'pw')}\n    b:\n      properties:\n        bootstrap.servers: d:1`, { 'akhq.connections.a': ['p:1', secret], 'akhq.connections.b': ['d:1', {}] }],
    ['kafkactl', `contexts:\n  prod:\n    brokers: [p:1]\n    sasl: {enabled: true, username: u, password: pw, mechanism: plaintext}\n  dev:\n    brokers:\n    - d:1`, { 'contexts.prod': ['p:1', {}], 'contexts.dev': ['d:1', {}] }],
    ['kafkajs', `const prod = new Kafka({ brokers: ['p:1'], sasl: { mechanism: 'plain', username: 'u', password: 'pw' } })\nconst dev = new Kafka({ brokers: ['d:1'] })`, { prod: ['p:1', secret], dev: ['d:1', {}] }],
    ['Python', `prod = {'bootstrap.servers': 'p:1', ${json('u', 'pw')}}\ndev = {'bootstrap.servers': 'd:1'}`, { prod: ['p:1', secret], dev: ['d:1', {}] }],
    ['commands', `kcat -b p:1 -X sasl.username=u -X sasl.password=pw -X sasl.mechanism=PLAIN -L\nkcat -b d:1 -L`, { 'command 1': ['p:1', secret], 'command 2': ['d:1', {}] }],
    ['a login file beside others’', `KafkaServer {\n ${jaas('admin', 'adminpw')}\n};\nKafkaClient {\n ${jaas('u', 'pw')}\n};`, { '': ['localhost:9092', secret] }],
  ])('stay apart: %s', (_what, text, expected) => {
    expect(each(text)).toEqual(expected)
  }) // oxfmt-ignore

  it('leaves alone what stands beside the one cluster', () => {
    const text = `{"bootstrap.servers":"d:1","prod":{${json('u', 'prodpw')}},"schemaRegistry":{"ssl.keystore.password":"regpw"}}`
    const imported = importSettings(text)
    expect(imported.secrets).toEqual({})
    expect(why(imported, 'prod')[0]).toContain('Nothing was taken from there')
  })

  it('asks no question where all are the same', () => {
    const text = '{"Kafka":{"Producer":{"BootstrapServers":"a:1"},"Consumer":{"BootstrapServers":"a:1","GroupId":"x"}}}'
    expect(importSettings(text).profile.brokers).toEqual(['a:1'])
  })

  it('hands Spring’s common part to its consumers, as Spring does', () => {
    const common = `spring.kafka.properties.sasl.mechanism=PLAIN\nspring.kafka.properties.sasl.jaas.config=${jaas('u', 'pw')}`
    const roles = 'spring.kafka.consumer.bootstrap-servers=a:1\nspring.kafka.producer.bootstrap-servers='
    expect(each(`${roles}a:1\n${common}`)).toEqual({ '': ['a:1', { password: 'pw' }] })
    expect(Object.values(each(`${roles}b:1\n${common}`)).map(([, secrets]) => secrets)).toEqual([{}, {}])
  })

  it.each([
    ['brokers', 'bootstrap.servers', `bootstrap.servers=p:1\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=pw\nbootstrap.servers=d:1`],
    ['brokers in JSON', 'bootstrap.servers', `{"bootstrap.servers":"p:1",${json('u', 'pw')},"bootstrap.servers":"d:1"}`],
    ['brokers by two names', 'metadata.broker.list', `bootstrap.servers=p:1\nmetadata.broker.list=d:1\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=pw`],
    ['brokers of a command', '-b', 'kcat -b p:1 -X bootstrap.servers=d:1 -X sasl.mechanism=PLAIN -X sasl.username=u -X sasl.password=pw'],
    ['passwords', 'sasl.password', 'bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=one\nsasl.password=two'],
    ['a JAAS setting and a password', 'sasl.password', `bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.password=one\nsasl.jaas.config=${jaas('u', 'two')}`],
    ['JAAS settings', 'sasl.jaas.config', `bootstrap.servers=a:1\nsasl.jaas.config=${jaas('u', 'one')}\nsasl.jaas.config=${jaas('v', 'two')}`],
  ])('names what is given twice, and takes no password: %s', (_what, name, text) => {
    const imported = importSettings(text)
    expect(imported.secrets).toEqual({})
    expect(why(imported, name).join()).toMatch(/different (values|users)|none of them was taken/)
    expect(imported.understood).not.toContain(name)
  }) // oxfmt-ignore
})

describe('one cluster', () => {
  it('reads a Java client.properties', () => {
    const result = importSettings(`
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
    expect(Profile.parse(result.profile)).toEqual(result.profile)
    expect(JSON.stringify([result.profile, result.understood, result.ignored])).not.toContain('w;d')
  })

  it('reads PEM given inside the text, with its breaks escaped or lost', () => {
    const result = importSettings(`bootstrap.servers=a:1
security.protocol=SSL
ssl.truststore.certificates=${certificate.replaceAll('\n', '\\n')}
ssl.keystore.certificate.chain=${oneLine(certificate)}
ssl.keystore.key=${oneLine(key)}
ssl.truststore.type=PEM
ssl.keystore.type=PEM`)
    expect(result.profile.tls.ca).toEqual({ source: 'text', pem: certificate })
    expect(result.profile.tls.clientCertificate).toEqual({
      kind: 'pem',
      certificate: { source: 'text', pem: certificate },
      key: { source: 'secret' },
    })
    expect(result.secrets).toEqual({ privateKey: key })
    expect(result.ignored).toEqual([])
  })

  it('takes key stores and trust stores for what they are', () => {
    const text = `bootstrap.servers=a:1\nsecurity.protocol=SSL\nssl.keystore.location=/k.jks\nssl.keystore.password=x\nssl.key.password=y
ssl.truststore.location=/t.p12\nssl.truststore.password=z`
    const { profile, secrets, ignored } = importSettings(text)
    expect(profile.tls).toMatchObject({
      ca: { source: 'file', path: '/t.p12' },
      clientCertificate: { kind: 'pkcs12', keystore: { source: 'file', path: '/k.jks' } },
    })
    expect(secrets).toEqual({ keystorePassphrase: 'x', keyPassphrase: 'y', truststorePassphrase: 'z' })
    expect(ignored).toEqual([])
  })

  it.each([
    ['C#', 'var c = new ProducerConfig\n{\n  BootstrapServers = "a:1",\n  SecurityProtocol = SecurityProtocol.SaslSsl,\n  SaslMechanism = SaslMechanism.ScramSha256,\n  SaslUsername = "u", SaslPassword = "p",\n};'],
    ['kafka-python', "consumer = KafkaConsumer(\n  'topic',\n  bootstrap_servers=['a:1'],\n  security_protocol='SASL_SSL',\n  sasl_mechanism='SCRAM-SHA-256',\n  sasl_plain_username='u',\n  sasl_plain_password='p',  # here\n)\nfor m in consumer: print(m)"],
    ['a ConfigMap', `data:\n  client.properties: |\n    bootstrap.servers=a:1\n    security.protocol=SASL_SSL\n    sasl.mechanism=SCRAM-SHA-256\n    sasl.jaas.config=x.ScramLoginModule required username="u" password="p";\n`],
    ['Compose', `services:\n  ui:\n    environment:\n      - KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=a:1\n      - KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL=SASL_SSL\n      - KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM=SCRAM-SHA-256\n      - KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG=x.ScramLoginModule required username="u" password="p";\n`],
    ['.NET variables', 'Kafka__BootstrapServers=a:1\nKafka__SecurityProtocol=SaslSsl\nKafka__SaslMechanism=ScramSha256\nKafka__SaslUsername=u\nKafka__SaslPassword=p'],
    ['a script', `export KAFKA_USER=u\nPW='p'\nkcat -b a:1 -X security.protocol=sasl_ssl -X sasl.mechanisms=SCRAM-SHA-256 -X sasl.username=$KAFKA_USER -X sasl.password="$PW" -L | jq .`],
    ['Docker with variables', `docker run -e KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=a:1 -e KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL=SASL_SSL -e KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM=SCRAM-SHA-256 -e 'KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG=x.ScramLoginModule required username="u" password="p";' provectuslabs/kafka-ui`],
    ['YAML with anchors', `common: &c\n  security.protocol: SASL_SSL\n  sasl.mechanism: SCRAM-SHA-256\nprod:\n  <<: *c\n  bootstrap.servers: a:1\n  sasl.jaas.config: x.ScramLoginModule required username="u" password="p";`],
    ['a part of a program', `  brokers: ['a:1'],\n  ssl: true,\n  sasl: { mechanism: 'scram-sha-256', username: 'u', password: 'p' },\n`],
  ])('is read from %s', (_what, text) => {
    const { profile, secrets } = importSettings(text)
    expect([profile.brokers, profile.tls.enabled, profile.sasl, secrets]).toEqual([['a:1'], true, { mechanism: 'SCRAM-SHA-256', username: 'u' }, { password: 'p' }])
  }) // oxfmt-ignore

  it.each([
    ['sasl.password=$SECRET', '$SECRET'],
    ['sasl.password=${SECRET}', '${env:SECRET}'],
    ['sasl.password=${SECRET:fallback}', '${env:SECRET}'],
    ['sasl.password=${file:/x/y:z}', '${file:…}'],
    ['sasl.password=${vault:secret/kafka#pw}', '${vault:…}'],
    ['sasl.password={{ .Values.pw }}', '{{ … }}'],
    ['sasl.password=<API_SECRET>', '<…>'],
    ['sasl.password=YOUR_API_SECRET', 'YOUR_API_SECRET'],
    ['sasl.password=your-password', 'your-password'],
    ['sasl.password=%KAFKA_PW%', '%KAFKA_PW%'],
    ['sasl.password=%(pw)s', '%(…)s'],
    ['sasl.password=********', '***'],
    ['sasl.password=prefix-${PART}-suffix', '${PART}'],
    ['sasl.password=KAFKA_PASSWORD', 'KAFKA_PASSWORD'],
    ['sasl.password=KEY_PASSWORD', 'KEY_PASSWORD'],
    ['sasl.password=API_SECRET', 'API_SECRET'],
    ['sasl.password=INSERT_YOUR_PASSWORD_HERE', 'INSERT_YOUR_PASSWORD_HERE'],
    ['sasl.password=CHANGEME', 'CHANGEME'],
  ])('takes no placeholder for a password: %s', (line, said) => {
    const result = importSettings(`bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.username=u\n${line}`)
    expect(result.secrets).toEqual({})
    expect(why(result, 'sasl.password')[0]).toContain(said)
    expect(result.understood).not.toContain('sasl.password')
  })

  it.each([
    '$ecret1',
    '$ConnectionString',
    'a$b',
    '{x}',
    '<a',
    'a>b<c',
    'pa${',
    '#$%&',
    'my-password',
    '100%',
    '$Abc',
    'changeit',
    'password',
    'SECRET',
    'SECRET_1',
    'MYPASSWORD',
    'PASSWORD!',
    'Kafka_Password',
  ])('takes %j for the password it is', (password) => {
    const text = `bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=${password}`
    expect(importSettings(text).secrets).toEqual({ password })
  })

  it('takes ${env:NAME} for a reference, says so, and knows none for a user', () => {
    const result = importSettings(
      `bootstrap.servers=a:1\nsasl.mechanism=PLAIN\nsasl.jaas.config=${jaas('${env:U}', '${env:PW}')}`,
    )
    expect(result.secrets).toEqual({ password: '${env:PW}' })
    expect(why(result, 'sasl.jaas.config: password')[0]).toMatch(/environment variable PW .* You are asked before/)
    expect(result.profile.sasl).toMatchObject({ username: 'user' })
  })

  it('shows no line that may be a piece of a secret', () => {
    const torn = ['hunter2-secret-word', 'MIIEvQIBADANBgkqhkiG9w0BAQ', 'c2VjcmV0cGFzc3dvcmQ=', 'p4ss=word', 'Passw0rd!', 'correct horse', 'abcdef=', 'a.B.c=d']
    for (const text of [`bootstrap.servers=a:1\n${torn.join('\n')}`, `metadata.broker.list=a:1\n${torn.join('\n')}`, `[s]\nbootstrap.servers=a:1\n${torn.join('\n')}`, `BOOTSTRAP_SERVERS=a:1\nA_B=c\n${torn.join('\n')}`]) {
      const { ignored, understood } = importSettings(text)
      const shown = JSON.stringify([ignored, understood])
      for (const line of torn) expect(shown).not.toContain(line.split('=')[0])
    }
  }) // oxfmt-ignore

  it('says which addresses it could not read, and keeps the others', () => {
    const result = importSettings('bootstrap.servers=good:1, bad:port, [::1]:9092')
    expect(result.profile.brokers).toEqual(['good:1', '[::1]:9092'])
    expect(why(result, 'bootstrap.servers')[0]).toContain('not a port')
  })

  it('says that no broker is named, and starts what it assumes read-only', () => {
    const result = importSettings('boostrap.servers=prod-1:9092\nsecurity.protocol=PLAINTEXT')
    expect(result.profile).toMatchObject({ brokers: ['localhost:9092'], accessMode: 'read-only' })
    expect(why(result, 'bootstrap.servers')[0]).toContain('names no broker')
    expect(why(result, 'boostrap.servers')[0]).toContain('spelling')
  })

  it('drops a password that the protocol named would not use', () => {
    const result = importSettings(
      'bootstrap.servers=a:1\nsecurity.protocol=PLAINTEXT\nsasl.username=u\nsasl.password=p',
    )
    expect(result.profile.sasl).toEqual({ mechanism: 'none' })
    expect(result.secrets).toEqual({})
    expect(result.ignored.map((entry) => entry.key)).toEqual(['sasl.username', 'sasl.password'])
  })

  it('gives each draft an id of its own', () => {
    const one = importSettings('bootstrap.servers=a:1')
    expect(one.profile.id).not.toBe(importSettings('bootstrap.servers=a:1').profile.id)
  })

  it.each([
    '',
    'hello world',
    '{"a":1}',
    '<script>alert(1)</script>',
    '\u0000\u0001',
    '{',
    '[',
    '"',
    'kcat',
    'a: [',
    'x = new Kafka(',
  ])('finds no settings in %j', (text) => {
    expect(() => importSettings(text)).toThrow('No client settings')
  })
})

describe('what an import starts with', () => {
  it.each([
    ['enable.ssl.certificate.verification=false', ['verification'], { verify: false }],
    ['ssl.endpoint.identification.algorithm=', ['host names'], { verifyHostName: false }],
    ['ssl.endpoint.identification.algorithm=none', ['host names'], { verifyHostName: false }],
    ['ssl.endpoint.identification.algorithm=https', [], {}],
  ])('is no less verification: %s', (line, held, change) => {
    const result = importSettings(`bootstrap.servers=a:1\nsecurity.protocol=SSL\n${line}`)
    expect(result.profile.tls).toMatchObject({ verify: true, verifyHostName: true })
    expect(result.held.map(({ what }) => what)).toEqual(held)
    expect(Object.assign({}, ...result.held.map((one) => one.change))).toEqual(change)
    expect(why(result, line.split('=')[0]!).length).toBe(held.length)
  })

  it.each([
    ['kafkactl', 'contexts:\n  a:\n    brokers: [a:1]\n    tls: {enabled: true, insecure: true}', ['verification']],
    [
      'kafkajs',
      "new Kafka({ brokers: ['a:1'], ssl: { rejectUnauthorized: false, servername: 'evil.example' } })",
      ['verification', 'server name'],
    ],
  ])('is no less verification by the words of %s', (_what, text, held) => {
    const result = importSettings(text)
    expect(result.profile.tls).toMatchObject({ enabled: true, verify: true, serverName: null })
    expect(result.held.map(({ what }) => what)).toEqual(held)
  })

  it('is read-only unless the cluster is this computer’s', () => {
    expect(importSettings('bootstrap.servers=a:1').profile.accessMode).toBe('read-only')
    expect(importSettings('bootstrap.servers=localhost:9092').profile.accessMode).toBe('full')
    expect(importSettings('bootstrap.servers=localhost:9092,prod:9092').profile.accessMode).toBe('read-only')
  })

  it('is production’s where only the section’s name says so', () => {
    const text = '[prod]\nbootstrap.servers=localhost:9092\n[dev]\nbootstrap.servers=localhost:9093'
    expect(importSettings(text, 'prod').profile).toMatchObject({ environment: 'production', accessMode: 'read-only' })
    expect(importSettings(text, 'dev').profile).toMatchObject({ environment: 'dev', accessMode: 'full' })
  })

  it('is the same for a profile from a colleague', () => {
    const given = newProfile('given', {
      name: 'Given',
      environment: 'dev',
      accessMode: 'full',
      brokers: ['kafka-prod-1:9093'],
      readLimit: null,
      tls: { enabled: true, verify: false, verifyHostName: false, serverName: 'evil.example' },
      addressMap: [{ from: 'kafka-prod-1:9093', to: 'evil.example:9093' }],
      sasl: { mechanism: 'PLAIN', username: 'alice' },
      secretReferences: { password: '${env:PW}' },
    })
    const result = importSettings(profileFile(given).text)
    expect(result.profile).toMatchObject({
      accessMode: 'read-only',
      readLimit: 50,
      addressMap: [],
      tls: { verify: true, verifyHostName: true, serverName: null },
      secretReferences: { password: '${env:PW}' },
    })
    expect(result.held.map(({ what }) => what)).toEqual(['access', 'read limit', 'verification', 'host names', 'server name', 'address map'])
    expect(result.understood).not.toContain('addressMap')
    expect(why(result, 'secretReferences')[0]).toContain('PW')
  }) // oxfmt-ignore
})

describe('hostile text', () => {
  const full = 131_072
  const fill = (piece: string, head = '', tail = '') =>
    head + piece.repeat(Math.floor((full - head.length - tail.length) / piece.length)) + tail
  const alias = (n: number) =>
    Array.from({ length: n }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`).join('\n')
  // 254 KB took 38 s once. Whatever the form, the answer comes in a time that grows with the text, and is small.
  const forms: [string, string][] = [
    ['unknown keys', fill('some.key.of.mine=value\n', 'bootstrap.servers=a:1\n')],
    ['one key again and again', fill('sasl.password=x1\nsasl.password=x2\n', 'bootstrap.servers=a:1\n')],
    ['brokers', fill('a:9092,', 'bootstrap.servers=')],
    ['wrong brokers', fill('a:b:c,', 'bootstrap.servers=')],
    ['continued lines', fill('bootstrap.servers=a:1,\\\n')],
    ['backslashes', fill('\\', 'a=')],
    ['JAAS options', fill('a="b" ', 'bootstrap.servers=a:1\nsasl.jaas.config=a.PlainLoginModule required ')],
    ['login blocks', fill('a {b required x=y;};')],
    ['open quotes of a shell', fill('"', 'kcat ')],
    ['commands', fill('kcat -b a:1;')],
    ['variables', fill('${a', 'kcat ')],
    ['braces', fill('{')],
    ['brackets', fill('[')],
    ['open template strings', fill('`\\', 'x = {')],
    ['open strings', fill("\\'", "x = {a: '")],
    ['joined strings', fill('"a"+', 'x = {a: ')],
    ['objects', fill('"bootstrap.servers":"a:1",', '{', '}')],
    ['YAML keys', fill('a:\n')],
    ['YAML documents', fill('a: 1\n---\n')],
    ['YAML flow', fill('[', 'a: ')],
    ['YAML aliases', `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${alias(20)}`],
    ['headings', fill('[a]\nbootstrap.servers=a:1\n')],
    ['PEM without an end', fill('ssl.key.pem=-----BEGIN PRIVATE KEY-----\n', 'bootstrap.servers=a:1\n')],
    ['words without a sign', fill('hunter2abc\n')],
    ['comments', fill('//\n', '', '{')],
    ['empty lines', fill('\n')],
  ]

  it.each(forms)('of %s gets a bounded answer', { timeout: 60_000 }, (_what, text) => {
    expect(outcome(text)).toBeLessThan(text.length + 60_000)
  })

  it.each(forms)('of %s costs in proportion to its size', { timeout: 60_000 }, (_what, text) => {
    // Processor time, so that other processes do not count: four times the text takes about four times as long, and a
    // reader that looks back over the whole at each step would take sixteen times.
    const cost = (part: string) => threadMs(() => outcome(part))
    const quarter = cost(text.slice(0, text.length / 4))
    const whole = cost(text)
    expect(whole > 400 ? whole / quarter : 0).toBeLessThan(12)
  })
})

function outcome(text: string): number {
  try {
    return JSON.stringify(importSettings(text)).length
  } catch (error) {
    if (!(error instanceof SeeklineError)) throw error
    return JSON.stringify([error.message, error.details ?? '']).length
  }
}
