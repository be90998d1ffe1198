import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import type { SampleLog } from '../../storage/sample-log.ts'
import type { GroupsPort } from './group-port.ts'
import { LagSampler } from './lag-sampler.ts'
import { LagWindows } from './lag-windows.ts'

/** The sampling of the groups of one open connection, shared by all followers. */
export interface Sampling {
  readonly port: GroupsPort
  readonly sampler: LagSampler
  readonly windows: LagWindows
}

export type SamplingOf = (connectionId: ConnectionId) => Sampling

export interface SamplingsOptions {
  /** Throws `connect.closed`. */
  groupsOf(connectionId: ConnectionId): GroupsPort
  profileOf(connectionId: ConnectionId): { id: ProfileId }
  samples: Pick<SampleLog, 'append'>
  /** The interval of sampling; shorter in tests. */
  everyMs?: number | undefined
}

/** One sampler per connection, made when first needed. */
export function createSamplings({ groupsOf, profileOf, samples, everyMs }: SamplingsOptions): SamplingOf {
  const open = new Map<ConnectionId, Sampling>()
  return (connectionId) => {
    const port = groupsOf(connectionId)
    const before = open.get(connectionId)
    // For this opening of the connection: after it is opened again, nothing is known yet.
    if (before?.port === port) return before
    const windows = new LagWindows()
    const sampler: LagSampler = new LagSampler({
      port,
      see: (sample) => {
        windows.take(sample)
        windows.keep(sampler.followed())
        return samples.append({ profile: profileOf(connectionId).id, clusterId: port.clusterId }, sample)
      },
      everyMs,
    })
    const made = { port, sampler, windows }
    open.set(connectionId, made)
    return made
  }
}
