import { defineApi, type Throttled } from './api.ts'

export interface CommitPartition {
  partition: number
  offset: bigint
  /** −1: not said. */
  leaderEpoch: number
  metadata: string
}

/** The member that commits; for a KIP-848 member the epoch takes the place of the generation. */
export interface CommittingMember {
  memberId: string
  generation: number
  kind: 'classic' | 'consumer'
}

export interface OffsetCommitRequest {
  group: string
  /** Left out: as an administrator. */
  member?: CommittingMember | undefined
  topics: readonly { topic: string; partitions: readonly CommitPartition[] }[]
}

export interface OffsetCommitResponse extends Throttled {
  topics: { topic: string; partitions: { partition: number; errorCode: number }[] }[]
}

/**
 * Commits as a member, or as an administrator: generation −1, empty member id. An administrator's commit is refused
 * (UNKNOWN_MEMBER_ID) while the group has members. The broker checks neither range nor sign of the offset: the caller must.
 */
export const offsetCommit = defineApi<OffsetCommitRequest, OffsetCommitResponse>('OffsetCommit', {
  flexibleFrom: 8,
  // From this version on brokers accept the epoch of a KIP-848 member.
  needs: ({ member }) => (member?.kind === 'consumer' ? { min: 9 } : {}),
  encode(w, request, version) {
    const { memberId, generation } = request.member ?? { memberId: '', generation: -1 }
    w.string(request.group).int32(generation).string(memberId)
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
