import { z } from 'zod'
import { PartitionId } from './ids.ts'
import { Position } from './positions.ts'

/** How a position came to be: by a commit, by one within a transaction, or by its removal (expired, or deleted). */
export const CommitSource = z.enum(['commit', 'transactional commit', 'tombstone'])
export type CommitSource = z.infer<typeof CommitSource>

/** One record of `__consumer_offsets` that speaks of a position of the group. */
export const CommitPoint = z.strictObject({
  topic: z.string(),
  partition: PartitionId,
  /** null: a tombstone, after which there is no position. */
  position: Position.nullable(),
  /** When the coordinator wrote it, by its clock; ms since 1970. */
  committedAt: z.bigint(),
  /** From when it counts: as `committedAt`, and for one in a transaction when that was committed. */
  since: z.bigint(),
  source: CommitSource,
  /** Of the record itself, in the group's partition of `__consumer_offsets`: the order of commits. */
  offset: z.bigint(),
})
export type CommitPoint = z.infer<typeof CommitPoint>

const MemberName = z.strictObject({ memberId: z.string(), clientId: z.string(), host: z.string() })

/**
 * A record that speaks of the group's members. Classic groups write all of them anew with each generation (`all`), KIP-848
 * groups one at a time; `there` false: it left.
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

/** What of the group's partition of `__consumer_offsets` was looked at. */
export const SearchedCommits = z.strictObject({
  partition: PartitionId,
  logStart: z.bigint(),
  /** Offsets [from, to) were looked at; `end` was its high watermark then. */
  from: z.bigint(),
  to: z.bigint(),
  end: z.bigint(),
  /** From here on no record is missing. Before, compaction has left each key's newest at most: commits are missing. */
  wholeFrom: z.bigint(),
  /** Commits in transactions that were not decided yet, so that they count for nothing. */
  undecided: z.number().int(),
  /** Batches and commits that could not be read: damaged, or newer than this code. */
  unreadable: z.number().int(),
})
export type SearchedCommits = z.infer<typeof SearchedCommits>
