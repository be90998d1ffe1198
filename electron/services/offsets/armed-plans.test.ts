import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { Plan, PlanRow } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import type { AccessMode } from '#shared/model/profile.ts'
import type { ArmedRecord, ArmedStore } from '../../storage/armed-plans.ts'
import type { GroupFacts, GroupsPort } from '../groups/group-port.ts'
import { createArmedService } from './armed-plans.ts'

// Time, disks that are full, and apps that ended: all else about armed plans is tested on real Kafka in tests/integration.

const connectionId = ConnectionId.parse('demo')
const signal = new AbortController().signal
const MINUTE = 60_000

const row: PlanRow = {
  topic: 'orders',
  partition: 0,
  topicId: 'id-1',
  before: { offset: 5n, metadata: '', leaderEpoch: -1 },
  after: { offset: 6n, metadata: '', leaderEpoch: -1 },
  bounds: { logStart: 0n, lastStable: 10n, highWatermark: 10n },
  status: 'change',
  clampedFrom: null,
  skips: 1n,
  repeats: 0n,
  note: null,
}
const plan: Plan = {
  version: 1,
  connectionId,
  clusterId: 'cluster-1',
  group: 'billing',
  groupExists: true,
  groupType: 'consumer',
  groupState: 'Stable',
  members: [],
  target: { at: 'offset', offset: 6n },
  rows: [row],
  refusal: { code: 'kafka.group-live', message: 'billing has 1 live member.', retryable: true },
  warnings: [],
  failures: [],
  undoOf: null,
  madeAt: 0n,
}

function setUp(before: readonly ArmedRecord[] = []) {
  let records: readonly ArmedRecord[] = before
  const world = { state: 'Stable', access: 'full' as AccessMode, isDiskFull: false, entries: [] as JournalEntry[] }
  const store: ArmedStore = {
    get: () => Promise.resolve([...records]),
    update: (change) => {
      if (world.isDiskFull) return Promise.reject(new SeeklineError('storage.failed', 'ENOSPC'))
      records = change(records)
      return Promise.resolve()
    },
    forget: () => Promise.resolve(),
  }
  const factsOf = (groups: readonly string[]) =>
    Promise.resolve(new Map(groups.map((group) => [group, { value: { state: world.state, members: null } as GroupFacts }]))) // oxfmt-ignore
  const { routes, close } = createArmedService({
    groupPort: () => Promise.resolve({ clusterId: 'cluster-1', factsOf } as unknown as GroupsPort),
    profileOf: () => ({ id: 'demo', name: 'Demo', accessMode: world.access }),
    journal: { intent: () => expect.unreachable(), result: () => expect.unreachable(), list: () => Promise.resolve({ items: world.entries }) }, // oxfmt-ignore
    store,
  })
  const list = async (): Promise<ArmedPlan[]> => {
    const stop = new AbortController()
    let all: ArmedPlan[] = []
    const batch = (told: ArmedPlan[]) => {
      all = told
      stop.abort()
      return Promise.resolve()
    }
    await routes['offsets.armed']({}, { batch, progress: () => undefined }, { signal: stop.signal })
    return all
  }
  const arm = (part: { plan?: Plan; confirm?: string; expiresIn?: number } = {}) =>
    routes['offsets.arm']({ connectionId, plan, expiresIn: MINUTE, wait: false, ...part }, { signal })
  return { world, routes, close, list, arm, records: () => records }
}

