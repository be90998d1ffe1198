import { z } from 'zod'
import { isDeviceName } from './file-names.ts'

// Names that look alike and must never be swapped are branded; quantities (partition, offset, timestamp) are not,
// because arithmetic would shed the brand at every `+ 1n` and the casts that bring it back prove nothing.

/** Names one saved profile, and so its files. Made by us; hence the narrow alphabet, which is safe in a file name. */
export const ProfileId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'A profile id is up to 64 letters, digits, "-" and "_".')
  .refine((id) => !isDeviceName(id), 'Windows keeps this name for a device; choose another id.')
  .brand<'ProfileId'>()
export type ProfileId = z.infer<typeof ProfileId>

/** Need not be unguessable, only unlike every other: so plain chance will do, which both sides of the wire have. */
export function newProfileId(): ProfileId {
  const chance = () => Math.random().toString(36).slice(2, 10)
  return ProfileId.parse(`p${Date.now().toString(36)}-${chance()}${chance()}`)
}

/**
 * An open profile. A profile is open at most once, so the connection carries its profile's id; yet a schema of its own, for who looks at schemas must not take one for the other.
 */
export const ConnectionId = ProfileId.clone().brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>

/** What the brokers call their cluster: the only identity that survives a changed address. Mostly a base64url uuid. */
export const ClusterId = z.string().min(1).brand<'ClusterId'>()
export type ClusterId = z.infer<typeof ClusterId>

/** A topic's uuid as Kafka's tools print it: 16 bytes in base64url without padding. Brokers before 2.8 have none. */
export const TopicId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'A topic id is a uuid in base64url, 22 characters.')
  .brand<'TopicId'>()
export type TopicId = z.infer<typeof TopicId>

/** A topic's name as a broker tells it; whatever exists can be looked at, so nothing is checked. */
export const TopicName = z.string().min(1).brand<'TopicName'>()
export type TopicName = z.infer<typeof TopicName>

/** A topic's name that we are about to create, by Kafka's own rule (org.apache.kafka.common.internals.Topic). */
export const NewTopicName = z
  .string()
  .min(1, 'A topic needs a name.')
  .max(249, 'A topic name has at most 249 characters.')
  .regex(/^[A-Za-z0-9._-]*$/, 'A topic name has only letters, digits, ".", "_" and "-".')
  .refine((name) => name !== '.' && name !== '..', 'A topic cannot be called "." or "..".')
  .brand<'TopicName'>()

/** A consumer group's name. Kafka forbids nothing, not even the empty string of very old simple consumers. */
export const GroupId = z.string().brand<'GroupId'>()
export type GroupId = z.infer<typeof GroupId>

export const maxInt32 = 0x7fff_ffff
export const maxInt64 = 0x7fff_ffff_ffff_ffffn
export const minInt64 = -0x8000_0000_0000_0000n

/** A partition's number within its topic. */
export const PartitionId = z.int().min(0).max(maxInt32)
export type PartitionId = z.infer<typeof PartitionId>

/** A record's place in its partition. The protocol's negative values ("earliest", "none") never leave its decoders. */
export const Offset = z.bigint().min(0n).max(maxInt64)
export type Offset = z.infer<typeof Offset>

/** Milliseconds since 1970, UTC. Any int64 can stand in a record; −1 is Kafka's "none". */
export const Timestamp = z.bigint().min(minInt64).max(maxInt64)
export type Timestamp = z.infer<typeof Timestamp>
