import { ByName } from './by-name.ts'
import type { BrokerNode, MetadataPartition, MetadataResponse, MetadataTopic } from './protocol/metadata.ts'
import { Slices } from './protocol/slices.ts'

export type PartitionInfo = Readonly<MetadataPartition>
/** Its partitions by number, ascending. */
export type TopicInfo = Readonly<MetadataTopic>

const GONE = new Set([3, 100])

/**
 * What Metadata said, indexed for clusters with a million topics: it keeps the objects that were decoded, for a second set of
 * them would be half of the memory. Pure: asks nobody.
 */
export class MetadataIndex {
  clusterId: string | null = null
  controllerId = -1
  brokers: readonly BrokerNode[] = []
  private byName = new ByName<TopicInfo>()
  /** What full answers that are still being taken in have come to. */
  private readonly coming = new Set<ByName<TopicInfo>>()

  get topics(): Pick<ByName<TopicInfo>, 'size' | 'slice'> {
    return this.byName
  }

  topic(name: string): TopicInfo | undefined {
    return this.byName.get(name)
  }

  partition(topic: string, partition: number): PartitionInfo | undefined {
    return partitionOf(this.byName.get(topic), partition)
  }

  /**
   * Takes what an answer says of the cluster itself, and gives the steps that take in its topics. `all`: it listed every
   * topic, so what is missing is gone, once it is taken in; until then what was known before is known. Otherwise only what
   * it names changes. Nothing known of one cluster holds for another that answers at the same address.
   */
  apply(answer: MetadataResponse, all: boolean): Generator<undefined, void> {
    if (this.clusterId !== null && answer.clusterId !== null && answer.clusterId !== this.clusterId) {
      this.byName = new ByName()
      this.coming.clear()
    }
    this.clusterId = answer.clusterId ?? this.clusterId
    this.controllerId = answer.controllerId
    if (answer.brokers.length > 0) this.brokers = answer.brokers
    return all ? this.replace(answer.topics) : this.change(answer.topics)
  }

  private *replace(topics: readonly MetadataTopic[]): Generator<undefined, void> {
    const slices = new Slices()
    const fresh = new ByName<TopicInfo>()
    this.coming.add(fresh)
    for (const topic of topics) {
      // Told meanwhile by another answer, or twice by this one.
      const known = fresh.get(topic.name) ?? this.byName.get(topic.name)
      if (!GONE.has(topic.errorCode)) fresh.set(topic.name, newer(topic, known))
      if (slices.due()) yield
    }
    // Not there any more: it is another cluster by now.
    if (this.coming.delete(fresh)) this.byName = fresh
  }

  private *change(topics: readonly MetadataTopic[]): Generator<undefined, void> {
    const slices = new Slices()
    for (const topic of topics) {
      const info = newer(topic, this.byName.get(topic.name))
      for (const names of [this.byName, ...this.coming]) {
        if (GONE.has(topic.errorCode)) names.delete(topic.name)
        else names.set(topic.name, info)
      }
      if (slices.due()) yield
    }
  }
}

function partitionOf(topic: TopicInfo | undefined, partition: number): PartitionInfo | undefined {
  const there = topic?.partitions[partition]
  return there?.partition === partition ? there : topic?.partitions.find((p) => p.partition === partition)
}

/** The topic as told, but a broker that lags behind may still tell of an older leader (KIP-320): the higher epoch wins. */
function newer(topic: MetadataTopic, known: TopicInfo | undefined): MetadataTopic {
  const told = topic.partitions
  if (told.some((p, i) => i > 0 && told[i - 1]!.partition >= p.partition)) {
    // i > 0
    topic.partitions = told.toSorted((a, b) => a.partition - b.partition)
  }
  if (known === undefined || known.topicId !== topic.topicId) return topic
  const isBehind = (fresh: MetadataPartition): boolean =>
    fresh.leaderEpoch >= 0 && (partitionOf(known, fresh.partition)?.leaderEpoch ?? -1) > fresh.leaderEpoch
  // A list may be that of many topics, so it is not written to.
  if (topic.partitions.some(isBehind)) {
    topic.partitions = topic.partitions.map((fresh) =>
      isBehind(fresh) ? (partitionOf(known, fresh.partition) ?? fresh) : fresh,
    )
  }
  return topic
}
