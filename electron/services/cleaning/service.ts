import type { cleaning } from '#shared/contract/cleaning.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { seesAllGroups } from '../../kafka/groups-api.ts'
import { lastCommits } from '../../kafka/last-commits.ts'
import type { GroupsPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { retentionOf } from '../topic-retention.ts'
import { findStale } from './find-stale.ts'

/** Finds positions and groups that are no longer of use. Deleting them is a change of positions like any other. */
export function createCleaningService(
  accessOf: (connectionId: ConnectionId) => MessagesAccess & { groups: GroupsPort },
): ServiceOf<typeof cleaning> {
  return {
    'cleaning.find': async (input, sink, { signal }) => {
      const access = accessOf(input.connectionId)
      const port = {
        groups: access.groups,
        lastCommits: (question: Parameters<typeof lastCommits>[1]) => lastCommits(access, question),
        retention: (topics: readonly string[], over: AbortSignal) => retentionOf(access.cluster, topics, over),
        seesAllGroups: (over: AbortSignal) => seesAllGroups(access.cluster, { signal: over }),
      }
      return findStale(port, input, sink, signal)
    },
  }
}
