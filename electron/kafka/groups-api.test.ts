import { SeeklineError } from '#shared/errors.ts'
import { describe, expect, it } from 'vitest'
import type { KafkaCluster } from './cluster.ts'
import { describeGroups } from './groups-api.ts'
import { describeGroupsApi } from './protocol/describe-groups.ts'
import { findCoordinator } from './protocol/find-coordinator.ts'
import { listGroupsApi } from './protocol/list-groups.ts'

const down = () =>
  new SeeklineError('connect.tcp', 'one.example:9092 cannot be reached: nothing listens on that port.', { retryable: true }) // oxfmt-ignore

/** Broker 1 is down; broker 2 has just taken over, and answers for `readers` as it does after so many lists. */
function failover(listsUntilKnown: number, listsUntilGone: number): { cluster: KafkaCluster; lists: () => number } {
  let lists = 0
  const listing = { group: 'readers', protocolType: '', state: 'Empty', type: 'classic' }
  const answers = new Map<unknown, (to: unknown) => unknown>([
    [findCoordinator, () => ({ coordinators: [{ key: 'readers', nodeId: 2, errorCode: 0, errorMessage: null }] })],
    [
      describeGroupsApi,
      () => ({
        groups: [{ group: 'readers', errorCode: 69, errorMessage: null, state: '', members: [], rights: null }],
      }),
    ],
    [
      listGroupsApi,
      (to) => {
        if (to === 1) throw down()
        lists += 1
        return { errorCode: 0, groups: lists > listsUntilKnown ? [listing] : [] }
      },
    ],
  ])
  const ask = async (to: unknown, api: unknown) => answers.get(api)!(to)
  const cluster = {
    coordinators: new Map(),
    groupKinds: new Map(),
    gate: {},
    topic: () => ({ errorCode: 0, partitions: [0] }),
    info: () => ({ brokers: (lists >= listsUntilGone ? [2] : [1, 2]).map((nodeId) => ({ nodeId })) }),
    // The first time no broker answers it: that ends nothing.
    refresh: async () => {
      if (lists === 1) throw down()
    },
    supports: (api: unknown) => api === findCoordinator,
    ask,
    call: ask,
  }
  return { cluster: cluster as unknown as KafkaCluster, lists: () => lists }
}

describe('a group that a new coordinator does not know yet', () => {
  it('is looked for again while the broker before it is down', async () => {
    const { cluster, lists } = failover(2, 99)
    const found = (await describeGroups(cluster, ['readers'])).get('readers')
    expect(found).toMatchObject({ ok: true, value: { exists: true, state: 'Empty', coordinator: 2 } })
    expect(lists()).toBe(3)
  })

  it('is not there once every broker that is left says so', async () => {
    const { cluster } = failover(99, 3)
    const found = (await describeGroups(cluster, ['readers'])).get('readers')
    expect(found).toMatchObject({ ok: true, value: { exists: false } })
  })
})
