import { expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { SeeklineError } from '#shared/errors.ts'
import { newProfile } from '#shared/model/profile.ts'
import { newRegistry } from '#shared/model/registry.ts'
import type { ClusterState, KafkaCluster } from '../../kafka/cluster.ts'
import { createConnectionsService, type ConnectionsDependencies } from './service.ts'
import { until } from '../../../tests/support/wait-for.ts'
import { OpenConnections, type ConnectionParts } from './open-connections.ts'

const profile = newProfile('p1', { name: 'one', brokers: ['localhost:9092'] })

/** A cluster as far as this file touches it; what it is told is kept. */
function scene(state: ClusterState = { kind: 'connected' }) {
  const told: string[] = []
  /** The settings that were put in force after connecting. */
  const inForce: string[] = []
  const attempts: { signal: AbortSignal; succeed(): void; fail(error: Error): void }[] = []
  const cluster = {
    state,
    setAccess: () => undefined,
    onState: () => () => undefined,
    info: () => ({ clusterId: 'c', brokers: [], release: null }),
    dropAllSockets: () => told.push('drop'),
    retryNow: () => told.push('retry'),
  }
  const parts: ConnectionParts = {
    cluster: cluster as unknown as KafkaCluster,
    setReadLimit: (limit) => inForce.push(`read limit ${limit}`),
    setRegistry: (kind) => inForce.push(`registry ${kind}`),
    close: () => told.push('close'),
  }
  const open = new OpenConnections<ConnectionParts>({
    connect: (_profile, _mode, signal) =>
      new Promise((resolve, reject) => {
        attempts.push({ signal, succeed: () => resolve(parts), fail: reject })
        signal.addEventListener('abort', () => reject(new SeeklineError('call.cancelled', 'Cancelled.')))
      }),
  })
  const states: ConnectionState['status'][] = []
  open.watch((one) => states.push(one.status))
  return { open, told, inForce, attempts, states }
}

it('one caller’s cancel leaves the attempt to the other', async () => {
  const { open, attempts, states } = scene()
  const [first, second] = [new AbortController(), new AbortController()]
  const one = open.open(profile, first.signal)
  const two = open.open(profile, second.signal)
  first.abort()
  await expect(one).rejects.toMatchObject({ code: 'call.cancelled' })
  expect(attempts).toHaveLength(1)
  expect(attempts[0]!.signal.aborted).toBe(false)
  attempts[0]!.succeed()
  await expect(two).resolves.toMatchObject({ status: 'connected' })
  expect(states.at(-1)).toBe('connected')
})

it('the attempt ends when all who waited have cancelled, and the next caller starts another', async () => {
  const { open, attempts, states } = scene()
  const callers = [new AbortController(), new AbortController()]
  const both = callers.map((caller) => open.open(profile, caller.signal))
  for (const caller of callers) caller.abort()
  const third = open.open(profile, new AbortController().signal)
  for (const one of both) await expect(one).rejects.toMatchObject({ code: 'call.cancelled' })
  expect(attempts[0]!.signal.aborted).toBe(true)
  expect(attempts).toHaveLength(2)
  attempts[1]!.succeed()
  await expect(third).resolves.toMatchObject({ status: 'connected' })
  // The abandoned attempt says nothing after the new one has begun.
  expect(states).toEqual(['connecting', 'connecting', 'connected'])
})

it('a failure reaches everybody who waited', async () => {
  const { open, attempts, states } = scene()
  const both = [1, 2].map(() => open.open(profile, new AbortController().signal))
  attempts[0]!.fail(new SeeklineError('connect.tcp', 'refused'))
  for (const one of both) await expect(one).rejects.toMatchObject({ code: 'connect.tcp' })
  expect(states).toEqual(['connecting', 'failed'])
})

it('a changed network gives what is open new sockets, and does not try a wrong password again', async () => {
  const good = scene()
  const opened = good.open.open(profile, new AbortController().signal)
  good.open.networkChanged()
  expect(good.told).toEqual([])
  good.attempts[0]!.succeed()
  await opened
  good.open.networkChanged()
  expect(good.told).toEqual(['drop', 'retry'])

  const refused = scene({ kind: 'failed', error: new SeeklineError('connect.sasl', 'wrong password') })
  const failed = refused.open.open(profile, new AbortController().signal)
  refused.attempts[0]!.succeed()
  await expect(failed).resolves.toMatchObject({ status: 'failed' })
  refused.open.networkChanged()
  expect(refused.told).toEqual([])
})

it('several windows that tell of the same network are one piece of news', async () => {
  const { open, attempts, told } = scene()
  const service = createConnectionsService({ open } as unknown as ConnectionsDependencies<ConnectionParts>)
  const { signal } = new AbortController()
  const opened = open.open(profile, signal)
  attempts[0]!.succeed()
  await opened
  for (let window = 0; window < 3; window += 1) await service['connections.networkChanged']({}, { signal })
  expect(told).toEqual(['drop', 'retry'])
})

it('what files said before a profile was saved and opened here does not close it', async () => {
  const { open, attempts, states } = scene()
  const older = newProfile('p1', { name: 'one', brokers: ['elsewhere:9092'] })
  const reads: ((profiles: (typeof profile)[]) => void)[] = []
  const followed = open.followFiles(() => new Promise((resolve) => reads.push(resolve)))
  const opened = open.open(profile, new AbortController().signal)
  reads[0]!([older])
  await until('a second reading', () => reads.length === 2)
  attempts[0]!.succeed()
  await expect(opened).resolves.toMatchObject({ status: 'connected' })
  reads[1]!([profile])
  await followed
  expect(states.at(-1)).toBe('connected')
  // What they say afterwards holds.
  await open.followFiles(() => Promise.resolve([older]))
  expect(states.at(-1)).toBe('closed')
})

it('what was saved while it connected is in force once it is connected', async () => {
  const { open, attempts, inForce } = scene()
  const opened = open.open(profile, new AbortController().signal)
  const registry = newRegistry()
  open.profileChanged(profile.id, { ...profile, readLimit: 5, registry })
  attempts[0]!.succeed()
  await expect(opened).resolves.toMatchObject({ readLimit: 5 })
  expect(inForce).toEqual(['registry confluent', 'read limit 5'])
})

it('a registry that did not change while it connected keeps its cached answers', async () => {
  const { open, attempts, inForce } = scene()
  const opened = open.open(profile, new AbortController().signal)
  open.profileChanged(profile.id, { ...profile, name: 'other' })
  attempts[0]!.succeed()
  await opened
  expect(inForce.filter((one) => one.startsWith('registry'))).toEqual([])
})
