import { defineApi, type Throttled } from './api.ts'
import { toldOperations, type Operation } from './operations.ts'
import { NO_UUID, type Reader } from './reader.ts'

export interface MetadataRequest {
  /** null: every topic these credentials may describe. `[]`: none, only the brokers. */
  topics: readonly string[] | null
  /** Also ask what these credentials may do with each topic (v8). */
  includeRights?: boolean
}

export interface BrokerNode {
  nodeId: number
  host: string
  port: number
  rack: string | null
}

/** Equal partitions of one answer may be the same object. */
export interface MetadataPartition {
  readonly partition: number
  /** Node id; null: no leader at the moment. */
  readonly leader: number | null
  /** −1: not known (before v7). */
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
  readonly offline: readonly number[]
}

export interface MetadataTopic {
  /** 0, or why the topic cannot be described: TOPIC_AUTHORIZATION_FAILED (29), INVALID_TOPIC_EXCEPTION (17), … */
  errorCode: number
  name: string
  /** Kafka's text form (base64url, 22 characters); null if the broker is older than topic ids (v10, KIP-516). */
  topicId: string | null
  internal: boolean
  /** In the index sorted by number; in an answer as sent. */
  partitions: readonly MetadataPartition[]
  /**
   * Set if the broker claims more partitions of one topic, or of a cluster, than are plausible: the number it claims. None of
   * them are listed then.
   */
  claims?: number
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface MetadataResponse extends Throttled {
  /** For the whole answer, from v13 (REBOOTSTRAP_REQUIRED, KIP-1102). */
  errorCode: number
  brokers: BrokerNode[]
  clusterId: string | null
  controllerId: number
  topics: MetadataTopic[]
}

/**
 * Far above what Kafka can serve; a broker that claims more makes one topic unusable, and costs no more memory than plausible
 * answers.
 */
const MOST_OF_ONE_TOPIC = 200_000
const MOST_OF_A_CLUSTER = 1_000_000

/** Never lets the broker create a topic: `allow_auto_topic_creation` is false in every version (the flag exists from v4). */
export const metadata = defineApi<MetadataRequest, MetadataResponse>('Metadata', {
  flexibleFrom: 9,
  encode(w, request, version) {
    w.array(request.topics, (name) => {
      if (version >= 10) w.uuid(null).nullableString(name)
      else w.string(name)
      w.tags()
    })
    w.boolean(false)
    if (version >= 8 && version <= 10) w.boolean(false)
    if (version >= 8) w.boolean(request.includeRights ?? false)
    w.tags()
  },
  *decode(r, version) {
    const head = {
      throttleTimeMs: r.int32(),
      brokers: r.array(readBroker),
      clusterId: r.nullableString(),
      controllerId: r.int32(),
    }
    const repeats = new Repeats()
    let all = 0
    const topics = yield* r.arrayInSteps(function* (): Generator<undefined, MetadataTopic> {
      const errorCode = r.int16()
      const name = r.nullableString() ?? ''
      const topicId = version >= 10 ? r.uuid() : NO_UUID
      const internal = r.boolean()
      const count = Math.max(r.arrayLength(false), 0)
      const isBelieved = count <= MOST_OF_ONE_TOPIC && all + count <= MOST_OF_A_CLUSTER
      if (isBelieved) all += count
      const partitions: MetadataPartition[] = []
      let alone: readonly MetadataPartition[] | null = null
      for (let i = 0; i < count; i++) {
        if (isBelieved) {
          alone = repeats.partition(readPartition(r, version, repeats))
          partitions.push(alone[0]!) // one partition was read into it
        } else skipPartition(r, version)
        if (r.isTimeUp()) yield
      }
      const rights = version >= 8 ? toldOperations(r.int32()) : null
      r.tags()
      const topic: MetadataTopic = {
        errorCode,
        name,
        topicId: topicId === NO_UUID ? null : topicId,
        internal,
        // A copy, because a list that grew has room for seventeen, and most topics have few partitions.
        partitions: count === 1 && alone !== null ? alone : partitions.slice(),
        rights,
      }
      if (!isBelieved) topic.claims = count
      return topic
    })
    if (version >= 8 && version <= 10) r.int32()
    const errorCode = version >= 13 ? r.int16() : 0
    r.tags()
    return { ...head, errorCode, topics }
  },
})

export function readBroker(r: Reader): BrokerNode {
  const broker = { nodeId: r.int32(), host: r.string(), port: r.int32(), rack: r.nullableString() }
  r.tags()
  return broker
}

function readPartition(r: Reader, version: number, repeats: Repeats): MetadataPartition {
  r.int16()
  const partition = r.int32()
  const leader = r.int32()
  const read: MetadataPartition = {
    partition,
    leader: leader < 0 ? null : leader,
    leaderEpoch: version >= 7 ? r.int32() : -1,
    replicas: repeats.list(r.int32s()),
    inSync: repeats.list(r.int32s()),
    offline: version >= 5 ? repeats.list(r.int32s()) : [],
  }
  r.tags()
  return read
}

function skipPartition(r: Reader, version: number): void {
  r.int16()
  r.int32()
  r.int32()
  if (version >= 7) r.int32()
  r.skipInt32s()
  r.skipInt32s()
  if (version >= 5) r.skipInt32s()
  r.tags()
}

/**
 * Shares equal objects: a million partitions are on a few brokers, so the same replica lists, and mostly the same partitions,
 * recur. For each of some slots the last object is kept and returned for an equal one, so that memory depends on how much
 * differs.
 */
class Repeats {
  private readonly lists: (readonly number[] | undefined)[] = []
  private readonly partitions: (readonly [MetadataPartition] | undefined)[] = []

  list(read: readonly number[]): readonly number[] {
    let hash = read.length
    for (const id of read) hash = (Math.imul(hash, 31) + id) | 0
    const place = hash & 0xfff
    const there = this.lists[place]
    if (there?.length === read.length && there.every((id, i) => id === read[i])) return there
    return (this.lists[place] = read.slice())
  }

  /** The partition as the list of a topic that has no other. */
  partition(read: MetadataPartition): readonly [MetadataPartition] {
    let hash = read.partition
    for (const part of [read.leader ?? -1, read.leaderEpoch, read.inSync.length])
      hash = (Math.imul(hash, 31) + part) | 0
    for (const id of read.replicas) hash = (Math.imul(hash, 31) + id) | 0
    const place = hash & 0xfff
    const there = this.partitions[place]
    if (there !== undefined && isSame(there[0], read)) return there
    return (this.partitions[place] = [read])
  }
}

/** Compares the lists by identity: equal ones are mostly the same object. */
const isSame = (a: MetadataPartition, b: MetadataPartition): boolean =>
  a.partition === b.partition &&
  a.leader === b.leader &&
  a.leaderEpoch === b.leaderEpoch &&
  a.replicas === b.replicas &&
  a.inSync === b.inSync &&
  a.offline === b.offline
