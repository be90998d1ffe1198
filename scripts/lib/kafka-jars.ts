import { java } from './java.ts'
import { fetchedOnce } from './maven.ts'

/** The current Kafka: demo and tests run on it. */
export const currentKafka = '4.4.0'

/** 4.3.0 is the previous one; 3.3.2 the oldest that we support (KRaft became production-ready with it). */
export type KafkaVersion = typeof currentKafka | '4.3.0' | '3.3.2'

export interface KafkaJars {
  version: KafkaVersion
  /** For `java -cp`. */
  classpath: string
}

/** Downloads the jars of a Kafka version through Maven into the cache folder; returns at once if they are there already. */
export async function kafkaJars(
  version: KafkaVersion,
  say: (line: string) => void = () => undefined,
): Promise<KafkaJars> {
  await java()
  // Kafka's own archive includes the logging back end, its Maven artifacts do not: without one a broker logs nothing.
  const logging = version.startsWith('3.')
    ? 'org.slf4j:slf4j-reload4j:1.7.36'
    : 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'
  const wanted = [`org.apache.kafka:kafka_2.13:${version}`, `org.apache.kafka:kafka-tools:${version}`, logging]
  return { version, classpath: await fetchedOnce(`kafka-${version}`, `Kafka ${version}`, wanted, say) }
}

/**
 * Kafka's own stand-in for an object store, which keeps remote segments in a folder (KIP-405). It comes with Kafka's tests.
 * For `remote.log.storage.manager.class.path`.
 */
export async function tieredStorageJars(version: KafkaVersion): Promise<string> {
  const wanted = ['kafka-storage', 'kafka-clients'].map((name) => `org.apache.kafka:${name}:${version}:test`)
  return await fetchedOnce(`kafka-${version}-tiered-storage`, `Kafka ${version}'s tiered storage for tests`, wanted)
}

/** The version before the current one: Maven has no newer one of the connectors that come with Kafka. */
export const connectKafka = '4.3.0'

/** The connectors that come with Kafka: Connect itself is among Kafka's own jars. */
export async function connectorJars(): Promise<string> {
  const wanted = [`org.apache.kafka:connect-file:${connectKafka}:`]
  return await fetchedOnce(`kafka-${connectKafka}-connect-file`, 'Kafka’s file connectors', wanted)
}

/** Only Kafka Streams itself, for its serialisers: its dependencies apart from Kafka's clients are large. */
export async function streamsJars(): Promise<string> {
  return await fetchedOnce(`kafka-${currentKafka}-streams`, 'Kafka Streams', [
    `org.apache.kafka:kafka-streams:${currentKafka}:`,
  ])
}
