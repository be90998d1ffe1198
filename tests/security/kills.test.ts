import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ReplayPlan } from '#shared/contract/replay.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { type FrameProxy, startFrameProxy, type Verdict } from '../support/frame-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { joinConsumerGroup } from '../support/streams-group.ts'
import type { KafkaTools } from '../support/tools.ts'
import { every, untilHolds } from '../support/wait-for.ts'

// A decode worker, the connection to the broker, and the whole process die in the middle of work. The app must say so, continue
// without a restart, and keep its journal and profiles; after a hard kill the next start must show what was not finished.

const PRODUCE = 0
const OFFSET_COMMIT = 8
const OFFSET_FETCH = 9
const records = 200_000

let home: string
let bootstrap: string
let tools: KafkaTools
let proxy: FrameProxy
let app: ChildApp
let connectionId: ConnectionId
let topic: string

beforeAll(async () => {
  const kafka = await sharedKafka()
  bootstrap = kafka.bootstrap
  tools = kafka.tools
  topic = uniqueName('maimed')
  await tools.createTopic(topic, 2)
  await tools.producerPerformance(topic, records, 100)
  proxy = await startFrameProxy(bootstrap)
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-kills-'))
  app = await startChildApp(home)
  // Whatever address the cluster advertises leads through the proxy.
  const addressMap = bootstrap.split(',').map((from) => ({ from, to: proxy.address }))
  const profile = newProfile('maimed', { name: 'Maimed', brokers: bootstrap.split(','), addressMap })
  await app.call('profiles.save', { profile })
  connectionId = await connect()
})
afterAll(async () => {
  await app?.kill()
  await proxy?.close()
  if (home) await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

async function connect(): Promise<ConnectionId> {
  return (await app.call('connections.open', { profileId: 'maimed' as never })).connectionId
}

/** Browses ten thousand records; how many came, and what went wrong on the way. */
async function browse(): Promise<{ rows: number; errors: string[] }> {
  let rows = 0
  try {
    const done = await app.openStream(
      'messages.browse',
      { connectionId, topic, start: { at: 'log-start' }, limit: 10_000 },
      { onBatch: (columns) => void (rows += columns.offset.length) },
    )
    return { rows, errors: done.failures.map(({ error }) => error.code) }
  } catch (error) {
    return { rows, errors: [(error as ErrorValue).code] }
  }
}

const planReplay = (target: string): Promise<ReplayPlan> =>
  app.call('replay.plan', {
    source: connectionId,
    topic,
    range: { by: 'places', from: { at: 'log-start' } },
    target: connectionId,
    targetTopic: { create: true, name: target, partitions: 2, replicationFactor: 1 },
  })

async function copied(target: string): Promise<bigint> {
  const ends = await tools.offsets(target)
  return [...ends.values()].reduce((sum, end) => sum + end, 0n)
}

async function connected(): Promise<void> {
  const look = async () => (await app.call('connections.list', {})).items[0]?.status
  await untilHolds('the connection is back', async () => expect(await look()).toBe('connected'))
}

/** Does something to the app every so often while work goes on. */
async function during<T>(work: Promise<T>, everyMs: number, act: () => unknown): Promise<T> {
  let acting = null as Promise<unknown> | null
  const acts = every(everyMs, () => {
    acting ??= Promise.resolve(act()).finally(() => (acting = null))
  })
  try {
    return await work
  } finally {
    acts.stop()
    await acting
  }
}

describe('a decode worker that dies', () => {
  it('in a browse is told or made up for, and the next browse is whole', async () => {
    let killed = 0
    const work = (async () => {
      const told: string[] = []
      for (let n = 0; n < 8; n += 1) told.push(...(await browse()).errors)
      return told
    })()
    const told = await during(work, 30, async () => (killed += await app.command<number>('killWorkers')))
    expect(killed).toBeGreaterThan(0)
    expect(told.every((code) => code === 'worker.crashed')).toBe(true)
    expect(await browse()).toEqual({ rows: 10_000, errors: [] })
  })

  it('in a read of everything is told or made up for, and the next is whole', async () => {
    let killed = 0
    const told = new Set<string>()
    const readAll = async (): Promise<number> => {
      let rows = 0
      const abort = new AbortController()
      const from = [0, 1].map((partition) => ({ partition, offset: 0n }))
      const options = {
        signal: abort.signal,
        onBatch: (columns: { offset: ArrayLike<unknown> }) => {
          rows += columns.offset.length
          if (rows >= records) abort.abort()
        },
      }
      await app.openStream('messages.tail', { connectionId, topic, from }, options).catch((error: ErrorValue) => {
        told.add(error.code)
      })
      return rows
    }
    const rows = await during(readAll(), 100, async () => (killed += await app.command<number>('killWorkers')))
    expect(killed).toBeGreaterThan(0)
    expect(rows).toBeLessThanOrEqual(records)
    expect(await readAll()).toBe(records)
    expect([...told].filter((code) => code !== 'worker.crashed')).toEqual([])
  })

  it('in a replay ends in a receipt that counts exactly what is there', async () => {
    const target = uniqueName('copy')
    const plan = await planReplay(target)
    let killed = 0
    const run = app.openStream('replay.run', { source: connectionId, target: connectionId, plan })
    const receipt = await during(run, 60, async () => (killed += await app.command<number>('killWorkers')))
    expect(killed).toBeGreaterThan(0)
    expect(await copied(target)).toBe(receipt.copied)
    const codes = receipt.rows.map((row) => (row.status === 'complete' ? 'worker.crashed' : row.error?.code))
    expect(codes).toEqual(['worker.crashed', 'worker.crashed'])
    const { items } = await app.call('journal.list', { kind: 'replay' })
    expect(items[0]).toMatchObject({ id: receipt.id, result: { copied: receipt.copied } })
  })
})

describe('a connection to the broker that is cut', () => {
  it('in a browse and in a tail is made up for, and said while it lasts', async () => {
    const seen = new Set<string>()
    const watching = new AbortController()
    const watch = app.openStream(
      'connections.watch',
      {},
      { signal: watching.signal, onBatch: (states) => states.forEach((state) => seen.add(state.status)) },
    )
    const abort = new AbortController()
    let rows = 0
    const from = [0, 1].map((partition) => ({ partition, offset: 0n }))
    const tail = app.openStream(
      'messages.tail',
      { connectionId, topic, from },
      {
        signal: abort.signal,
        onBatch: (columns) => {
          rows += columns.offset.length
          if (rows >= records) abort.abort()
        },
      },
    )
    let cuts = 0
    await during(tail, 150, () => {
      if ((cuts += 1) <= 5) proxy.cutAll()
    })
    expect(cuts).toBeGreaterThan(0)
    expect(rows).toBe(records)
    const page = await during(browse(), 40, () => proxy.cutAll())
    expect(page.errors.length > 0 || page.rows === 10_000).toBe(true)
    await connected()
    expect(await browse()).toEqual({ rows: 10_000, errors: [] })
    watching.abort()
    await watch.catch(() => undefined)
    expect([...seen]).toContain('connected')
  })

  it('in a replay leaves an exact receipt', async () => {
    const target = uniqueName('copy')
    const plan = await planReplay(target)
    let cuts = 0
    // Not while the topic is created: its outcome would be unknown, and the replay would end there.
    const onProgress = ({ copied: soFar }: { copied: bigint }) => {
      if (soFar === 0n || soFar === BigInt(records) || cuts === 3) return
      cuts += 1
      proxy.cutAll()
    }
    const receipt = await app.openStream('replay.run', { source: connectionId, target: connectionId, plan }, { onProgress }) // oxfmt-ignore
    expect(cuts).toBeGreaterThan(0)
    expect(receipt.outcome).toBe('complete')
    expect(receipt.copied).toBe(BigInt(records))
    expect(await copied(target)).toBe(BigInt(records))
  })
})

/** A group of its own at offset 2 of both partitions, and the plan to move it to 7. */
async function planned(): Promise<{ group: string; plan: Plan }> {
  const group = uniqueName('moved')
  const to = async (offset: bigint): Promise<Plan> =>
    app.call('offsets.plan', {
      connectionId,
      group,
      scope: [{ topic }],
      target: { at: 'offsets', offsets: [0, 1].map((partition) => ({ topic, partition, offset })) },
    })
  await app.call('offsets.apply', { connectionId, plan: await to(2n) })
  return { group, plan: await to(7n) }
}
/** By Kafka's own script. */
const position = async (group: string): Promise<(bigint | undefined)[]> =>
  (await tools.describeGroup(group)).map((row) => row.position)
const newest = async (group: string) =>
  (await app.call('journal.list', { group })).items.filter((entry) => entry.kind === 'positions')

/** Passes requests on until the apply reaches the step, then does as told to each request of that step. */
function at(step: 'before-intent' | 'commit' | 'read-back', verdict: Verdict): Promise<void> {
  return new Promise((resolve) => {
    let committed = false
    proxy.judge = ({ apiKey }) => {
      const here =
        (step === 'before-intent' && apiKey === OFFSET_FETCH) ||
        (step === 'commit' && apiKey === OFFSET_COMMIT) ||
        (step === 'read-back' && committed && apiKey === OFFSET_FETCH)
      if (apiKey === OFFSET_COMMIT) committed = true
      if (!here) return 'pass'
      resolve()
      return verdict
    }
  })
}

async function startAgain(): Promise<void> {
  await app.kill()
  proxy.judge = () => 'pass'
  proxy.cutAll()
  app = await startChildApp(home)
  connectionId = await connect()
}
const settled = async (group: string) => {
  const result = async () => (await newest(group))[0]!.result
  await untilHolds('what came of it is in the journal', async () => expect(await result()).not.toBe(null))
  return (await result())!
}

describe('an apply', () => {
  it.each([
    ['before-intent', null, 2n, 'confirmed'],
    ['commit', 'unknown', 2n, 'same'],
    ['read-back', 'unknown', 7n, 'change'],
  ] as const)('whose connection is cut at the step %s says what is known', async (step, status, now, after) => {
    const { group, plan } = await planned()
    void at(step, 'cut')
    const outcome = await app.call('offsets.apply', { connectionId, plan }).then(
      (result) => result.rows.map((row) => row.status as string),
      (error: ErrorValue) => [error.code],
    )
    proxy.judge = () => 'pass'
    expect(outcome.join(' ')).toMatch(status === null ? /^(connect\.\w+|call\.timeout)$/ : /^unknown unknown$/)
    const [entry, ...older] = await newest(group)
    expect(older).toHaveLength(status === null ? 0 : 1)
    expect(entry?.result?.rows[0]?.status).toBe(status ?? 'confirmed')
    await connected()
    expect(await position(group)).toEqual([now, now])
    // Without a restart: look again, and go on or back.
    const next =
      status === null
        ? (await app.call('offsets.apply', { connectionId, plan })).rows
        : (await app.call('offsets.planUndo', { connectionId, journalId: entry!.id })).rows
    expect(next.map((row) => row.status as string)).toEqual([after, after])
  })

  it.each([
    ['before-intent', 'hold', false, 2n, ['confirmed', undefined], [undefined, undefined]],
    // The intent is on disk, and nothing was sent.
    ['commit', 'hold', true, 2n, ['same', undefined], 'Nothing was written, so there is nothing to undo.'],
    // The broker has carried it out, and its answer never came.
    ['commit', 'mute', true, 7n, ['confirmed', true], [2n, 2n]],
    ['read-back', 'hold', true, 7n, ['confirmed', true], [2n, 2n]],
  ] as const)(
    'whose process is killed at the step %s (%s) is looked at by the next one, and journal and broker agree',
    async (step, verdict, unfinished, now, [status, unchecked], way) => {
      const { group, plan } = await planned()
      const reached = at(step, verdict)
      app.call('offsets.apply', { connectionId, plan }).catch(() => undefined)
      await reached
      await untilHolds('the broker has what was sent', async () => expect(await position(group)).toEqual([now, now]))
      await startAgain()
      const { items, damaged } = await app.call('profiles.list', {})
      expect(damaged).toEqual([])
      expect(items.map((entry) => entry.profile.name)).toEqual(['Maimed'])
      const { rows, summary, journalId } = await settled(group)
      const entries = await newest(group)
      expect(entries).toHaveLength(unfinished ? 2 : 1)
      expect(summary.startsWith('Interrupted, and looked at afterwards.')).toBe(unfinished)
      expect(rows.map((row) => [row.status, row.unchecked])).toEqual([[status, unchecked], [status, unchecked]]) // oxfmt-ignore
      expect(await position(group)).toEqual([now, now])
      expect(journalId).toBe(entries[0]!.id)
      const undo = await app.call('offsets.planUndo', { connectionId, journalId: entries[0]!.id }).then(
        (plan_) => plan_.rows.map((row) => row.after?.offset),
        ({ message }: ErrorValue) => message,
      )
      expect(undo).toEqual(way)
    },
  )

  it('whose process is killed, and over which somebody has committed since, says what is unknown', async () => {
    const { group, plan } = await planned()
    const reached = at('commit', 'hold')
    app.call('offsets.apply', { connectionId, plan }).catch(() => undefined)
    await reached
    await app.kill()
    await tools.groups('--group', group, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '5', '--execute')
    await startAgain()
    const { rows } = await settled(group)
    expect(rows.map((row) => [row.status, row.found?.offset])).toEqual([['same', 2n], ['unknown', 5n]]) // oxfmt-ignore
    expect(rows[1]!.message).toBe('It is 5 now, neither as before nor as planned: somebody has committed since.')
    const again = app.call('offsets.settle', { connectionId, journalId: (await newest(group))[0]!.id })
    expect(await again.catch(({ message }: ErrorValue) => message)).toBe('It is known what came of this change.')
  })
})

const stands = (group: string, now: bigint) =>
  untilHolds('the broker has what was sent', async () => expect(await position(group)).toEqual([now, now]))

describe('an armed plan', () => {
  it.each([
    ['watching', null, 0, 2n, null],
    ['before-intent', 'hold', 0, 2n, null],
    ['commit', 'hold', 1, 2n, 'same'],
    ['commit', 'mute', 1, 7n, 'confirmed'],
    ['read-back', 'hold', 1, 7n, 'confirmed'],
  ] as const)(
    'whose process is killed at the step %s (%s) is told of by the next one, which agrees with journal and broker',
    async (step, verdict, entriesLeft, now, status) => {
      const { group, plan } = await planned()
      const member = await joinConsumerGroup(bootstrap, group, topic)
      const armed = await app.call('offsets.arm', { connectionId, plan })
      if (step === 'watching') await app.kill()
      else {
        const reached = at(step, verdict ?? 'hold')
        await member.leave()
        await reached
        await stands(group, now)
      }
      await startAgain()
      if (step === 'watching') await member.leave()
      const stop = new AbortController()
      let told: readonly ArmedPlan[] = []
      const onBatch = (all: ArmedPlan[]) => {
        told = all
        stop.abort()
      }
      await app.openStream('offsets.armed', {}, { signal: stop.signal, onBatch }).catch(() => undefined)
      const { state } = told.find((one) => one.id === armed.id)!
      const entries = await newest(group)
      // The first is the commit that set the group's original position.
      expect(entries).toHaveLength(1 + entriesLeft)
      expect(state).toMatchObject({
        is: 'ended',
        how: 'interrupted',
        journalId: entriesLeft === 0 ? null : entries[0]!.id,
        message: expect.stringContaining(entriesLeft === 0 ? 'It was not applied' : 'while this was being applied') as string, // oxfmt-ignore
      })
      expect(status === null ? null : (await settled(group)).rows.map((row) => row.status)).toEqual(status === null ? null : [status, status]) // oxfmt-ignore
      await stands(group, now)
      // Nothing goes on by itself. What was not applied can be armed again as it was.
      const kept = await app.call('offsets.armedPlan', { id: armed.id })
      if (entriesLeft === 0) {
        await app.call('offsets.arm', { connectionId, plan: kept.plan, wait: true })
        await stands(group, 7n)
      }
      await app.call('offsets.disarm', { id: armed.id })
    },
  )
})

describe('a replay whose process is killed', () => {
  it('is in the journal without a receipt', async () => {
    const target = uniqueName('copy')
    const plan = await planReplay(target)
    const reached = new Promise<void>((resolve) => {
      proxy.judge = ({ apiKey, nth }) => {
        if (apiKey !== PRODUCE || nth % 4 !== 3) return 'pass'
        resolve()
        return 'hold'
      }
    })
    app.openStream('replay.run', { source: connectionId, target: connectionId, plan }).catch(() => undefined)
    await reached
    await app.kill()
    proxy.judge = () => 'pass'
    proxy.cutAll()
    app = await startChildApp(home)
    connectionId = await connect()
    const { items } = await app.call('journal.list', { kind: 'replay', limit: 1 })
    expect(items).toMatchObject([{ plan: { spec: { targetTopic: { name: target } } }, result: null }])
    expect(await browse()).toEqual({ rows: 10_000, errors: [] })
  })
})
