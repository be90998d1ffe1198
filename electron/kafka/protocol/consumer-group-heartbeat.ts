import { defineApi, type Throttled } from './api.ts'

/** Partitions by their topic's id, as KIP-848 names them. */
export type IdPartitions = { topicId: string; partitions: number[] }[]

export interface ConsumerGroupHeartbeatRequest {
  group: string
  /** Chosen by the member (KIP-1082), and kept as long as it lives. */
  memberId: string
  /** 0 joins, −1 leaves; otherwise the epoch from the coordinator's last answer. */
  memberEpoch: number
  /** In the first request of a membership. null: unchanged. */
  subscription: { topics: readonly string[]; rebalanceTimeoutMs: number } | null
  /** The member's partitions, if they have changed. null: unchanged. */
  owned: IdPartitions | null
}

export interface ConsumerGroupHeartbeatResponse extends Throttled {
  errorCode: number
  errorMessage: string | null
  /** Set by coordinators that assign ids themselves (before Kafka 4.0). */
  memberId: string | null
  memberEpoch: number
  /** When the next heartbeat is due, ms. */
  heartbeatIntervalMs: number
  /** The partitions the member should have now; null: unchanged. */
  assignment: IdPartitions | null
}

/** KIP-848: a single request to join, stay a member, acknowledge an assignment, and leave. */
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
      // A nullable structure has a byte of its own before it.
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
