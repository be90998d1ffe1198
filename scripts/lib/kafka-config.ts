import type { Certificates } from './certificates.ts'
import type { KafkaVersion } from './kafka-jars.ts'

export interface Security {
  sasl?: boolean
  tls?: boolean
  acl?: boolean
}

/** Client listeners. `ssl` requires a client certificate; `sslWrongHost` presents a certificate for another host. */
export type ListenerName = 'plaintext' | 'saslPlaintext' | 'ssl' | 'saslSsl' | 'sslWrongHost'

export type NodePorts = { controller: number; internal: number; plaintext: number } & Partial<
  Record<ListenerName, number>
>

/** `admin` is a superuser; `alice` may read topics and groups whose names begin with "alice"; `carol` has no rights. */
export const users = {
  admin: { username: 'admin', password: 'admin-secret' },
  alice: { username: 'alice', password: 'alice-secret' },
  carol: { username: 'carol', password: 'carol-secret' },
} as const

const kafkaNames: Record<ListenerName, { name: string; protocol: string }> = {
  plaintext: { name: 'PLAINTEXT', protocol: 'PLAINTEXT' },
  saslPlaintext: { name: 'SASL_PLAINTEXT', protocol: 'SASL_PLAINTEXT' },
  ssl: { name: 'SSL', protocol: 'SSL' },
  saslSsl: { name: 'SASL_SSL', protocol: 'SASL_SSL' },
  sslWrongHost: { name: 'WRONG_HOST', protocol: 'SSL' },
}

/** All five have a place in the order of the ports, requested or not, so that a port always has the same meaning. */
export function listenerNames(security: Security): ListenerName[] {
  if (!security.sasl && !security.tls) return ['plaintext']
  const all: ListenerName[] = ['plaintext', 'saslPlaintext', 'ssl', 'saslSsl', 'sslWrongHost']
  return all.filter((name) => {
    const { protocol } = kafkaNames[name]
    return (!protocol.includes('SASL') || security.sasl) && (!protocol.includes('SSL') || security.tls)
  })
}

export interface NodeConfig {
  version: KafkaVersion
  node: number
  ports: NodePorts[]
  dataDir: string
  listeners: ListenerName[]
  security: Security
  certificates?: Certificates
  advertisedHost: string
  extra: Record<string, string>
}

/**
 * One node's server.properties. Brokers talk to each other over INTERNAL and CONTROLLER, not over the clients'
 * listeners, so that a test may give clients any addresses and any protocol without harming the cluster.
 */
export function brokerProperties(config: NodeConfig): string {
  const mine = config.ports[config.node - 1]! // nodes are numbered from 1, and each has its ports
  const clients = config.listeners.map((name) => ({ ...kafkaNames[name], port: mine[name]! })) // a node has a port per listener
  const copies = String(config.ports.length)
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(config.node),
    'controller.quorum.voters': config.ports
      .map((node, index) => `${index + 1}@127.0.0.1:${node.controller}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    listeners: [
      `CONTROLLER://127.0.0.1:${mine.controller}`,
      `INTERNAL://127.0.0.1:${mine.internal}`,
      ...clients.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
    ].join(','),
    'advertised.listeners': [
      `INTERNAL://127.0.0.1:${mine.internal}`,
      ...clients.map(({ name, port }) => `${name}://${config.advertisedHost}:${port}`),
    ].join(','),
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      'INTERNAL:PLAINTEXT',
      ...clients.map(({ name, protocol }) => `${name}:${protocol}`),
    ].join(','),
    'log.dirs': config.dataDir,
    ...replication(copies, config.ports.length),
    ...strict,
    ...quick,
    ...(config.security.acl ? authorization : {}),
  }
  for (const { name, protocol } of clients) {
    const prefix = `listener.name.${name.toLowerCase()}.`
    if (protocol.includes('SASL')) Object.assign(properties, sasl(prefix))
    if (protocol.includes('SSL') && config.certificates)
      Object.assign(properties, tls(prefix, name, config.certificates))
  }
  Object.assign(properties, config.extra)
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('')
}

function replication(copies: string, nodes: number): Record<string, string> {
  const minimum = nodes === 1 ? '1' : '2'
  return {
    'default.replication.factor': copies,
    'min.insync.replicas': minimum,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': minimum,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': minimum,
  }
}

/**
 * Nothing happens by itself: requesting a name does not create a topic, and records are not deleted, however old their
 * timestamps are. A test that needs either sets it.
 */
const strict: Record<string, string> = { 'auto.create.topics.enable': 'false', 'log.retention.ms': '-1' }

/** No delays that Kafka has for the sake of big clusters, and little memory. */
const quick: Record<string, string> = {
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '10',
  'transaction.state.log.num.partitions': '5',
  'share.coordinator.state.topic.num.partitions': '5',
  'log.initial.task.delay.ms': '500',
  'log.cleaner.backoff.ms': '500',
  'log.retention.check.interval.ms': '1000',
  'log.segment.delete.delay.ms': '1000',
  'log.cleaner.dedupe.buffer.size': '16777216',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'broker.session.timeout.ms': '6000',
  'broker.heartbeat.interval.ms': '1000',
  // Two no-op records per second (KIP-835) would be a third of the processor time of an idle broker.
  'metadata.max.idle.interval.ms': '5000',
}

const authorization: Record<string, string> = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  // Clients on PLAINTEXT, INTERNAL or CONTROLLER are User:ANONYMOUS: the tests' own access.
  'super.users': 'User:admin;User:ANONYMOUS',
  'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/,DEFAULT',
}

function sasl(prefix: string): Record<string, string> {
  const accounts = Object.values(users)
    .map(({ username, password }) => `user_${username}="${password}"`)
    .join(' ')
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return {
    [`${prefix}sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${prefix}plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required ${accounts};`,
    [`${prefix}scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}scram-sha-512.sasl.jaas.config`]: scram,
  }
}

function tls(prefix: string, listener: string, certificates: Certificates): Record<string, string> {
  const store = listener === 'WRONG_HOST' ? certificates.wrongHostStore : certificates.serverStore
  return {
    [`${prefix}ssl.keystore.location`]: store,
    [`${prefix}ssl.keystore.password`]: certificates.passphrase,
    [`${prefix}ssl.key.password`]: certificates.passphrase,
    [`${prefix}ssl.truststore.location`]: certificates.trustStore,
    [`${prefix}ssl.truststore.password`]: certificates.passphrase,
    [`${prefix}ssl.client.auth`]: listener === 'SSL' ? 'required' : 'none',
  }
}
