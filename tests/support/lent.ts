import { inject } from 'vitest'
import type { KafkaTools } from '../../scripts/lib/kafka-tools.ts'
import type { LentKinds, SharedRegistry } from './lending.ts'
import { apicurioVersions } from './registries.ts'
import { toolsFor } from './shared-kafka.ts'

/** A program shared by all files, with topics, groups or subjects of others in it: no file may stop it, or check everything in it. */
async function lent<Kind extends keyof LentKinds>(kind: Kind): Promise<LentKinds[Kind]> {
  const answer = await fetch(`http://127.0.0.1:${inject('lending')}/${kind}`)
  if (!answer.ok) throw new Error(`${kind} was not started: ${await answer.text()}`)
  return (await answer.json()) as LentKinds[Kind]
}

/** A second shared cluster, also of one node. */
export async function secondKafka(): Promise<{ bootstrap: string; dir: string; tools: KafkaTools }> {
  const second = await lent('second')
  return { ...second, tools: await toolsFor(second) }
}

/** Apicurio 2.6. */
export async function sharedRegistry(): Promise<SharedRegistry> {
  return (await lent('2.6.13.Final'))! // any Java that runs Kafka is new enough for it
}

/** The registries of all versions; the newer one is left out if no Java is new enough for it. */
export async function sharedRegistries(): Promise<SharedRegistry[]> {
  const all = await Promise.all(apicurioVersions.map((version) => lent(version)))
  return all.filter((one) => one !== null)
}
