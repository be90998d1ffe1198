import type { BrokerNode, MetadataResponse, MetadataTopic } from './protocol/metadata.ts'

export interface PartitionInfo {
  partition: number
  /** Node id; null: no leader at the moment. */
  leader: number | null
  /** −1: not known. */
  leaderEpoch: number
  replicas: readonly number[]
  inSync: readonly number[]
  offline: readonly number[]
}

export interface TopicInfo {
  name: string
  /** Kafka's text form (base64url, 22 characters); null where the broker is older than topic ids. */
  topicId: string | null
  internal: boolean
  /** By partition number, ascending. */
  partitions: readonly PartitionInfo[]
  /** 0, or why the topic cannot be described: TOPIC_AUTHORIZATION_FAILED (29), INVALID_TOPIC_EXCEPTION (17), … */
  errorCode: number
}

const GONE = new Set([3, 100])

/** What Metadata said, indexed for clusters with thousands of topics. Pure: asks nobody. */
export class MetadataIndex {
  clusterId: string | null = null
  controllerId = -1
  brokers: readonly BrokerNode[] = []
  private readonly byName = new Map<string, TopicInfo>()
  private readonly byId = new Map<string, TopicInfo>()

  get topics(): ReadonlyMap<string, TopicInfo> {
    return this.byName
  }

  topic(name: string): TopicInfo | undefined {
    return this.byName.get(name)
  }

  topicById(id: string): TopicInfo | undefined {
    return this.byId.get(id)
  }

  partition(topic: string, partition: number): PartitionInfo | undefined {
    const partitions = this.byName.get(topic)?.partitions
    const there = partitions?.[partition]
    return there?.partition === partition ? there : partitions?.find((p) => p.partition === partition)
  }

  /**
   * Takes an answer in. `all`: it listed every topic, so what is missing is gone; otherwise only what it names changes.
   * Nothing known of one cluster holds for another that answers at the same address.
   */
  apply(answer: MetadataResponse, all: boolean): void {
    if (this.clusterId !== null && answer.clusterId !== null && answer.clusterId !== this.clusterId) {
      this.byName.clear()
      this.byId.clear()
    }
    this.clusterId = answer.clusterId ?? this.clusterId
    this.controllerId = answer.controllerId
    if (answer.brokers.length > 0) this.brokers = answer.brokers
    if (all) {
      const named = new Set(answer.topics.map((topic) => topic.name))
      for (const name of this.byName.keys()) if (!named.has(name)) this.forget(name)
    }
    for (const topic of answer.topics) {
      if (GONE.has(topic.errorCode)) this.forget(topic.name)
      else this.put(topic)
    }
  }

  private put(topic: MetadataTopic): void {
    const before = this.byName.get(topic.name)
    if (before?.topicId !== undefined && before.topicId !== null) this.byId.delete(before.topicId)
    const sameTopic = before !== undefined && before.topicId === topic.topicId
    const info: TopicInfo = {
      name: topic.name,
      topicId: topic.topicId,
      internal: topic.internal,
      errorCode: topic.errorCode,
      partitions: topic.partitions
        .map((p) => {
          const fresh: PartitionInfo = {
            partition: p.partition,
            leader: p.leader < 0 ? null : p.leader,
            leaderEpoch: p.leaderEpoch,
            replicas: p.replicas,
            inSync: p.inSync,
            offline: p.offline,
          }
          // A broker that lags behind may still tell of an older leader (KIP-320): the higher epoch wins.
          const known = sameTopic ? this.partition(topic.name, p.partition) : undefined
          return known !== undefined && fresh.leaderEpoch >= 0 && known.leaderEpoch > fresh.leaderEpoch ? known : fresh
        })
        .sort((a, b) => a.partition - b.partition),
    }
    this.byName.set(topic.name, info)
    if (topic.topicId !== null) this.byId.set(topic.topicId, info)
  }

  private forget(name: string): void {
    const before = this.byName.get(name)
    if (before === undefined) return
    this.byName.delete(name)
    if (before.topicId !== null) this.byId.delete(before.topicId)
  }
}
