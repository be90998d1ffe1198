import { defineApi, type Throttled } from './api.ts'
import { toldOperations, type Operation } from './operations.ts'
import { NO_UUID, type Reader } from './reader.ts'

export interface MetadataRequest {
  /** null: every topic these credentials may describe. `[]`: none, only the brokers. */
  topics: readonly string[] | null
  /** Ask also what these credentials may do with each topic (v8). */
  includeRights?: boolean
}

export interface BrokerNode {
  nodeId: number
  host: string
  port: number
  rack: string | null
}

export interface MetadataPartition {
  /** LEADER_NOT_AVAILABLE (5) and REPLICA_NOT_AVAILABLE (9) leave the other fields usable. */
  errorCode: number
  partition: number
  /** −1: none. */
  leader: number
  /** −1 before v7. */
  leaderEpoch: number
  replicas: number[]
  inSync: number[]
  offline: number[]
}

export interface MetadataTopic {
  errorCode: number
  name: string
  /** null where the broker is older than topic ids (v10, KIP-516). */
  topicId: string | null
  internal: boolean
  partitions: MetadataPartition[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface MetadataResponse extends Throttled {
  /** Of the whole answer, from v13 (REBOOTSTRAP_REQUIRED, KIP-1102). */
  errorCode: number
  brokers: BrokerNode[]
  clusterId: string | null
  controllerId: number
  topics: MetadataTopic[]
}

/** Never lets the broker create a topic: `allow_auto_topic_creation` is false in every version (the flag exists from v4). */
export const metadata = defineApi<MetadataRequest, MetadataResponse>({
  key: 3,
  name: 'Metadata',
  versions: { min: 4, max: 13 },
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
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const brokers = r.array(readBroker)
    const clusterId = r.nullableString()
    const controllerId = r.int32()
    const topics = r.array(() => readTopic(r, version))
    if (version >= 8 && version <= 10) r.int32()
    const errorCode = version >= 13 ? r.int16() : 0
    r.tags()
    return { throttleTimeMs, errorCode, brokers, clusterId, controllerId, topics }
  },
})

export function readBroker(r: Reader): BrokerNode {
  const broker = { nodeId: r.int32(), host: r.string(), port: r.int32(), rack: r.nullableString() }
  r.tags()
  return broker
}

function readTopic(r: Reader, version: number): MetadataTopic {
  const errorCode = r.int16()
  const name = r.nullableString() ?? ''
  const topicId = version >= 10 ? r.uuid() : NO_UUID
  const internal = r.boolean()
  const partitions = r.array(() => {
    const partition: MetadataPartition = {
      errorCode: r.int16(),
      partition: r.int32(),
      leader: r.int32(),
      leaderEpoch: version >= 7 ? r.int32() : -1,
      replicas: r.int32s(),
      inSync: r.int32s(),
      offline: version >= 5 ? r.int32s() : [],
    }
    r.tags()
    return partition
  })
  const rights = version >= 8 ? toldOperations(r.int32()) : null
  r.tags()
  return {
    errorCode,
    name,
    topicId: topicId === NO_UUID ? null : topicId,
    internal,
    partitions,
    rights,
  }
}
