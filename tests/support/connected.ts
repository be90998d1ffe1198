import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'

export const connectedId = 'eu' as ConnectionId

/** A connection as the window is told of it. */
export const connected: ConnectionState = {
  connectionId: connectedId,
  profileId: connectedId,
  name: 'eu',
  environment: 'production',
  colour: 'red',
  accessMode: 'guarded',
  status: 'connected',
  reason: null,
  attempt: 0,
  nextAttemptAt: null,
  clusterId: 'c',
  brokers: 3,
  kafkaVersion: '4.3',
  readLimit: null,
}
