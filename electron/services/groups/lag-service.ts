import type { ServiceOf } from '#shared/contract/define.ts'
import type { lag } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { readUnread } from './unread.ts'

export interface LagDependencies {
  /** What messages are read through. Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
}

/** What lag comes to: in records and in time. */
export function createLagService({ accessOf }: LagDependencies): ServiceOf<typeof lag> {
  return {
    'groups.unread': (input, { signal }) => readUnread(accessOf(input.connectionId), input, signal),
  }
}
