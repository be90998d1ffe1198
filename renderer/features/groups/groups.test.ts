import { describe, expect, it } from 'vitest'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { countGroups, filterGroups } from './group-rows.ts'
import { testPosition as position } from './fixtures/position.ts'
import { createGroupStore } from './group-store.ts'
import { groupSentence, notAtTarget, standingWords, totalLag } from './group-words.ts'

const member = {
  memberId: 'm',
  instanceId: null,
  clientId: 'c',
  host: '/1',
  memberEpoch: 1,
  assignment: [],
  subscription: [],
}
const detail = (part: Partial<GroupDetail> = {}): GroupDetail => ({
  group: 'billing',
  exists: true,
  type: 'classic',
  state: 'Empty',
  protocolType: 'consumer',
  assignor: null,
  groupEpoch: null,
  assignmentEpoch: null,
  coordinator: 1,
  members: [],
  positions: [position(0), position(1)],
  unstable: false,
  readAt: 0n,
  failures: [],
  ...part,
})
const said = (part: Partial<GroupDetail>) => {
  const { head, rest } = groupSentence(detail(part))
  return (head + rest).replaceAll('\u202f', ' ')
}

describe('the sentence of a group', () => {
  it('says who reads and how far behind', () => {
    expect(said({})).toBe('billing is empty; lag 10 offsets.')
    expect(said({ members: [member], state: 'Stable' })).toBe('billing has 1 live member; lag 10 offsets.')
    expect(said({ members: [member], state: 'PreparingRebalance' })).toContain(
      '1 live member and is preparing rebalance',
    )
  })

  it('takes a position or an end that could not be read neither for none nor for no lag', () => {
    const error = { code: 'connect.tcp' as const, message: 'It does not answer.', retryable: true }
    const unread = position(1, { standing: 'unknown', position: null, lag: null, error })
    expect(said({ positions: [position(0, { lag: 0n, standing: 'at-end' }), unread] })).toBe(
      'billing is empty; 1 position could not be read; lag at least 0 offsets.',
    )
    const endless = position(0, { standing: 'unknown', highWatermark: null, lag: null, error })
    expect(said({ positions: [endless] })).toBe('billing is empty; lag not known.')
  })

  it('leaves positions out of range out of the lag, and says so', () => {
    const positions = [
      position(0),
      position(1, { standing: 'before-log-start', lag: null }),
      position(2, { standing: 'none', position: null, lag: null }),
    ]
    expect(said({ positions })).toBe(
      'billing is empty; 1 of 3 partitions is out of range; 1 partition has no position; lag 5 offsets.',
    )
    expect(totalLag([position(0, { lag: null })])).toBeNull()
  })

  it('tells positions of a streams group as of any other, and members that are not told as unknown, never as none', () => {
    expect(said({ type: 'streams', members: [member], state: 'Stable' })).toBe(
      'billing has 1 live member; lag 10 offsets.',
    )
    expect(said({ type: 'streams', members: null, state: 'Stable' })).toBe(
      'billing is stable; its members these brokers do not tell; lag 10 offsets.',
    )
    expect(said({ type: 'share', members: null, state: 'Stable' })).toContain(
      'billing is stable; its members these brokers do not tell; lag 10 records. ',
    )
  })

  it('tells of share groups in start offsets, and claims no existence for what cannot be seen', () => {
    const share: Partial<GroupDetail> = { type: 'share', positions: [], state: 'Empty' }
    expect(said(share)).toMatch(/^billing is empty; it has no start offsets\. Its members share partitions, record by/)
    expect(said({ exists: false, positions: [] })).toBe('billing does not exist, or these rights do not show it.')
  })

  it('says of a connector’s group that the connector wants to be stopped first', () => {
    const task = { ...member, clientId: 'connector-consumer-files-0' }
    expect(said({ members: [task], state: 'Stable', protocolType: 'consumer' })).toContain('PUT /connectors/files/stop')
  })

  it('finds members that do not have yet what they are to have', () => {
    const at = (...partitions: number[]) => partitions.map((partition) => ({ topic: 't', partition }))
    const tasks = { processId: 'p', topologyEpoch: 0, active: [], standby: [], warmUp: [] }
    const standby = [{ subtopology: '0', partitions: [1] }]
    const members = [
      { ...member, memberId: 'there', assignment: at(0, 1), target: at(1, 0) },
      { ...member, memberId: 'late', assignment: at(0), target: at(0, 1) },
      { ...member, memberId: 'classic', assignment: at(0) },
      { ...member, memberId: 'warming', streams: { ...tasks, target: { active: [], standby, warmUp: [] } } },
    ]
    expect(notAtTarget(members).map(({ memberId }) => memberId)).toEqual(['late', 'warming'])
  })
})

describe('where a position stands', () => {
  it('tells what each reset policy would do, since the client’s own cannot be seen', () => {
    const before = standingWords(
      position(0, { standing: 'before-log-start', logStart: 1_005n, highWatermark: 2_000n, lag: null }),
    )
    expect(before.tone).toBe('warn')
    expect(before.text.replaceAll('\u202f', ' ')).toBe('1 000 before log start: earliest 1 005, latest 2 000')
    expect(standingWords(position(0, { standing: 'none', position: null })).text).toContain('no position')
  })
})

describe('the list of groups', () => {
  const item = (group: string) => ({ group, type: 'classic' as const, state: 'Empty', protocolType: '' })
  const items = [item('billing'), item('fraud')]
  const summaries = new Map([
    ['fraud', { group: 'fraud', members: 0, topics: ['orders'], partitions: 1, lag: 1n, outOfRange: 0, unknown: 0 }],
  ])

  it('is found by name, state and topic, and counted as shown of known', () => {
    expect(filterGroups(items, summaries, 'orders EMPTY').rows.map((row) => row.group)).toEqual(['fraud'])
    expect(countGroups(filterGroups(items, summaries, 'orders'))).toBe('1 of 2 groups')
    expect(countGroups(filterGroups(items, undefined, ''))).toBe('2 groups')
  })
})

describe('reading a group', () => {
  it('keeps what was read through a failure, and takes leaving for none', async () => {
    let answer: () => Promise<unknown> = () => Promise.resolve(detail())
    const api = { call: () => answer() } as unknown as StoreApiPort
    const store = createGroupStore(api, 'demo' as ConnectionId, 'billing')
    await store.load()
    answer = () => Promise.reject(new Error('gone'))
    await store.load()
    expect(store.getState()).toMatchObject({ status: 'failed', value: { group: 'billing' }, error: new Error('gone') })
    const abort = new AbortController()
    abort.abort()
    await store.load(abort.signal)
    expect(store.getState().status).toBe('ready')
  })
})
