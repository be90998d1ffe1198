import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import type { SampleLog } from '../../storage/sample-log.ts'
import type { GroupsPort } from './group-port.ts'
import { LagSampler } from './lag-sampler.ts'
import { LagWindows } from './lag-windows.ts'

/** The looks at the groups of one open connection, shared by all who follow some. */
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
  /** How often groups are looked at; tests cannot wait. */
  everyMs?: number | undefined
}

/** One sampler a connection, made when it is first asked for. */
export function createSamplings({ groupsOf, profileOf, samples, everyMs }: SamplingsOptions): SamplingOf {
  const open = new Map<ConnectionId, Sampling>()
  return (connectionId) => {
    const port = groupsOf(connectionId)
    const before = open.get(connectionId)
    // Of this opening of the connection: of the next one nothing is known yet.
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
