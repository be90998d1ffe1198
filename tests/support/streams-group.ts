import { randomUUID } from 'node:crypto'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { askCoordinators } from '../../electron/kafka/coordinators.ts'
import { type KafkaApi, type Throttled } from '../../electron/kafka/protocol/api.ts'
import { until } from './wait-for.ts'

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

/** KIP-1071, as an app of one subtopology that reads one topic sends it. */
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

export interface StreamsMember {
  memberId: string
  /** Keeps it alive, and takes over what it was given meanwhile. */
  beat(): Promise<number>
  leave(): Promise<void>
}

/**
 * A member of a streams group, by hand: Kafka's distribution without its optional jars has no Kafka Streams. It lives for
 * the broker's session time (45 s) from its last beat on.
 */
export async function joinStreamsGroup(bootstrap: string, group: string, topic: string): Promise<StreamsMember> {
  const spec = {
    brokers: bootstrap.split(',').map(addressOf),
    clientId: 'streams-by-hand',
    connectTimeoutMs: 10_000,
  }
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
    const answer = await cluster.call(nodeId, streamsHeartbeat, { group, memberId, memberEpoch, topic })
    if (answer.errorCode !== 0) throw new Error(`${group}: error ${answer.errorCode} ${answer.errorMessage}`)
    return answer.memberEpoch
  }
  const beat = async () => (epoch = await send(epoch))
  await until(`${group} takes its member`, async () => (await beat()) > 0, { everyMs: 200 })
  return {
    memberId,
    beat,
    leave: async () => {
      try {
        await send(-1)
      } finally {
        cluster.close()
      }
    },
  }
}
