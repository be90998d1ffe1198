import { z } from 'zod'
import { PartitionId } from './ids.ts'
import { Position } from './positions.ts'

/** How a position changed: by a commit, by a commit in a transaction, or by removal (expired, or deleted). */
export const CommitSource = z.enum(['commit', 'transactional commit', 'tombstone'])
export type CommitSource = z.infer<typeof CommitSource>

/** One record of `__consumer_offsets` about a position of the group. */
export const CommitPoint = z.strictObject({
  topic: z.string(),
  partition: PartitionId,
  /** null: a tombstone; afterwards there is no position. */
  position: Position.nullable(),
  /** When the coordinator wrote the record, by its clock; ms since 1970. */
  committedAt: z.bigint(),
  /** When it took effect: as `committedAt`, or for a commit in a transaction when the transaction was committed. */
  since: z.bigint(),
  source: CommitSource,
  /** Offset of the record in the group's partition of `__consumer_offsets`: the order of commits. */
  offset: z.bigint(),
})
export type CommitPoint = z.infer<typeof CommitPoint>

const MemberName = z.strictObject({ memberId: z.string(), clientId: z.string(), host: z.string() })

/**
 * A record about the group's members. Classic groups write all members with each generation (`all`), KIP-848 groups one member
 * at a time; `there` false: it left.
 */
export const MemberRecord = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all'), offset: z.bigint(), at: z.bigint(), members: z.array(MemberName) }),
  z.strictObject({
    kind: z.literal('one'),
    offset: z.bigint(),
    at: z.bigint(),
    member: MemberName,
    there: z.boolean(),
  }),
])
export type MemberRecord = z.infer<typeof MemberRecord>

/** Which part of the group's partition of `__consumer_offsets` was read. */
export const SearchedCommits = z.strictObject({
  partition: PartitionId,
  logStart: z.bigint(),
  /** Offsets [from, to) were read; `end` was the high watermark then. */
  from: z.bigint(),
  to: z.bigint(),
  end: z.bigint(),
  /**
   * From this offset on no record is missing. Before it, compaction has kept at most the newest record of each key, so commits
   * are missing.
   */
  wholeFrom: z.bigint(),
  /** Commits in transactions that are still open, so they have no effect yet. */
  undecided: z.number().int(),
  /** Batches and commits that could not be read: damaged, or in a format newer than this code. */
  unreadable: z.number().int(),
})
export type SearchedCommits = z.infer<typeof SearchedCommits>
