import type { Position } from '#shared/model/positions.ts'

/** Where the broker keeps positions. Reading it is optional: many users may not, and then less can be proved. */
export const offsetsTopic = '__consumer_offsets'

/** One record of the offsets topic that speaks of a position. `position` null is a tombstone: the commit was removed. */
export interface CommitRecord {
  /** Where it stands in its partition of the offsets topic: the order of commits. */
  offset: bigint
  group: string
  topic: string
  partition: number
  position: Position | null
  /** When the coordinator wrote it, ms; null for a tombstone. */
  committedAt: bigint | null
}

/**
 * The offsets-topic partition of a group: `Utils.abs(groupId.hashCode()) % partitions`, where Kafka's abs is the absolute
 * value, and 0 for the one int32 that has none. (Its `toPositive`, used for keys of records, clears the sign bit instead.)
 */
export function offsetsPartitionOf(group: string, partitions: number): number {
  let hash = 0
  for (let i = 0; i < group.length; i += 1) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0
  return hash === -0x8000_0000 ? 0 : Math.abs(hash) % partitions
}

/**
 * Decodes a record of the offsets topic, or null when it is of another kind (group metadata, KIP-848 records) or of a
 * version that is newer than this code. Sources: OffsetCommitKey.json (0–1), OffsetCommitValue.json (0–4).
 */
export function decodeCommit(key: Uint8Array | null, value: Uint8Array | null, offset: bigint): CommitRecord | null {
  if (key === null) return null
  try {
    const k = new Cursor(key)
    const keyVersion = k.int16()
    if (keyVersion !== 0 && keyVersion !== 1) return null
    const at = { offset, group: k.string(), topic: k.string(), partition: k.int32() }
    if (value === null) return { ...at, position: null, committedAt: null }
    const v = new Cursor(value)
    const version = v.int16()
    if (version < 0 || version > 4) return null
    const position = v.int64()
    const leaderEpoch = version >= 3 ? v.int32() : -1
    const metadata = version >= 4 ? v.compactString() : v.string()
    return { ...at, position: { offset: position, metadata, leaderEpoch }, committedAt: v.int64() }
  } catch (error) {
    // Not ours to judge: a record that does not parse proves nothing about a position.
    if (error instanceof RangeError) return null
    throw error
  }
}

class Cursor {
  #at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  int16(): number {
    this.#at += 2
    return this.#view.getInt16(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#view.getInt32(this.#at - 4)
  }

  int64(): bigint {
    this.#at += 8
    return this.#view.getBigInt64(this.#at - 8)
  }

  string(): string {
    return this.#text(this.int16())
  }

  compactString(): string {
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#view.getUint8(this.#at)
      this.#at += 1
      size |= (byte & 0x7f) << shift
      if (byte < 0x80 || shift > 21) return this.#text(size - 1)
    }
  }

  #text(size: number): string {
    if (size < 0 || this.#at + size > this.#bytes.length) throw new RangeError('string out of bounds')
    this.#at += size
    return new TextDecoder().decode(this.#bytes.subarray(this.#at - size, this.#at))
  }
}
