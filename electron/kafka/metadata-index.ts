import { ByName } from './by-name.ts'
import type { BrokerNode, MetadataPartition, MetadataResponse, MetadataTopic } from './protocol/metadata.ts'
import { Slices } from './protocol/slices.ts'

export type PartitionInfo = Readonly<MetadataPartition>
/** Its partitions by number, ascending. */
export type TopicInfo = Readonly<MetadataTopic>

/** What was told by name while a full answer was awaited or taken over; null: the topic is gone. */
export type ToldMeanwhile = Map<string, TopicInfo | null>

const GONE = new Set([3, 100])

/**
 * The contents of Metadata answers, indexed for clusters with a million topics: it keeps the decoded objects, because a second
 * set would double the memory. Pure: sends no requests.
 */
export class MetadataIndex {
  clusterId: string | null = null
  controllerId = -1
  brokers: readonly BrokerNode[] = []
  private byName = new ByName<TopicInfo>()
  /** One for each full answer that is awaited, or still being taken over, topic by topic. */
  private readonly meanwhile = new Set<ToldMeanwhile>()
  /** Counts the clusters that answered at this address. */
  private clusters = 0

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
   * Call it when a full answer is requested: a broker may look before a topic is created or deleted and answer after another
   * answer told of that. What is told from now on outlasts the full answer, once `apply` is given both.
   */
  expectAll(): ToldMeanwhile {
    const told: ToldMeanwhile = new Map()
    this.meanwhile.add(told)
    return told
  }

  /** The full answer has not come, or is taken over. */
  expectNoMore(told: ToldMeanwhile): void {
    this.meanwhile.delete(told)
  }

  /**
   * Takes over what an answer says about the cluster itself, and returns the steps that take over its topics. `all`: it listed
   * every topic, so topics that are missing are removed, once all are taken over; until then the earlier topics stay. Otherwise
   * only the named topics change. Nothing known about one cluster is kept for another that answers at the same address.
   */
  apply(answer: MetadataResponse, all: boolean, told?: ToldMeanwhile): Generator<undefined, void> {
    if (this.clusterId !== null && answer.clusterId !== null && answer.clusterId !== this.clusterId) {
      this.byName = new ByName()
      this.clusters += 1
      for (const one of this.meanwhile) one.clear()
    }
    this.clusterId = answer.clusterId ?? this.clusterId
    this.controllerId = answer.controllerId
    if (answer.brokers.length > 0) this.brokers = answer.brokers
    return all ? this.replace(answer.topics, told ?? this.expectAll(), this.clusters) : this.change(answer.topics)
  }

  private *replace(topics: readonly MetadataTopic[], told: ToldMeanwhile, cluster: number): Generator<undefined, void> {
    const slices = new Slices()
    const fresh = new ByName<TopicInfo>()
    for (const topic of topics) {
      // Another answer, or this one, has already told of it.
      const known = fresh.get(topic.name) ?? this.byName.get(topic.name)
      if (!GONE.has(topic.errorCode)) fresh.set(topic.name, newer(topic, known))
      if (slices.due()) yield
    }
    // It grows while this loop pauses, always at its end.
    for (const [name, topic] of told) {
      const known = fresh.get(name)
      if (topic === null) fresh.delete(name)
      // One without its leaders yet, say, is no news of a topic that the full answer has in whole.
      else if (topic.errorCode === 0 || known === undefined) fresh.set(name, newer(topic, known))
      if (slices.due()) yield
    }
    this.expectNoMore(told)
    if (cluster === this.clusters) this.byName = fresh
  }

  private *change(topics: readonly MetadataTopic[]): Generator<undefined, void> {
    const slices = new Slices()
    for (const topic of topics) {
      const info = newer(topic, this.byName.get(topic.name))
      const isGone = GONE.has(topic.errorCode)
      if (isGone) this.byName.delete(topic.name)
      else this.byName.set(topic.name, info)
      for (const told of this.meanwhile) {
        // Moved to the end: a loop over them may already be past it.
        told.delete(topic.name)
        told.set(topic.name, isGone ? null : info)
      }
      if (slices.due()) yield
    }
  }
}

function partitionOf(topic: TopicInfo | undefined, partition: number): PartitionInfo | undefined {
  const there = topic?.partitions[partition]
  return there?.partition === partition ? there : topic?.partitions.find((p) => p.partition === partition)
}

/**
 * The topic as told, except that a broker that lags behind may still report an older leader (KIP-320): the higher epoch wins.
 */
function newer(topic: MetadataTopic, known: TopicInfo | undefined): MetadataTopic {
  const told = topic.partitions
  if (told.some((p, i) => i > 0 && told[i - 1]!.partition >= p.partition)) {
    // i > 0
    topic.partitions = told.toSorted((a, b) => a.partition - b.partition)
  }
  if (known === undefined || known.topicId !== topic.topicId) return topic
  const isBehind = (fresh: MetadataPartition): boolean =>
    fresh.leaderEpoch >= 0 && (partitionOf(known, fresh.partition)?.leaderEpoch ?? -1) > fresh.leaderEpoch
  // Lists may be shared by many topics, so they are not modified.
  if (topic.partitions.some(isBehind)) {
    topic.partitions = topic.partitions.map((fresh) =>
      isBehind(fresh) ? (partitionOf(known, fresh.partition) ?? fresh) : fresh,
    )
  }
  return topic
}
