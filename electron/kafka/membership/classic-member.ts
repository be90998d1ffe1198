import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { SeeklineError } from '#shared/errors.ts'
import { asSeeklineError, sleep } from '../cancellation.ts'
import type { KafkaCluster } from '../cluster.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type ConsumerAssignment,
} from '../protocol/consumer-protocol.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import { groupHeartbeat } from '../protocol/group-heartbeat.ts'
import { joinGroup, type JoinGroupResponse } from '../protocol/join-group.ts'
import { leaveGroup } from '../protocol/leave-group.ts'
import type { CommittingMember } from '../protocol/offset-commit.ts'
import { syncGroup } from '../protocol/sync-group.ts'
import { byTopic } from '../routing.ts'
import { assignorOf, type Subscriber } from './assignors.ts'
import { askGroup, REBALANCE_MS, sayGoodBye, type Member, type MemberOptions } from './member.ts'

/**
 * Without a heartbeat for this long the coordinator gives the partitions to others. Brokers accept no less than 6 s by default.
 */
const SESSION_MS = 10_000
const HEARTBEAT_MS = 3_000
/** How often a leader checks whether a topic has new partitions. */
const LOOK_MS = 30_000
/** Added to REBALANCE_MS: until the coordinator has gone on without missing members. */
const GRACE_MS = 15_000
/** Joins in a row that lead to nothing. */
const MOST_VAIN = 20

const ILLEGAL_GENERATION = 22
const UNKNOWN_MEMBER_ID = 25
const REBALANCE_IN_PROGRESS = 27
const MEMBER_ID_REQUIRED = 79

export interface ClassicMemberOptions extends MemberOptions {
  /** Offered by preference; `assignorOf` knows each of them. */
  assignors: readonly string[]
}

/** A member in the classic protocol: JoinGroup, SyncGroup, heartbeats; the leader among the members assigns partitions. */
export class ClassicMembership implements Member {
  readonly #cluster: KafkaCluster
  readonly #options: ClassicMemberOptions
  #memberId = ''
  #generation = -1
  #protocol: string | null = null
  #isLeader = false
  #held: TopicPartition[] = []
  /** If it leads: the topics of all members, with their partitions. */
  #watched = new Map<string, number>()

