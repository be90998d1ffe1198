import type { KafkaCluster } from '../../kafka/cluster.ts'

interface Ability {
  key: number
  /** The least version that has it. */
  version: number
  sentence: string
}

// What Kafka 3.3 (the oldest we run on) lacks and the app would use; said in the cluster's view, not hidden.
const abilities: readonly Ability[] = [
  {
    key: 69,
    version: 0,
    sentence:
      'Groups of the newer consumer protocol (KIP-848) are not known to these brokers; they came with Kafka 3.7.',
  },
  {
    key: 16,
    version: 5,
    sentence: 'The brokers do not tell a group’s type (since Kafka 3.8); groups are shown as "unknown".',
  },
  { key: 16, version: 4, sentence: 'The brokers do not tell a group’s state in the list (since Kafka 2.6).' },
  {
    key: 3,
    version: 10,
    sentence: 'Topics have no ids (since Kafka 2.8): a topic deleted and created again is not noticed.',
  },
  {
    key: 9,
    version: 7,
    sentence: 'The brokers cannot say whether a transaction holds positions back (since Kafka 2.5).',
  },
  {
    key: 47,
    version: 0,
    sentence: 'Single positions cannot be removed (since Kafka 2.4), so undoing to "none" is refused.',
  },
  { key: 2, version: 7, sentence: 'The record with the largest timestamp cannot be asked for (since Kafka 3.0).' },
  { key: 90, version: 0, sentence: 'Share groups are not known to these brokers (since Kafka 4.0).' },
  { key: 77, version: 1, sentence: 'The brokers do not tell the members of share groups (since Kafka 4.1).' },
  { key: 89, version: 0, sentence: 'Streams groups are not known to these brokers (since Kafka 4.1).' },
]

/** What these brokers lack that the app would use, as sentences. Empty before any broker announced its versions. */
export function lacks(cluster: Pick<KafkaCluster, 'ranges'>): string[] {
  const ranges = cluster.ranges()
  if (ranges === null) return []
  return abilities.filter(({ key, version }) => (ranges.get(key)?.max ?? -1) < version).map(({ sentence }) => sentence)
}
