// oxlint-disable max-lines -- a table: one row a file of settings
import type { SecretName } from '#shared/model/secret-names.ts'

export interface CameOut {
  brokers: string
  tls: string
  sasl: string
  secrets: Partial<Record<SecretName, string>>
  understood: string[]
  /** By key: what is said of it. */
  said: Record<string, string[]>
}

/** Files of real life in tests/fixtures/settings: what comes out of each, and what is said. `→` chooses a cluster. */
export const table: Record<
  string,
  CameOut | { several: { id: string; name: string; brokers: string[]; security: string }[] }
> = {
  '01-confluent-java.properties': {
    brokers: 'pkc-00000.region.cloud.confluent.cloud:9092',
    tls: 'TLS',
    sasl: 'PLAIN as ABCDEFGHIJKLMNOP',
    secrets: { password: 'cfltAb+/cd=EF12#34' },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: {
      'client.dns.lookup': ['Seekline resolves names as this computer does, and tries each address of a name.'],
      'session.timeout.ms': ['Seekline chooses its own time limits and retries.'],
      acks: ['A setting of consumers or producers; Seekline chooses its own.'],
      'client.id': ['Seekline calls itself seekline, so that brokers can tell it apart.'],
      'schema.registry.url': ['A schema registry is no part of a profile.'],
      'basic.auth.credentials.source': ['A schema registry is no part of a profile.'],
      'basic.auth.user.info': ['A schema registry is no part of a profile.'],
    },
  },
  '02-confluent-python.ini': {
    brokers: 'pkc-00000.region.cloud.confluent.cloud:9092',
    tls: 'TLS',
    sasl: 'PLAIN as ABCDEFGHIJKLMNOP',
    secrets: { password: 'cfltAb+/cd=EF12#34' },
    understood: [
      'default.bootstrap.servers',
      'default.security.protocol',
      'default.sasl.mechanisms',
      'default.sasl.username',
      'default.sasl.password',
    ],
    said: {
      'consumer.group.id': ['Looking joins no group.'],
      'consumer.auto.offset.reset': ['A setting of consumers or producers; Seekline chooses its own.'],
    },
  },
  '03-aiven-java.properties': {
    brokers: 'demo-kafka-myproj.aivencloud.com:24949',
    tls: 'TLS, ca client.truststore.jks, store client.keystore.p12',
    sasl: 'none',
    secrets: {},
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.truststore.location',
      'ssl.keystore.location',
      'ssl.keystore.type',
    ],
    said: {
      'ssl.truststore.location': ['It is a path relative to where that client was started. Write the whole path.'],
      'ssl.keystore.location': ['It is a path relative to where that client was started. Write the whole path.'],
      'ssl.truststore.password': [
        'The text holds only a placeholder, TRUSTSTORE_PASSWORD. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      'ssl.keystore.password': [
        'The text holds only a placeholder, KEYSTORE_PASSWORD. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      'ssl.key.password': [
        'The text holds only a placeholder, KEY_PASSWORD. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      'key.serializer': ['A setting of consumers or producers; Seekline chooses its own.'],
    },
  },
  '04-aiven-kcat.conf': {
    brokers: 'demo-kafka-myproj.aivencloud.com:24949',
    tls: 'TLS, ca ca.pem, pem service.cert service.key',
    sasl: 'none',
    secrets: {},
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.ca.location',
      'ssl.certificate.location',
      'ssl.key.location',
    ],
    said: {
      'ssl.ca.location': ['It is a path relative to where that client was started. Write the whole path.'],
      'ssl.certificate.location': ['It is a path relative to where that client was started. Write the whole path.'],
      'ssl.key.location': ['It is a path relative to where that client was started. Write the whole path.'],
    },
  },
  '05-msk-iam.properties': {
    brokers:
      'b-1.demo.abcde1.c2.kafka.us-east-1.amazonaws.com:9098,b-2.demo.abcde1.c2.kafka.us-east-1.amazonaws.com:9098',
    tls: 'TLS',
    sasl: 'none',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol'],
    said: {
      'sasl.mechanism': [
        'This is sign-in by AWS IAM; Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.',
      ],
      'sasl.jaas.config': ['It belongs to sign-in by AWS IAM, which Seekline does not have.'],
      'sasl.client.callback.handler.class': ['It names Java code that signs in; Seekline runs none.'],
    },
  },
  '07-eventhubs.properties': {
    brokers: 'mynamespace.servicebus.windows.net:9093',
    tls: 'TLS',
    sasl: 'PLAIN as $ConnectionString',
    secrets: {
      password:
        'Endpoint=sb://mynamespace.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=',
    },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: { 'request.timeout.ms': ['Seekline chooses its own time limits and retries.'] },
  },
  '09-spring.yml': {
    brokers: 'kafka-1.prod.example.com:9093,kafka-2.prod.example.com:9093',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as orders',
    secrets: {},
    understood: [
      'spring.kafka.bootstrap-servers',
      'spring.kafka.security.protocol',
      'spring.kafka.properties.sasl.mechanism',
      'spring.kafka.properties.sasl.jaas.config',
      'spring.kafka.properties.ssl.endpoint.identification.algorithm',
    ],
    said: {
      'spring.kafka.properties.sasl.jaas.config: password': [
        'The text holds only a placeholder, ${KAFKA_PASSWORD}. Enter the value, or ${env:KAFKA_PASSWORD} to have it read from this computer’s environment.',
      ],
      'spring.kafka.ssl.trust-store-location': [
        'It lies inside the application (classpath:). Copy it out, and name the file.',
      ],
      'spring.kafka.ssl.trust-store-type': ['Without the store itself it has no use.'],
      'spring.kafka.ssl.trust-store-password': ['Without the store itself it has no use.'],
      'spring.kafka.consumer.group-id': ['Looking joins no group.'],
      'spring.kafka.consumer.auto-offset-reset': ['A setting of consumers or producers; Seekline chooses its own.'],
    },
  },
  '10-spring.properties': {
    brokers: 'kafka-1.example.com:9093',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-256 as orders',
    secrets: { password: 's3cret' },
    understood: [
      'spring.kafka.bootstrap-servers',
      'spring.kafka.properties.security.protocol',
      'spring.kafka.properties.sasl.mechanism',
      'spring.kafka.properties.sasl.jaas.config',
    ],
    said: { 'spring.kafka.consumer.group-id': ['Looking joins no group.'] },
  },
  '11-kcat.sh': {
    brokers: 'pkc-00000.region.cloud.confluent.cloud:9092',
    tls: 'TLS, ca /etc/ssl/certs',
    sasl: 'PLAIN as ABCDEFGHIJKLMNOP',
    secrets: { password: 'a$b"c d' },
    understood: ['-b', 'security.protocol', 'sasl.mechanisms', 'sasl.username', 'sasl.password', 'ssl.ca.location'],
    said: {},
  },
  '12-docker-kcat.sh': {
    brokers: 'broker:29092,broker2:29092',
    tls: 'no TLS',
    sasl: 'SCRAM-SHA-256 as u',
    secrets: { password: 'p' },
    understood: ['-b', 'security.protocol', 'sasl.mechanism', 'sasl.username', 'sasl.password'],
    said: {},
  },
  '13-kafkaui.env': {
    brokers: 'kafka:9096',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as ABC',
    secrets: { password: '123' },
    understood: [
      'KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS',
      'KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL',
      'KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM',
      'KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG',
      'KAFKA_CLUSTERS_0_NAME',
    ],
    said: {},
  },
  '14-windows.conf': {
    brokers: 'kafka01.corp.local:9093',
    tls: 'TLS, ca C:\\temp\\kafka-certs\\letsencrypt-pub.crt, store C:\\temp\\kafka-certs\\bhj.p12',
    sasl: 'none',
    secrets: { keystorePassphrase: 'back\\slash' },
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.ca.location',
      'ssl.keystore.location',
      'ssl.keystore.password',
    ],
    said: {},
  },
  '15-windows-java.properties': {
    brokers: 'kafka01.corp.local:9093',
    tls: 'TLS, ca C:\\temp\\new\\ca.pem, store C:\\certs\\me.p12',
    sasl: 'none',
    secrets: { keystorePassphrase: 'changeit' },
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.truststore.location',
      'ssl.truststore.type',
      'ssl.keystore.location',
      'ssl.keystore.type',
      'ssl.keystore.password',
    ],
    said: {
      'ssl.truststore.location': [
        'A single backslash begins an escape in a properties file, so Java reads a tab (\\t) in this path. It is taken as it is written; for Java, write \\\\ or / in its place.',
      ],
    },
  },
  '16-python.py': {
    brokers: 'pkc-00000.region.cloud.confluent.cloud:9092',
    tls: 'TLS',
    sasl: 'PLAIN as KEY',
    secrets: { password: 'SECRET' },
    understood: [
      'conf.bootstrap.servers',
      'conf.security.protocol',
      'conf.sasl.mechanisms',
      'conf.sasl.username',
      'conf.sasl.password',
    ],
    said: { 'conf.group.id': ['Looking joins no group.'] },
  },
  '18-krb.properties': {
    brokers: 'kdc-kafka.corp:9092',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol'],
    said: {
      'sasl.mechanism': [
        'This is sign-in by Kerberos; Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.',
      ],
      'sasl.jaas.config': ['It belongs to sign-in by Kerberos, which Seekline does not have.'],
      'sasl.kerberos.service.name': ['It belongs to sign-in by Kerberos, which Seekline does not have.'],
    },
  },
  '19-kafkactl.yml': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS, ca my-ca',
    sasl: 'SCRAM-SHA-512 as admin',
    secrets: { password: 'admin' },
    understood: [
      'contexts.default.brokers',
      'contexts.default.tls.enabled',
      'contexts.default.sasl.enabled',
      'contexts.default.sasl.mechanism',
      'contexts.default.sasl.username',
      'contexts.default.sasl.password',
      'contexts.default.tls.insecure',
      'contexts.default.tls.ca',
    ],
    said: {},
  },
  '20-jaasfile.conf': {
    brokers: 'localhost:9092',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as alice',
    secrets: { password: 'alice-secret' },
    understood: ['sasl.jaas.config'],
    said: {
      'bootstrap.servers': ['The text names no broker: localhost:9092 stands in for it. Put yours in its place.'],
      'security.protocol': ['Not named in the text; taken as SASL_SSL because of the other settings.'],
      'sasl.mechanism': ['Not named in the text; taken as SCRAM-SHA-512 because of the login module.'],
    },
  },
  '21-quarkus.properties': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as q',
    secrets: { password: 'q1' },
    understood: [
      'kafka.bootstrap.servers',
      'kafka.security.protocol',
      'kafka.sasl.mechanism',
      'kafka.sasl.jaas.config',
    ],
    said: {},
  },
  '22-oauth.properties': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'none',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol'],
    said: {
      'sasl.mechanism': ['This is sign-in by OAuth; Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.'],
      'sasl.jaas.config': ['It belongs to sign-in by OAuth, which Seekline does not have.'],
      'sasl.login.callback.handler.class': ['It names Java code that signs in; Seekline runs none.'],
      'sasl.oauthbearer.token.endpoint.url': ['It belongs to sign-in by OAuth, which Seekline does not have.'],
    },
  },
  '23-kafkajs.js': {
    brokers: 'kafka1:9092,kafka2:9092',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-256 as my-username',
    secrets: { password: 'my-password' },
    understood: ['kafka.brokers', 'kafka.ssl', 'kafka.sasl.mechanism', 'kafka.sasl.username', 'kafka.sasl.password'],
    said: { 'kafka.clientId': ['Seekline calls itself seekline, so that brokers can tell it apart.'] },
  },
  '24-kafkajs.json': {
    brokers: 'kafka1:9092,kafka2:9092',
    tls: 'TLS',
    sasl: 'PLAIN as u',
    secrets: { password: 'p' },
    understood: ['brokers', 'ssl', 'sasl.mechanism', 'sasl.username', 'sasl.password'],
    said: { clientId: ['Seekline calls itself seekline, so that brokers can tell it apart.'] },
  },
  '25-dotnet.json': {
    brokers: 'kafka1:9092',
    tls: 'TLS',
    sasl: 'PLAIN as u',
    secrets: { password: 'p' },
    understood: [
      'Kafka.BootstrapServers',
      'Kafka.SecurityProtocol',
      'Kafka.SaslMechanism',
      'Kafka.SaslUsername',
      'Kafka.SaslPassword',
    ],
    said: {},
  },
  '26-connect-worker.properties': {
    several: [
      { id: '', name: 'without a heading', brokers: ['kafka.example.com:9093'], security: 'TLS · SCRAM-SHA-512' },
      { id: 'consumer', name: 'consumer', brokers: ['other.example.com:9092'], security: 'no TLS' },
    ],
  },
  '26-connect-worker.properties → ': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as worker',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: {
      'sasl.jaas.config: password': [
        'The text holds only a placeholder, ${file:…}. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      consumer: ['Its one setting stands apart from the cluster’s settings. Nothing was taken from there.'],
      producer: ['Its 2 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
    },
  },
  '26-connect-worker.properties → consumer': {
    brokers: 'other.example.com:9092',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['consumer.bootstrap.servers'],
    said: {
      'the rest': ['Its 4 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
      producer: ['Its 2 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
    },
  },
  '27-ipv6.properties': {
    brokers: '[2001:db8::1]:9092,[::1]:9093',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['bootstrap.servers'],
    said: { 'bootstrap.servers': ['"fe80::1:9092" looks like IPv6: write it in brackets, such as [::1]:9092.'] },
  },
  '28-mirrormaker.properties': {
    several: [
      { id: 'primary', name: 'primary', brokers: ['kafka-primary:9092'], security: 'TLS · PLAIN' },
      { id: 'backup', name: 'backup', brokers: ['kafka-backup:9092'], security: 'no TLS' },
    ],
  },
  '28-mirrormaker.properties → primary': {
    brokers: 'kafka-primary:9092',
    tls: 'TLS',
    sasl: 'PLAIN as mm',
    secrets: { password: 'mm1' },
    understood: [
      'primary.bootstrap.servers',
      'primary.security.protocol',
      'primary.sasl.mechanism',
      'primary.sasl.jaas.config',
    ],
    said: {
      backup: ['Its one setting stands apart from the cluster’s settings. Nothing was taken from there.'],
      clusters: ['It says nothing about how to reach a cluster.'],
    },
  },
  '28-mirrormaker.properties → backup': {
    brokers: 'kafka-backup:9092',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['backup.bootstrap.servers'],
    said: {
      primary: ['Its 4 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
      clusters: ['It says nothing about how to reach a cluster.'],
    },
  },
  '29-comma.properties': {
    brokers: 'kafka:9096',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-512 as user',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism'],
    said: {
      'sasl.jaas.config': [
        'Something stands at or behind "password" that is no name="value": Kafka refuses it. A quotation mark inside a value is written \\". Nothing of it was taken.',
      ],
      'sasl.username': ['No user name was found; "user" stands in for it.'],
    },
  },
  '30-trailing.properties': {
    brokers: 'kafka:9096',
    tls: 'TLS',
    sasl: 'PLAIN as "quoted-user"',
    secrets: { password: '"quoted pass"   # my comment' },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.username', 'sasl.password'],
    said: {
      'sasl.username': [
        'It is taken with the quotation marks around it, as clients take it. Remove them if they are not part of it.',
      ],
      'sasl.password': [
        'It is taken with the quotation marks around it, as clients take it. Remove them if they are not part of it.',
        'It is taken with the # and what follows, as clients take it: no comment can stand behind a value.',
      ],
    },
  },
  'a-pem-lines-rdk.conf': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS, ca /etc/kafka/ca.pem, pem /etc/kafka/client.pem secret',
    sasl: 'none',
    secrets: {
      privateKey:
        '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7SECRETKEYLINE1\naGVsbG8gd29ybGQgdGhpcyBpcyBhIHNlY3JldCBrZXkgbGluZSBudW1iZXIgdHdvIQ\n-----END PRIVATE KEY-----\n',
    },
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.ca.location',
      'ssl.certificate.location',
      'ssl.key.pem',
    ],
    said: {},
  },
  'd-env.properties': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'PLAIN as user',
    secrets: { password: '${env:KAFKA_PASSWORD}' },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: {
      'sasl.jaas.config: username': ['A user name cannot be read from the environment. Enter it.'],
      'sasl.jaas.config: password': [
        'It is read from the environment variable KAFKA_PASSWORD of this computer when connecting, and goes to these brokers. You are asked before that happens for the first time.',
      ],
      'sasl.username': ['No user name was found; "user" stands in for it.'],
    },
  },
  'e-file.properties': {
    brokers: 'localhost:9092',
    tls: 'TLS',
    sasl: 'PLAIN as user',
    secrets: {},
    understood: ['security.protocol', 'sasl.mechanism'],
    said: {
      'bootstrap.servers': [
        'The text holds only a placeholder, ${file:…}. Enter the value.',
        'The text names no broker: localhost:9092 stands in for it. Put yours in its place.',
      ],
      'sasl.jaas.config: username': ['The text holds only a placeholder, ${file:…}. Enter the value.'],
      'sasl.jaas.config: password': [
        'The text holds only a placeholder, ${file:…}. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      'sasl.username': ['No user name was found; "user" stands in for it.'],
      'ssl.truststore.location': ['The text holds only a placeholder, ${file:…}. Enter the value.'],
      'ssl.truststore.type': ['Without the store itself it has no use.'],
    },
  },
  'f-kcat-env.sh': {
    brokers: 'localhost:9092',
    tls: 'TLS',
    sasl: 'PLAIN as user',
    secrets: {},
    understood: ['security.protocol', 'sasl.mechanisms'],
    said: {
      '-b': ['The text holds only a placeholder, ${BROKERS}. Enter the value.'],
      'bootstrap.servers': ['The text names no broker: localhost:9092 stands in for it. Put yours in its place.'],
      'sasl.username': [
        'The text holds only a placeholder, ${KAFKA_USER}. Enter the value.',
        'No user name was found; "user" stands in for it.',
      ],
      'sasl.password': [
        'The text holds only a placeholder, ${KAFKA_PASSWORD}. Enter the value, or ${env:KAFKA_PASSWORD} to have it read from this computer’s environment.',
      ],
    },
  },
  'g-kcat-F.sh': {
    brokers: 'kafka.example.com:9093',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['-b'],
    said: {
      '-F': [
        'kcat reads more settings from this file. Paste its lines instead of the command, or below “-b” and “-X” of it.',
      ],
    },
  },
  'h-two.json': {
    several: [
      { id: 'prod', name: 'prod', brokers: ['prod.example.com:9093'], security: 'TLS · PLAIN' },
      { id: 'dev', name: 'dev', brokers: ['dev.example.com:9092'], security: 'no TLS' },
    ],
  },
  'h-two.json → prod': {
    brokers: 'prod.example.com:9093',
    tls: 'TLS',
    sasl: 'PLAIN as produser',
    secrets: { password: 'prodpw' },
    understood: [
      'prod.bootstrap.servers',
      'prod.security.protocol',
      'prod.sasl.mechanism',
      'prod.sasl.username',
      'prod.sasl.password',
    ],
    said: { dev: ['Its 3 settings stand apart from the cluster’s settings. Nothing was taken from there.'] },
  },
  'h-two.json → dev': {
    brokers: 'dev.example.com:9092',
    tls: 'no TLS',
    sasl: 'none as dev',
    secrets: {},
    understood: ['dev.bootstrap.servers', 'dev.security.protocol', 'dev.sasl.username'],
    said: {
      'sasl.mechanism': ['Not named in the text: choose one in the form.'],
      prod: ['Its 5 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
    },
  },
  'i-two.ini': {
    several: [
      { id: 'prod', name: 'prod', brokers: ['prod.example.com:9093'], security: 'TLS · PLAIN' },
      { id: 'dev', name: 'dev', brokers: ['dev.example.com:9092'], security: 'no TLS' },
    ],
  },
  'i-two.ini → prod': {
    brokers: 'prod.example.com:9093',
    tls: 'TLS',
    sasl: 'PLAIN as produser',
    secrets: { password: 'prodpw' },
    understood: [
      'prod.bootstrap.servers',
      'prod.security.protocol',
      'prod.sasl.mechanisms',
      'prod.sasl.username',
      'prod.sasl.password',
    ],
    said: { dev: ['Its 3 settings stand apart from the cluster’s settings. Nothing was taken from there.'] },
  },
  'i-two.ini → dev': {
    brokers: 'dev.example.com:9092',
    tls: 'no TLS',
    sasl: 'none as devuser',
    secrets: {},
    understood: ['dev.bootstrap.servers', 'dev.security.protocol', 'dev.sasl.username'],
    said: {
      'sasl.mechanism': ['Not named in the text: choose one in the form.'],
      prod: ['Its 5 settings stand apart from the cluster’s settings. Nothing was taken from there.'],
    },
  },
  'k-quoted.env': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'none as abc',
    secrets: {},
    understood: ['BOOTSTRAP_SERVERS', 'SASL_USERNAME'],
    said: {
      'security.protocol': ['Not named in the text; taken as SASL_SSL because of the other settings.'],
      'sasl.mechanism': ['Not named in the text: choose one in the form.'],
    },
  },
  'l-ccloud-template.properties': {
    brokers: 'pkc-12345.eu-west-1.aws.confluent.cloud:9092',
    tls: 'TLS',
    sasl: 'PLAIN as user',
    secrets: {},
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism'],
    said: {
      'sasl.jaas.config: username': ['The text holds only a placeholder, {{ … }}. Enter the value.'],
      'sasl.jaas.config: password': [
        'The text holds only a placeholder, {{ … }}. Enter the value, or ${env:NAME} to have it read from this computer’s environment.',
      ],
      'sasl.username': ['No user name was found; "user" stands in for it.'],
    },
  },
  'm-jksnotype.properties': {
    brokers: 'k:9093',
    tls: 'TLS, ca /etc/kafka/truststore, store /etc/kafka/keystore',
    sasl: 'none',
    secrets: { keystorePassphrase: 'x' },
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.truststore.location',
      'ssl.keystore.location',
      'ssl.keystore.password',
    ],
    said: {},
  },
  'n-certchain.properties': {
    brokers: 'k:9093',
    tls: 'TLS, ca ca.pem, pem ~/certs/client.pem ~/certs/client.pem',
    sasl: 'none',
    secrets: {},
    understood: [
      'bootstrap.servers',
      'security.protocol',
      'ssl.truststore.location',
      'ssl.truststore.type',
      'ssl.keystore.location',
      'ssl.keystore.type',
    ],
    said: {
      'ssl.truststore.location': ['It is a path relative to where that client was started. Write the whole path.'],
      'ssl.keystore.location': ['“~” stands for no folder outside of a shell. Write the whole path.'],
    },
  },
  'o-host-alias.properties': {
    brokers: 'kafka_1.example.com:9093,kafka2:9092,kafka3:9092',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-256 as alice',
    secrets: { password: 'alice-secret' },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: { 'bootstrap.servers': ['No port is named for kafka2, kafka3: taken as 9092.'] },
  },
  'p-ssl_colon.properties': {
    brokers: 'kafka:9093',
    tls: 'TLS',
    sasl: 'SCRAM-SHA-256 as alice',
    secrets: { password: 'al\\ice"x' },
    understood: ['bootstrap.servers', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    said: {},
  },
  'z1.json': {
    brokers: 'k1:9093',
    tls: 'TLS',
    sasl: 'PLAIN as u',
    secrets: { password: 'p' },
    understood: [
      'kafka.bootstrap.servers',
      'kafka.security.protocol',
      'kafka.sasl.mechanisms',
      'kafka.sasl.username',
      'kafka.sasl.password',
    ],
    said: { metrics: ['Its one setting stands apart from the cluster’s settings. Nothing was taken from there.'] },
  },
  'z3.sh': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'none',
    secrets: {},
    understood: ['-b', 'security.protocol'],
    said: {
      'sasl.mechanism': ['Not named in the text: choose one in the form.'],
      '-F': [
        'kcat reads more settings from this file. Paste its lines instead of the command, or below “-b” and “-X” of it.',
      ],
    },
  },
  'z4.sh': {
    brokers: 'kafka.example.com:9093',
    tls: 'no TLS',
    sasl: 'none',
    secrets: {},
    understood: ['-b'],
    said: { KAFKA_PW: ['A variable set for the command, which says nothing about the cluster by itself.'] },
  },
  'z5.sh': {
    brokers: 'kafka.example.com:9093',
    tls: 'TLS',
    sasl: 'PLAIN as u',
    secrets: { password: 'pa$s' },
    understood: ['-b', 'security.protocol', 'sasl.mechanism', 'sasl.username', 'sasl.password'],
    said: {},
  },
}
