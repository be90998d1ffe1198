import { randomUUID } from 'node:crypto'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { asSeeklineError, sleep } from '../cancellation.ts'
import type { KafkaCluster } from '../cluster.ts'
import { consumerGroupHeartbeat, type IdPartitions } from '../protocol/consumer-group-heartbeat.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import type { CommittingMember } from '../protocol/offset-commit.ts'
import { byTopic } from '../routing.ts'
import { askGroup, REBALANCE_MS, sayGoodBye, type Member, type MemberOptions } from './member.ts'

const JOIN = 0
const LEAVE = -1
/**
 * If the coordinator heard nothing for this long, it has given the partitions to others (group.consumer.session.timeout.ms, 45
 * s).
 */
const UNHEARD_MS = 60_000
const TIMEOUT_MS = 10_000
/** For a coordinator that names no interval. */
const LEAST_INTERVAL_MS = 500

/** A member in the protocol of KIP-848: the coordinator assigns, and each heartbeat reports what the member has. */
export class ConsumerMembership implements Member {
  readonly #cluster: KafkaCluster
  readonly #options: MemberOptions
  #memberId: string = randomUUID()
  #epoch = JOIN
  #held: TopicPartition[] = []
  #ids = new Map<string, string>()

  constructor(cluster: KafkaCluster, options: MemberOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  identity(): CommittingMember | null {
    return this.#epoch > 0 ? { kind: 'consumer', memberId: this.#memberId, generation: this.#epoch } : null
  }

  async live(signal: AbortSignal): Promise<void> {
    try {
      await this.#beat(signal)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      const { group } = this.#options
      const leaving = { group, memberId: this.#memberId, memberEpoch: LEAVE, subscription: null, owned: null }
      if (this.#epoch !== LEAVE) await sayGoodBye(this.#cluster, consumerGroupHeartbeat, leaving)
      this.#epoch = LEAVE
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { group, topics, channel, listener } = this.#options
    listener.joining()
    let heard = Date.now()
    let told = -1
    /** What is still to be reported to the coordinator: its current partitions. */
    let owned: IdPartitions | null = []
    for (;;) {
      const request = {
        group,
        memberId: this.#memberId,
        memberEpoch: this.#epoch,
        subscription: this.#epoch === JOIN ? { topics, rebalanceTimeoutMs: REBALANCE_MS } : null,
        owned,
      }
      let intervalMs = LEAST_INTERVAL_MS
      try {
        const answer = await askGroup(this.#cluster, consumerGroupHeartbeat, request, {
          channel,
          signal,
          timeoutMs: TIMEOUT_MS,
        })
        if (answer.errorCode !== 0) {
          if (this.#epoch !== JOIN) this.#epoch = LEAVE
          throw kafkaError(answer.errorCode, `Group ${group}`, {
            brokerSays: answer.errorMessage,
            asked: { api: 'ConsumerGroupHeartbeat', group },
          })
        }
        heard = Date.now()
        owned = null
        this.#memberId = answer.memberId ?? this.#memberId
        this.#epoch = answer.memberEpoch
        intervalMs = Math.max(answer.heartbeatIntervalMs, LEAST_INTERVAL_MS)
        if (answer.assignment !== null && (await this.#reconcile(answer.assignment, signal))) {
          owned = this.#heldById()
          // Partitions that other members give up arrive later, within the same epoch.
          told = -1
        }
        if (owned === null && told !== this.#epoch) {
          told = this.#epoch
          listener.stable({ memberId: this.#memberId, epoch: this.#epoch, assignor: null, isLeader: false })
        }
      } catch (error) {
        if (signal.aborted || this.#epoch === LEAVE || !asSeeklineError(error).retryable) throw error
        if (Date.now() - heard > UNHEARD_MS) throw error
      }
      // Changes are reported at once: other members may wait for a partition that was given up.
      if (owned === null) await sleep(intervalMs, signal)
    }
  }

  /** Gives up what now belongs to others, then takes what is new. Returns whether anything changed. */
  async #reconcile(assignment: IdPartitions, signal: AbortSignal): Promise<boolean> {
    const { listener } = this.#options
    const target = await this.#named(assignment, signal)
    const wanted = new Set(target.map(keyOf))
    const before = new Set(this.#held.map(keyOf))
    const revoked = this.#held.filter((at) => !wanted.has(keyOf(at)))
    const added = target.filter((at) => !before.has(keyOf(at)))
    if (revoked.length === 0 && added.length === 0) {
      // The first answer has to be shown even if it is empty.
      if (before.size === 0) await listener.assigned([], [])
      return false
    }
    listener.joining()
    if (revoked.length > 0) await listener.revoked(revoked)
    this.#held = target
    await listener.assigned(added, target)
    return true
  }

  async #named(assignment: IdPartitions, signal: AbortSignal): Promise<TopicPartition[]> {
    const { topics } = this.#options
    if (assignment.some(({ topicId }) => !this.#ids.has(topicId))) {
      await this.#cluster.refresh({ topics, signal })
      this.#ids = new Map(topics.flatMap((name) => {
        const id = this.#cluster.topic(name)?.topicId
        return id == null ? [] : [[id, name] as const]
      })) // oxfmt-ignore
    }
    // A topic that was deleted, or just created again, has no name here: its partitions are neither taken nor acknowledged.
    return assignment.flatMap(({ topicId, partitions }) => {
      const topic = this.#ids.get(topicId)
      return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }))
    })
  }

  #heldById(): IdPartitions {
    const idOf = new Map([...this.#ids].map(([id, name]) => [name, id]))
    return byTopic(this.#held).map(({ topic, items }) => ({
      topicId: idOf.get(topic)!, // the topics are those whose id was resolved
      partitions: items.map(({ partition }) => partition),
    }))
  }
}
