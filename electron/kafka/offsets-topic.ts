import type { MemberRecord } from '#shared/model/commit-history.ts'
import type { Position } from '#shared/model/positions.ts'
import type { Fields } from './decode/internal-topics/message.ts'
import { readInternalKey, readInternalValue } from './decode/internal-topics/records.ts'
import { MalformedResponse } from './protocol/reader.ts'

/** Where the broker stores positions. Reading it is optional: many users may not, and then less can be proved. */
export const offsetsTopic = '__consumer_offsets'

/** A record of the offsets topic about a position. `position` null is a tombstone: the commit was removed. */
export interface CommitRecord {
  /** Its offset in its partition of the offsets topic: the order of commits. */
  offset: bigint
  group: string
  topic: string
  partition: number
  position: Position | null
  /** When the coordinator wrote it, ms; null for a tombstone. */
  committedAt: bigint | null
}

/**
 * A group's partition of the offsets topic: `Utils.abs(groupId.hashCode()) % partitions`, where Kafka's abs is the absolute
 * value, and 0 for the one int32 that has none. (Its `toPositive`, used for keys of records, clears the sign bit instead.)
 */
export function offsetsPartitionOf(group: string, partitions: number): number {
  return javaHashPartition(group, partitions)
}

/** The same for any text by which a coordinator distributes its records. */
export function javaHashPartition(text: string, partitions: number): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash === -0x8000_0000 ? 0 : Math.abs(hash) % partitions
}

/**
 * Whether a key of one of the coordinators' topics (type, length of the group's name, name) belongs to the group with that
 * name.
 */
export function isOfGroup(key: Uint8Array, name: Uint8Array): boolean {
  if (key.length < 4 + name.length || ((key[2]! << 8) | key[3]!) !== name.length) return false // the caller or the line above checked that four bytes are there
  for (let i = 0; i < name.length; i += 1) if (key[4 + i] !== name[i]) return false
  return true
}

/**
 * Decodes a record of the offsets topic, or returns null if it is of another kind (group metadata, KIP-848 records), of a
 * version newer than this code, or not such a record: it then says nothing about a position.
 */
export function decodeCommit(key: Uint8Array | null, value: Uint8Array | null, offset: bigint): CommitRecord | null {
  if (key === null) return null
  try {
    const { of, fields: at } = readInternalKey(offsetsTopic, key)
    if (of === null || at === null || !commits.has(of.name)) return null
    const record = { offset, group: at.group as string, topic: at.topic as string, partition: at.partition as number }
    if (value === null) return { ...record, position: null, committedAt: null }
    const { fields } = readInternalValue(of, value)
    if (fields === null) return null
    const position = {
      offset: fields.offset as bigint,
      metadata: fields.metadata as string,
      // Versions before 3 have no leader epoch.
      leaderEpoch: (fields.leaderEpoch as number | undefined) ?? -1,
    }
    return { ...record, position, committedAt: fields.commitTimestamp as bigint }
  } catch (error) {
    if (error instanceof MalformedResponse) return null
    throw error
  }
}

const commits = new Set(['LegacyOffsetCommit', 'OffsetCommit'])

/** At most this many members are listed by name: the list is for people. */
const MOST_MEMBERS = 1_000

/**
 * Decodes a record of the offsets topic that lists a group's members, or returns null if it is of another kind. 'unknown': it
 * is a commit, or lists members, in a version newer than this code.
 */
export function decodeMembers(
  key: Uint8Array,
  value: Uint8Array | null,
  offset: bigint,
  at: bigint,
): MemberRecord | 'unknown' | null {
  try {
    const { of, fields } = readInternalKey(offsetsTopic, key)
    if (of === null || fields === null) return null
    if (commits.has(of.name)) return 'unknown'
    const told = value === null ? {} : readInternalValue(of, value).fields
    if (of.name === 'GroupMetadata') {
      if (told === null) return 'unknown'
      const members = Array.isArray(told.members) ? (told.members as Fields[]) : []
      return { kind: 'all', offset, at, members: members.slice(0, MOST_MEMBERS).map((one) => memberName(one, one)) }
    }
    if (of.name !== 'ConsumerGroupMemberMetadata') return null
    if (told === null) return 'unknown'
    return { kind: 'one', offset, at, member: memberName(fields, told), there: value !== null }
  } catch (error) {
    if (error instanceof MalformedResponse) return 'unknown'
    throw error
  }
}

function memberName({ memberId }: Fields, { clientId, clientHost }: Fields) {
  const text = (field: unknown): string => (typeof field === 'string' ? field : '')
  return { memberId: text(memberId), clientId: text(clientId), host: text(clientHost) }
}
