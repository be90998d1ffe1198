import type { AbortedTransaction } from '../records/batch-types.ts'
import { defineApi, type Throttled } from './api.ts'
import { readBroker, type BrokerNode } from './metadata.ts'

export interface FetchPartition {
  partition: number
  fetchOffset: bigint
  /** Bytes; one whole batch is always sent, however large (KIP-74). */
  maxBytes: number
  /** −1: not checked by the broker. Otherwise it refuses with FENCED_/UNKNOWN_LEADER_EPOCH (KIP-320). */
  currentLeaderEpoch?: number
  /**
   * Epoch of the batch before `fetchOffset` (v12): the broker then notices if its log has diverged (KIP-595). −1: not known.
   */
  lastFetchedEpoch?: number
}

export interface FetchTopic {
  topic: string
  /** If every topic has an id, topics are named by id (v13, KIP-516): a topic created again under the same name is noticed. */
  topicId: string | null
  partitions: readonly FetchPartition[]
}

export interface FetchRequest {
  /** 0: read uncommitted. 1: read committed: stops at the last stable offset and lists aborted transactions. */
  isolationLevel: 0 | 1
  /** How long the broker may hold the request back until `minBytes` are available. */
  maxWaitMs: number
  minBytes: number
  maxBytes: number
  topics: readonly FetchTopic[]
  /** This client's rack: the broker then names a nearer replica (KIP-392). */
  rackId?: string
}

export interface FetchedPartition {
  partition: number
  errorCode: number
  /** −1 with an error. */
  highWatermark: bigint
  lastStableOffset: bigint
  /** −1 before v5. */
  logStartOffset: bigint
  /** null at isolation level 0. */
  abortedTransactions: AbortedTransaction[] | null
  /** −1: the leader itself. */
  preferredReadReplica: number
  /**
   * Where the leader's log differs from the one that `lastFetchedEpoch` was read from; nothing else in the answer is valid
   * then.
   */
  diverging: { epoch: number; endOffset: bigint } | null
  /** With NOT_LEADER_OR_FOLLOWER or FENCED_LEADER_EPOCH newer brokers name the leader (KIP-951). */
  currentLeader: { leader: number; leaderEpoch: number } | null
  /**
   * Record batches as they are in the log, the last one possibly cut short. A view into the response's own ArrayBuffer, which
   * belongs to this response alone and may be transferred to a worker.
   */
  records: Uint8Array
}

export interface FetchedTopic {
  topic: string
  topicId: string | null
  partitions: FetchedPartition[]
}

export interface FetchResponse extends Throttled {
  errorCode: number
  topics: FetchedTopic[]
  /** Addresses of the leaders named in `currentLeader` (v16). */
  nodeEndpoints: BrokerNode[]
}

const NOTHING = new Uint8Array(0)

/** KIP-74, KIP-227 (no fetch session is used: session id 0, epoch −1), KIP-320, KIP-392, KIP-516, KIP-595, KIP-951. */
export const fetch = defineApi<FetchRequest, FetchResponse>('Fetch', {
  flexibleFrom: 12,
  needs: (request) => (request.topics.every((topic) => topic.topicId !== null) ? {} : { max: 12 }),
  encode(w, request, version) {
    if (version <= 14) w.int32(-1)
    w.int32(request.maxWaitMs).int32(request.minBytes).int32(request.maxBytes).int8(request.isolationLevel)
    if (version >= 7) w.int32(0).int32(-1)
    w.array(request.topics, (topic) => {
      if (version >= 13) w.uuid(topic.topicId)
      else w.string(topic.topic)
      w.array(topic.partitions, (partition) => {
        w.int32(partition.partition)
        if (version >= 9) w.int32(partition.currentLeaderEpoch ?? -1)
        w.int64(partition.fetchOffset)
        if (version >= 12) w.int32(partition.lastFetchedEpoch ?? -1)
        if (version >= 5) w.int64(-1n)
        w.int32(partition.maxBytes).tags()
      })
      w.tags()
    })
    if (version >= 7) w.array([], () => undefined)
    if (version >= 11) w.string(request.rackId ?? '')
    w.tags()
  },
  decode(r, version, request) {
    const throttleTimeMs = r.int32()
    const errorCode = version >= 7 ? r.int16() : 0
    if (version >= 7) r.int32()
    const asked = new Map(request.topics.map((topic) => [version >= 13 ? topic.topicId : topic.topic, topic]))
    const topics = r.array((): FetchedTopic => {
      const key = version >= 13 ? r.uuid() : r.string()
      const topic = asked.get(key)
      const partitions = r.array(() => {
        const head = {
          partition: r.int32(),
          errorCode: r.int16(),
          highWatermark: r.int64(),
          lastStableOffset: r.int64(),
          logStartOffset: version >= 5 ? r.int64() : -1n,
          abortedTransactions: r.nullableArray(() => {
            const aborted = { producerId: r.int64(), firstOffset: r.int64() }
            r.tags()
            return aborted
          }),
          preferredReadReplica: version >= 11 ? r.int32() : -1,
          records: r.bytesOrNull() ?? NOTHING,
        }
        let diverging: FetchedPartition['diverging'] = null
        let currentLeader: FetchedPartition['currentLeader'] = null
        r.tags((tag, field) => {
          if (tag === 0) diverging = { epoch: field.int32(), endOffset: field.int64() }
          if (tag === 1) currentLeader = { leader: field.int32(), leaderEpoch: field.int32() }
        })
        return { ...head, diverging, currentLeader }
      })
      r.tags()
      return { topic: topic?.topic ?? (version >= 13 ? '' : key), topicId: topic?.topicId ?? null, partitions }
    })
    let nodeEndpoints: BrokerNode[] = []
    r.tags((tag, field) => {
      if (tag === 0) nodeEndpoints = field.array(readBroker)
    })
    return { throttleTimeMs, errorCode, topics, nodeEndpoints }
  },
})
