import { defineApi, type Throttled } from './api.ts'

export interface ProduceRequest {
  /** How long the leader may wait for the in-sync replicas, milliseconds. Always `acks=all`. */
  timeoutMs: number
  topics: readonly {
    topic: string
    /** If every topic has an id, topics are named by id (v13, KIP-516): a topic created again under the same name refuses. */
    topicId: string | null
    /** `records`: one record batch in format v2, exactly as it will be in the log (the base offset is overwritten). */
    partitions: readonly { partition: number; records: Uint8Array }[]
  }[]
}

export interface ProducedPartition {
  partition: number
  errorCode: number
  errorMessage: string | null
  /** Offset of the batch's first record; −1 with an error, or for a duplicate the broker no longer remembers exactly. */
  baseOffset: bigint
  /** −1 unless the topic stamps with LogAppendTime. */
  logAppendTime: bigint
  logStartOffset: bigint
  /** Which records of the batch were refused (KIP-467); `index` counts within the batch. */
  recordErrors: { index: number; message: string | null }[]
  currentLeader: { leader: number; leaderEpoch: number } | null
}

export interface ProduceResponse extends Throttled {
  topics: { topic: string; partitions: ProducedPartition[] }[]
}

/** From this version on topics are named by id only; brokers before Kafka 4.1 do not support it. */
export const PRODUCE_BY_ID = 13

export const produceApi = defineApi<ProduceRequest, ProduceResponse>('Produce', {
  flexibleFrom: 9,
  needs: (request) => (request.topics.every((topic) => topic.topicId !== null) ? {} : { max: PRODUCE_BY_ID - 1 }),
  encode(w, request, version) {
    w.nullableString(null).int16(-1).int32(request.timeoutMs)
    w.array(request.topics, (topic) => {
      if (version >= PRODUCE_BY_ID) w.uuid(topic.topicId)
      else w.string(topic.topic)
      w.array(topic.partitions, (partition) => w.int32(partition.partition).bytesField(partition.records).tags())
      w.tags()
    })
    w.tags()
  },
  decode(r, version, request) {
    const topics = r.array(() => {
      const key = version >= PRODUCE_BY_ID ? r.uuid() : r.string()
      const asked = version >= PRODUCE_BY_ID ? request.topics.find((one) => one.topicId === key)?.topic : key
      const partitions = r.array((): ProducedPartition => {
        const head = {
          partition: r.int32(),
          errorCode: r.int16(),
          baseOffset: r.int64(),
          logAppendTime: r.int64(),
          logStartOffset: r.int64(),
        }
        const recordErrors =
          version >= 8
            ? r.array(() => {
                const refused = { index: r.int32(), message: r.nullableString() }
                r.tags()
                return refused
              })
            : []
        const errorMessage = version >= 8 ? r.nullableString() : null
        let currentLeader: ProducedPartition['currentLeader'] = null
        r.tags((tag, field) => {
          if (tag === 0) currentLeader = { leader: field.int32(), leaderEpoch: field.int32() }
        })
        return { ...head, recordErrors, errorMessage, currentLeader }
      })
      r.tags()
      return { topic: asked ?? '', partitions }
    })
    const throttleTimeMs = r.int32()
    r.tags()
    return { throttleTimeMs, topics }
  },
})
