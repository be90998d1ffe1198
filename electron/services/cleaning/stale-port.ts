import type { LastCommits, LastCommitsQuestion } from '../../kafka/last-commits.ts'
import type { GroupsPort } from '../groups/group-port.ts'

/** Questions that looking for stale positions puts to a cluster, beside those about groups. */
export interface StalePort {
  groups: Pick<GroupsPort, 'list' | 'factsOf' | 'positionsOf' | 'edges' | 'topicIds' | 'partitionsOf'>
  lastCommits(question: LastCommitsQuestion): Promise<LastCommits>
  /** For how long topics keep records, ms (null: for ever), or why that is not told. */
  retention(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, { ms: bigint | null } | { why: string }>>
  /** Whether these credentials see every group there is. */
  seesAllGroups(signal: AbortSignal): Promise<boolean>
}
