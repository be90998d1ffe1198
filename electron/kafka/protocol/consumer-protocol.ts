import { MalformedResponse, Reader } from './reader.ts'
import { Writer } from './writer.ts'

export interface ConsumerSubscription {
  version: number
  topics: string[]
  /** Partitions the member held before this rebalance (v1, KIP-429). */
  owned: { topic: string; partitions: number[] }[]
  /** client.rack (v3, KIP-881); null: none, or not sent. */
  rackId: string | null
}

export type ConsumerAssignment = { topic: string; partitions: number[] }[]

/**
 * The subscription a classic consumer joined with (ConsumerProtocolSubscription). null if these bytes are of another kind:
 * Kafka Connect and other protocols have their own.
 */
export function decodeSubscription(bytes: Uint8Array | null): ConsumerSubscription | null {
  return attempt(bytes, (r) => {
    const version = r.int16()
    const topics = r.array(() => r.string())
    r.bytesOrNull()
    const owned = version >= 1 && r.remaining > 0 ? r.array(() => ({ topic: r.string(), partitions: r.int32s() })) : []
    if (version >= 2 && r.remaining > 0) r.int32() // generation
    const rackId = version >= 3 && r.remaining > 0 ? r.nullableString() : null
    return { version, topics, owned, rackId }
  })
}

/** The assignment of a classic consumer (ConsumerProtocolAssignment); null if the bytes are of another kind. */
export function decodeAssignment(bytes: Uint8Array | null): ConsumerAssignment | null {
  return attempt(bytes, (r) => {
    r.int16()
    return r.array(() => ({ topic: r.string(), partitions: r.int32s() }))
  })
}

/** Version 1: includes the partitions that the member holds (KIP-429), which eager assignors ignore. */
export function encodeSubscription({ topics, owned }: Omit<ConsumerSubscription, 'version' | 'rackId'>): Uint8Array {
  const w = new Writer(false).int16(1)
  w.array(topics, (topic) => w.string(topic)).bytesField(null)
  w.array(owned, ({ topic, partitions }) => w.string(topic).int32s(partitions))
  return Uint8Array.from(w.bytes())
}

export function encodeAssignment(assignment: ConsumerAssignment): Uint8Array {
  const w = new Writer(false).int16(0)
  w.array(assignment, ({ topic, partitions }) => w.string(topic).int32s(partitions)).bytesField(null)
  return Uint8Array.from(w.bytes())
}

// Any client may have written these bytes: if they cannot be read, that is a result, not an error.
function attempt<T>(bytes: Uint8Array | null, read: (reader: Reader) => T): T | null {
  if (bytes === null || bytes.byteLength === 0) return null
  try {
    return read(new Reader(bytes, false))
  } catch (error) {
    if (error instanceof MalformedResponse) return null
    throw error
  }
}
