import { defineApi, type Throttled } from './api.ts'

export interface CommitPartition {
  partition: number
  offset: bigint
  /** −1: not said. */
  leaderEpoch: number
  metadata: string
}

export interface OffsetCommitRequest {
  group: string
  topics: readonly { topic: string; partitions: readonly CommitPartition[] }[]
}

export interface OffsetCommitResponse extends Throttled {
  topics: { topic: string; partitions: { partition: number; errorCode: number }[] }[]
}

/**
 * Commits as an administrator, not as a member: generation −1, empty member id. The broker then refuses
 * (UNKNOWN_MEMBER_ID) while the group has members. It checks neither range nor sign of the offset: the caller must.
 */
export const offsetCommit = defineApi<OffsetCommitRequest, OffsetCommitResponse>('OffsetCommit', {
  flexibleFrom: 8,
  encode(w, request, version) {
    w.string(request.group).int32(-1).string('')
    if (version >= 7) w.nullableString(null)
    w.array(request.topics, (topic) => {
      w.string(topic.topic).array(topic.partitions, (partition) => {
        w.int32(partition.partition).int64(partition.offset).int32(partition.leaderEpoch)
        w.nullableString(partition.metadata).tags()
      })
      w.tags()
    })
    w.tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const topics = r.array(() => {
      const topic = r.string()
      const partitions = r.array(() => {
        const result = { partition: r.int32(), errorCode: r.int16() }
        r.tags()
        return result
      })
      r.tags()
      return { topic, partitions }
    })
    r.tags()
    return { throttleTimeMs, topics }
  },
})