describe('an armed plan', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('expires when its time is over, and is kept as that until it is dismissed', async () => {
    const { arm, list, records, routes } = setUp()
    const { id, expiresAt, armedAt } = await arm()
    expect(expiresAt - armedAt).toBe(60_000n)
    await vi.advanceTimersByTimeAsync(MINUTE - 1_000)
    expect((await list())[0]!.state).toMatchObject({ is: 'watching', groupState: 'Stable' })
    await vi.advanceTimersByTimeAsync(2_000)
    const state = { is: 'ended', how: 'expired', message: 'billing was never seen without members in time. Nothing was written.' } // oxfmt-ignore
    expect((await list())[0]!.state).toMatchObject(state)
    expect(records()[0]!.end).toMatchObject(state)
    await routes['offsets.disarm']({ id }, { signal })
    expect([await list(), records()]).toEqual([[], []])
    await expect(routes['offsets.disarm']({ id }, { signal })).rejects.toMatchObject({ code: 'call.invalid' })
  })

  it('is not armed where it cannot be kept', async () => {
    const { world, arm, list } = setUp()
    world.isDiskFull = true
    await expect(arm()).rejects.toMatchObject({ code: 'storage.failed' })
    expect(await list()).toEqual([])
  })

  it.each([
    ['read-only', undefined, 'has become read-only since this was armed.'],
    ['guarded', undefined, 'its name was not typed.'],
  ] as const)('writes nothing through a profile that has become %s', async (access, confirm, message) => {
    const { world, arm, list } = setUp()
    await arm(confirm === undefined ? {} : { confirm })
    world.access = access
    world.state = 'Empty'
    await vi.advanceTimersByTimeAsync(500)
    expect((await list())[0]!.state).toMatchObject({
      is: 'ended',
      how: 'failed',
      message: expect.stringContaining(message) as string,
    })
  })

  it.each<[string, Partial<Plan>, string]>([
    ['changes nothing', { rows: [{ ...row, status: 'same' }] }, 'plan.refused'],
    ['is of another connection', { connectionId: ConnectionId.parse('other') }, 'call.invalid'],
    ['has another refusal', { refusal: { code: 'kafka.group-type', message: 'a share group', retryable: false } }, 'kafka.group-type'], // oxfmt-ignore
    ['moves on by itself', { target: { at: 'high-watermark' } }, 'call.invalid'],
  ])('is refused for a plan that %s', async (_what, part, code) => {
    const { arm, records } = setUp()
    await expect(arm({ plan: { ...plan, ...part } })).rejects.toMatchObject({ code })
    expect(records()).toEqual([])
  })

  it('is left as it is by an app that closes', async () => {
    const { arm, close, records } = setUp()
    await arm()
    close()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(records()[0]!.end).toBeNull()
  })
})

describe('what another start has left', () => {
  const left = (owner: Partial<ArmedRecord['owner']>): ArmedRecord => ({
    id: 'left',
    profileId: 'demo',
    profileName: 'Demo',
    plan,
    offsets: 'shown',
    armedAt: 1n,
    expiresAt: BigInt(Date.now() + MINUTE),
    // Of this process, but of a start before: its id was given anew.
    owner: { pid: process.pid, host: 'h', run: 'before', ...owner },
    end: null,
  })

  it('was not applied where the journal has nothing of it, and can be looked at to be armed again', async () => {
    const { hostname } = await import('node:os')
    const { list, records, routes } = setUp([left({ host: hostname() })])
    const state = { is: 'ended', how: 'interrupted', journalId: null, message: 'Seekline ended while this was armed. It was not applied, and billing is no longer watched.' } // oxfmt-ignore
    expect(await list()).toMatchObject([{ id: 'left', group: 'billing', state }])
    expect(records()[0]!.end).toMatchObject(state)
    expect(await routes['offsets.armedPlan']({ id: 'left' }, { signal })).toEqual({ plan, result: null })
  })

  it('points to the journal where that has its entry', async () => {
    const { hostname } = await import('node:os')
    const { world, list } = setUp([left({ host: hostname() })])
    world.entries = [{ kind: 'positions', id: 'j7', armed: { id: 'left', at: 1n } } as JournalEntry]
    expect((await list())[0]!.state).toMatchObject({ how: 'interrupted', journalId: 'j7', message: 'Seekline ended while this was being applied.' }) // oxfmt-ignore
  })

  it.each([
    ['runs', { pid: process.ppid }],
    ['is of another computer', { host: 'elsewhere' }],
  ])('is not told of while its app %s', async (_what, owner) => {
    const { hostname } = await import('node:os')
    const { list, records } = setUp([left({ host: hostname(), ...owner })])
    expect(await list()).toEqual([])
    expect(records()[0]!.end).toBeNull()
  })
})
