import { wire } from './wire-format.ts'
import { openWire, stillThere, unknownTopic, type WireConnection } from './wire-connection.ts'

/** A producer's id as returned by InitProducerId. */
export interface ProducerIdentity {
  producerId: bigint
  epoch: number
  transactionalId: string | null
}

export interface CommitEntry {
  topic: string
  partition: number
  offset: bigint
  metadata?: string
}

export type WireClient = Awaited<ReturnType<typeof connectWire>>

/**
 * A few hand-written Kafka requests to one plaintext broker: fixtures need batches exactly as given (header order, codecs,
 * timestamps, transactions left open), which no client library allows. For one-node clusters.
 *
 * As client `__admin_client` it may write into Kafka's own topics.
 */
export async function connectWire(address: string, clientId?: string) {
  const connection = await openWire(address, clientId)
  const { close } = connection
  return { ...topics(connection), ...records(connection), ...transactions(connection), ...positions(connection), close }
}

function topics({ request, patiently }: WireConnection) {
  /** This broker's error code for each partition of a topic; null while it knows no such topic. Creates none. */
  const leadersOf = async (name: string): Promise<number[] | null> => {
    const answer = await request(3, 4, Buffer.concat([wire.array([wire.string(name)]), wire.int8(0)]))
    answer.int32()
    for (let brokers = answer.int32(); brokers > 0; brokers -= 1) {
      answer.int32()
      answer.string()
      answer.int32()
      answer.string()
    }
    answer.string()
    answer.int32()
    answer.int32()
    const code = answer.int16()
    if (code !== 0) return null
    answer.string()
    answer.skip(1)
    return Array.from({ length: answer.int32() }, () => {
      const partition = answer.int16()
      answer.int32()
      answer.int32()
      for (let list = 0; list < 2; list += 1) answer.skip(4 * answer.int32())
      return partition
    })
  }

  return {
    /**
     * Creates a topic and waits until the broker itself knows it with its leaders: the broker learns of it from the controller, and
     * until then answers that there is no such topic. False: there was one of that name already.
     */
    async createTopic(name: string, partitions: number, config: Record<string, string> = {}): Promise<boolean> {
      const topic = [wire.string(name), wire.int32(partitions), wire.int16(1), wire.array([])]
      const configs = Object.entries(config).map(([key, value]) =>
        Buffer.concat([wire.string(key), wire.string(value)]),
      )
      const body = [wire.array([Buffer.concat([...topic, wire.array(configs)])]), wire.int32(20_000), wire.int8(0)]
      const answer = await request(19, 2, Buffer.concat(body))
      answer.int32()
      answer.int32()
      answer.string()
      const code = answer.int16()
      if (code !== 0 && code !== 36)
        throw new Error(`${name} could not be created: ${answer.string() ?? `error ${code}`}`)
      await patiently(`Leaders of ${name}`, async () => {
        const leaders = await leadersOf(name)
        return leaders === null ? unknownTopic : (leaders.find((error) => error !== 0) ?? 0)
      })
      return code === 0
    },

    /** Deletes a topic and waits until the broker itself no longer knows it, so that its name can be used again. */
    async deleteTopic(name: string): Promise<void> {
      const answer = await request(20, 1, Buffer.concat([wire.array([wire.string(name)]), wire.int32(20_000)]))
      answer.int32()
      answer.int32()
      answer.string()
      const code = answer.int16()
      if (code !== 0) throw new Error(`${name} could not be deleted: error ${code}`)
      await patiently(`Forgetting ${name}`, async () => ((await leadersOf(name)) === null ? 0 : stillThere))
    },
  }
}

