import type { ServiceOf } from '#shared/contract/define.ts'
import type { replay } from '#shared/contract/replay.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import type { LogReader } from '../../kafka/log-reader.ts'
import type { DecodePool } from '../../kafka/workers/pool.ts'
import { planReplay } from './plan.ts'
import { runReplay } from './run.ts'

export interface ReplayDependencies {
  open(connectionId: ConnectionId): { cluster: KafkaCluster; reader: Pick<LogReader, 'rawBatches'> }
  profileOf(connectionId: ConnectionId): { id: string; name: string }
  pool: DecodePool
  journal: ChangeJournal
}

/** Replays: copies of ranges. */
export function createReplayService({ open, profileOf, pool, journal }: ReplayDependencies): ServiceOf<typeof replay> {
  return {
    'replay.plan': async (spec, { signal }) =>
      planReplay(spec, {
        source: open(spec.source),
        target: open(spec.target).cluster,
        targetName: profileOf(spec.target).name,
        signal,
      }),

    'replay.run': async ({ source, target, plan }, sink, { signal }) => {
      if (plan.spec.source !== source || plan.spec.target !== target) {
        throw new SeeklineError('call.invalid', 'The plan belongs to other connections than those named.')
      }
      return runReplay(plan, {
        source: open(source),
        target: open(target),
        profile: profileOf(target),
        transform: async ({ records, ...part }, options) => {
          const buffer = records.buffer as ArrayBuffer
          return (await pool.run({ kind: 'transform', buffer, part, options })).part
        },
        journal,
        sink,
        signal,
      })
    },
  }
}
