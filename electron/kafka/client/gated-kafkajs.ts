import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import type { Gate } from './gate.ts'
import { patchKafkajs } from './patches.ts'
import { createSocketFactory, seedName } from './socket.ts'
import { CONNECT_TIMEOUT_MS, type ConnectionSpec } from './spec.ts'

/**
 * kafkajs' own client (admin, producer, consumer) over the same gated sockets: proves that not even kafkajs' code passes
 * the gate. Without retries, so that a refusal is seen at once. Only for that: to fill a cluster it is no use, for it asks
 * a broker for a topic that it just made before that broker knows it, and fails.
 */
export function gatedKafka(spec: ConnectionSpec, gate: Gate, retries = 0): Kafka {
  patchKafkajs()
  const socketFactory = createSocketFactory(spec, gate)
  return new Kafka({
    clientId: spec.clientId,
    brokers: spec.brokers.map((_broker, index) => `${seedName(index)}:9092`),
    // kafkajs' type asks for a net.Socket; it uses the members that KafkaSocket has.
    socketFactory: socketFactory as unknown as NonNullable<KafkaConfig['socketFactory']>,
    connectionTimeout: spec.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    requestTimeout: spec.requestTimeoutMs ?? 30_000,
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: 100 },
    ...(spec.tls === undefined ? {} : { ssl: true }),
    ...(spec.sasl === undefined
      ? {}
      : { sasl: { ...spec.sasl.settings } as unknown as NonNullable<KafkaConfig['sasl']> }),
  })
}
