import { defineApi, type Throttled } from './api.ts'

/** Partitions by their topic's id, as KIP-848 names them. */
export type IdPartitions = { topicId: string; partitions: number[] }[]

export interface ConsumerGroupHeartbeatRequest {
  group: string
  /** Made by the member (KIP-1082), and kept for as long as it lives. */
  memberId: string
  /** 0 joins, −1 leaves; otherwise the epoch that the coordinator told last. */
  memberEpoch: number
  /** With the first request of a membership. null: as before. */
  subscription: { topics: readonly string[]; rebalanceTimeoutMs: number } | null
  /** Those the member has, where they have changed. null: as before. */
  owned: IdPartitions | null
}

export interface ConsumerGroupHeartbeatResponse extends Throttled {
  errorCode: number
  errorMessage: string | null
  /** Told by coordinators that give ids themselves (before Kafka 4.0). */
  memberId: string | null
  memberEpoch: number
  /** When the next one is due, ms. */
  heartbeatIntervalMs: number
  /** What the member is to have now; null: as before. */
  assignment: IdPartitions | null
}

/** KIP-848: joins, lives, acknowledges what it was given and leaves, all by the same request. */
export const consumerGroupHeartbeat = defineApi<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
  'ConsumerGroupHeartbeat',
  {
    flexibleFrom: 0,
    encode(w, { group, memberId, memberEpoch, subscription, owned }, version) {
      w.string(group).string(memberId).int32(memberEpoch).nullableString(null).nullableString(null)
      w.int32(subscription?.rebalanceTimeoutMs ?? -1)
      w.array(subscription?.topics ?? null, (topic) => w.string(topic))
      if (version >= 1) w.nullableString(null)
      w.nullableString(null)
      w.array(owned, ({ topicId, partitions }) => w.uuid(topicId).int32s(partitions).tags())
      w.tags()
    },
    decode(r) {
      const throttleTimeMs = r.int32()
      const errorCode = r.int16()
      const errorMessage = r.nullableString()
      const memberId = r.nullableString()
      const memberEpoch = r.int32()
      const heartbeatIntervalMs = r.int32()
      let assignment: IdPartitions | null = null
      // A structure that may be null has a byte of its own before it.
      if (r.int8() >= 0) {
        assignment = r.array(() => {
          const one = { topicId: r.uuid(), partitions: r.int32s() }
          r.tags()
          return one
        })
        r.tags()
      }
      r.tags()
      return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, assignment }
    },
  },
)