  constructor(cluster: KafkaCluster, options: ClassicMemberOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  identity(): CommittingMember | null {
    if (this.#memberId === '' || this.#generation < 0) return null
    return { kind: 'classic', memberId: this.#memberId, generation: this.#generation }
  }

  async live(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#join(signal)
        await this.#beat(signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (this.#memberId !== '') {
        await sayGoodBye(this.#cluster, leaveGroup, { group: this.#options.group, memberId: this.#memberId })
      }
      this.#memberId = ''
    }
  }

  /** Until it is a member with an assignment: with a cooperative assignor that may take several rounds. */
  async #join(signal: AbortSignal): Promise<void> {
    const { listener } = this.#options
    for (let vain = 0; ;) {
      listener.joining()
      if (!this.#keepsWhileJoining() && this.#held.length > 0) {
        const given = this.#held
        this.#held = []
        await listener.revoked(given)
      }
      const joined = await this.#askToJoin(signal)
      const target = joined === null ? null : await this.#sync(joined, signal)
      if (target === null) {
        vain += 1
        if (vain >= MOST_VAIN) throw this.#refusal(REBALANCE_IN_PROGRESS)
        continue
      }
      vain = 0
      const wanted = new Set(target.map(keyOf))
      const before = new Set(this.#held.map(keyOf))
      const revoked = this.#held.filter((at) => !wanted.has(keyOf(at)))
      if (revoked.length > 0) await listener.revoked(revoked)
      this.#held = target
      await listener.assigned(
        target.filter((at) => !before.has(keyOf(at))),
        target,
      )
      // Partitions that were given up are assigned in another round (KIP-429).
      if (revoked.length > 0 && this.#keepsWhileJoining()) continue
      listener.stable({
        memberId: this.#memberId,
        epoch: this.#generation,
        assignor: this.#protocol,
        isLeader: this.#isLeader,
      })
      return
    }
  }

  /** null: it has to ask again. */
  async #askToJoin(signal: AbortSignal): Promise<JoinGroupResponse | null> {
    const { group, topics, assignors, channel } = this.#options
    const owned: ConsumerAssignment = toAssignment(this.#held)
    const protocols = assignors.map((name) => ({
      name,
      metadata: encodeSubscription({
        topics: [...topics],
        owned: assignorOf(name)?.isCooperative === true ? owned : [],
      }),
    }))
    const joined = await askGroup(
      this.#cluster,
      joinGroup,
      {
        group,
        sessionTimeoutMs: SESSION_MS,
        rebalanceTimeoutMs: REBALANCE_MS,
        memberId: this.#memberId,
        protocols,
      },
      { channel, signal, timeoutMs: REBALANCE_MS + GRACE_MS },
    )
    if (joined.errorCode === MEMBER_ID_REQUIRED) {
      this.#memberId = joined.memberId
      return null
    }
    if (joined.errorCode === REBALANCE_IN_PROGRESS) {
      await sleep(HEARTBEAT_MS / 10, signal)
      return null
    }
    if (joined.errorCode !== 0) throw this.#refusal(joined.errorCode)
    this.#memberId = joined.memberId
    this.#generation = joined.generation
    this.#protocol = joined.protocol
    this.#isLeader = joined.leader === joined.memberId
    return joined
  }

  /** Its assignment from now on; null: the group rebalances again. */
  async #sync(joined: JoinGroupResponse, signal: AbortSignal): Promise<TopicPartition[] | null> {
    const { group, channel } = this.#options
    const protocol = joined.protocol ?? ''
    const assignments = this.#isLeader && !joined.skipAssignment ? await this.#assign(protocol, joined, signal) : []
    const request = { group, generation: joined.generation, memberId: joined.memberId, protocol, assignments }
    const synced = await askGroup(this.#cluster, syncGroup, request, {
      channel,
      signal,
      timeoutMs: REBALANCE_MS + GRACE_MS,
    })
    if (synced.errorCode === REBALANCE_IN_PROGRESS || synced.errorCode === ILLEGAL_GENERATION) return null
    if (synced.errorCode !== 0) throw this.#refusal(synced.errorCode)
    if (synced.assignment.byteLength === 0) return []
    const given = decodeAssignment(synced.assignment)
    if (given === null) {
      throw new SeeklineError(
        'kafka.group-type',
        `The leader of ${group} assigns in a form that is not a consumer’s.`,
        {
          hint: 'Kafka Connect and others use groups in a way of their own, which cannot be stepped.',
        },
      )
    }
    return given.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
  }

  /** As the leader: assigns partitions to all members. */
  async #assign(protocol: string, { members }: JoinGroupResponse, signal: AbortSignal) {
    const assignor = assignorOf(protocol)
    const subscribers = members.map(({ memberId, metadata }): Subscriber => {
      const said = decodeSubscription(metadata)
      return { memberId, topics: said?.topics ?? [], owned: fromAssignment(said?.owned ?? []) }
    })
    const topics = [...new Set(subscribers.flatMap((one) => one.topics))]
    this.#watched = await this.#partitionCounts(topics, signal)
    const partitions = [...this.#watched].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    )
    const assigned = assignor?.assign(subscribers, partitions) ?? new Map<string, TopicPartition[]>()
    return [...assigned].map(([memberId, given]) => ({ memberId, assignment: encodeAssignment(toAssignment(given)) }))
  }

  async #partitionCounts(topics: readonly string[], signal: AbortSignal): Promise<Map<string, number>> {
    await this.#cluster.refresh({ topics, signal })
    const counts = topics.map((name) => [name, this.#cluster.topic(name)?.partitions.length ?? 0] as const)
    return new Map(counts.filter(([, count]) => count > 0))
  }

  /** Sends heartbeats until there is a reason to join again. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { group, channel } = this.#options
    let heard = Date.now()
    let looked = heard
    for (;;) {
      await sleep(HEARTBEAT_MS, signal)
      const left = heard + SESSION_MS - Date.now()
      const request = { group, generation: this.#generation, memberId: this.#memberId }
      try {
        const timeoutMs = Math.max(left, HEARTBEAT_MS)
        const { errorCode } = await askGroup(this.#cluster, groupHeartbeat, request, { channel, signal, timeoutMs })
        if (errorCode === REBALANCE_IN_PROGRESS) return
        if (errorCode !== 0) throw this.#refusal(errorCode)
        heard = Date.now()
      } catch (error) {
        // If no broker is reached, the coordinator may still count on it; what it says afterwards decides.
        if (signal.aborted || !asSeeklineError(error).retryable || error instanceof Refusal) throw error
        if (Date.now() - heard > SESSION_MS + REBALANCE_MS) throw error
      }
      if (!this.#isLeader || Date.now() - looked < LOOK_MS) continue
      looked = Date.now()
      const now = await this.#partitionCounts([...this.#watched.keys()], signal).catch(() => this.#watched)
      if ([...now].some(([topic, count]) => this.#watched.get(topic) !== count)) return
    }
  }

  #keepsWhileJoining(): boolean {
    return this.#protocol !== null && assignorOf(this.#protocol)?.isCooperative === true
  }

  #refusal(code: number): Refusal {
    if (code === UNKNOWN_MEMBER_ID) this.#memberId = ''
    this.#generation = -1
    return new Refusal(
      kafkaError(code, `Group ${this.#options.group}`, { asked: { api: 'JoinGroup', group: this.#options.group } }),
    )
  }
}

/** The coordinator's refusal of this member, as opposed to errors on the way. */
class Refusal extends SeeklineError {
  constructor({ code, message, hint, details }: SeeklineError) {
    super(code, message, { ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) })
  }
}

const toAssignment = (partitions: readonly TopicPartition[]): ConsumerAssignment =>
  byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map(({ partition }) => partition) }))

const fromAssignment = (assignment: ConsumerAssignment): TopicPartition[] =>
  assignment.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
