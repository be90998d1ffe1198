import { randomUUID } from 'node:crypto'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { askCoordinators } from '../../electron/kafka/coordinators.ts'
import { type KafkaApi, type Throttled } from '../../electron/kafka/protocol/api.ts'
import { every, until } from './wait-for.ts'

interface Heartbeat {
  group: string
  memberId: string
  memberEpoch: number
  /** Sent when joining. */
  topic: string
}

interface HeartbeatAnswer extends Throttled {
  errorCode: number
  errorMessage: string | null
  memberEpoch: number
}

/** The request of KIP-1071, as sent by an app with one subtopology that reads one topic. */
const streamsHeartbeat: KafkaApi<Heartbeat, HeartbeatAnswer> = {
  key: 88,
  name: 'StreamsGroupHeartbeat',
  versions: { min: 0, max: 0 },
  flexibleFrom: 0,
  encode(w, { group, memberId, memberEpoch, topic }) {
    const joins = memberEpoch === 0
    w.string(group).string(memberId).int32(memberEpoch).int32(0).nullableString(null).nullableString(null)
    w.int32(joins ? 300_000 : -1)
    if (joins) {
      w.int8(1).int32(0)
      w.array(['0'], (id) => {
        w.string(id).array([topic], (name) => w.string(name))
        for (let empty = 0; empty < 5; empty += 1) w.array([], () => undefined)
        w.tags()
      })
      w.tags()
    } else w.int8(-1)
    for (let tasks = 0; tasks < 3; tasks += 1) w.array(joins ? [] : null, () => undefined)
    w.nullableString(joins ? randomUUID() : null)
    w.int8(-1)
    w.array(joins ? [] : null, () => undefined)
    w.array(null, () => undefined).array(null, () => undefined)
    w.boolean(false).tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const answer = { throttleTimeMs, errorCode: r.int16(), errorMessage: r.nullableString() }
    r.string()
    return { ...answer, memberEpoch: r.int32() }
  },
}

interface MemberCommit {
  group: string
  memberId: string
  memberEpoch: number
  at: { topic: string; partition: number; offset: bigint }
}

/** A commit by a member: with its id and epoch, otherwise the broker treats it as an administrator's. */
const memberCommit: KafkaApi<MemberCommit, Throttled & { errorCodes: number[] }> = {
  key: 8,
  name: 'OffsetCommit',
  versions: { min: 9, max: 9 },
  flexibleFrom: 8,
  encode(w, { group, memberId, memberEpoch, at }) {
    w.string(group).int32(memberEpoch).string(memberId).nullableString(null)
    w.array([at], ({ topic, partition, offset }) => {
      w.string(topic).array([partition], (number) => {
        w.int32(number).int64(offset).int32(-1).nullableString('').tags()
      })
      w.tags()
    })
    w.tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const topics = r.array(() => {
      r.string()
      const codes = r.array(() => {
        r.int32()
        const code = r.int16()
        r.tags()
        return code
      })
      r.tags()
      return codes
    })
    r.tags()
    return { throttleTimeMs, errorCodes: topics.flat() }
  },
}

/** The request of KIP-848, as sent by a consumer of one topic. */
const consumerHeartbeat: KafkaApi<Heartbeat, HeartbeatAnswer> = {
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: { min: 1, max: 1 },
  flexibleFrom: 0,
  encode(w, { group, memberId, memberEpoch, topic }) {
    const joins = memberEpoch === 0
    w.string(group).string(memberId).int32(memberEpoch).nullableString(null).nullableString(null)
    w.int32(joins ? 300_000 : -1)
    w.array(joins ? [topic] : null, (name) => w.string(name))
    w.nullableString(null).nullableString(null)
    w.array(joins ? [] : null, () => undefined).tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const answer = { throttleTimeMs, errorCode: r.int16(), errorMessage: r.nullableString() }
    r.nullableString()
    return { ...answer, memberEpoch: r.int32() }
  },
}

export interface MemberByHand {
  memberId: string
  /** A heartbeat now, which accepts a new assignment; every three seconds there is one anyway. */
  beat(): Promise<number>
  /** Commits as after reading. */
  commit(at: MemberCommit['at']): Promise<void>
  leave(): Promise<void>
}

/**
 * A hand-written member of a streams group: Kafka's distribution without its optional jars has no Kafka Streams. It lives until
 * it leaves.
 */
export const joinStreamsGroup = (bootstrap: string, group: string, topic: string): Promise<MemberByHand> =>
  join(bootstrap, { group, topic }, streamsHeartbeat, 'streams-by-hand')

/** The same for a KIP-848 consumer group: it joins and leaves in milliseconds, faster than a consumer that starts a JVM. */
export const joinConsumerGroup = (bootstrap: string, group: string, topic: string): Promise<MemberByHand> =>
  join(bootstrap, { group, topic }, consumerHeartbeat, 'consumer-by-hand')

async function join(
  bootstrap: string,
  { group, topic }: { group: string; topic: string },
  heartbeat: KafkaApi<Heartbeat, HeartbeatAnswer>,
  clientId: string,
): Promise<MemberByHand> {
  const spec = { brokers: bootstrap.split(',').map(addressOf), clientId, connectTimeoutMs: 10_000 }
  const cluster = await openCluster(spec, { mode: 'read-write' })
  const found = await askCoordinators(
    cluster,
    [group],
    async (node, [item]) => [{ item: item!, errorCode: 0, value: node }],
    { mayCreateOffsetsTopic: true },
  )
  const coordinator = found.get(group)!
  if (!coordinator.ok) throw coordinator.error
  const nodeId = coordinator.value
  const memberId = randomUUID()
  let epoch = 0
  const send = async (memberEpoch: number): Promise<number> => {
    const answer = await cluster.call(nodeId, heartbeat, { group, memberId, memberEpoch, topic })
    if (answer.errorCode !== 0) throw new Error(`${group}: error ${answer.errorCode} ${answer.errorMessage}`)
    return answer.memberEpoch
  }
  const beat = async () => (epoch = await send(epoch))
  await until(`${group} takes its member`, async () => (await beat()) > 0, { everyMs: 200 })
  const beating = every(3_000, () => void beat().catch(() => undefined))
  return {
    memberId,
    beat,
    commit: async (at) => {
      const { errorCodes } = await cluster.call(nodeId, memberCommit, { group, memberId, memberEpoch: epoch, at })
      if (errorCodes[0] !== 0) throw new Error(`${group}: error ${errorCodes[0]} when committing`)
    },
    leave: async () => {
      beating.stop()
      try {
        await send(-1)
      } finally {
        cluster.close()
      }
    },
  }
}
