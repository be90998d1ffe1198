import { defineApi, type Throttled } from './api.ts'

/** Asks for the log end: the high watermark at isolation 0, the last stable offset at isolation 1. */
export const LATEST = -1n
/** Asks for the log start. */
export const EARLIEST = -2n
/** Asks for the offset of the record with the largest timestamp (v7, KIP-734). */
export const MAX_TIMESTAMP = -3n
/** Asks for the first offset on the broker's local disks; earlier ones are in remote storage (v8, KIP-405). */
export const EARLIEST_LOCAL = -4n

/** The id of an ordinary client, which sees only what all in-sync replicas have. */
const CLIENT = -1
/** Kafka's DEBUGGING_REPLICA_ID: sees everything in the log. */
export const DEBUGGER = -2

export interface ListOffsetsRequest {
  replicaId?: typeof DEBUGGER
  isolationLevel: 0 | 1
  topics: readonly {
    topic: string
    partitions: readonly {
      partition: number
      /** One of the constants above, or milliseconds since 1970: the first offset whose timestamp is not earlier. */
      timestamp: bigint
      /** −1: not checked. */
      currentLeaderEpoch?: number
    }[]
  }[]
  /** How long the broker may search remote storage (v10, KIP-1075), milliseconds. */
  timeoutMs: number
}

export interface ListedOffset {
  partition: number
  errorCode: number
  /** The timestamp of the record found; −1 for the constants LATEST and EARLIEST, and if none was found. */
  timestamp: bigint
  /** −1: no record has such a timestamp. */
  offset: bigint
  /** −1: not known. */
  leaderEpoch: number
}

export interface ListOffsetsResponse extends Throttled {
  topics: { topic: string; partitions: ListedOffset[] }[]
}

/** KIP-79, KIP-207, KIP-320, KIP-405, KIP-734. */
export const listOffsetsApi = defineApi<ListOffsetsRequest, ListOffsetsResponse>('ListOffsets', {
  flexibleFrom: 6,
  needs: (request) => {
    const asksFor = (timestamp: bigint) =>
      request.topics.some((t) => t.partitions.some((p) => p.timestamp === timestamp))
    if (asksFor(EARLIEST_LOCAL)) return { min: 8 }
    return asksFor(MAX_TIMESTAMP) ? { min: 7 } : {}
  },
  encode(w, request, version) {
    w.int32(request.replicaId ?? CLIENT).int8(request.isolationLevel)
    w.array(request.topics, (topic) => {
      w.string(topic.topic).array(topic.partitions, (partition) => {
        w.int32(partition.partition)
        if (version >= 4) w.int32(partition.currentLeaderEpoch ?? -1)
        w.int64(partition.timestamp).tags()
      })
      w.tags()
    })
    if (version >= 10) w.int32(request.timeoutMs)
    w.tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const topics = yield* r.arrayInSteps(function* () {
      const topic = r.string()
      const partitions = yield* r.arrayInSteps((): ListedOffset => {
        const found = {
          partition: r.int32(),
          errorCode: r.int16(),
          timestamp: r.int64(),
          offset: r.int64(),
          leaderEpoch: version >= 4 ? r.int32() : -1,
        }
        r.tags()
        return found
      })
      r.tags()
      return { topic, partitions }
    })
    r.tags()
    return { throttleTimeMs, topics }
  },
})
