import type { LastCommits, LastCommitsQuestion } from '../../kafka/last-commits.ts'
import type { GroupsPort } from '../groups/group-port.ts'

/** What the search for stale positions needs of a cluster, in addition to the questions about groups. */
export interface StalePort {
  groups: Pick<GroupsPort, 'list' | 'factsOf' | 'positionsOf' | 'edges' | 'topicIds' | 'partitionsOf'>
  lastCommits(question: LastCommitsQuestion): Promise<LastCommits>
  /** How long topics keep records, ms (null: unlimited), or why that is not known. */
  retention(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, { ms: bigint | null } | { why: string }>>
  /** Whether these credentials see every group. */
  seesAllGroups(signal: AbortSignal): Promise<boolean>
}