function records({ request, patiently }: WireConnection) {
  return {
    /** Appends finished batches (one after another) and returns the first one's base offset. */
    async produce(
      topic: string,
      partition: number,
      batch: Uint8Array,
      transactionalId: string | null = null,
    ): Promise<bigint> {
      let base = -1n
      await patiently(`Produce to ${topic}-${partition}`, async () => {
        const data = Buffer.concat([wire.int32(partition), wire.bytes(batch)])
        const topics = wire.array([Buffer.concat([wire.string(topic), wire.array([data])])])
        const answer = await request(
          0,
          7,
          Buffer.concat([wire.string(transactionalId), wire.int16(-1), wire.int32(20_000), topics]),
        )
        answer.int32()
        answer.string()
        answer.int32()
        answer.int32()
        const code = answer.int16()
        base = answer.int64()
        return code
      })
      return base
    },

    /** Moves a partition's log start. */
    async deleteRecords(topic: string, partition: number, before: bigint): Promise<void> {
      const part = Buffer.concat([wire.int32(partition), wire.int64(before)])
      const topics = wire.array([Buffer.concat([wire.string(topic), wire.array([part])])])
      await patiently(`DeleteRecords ${topic}-${partition}`, async () => {
        const answer = await request(21, 1, Buffer.concat([topics, wire.int32(20_000)]))
        answer.int32()
        answer.int32()
        answer.string()
        answer.int32()
        answer.int32()
        answer.int64()
        return answer.int16()
      })
    },
  }
}

function transactions({ request, patiently, findCoordinator }: WireConnection) {
  return {
    async initProducer(transactionalId: string | null, timeoutMs = 60_000): Promise<ProducerIdentity> {
      if (transactionalId !== null) await findCoordinator(transactionalId, 1)
      const identity: ProducerIdentity = { producerId: -1n, epoch: -1, transactionalId }
      await patiently(`InitProducerId ${transactionalId}`, async () => {
        const answer = await request(22, 1, Buffer.concat([wire.string(transactionalId), wire.int32(timeoutMs)]))
        answer.int32()
        const code = answer.int16()
        identity.producerId = answer.int64()
        identity.epoch = answer.int16()
        return code
      })
      return identity
    },

    async addToTransaction(producer: ProducerIdentity, topic: string, partitions: number[]): Promise<void> {
      const parts = wire.array(partitions.map((partition) => wire.int32(partition)))
      const topics = wire.array([Buffer.concat([wire.string(topic), parts])])
      await patiently(`AddPartitionsToTxn ${topic}`, async () => {
        const answer = await request(24, 1, Buffer.concat([identityBytes(producer), topics]))
        answer.int32()
        answer.int32()
        answer.string()
        const count = answer.int32()
        const codes = Array.from({ length: count }, () => (answer.int32(), answer.int16()))
        return codes.find((code) => code !== 0) ?? 0
      })
    },

    async endTransaction(producer: ProducerIdentity, committed: boolean): Promise<void> {
      const end = async () => {
        const answer = await request(26, 1, Buffer.concat([identityBytes(producer), wire.int8(committed ? 1 : 0)]))
        answer.int32()
        return answer.int16()
      }
      await patiently(`EndTxn ${producer.transactionalId}`, end)
      // The coordinator answers before it writes the markers, and until then answers CONCURRENT_TRANSACTIONS to a repeated request.
      await patiently(`EndTxn ${producer.transactionalId}`, end)
    },
  }
}

function positions({ request, patiently, findCoordinator }: WireConnection) {
  return {
    /** Sets positions of a group without members. */
    async commit(group: string, entries: CommitEntry[]): Promise<void> {
      await findCoordinator(group, 0)
      const byTopic = Map.groupBy(entries, (entry) => entry.topic)
      const topics = [...byTopic].map(([topic, parts]) => {
        const each = parts.map(({ partition, offset, metadata = '' }) =>
          Buffer.concat([wire.int32(partition), wire.int64(offset), wire.int32(-1), wire.string(metadata)]),
        )
        return Buffer.concat([wire.string(topic), wire.array(each)])
      })
      const body = Buffer.concat([wire.string(group), wire.int32(-1), wire.string(''), wire.array(topics)])
      await patiently(`OffsetCommit ${group}`, async () => {
        const answer = await request(8, 6, body)
        answer.int32()
        const count = answer.int32()
        const codes = Array.from({ length: count }, () => {
          answer.string()
          const parts = answer.int32()
          return Array.from({ length: parts }, () => (answer.int32(), answer.int16()))
        }).flat()
        return codes.find((code) => code !== 0) ?? 0
      })
    },
  }
}

function identityBytes({ transactionalId, producerId, epoch }: ProducerIdentity): Buffer {
  return Buffer.concat([wire.string(transactionalId), wire.int64(producerId), wire.int16(epoch)])
}
