import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { commitSurely } from '../support/commit.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { until } from '../support/wait-for.ts'

// Two thousand groups with twenty thousand positions on a cluster of five thousand partitions: how long until their lag is all
// there, beside Kafka's own script in the same run, and what looking at them for an hour takes. The app runs in a process of its own.

const TOPICS = 50
const PARTITIONS = 100
const GROUPS = 2_000
const EACH = 10
const MB = 1e6
const HOUR_MS = 3_600_000
let kafka: RunningKafka
let wire: WireClient
let cluster: KafkaCluster
let app: ChildApp
let home: string
let connectionId: ConnectionId
/** Where each partition ends by now. */
const held = 5n

/** Group i has positions in ten partitions, spread over all five thousand. */
const partitionsOf = (i: number) =>
  Array.from({ length: EACH }, (_, n) => (i * EACH + n) % (TOPICS * PARTITIONS)).map((n) => ({
    topic: `wide-${Math.floor(n / PARTITIONS)}`,
    partition: n % PARTITIONS,
  }))
const commitAll = async (offsetOf: (i: number) => bigint) => {
  const commit = (i: number) => {
    const position = { offset: offsetOf(i), leaderEpoch: -1, metadata: '' }
    return commitSurely(cluster, `group-${i}`, partitionsOf(i).map((at) => ({ ...at, position }))) // oxfmt-ignore
  }
  await commit(0)
  await mapLimited(Array.from({ length: GROUPS }, (_, i) => i), 64, commit) // oxfmt-ignore
}

beforeAll(async () => {
  kafka = await startKafka({ heapMb: 1_024 })
  wire = await connectWire(kafka.bootstrap)
  for (let t = 0; t < TOPICS; t += 1) await wire.createTopic(`wide-${t}`, PARTITIONS)
  const value = { timestamp: 1n, key: null, value: Buffer.from('v'), headers: [] }
  const batch = writeBatch(Array.from({ length: Number(held) }, () => value), { codec: 'none' }) // oxfmt-ignore
  const all = Array.from({ length: TOPICS * PARTITIONS }, (_, n) => n)
  await mapLimited(all, 32, (n) => wire.produce(`wide-${Math.floor(n / PARTITIONS)}`, n % PARTITIONS, batch))
  const [host = '', port] = kafka.bootstrap.split(':')
  cluster = await openCluster({ brokers: [{ host, port: Number(port) }], clientId: 'load' }, { mode: 'read-write' })
  await commitAll((i) => BigInt(i % Number(held + 1n)))
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-lag-'))
  app = await startChildApp(home)
  const profile = newProfile('load', { name: 'Load', brokers: [kafka.bootstrap] })
  await app.call('profiles.save', { profile })
  connectionId = (await app.call('connections.open', { profileId: profile.id })).connectionId
}, 600_000)
afterAll(async () => {
  cluster?.close()
  wire?.close()
  await app?.kill()
  await kafka?.stop()
  if (home) await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

/** Of the app's process, in ms; Linux counts it in hundredths of a second. */
async function processorMs(): Promise<number> {
  const fields = (await readFile(`/proc/${app.pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
async function bytesKept(): Promise<number> {
  const folder = path.join(home, 'samples', 'load')
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe.runIf(process.platform === 'linux')('two thousand groups with twenty thousand positions', () => {
  it('have their lag all there in a tenth of the time that Kafka’s script takes, the first of them at once', async () => {
    const began = performance.now()
    const before = await processorMs()
    let first: number | undefined
    let firstCpu: Promise<number> | undefined
    let lag = 0n
    let rows = 0
    await app.openStream(
      'groups.summaries',
      { connectionId },
      {
        onBatch: (batch) => {
          first ??= performance.now() - began
          firstCpu ??= processorMs()
          rows += batch.length
          lag += batch.reduce((sum, row) => sum + (row.lag ?? 0n), 0n)
        },
      },
    )
    const ours = performance.now() - began
    const cpu = (await processorMs()) - before
    // As from a shell: the tests’ own JVM that is there already would be no script.
    delete process.env['SEEKLINE_TEST_TOOL_SERVER']
    const started = performance.now()
    const { stdout } = await kafka.tools.groups('--describe', '--all-groups')
    const script = performance.now() - started
    const lines = stdout.split('\n').filter((line) => /^group-\d+ /.test(line))
    console.info(
      `${rows} groups: ours ${Math.round(ours)} ms (${cpu} ms of processor time), the first after ${Math.round(first!)} ms; the script ${Math.round(script)} ms, ${(script / ours).toFixed(1)} times as long`,
    )
    expect(rows).toBe(GROUPS)
    expect(lines).toHaveLength(GROUPS * EACH)
    expect(lag).toBe(lines.reduce((sum, line) => sum + BigInt(line.split(/\s+/)[5]!), 0n))
    expect(ours * 10).toBeLessThanOrEqual(script)
    expect((await firstCpu!) - before).toBeLessThanOrEqual(500)
  }, 300_000)

  it('are looked through for what is of no use, and saved in a snapshot, in a tenth of that time each', async () => {
    const took = async (work: () => Promise<unknown>) => {
      const began = performance.now()
      await work()
      return performance.now() - began
    }
    const cleaning = await took(async () => {
      let found = 0
      const options = { onBatch: (batch: unknown[]) => void (found += batch.length) }
      const done = await app.openStream('cleaning.find', { connectionId }, options)
      expect(done).toMatchObject({ examined: GROUPS, live: 0, notes: [], failures: [] })
      expect(found).toBe(0)
    })
    const snapshot = await took(async () => {
      let positions = 0
      const onBatch = (batch: { positions: unknown[] }[]) => void (positions += batch.reduce((sum, one) => sum + one.positions.length, 0)) // oxfmt-ignore
      const done = await app.openStream('snapshots.take', { connectionId }, { onBatch })
      expect(done).toMatchObject({ groups: GROUPS, notes: [], failures: [] })
      expect(positions).toBe(GROUPS * EACH)
    })
    const script = await took(() => kafka.tools.groups('--describe', '--all-groups'))
    console.info(
      `cleaning ${Math.round(cleaning)} ms, snapshot ${Math.round(snapshot)} ms; the script ${Math.round(script)} ms, ${(script / cleaning).toFixed(1)} and ${(script / snapshot).toFixed(1)} times as long`,
    )
    expect(cleaning * 10).toBeLessThanOrEqual(script)
    expect(snapshot * 10).toBeLessThanOrEqual(script)
  }, 300_000)

  it('cost at most 5 % of a core and 50 MB of disk to be looked at for an hour, with each position moved between two looks', async () => {
    const groups = Array.from({ length: GROUPS }, (_, i) => `group-${i}`)
    const costs: { cpu: number; bytes: number }[] = []
    let everyMs = 0
    const looked: bigint[] = []
    const errors: unknown[] = []
    const end = new AbortController()
    const stream = app
      .openStream(
        'groups.trends',
        { connectionId, groups },
        {
          signal: end.signal,
          onProgress: (state) => {
            if (state.at === null || looked.at(-1) === state.at) return
            errors.push(state.error)
            looked.push(state.at)
            everyMs = state.everyMs
          },
        },
      )
      .catch(() => undefined)
    await until('the first look', () => looked.length > 0)
    // An hour has hundreds of looks, and the first few cost more: the engine has not compiled their code yet.
    const warmUp = 5
    for (let round = 0; round < warmUp + 5; round += 1) {
      // Every position moves between two looks. What that takes is the broker's and this process's.
      await commitAll((i) => BigInt((i + round + 1) % Number(held + 1n)))
      const before = { cpu: await processorMs(), bytes: await bytesKept(), looks: looked.length }
      await until('another look', () => looked.length > before.looks, { limitMs: 120_000 })
      if (round < warmUp) continue
      costs.push({
        cpu: ((await processorMs()) - before.cpu) / (looked.length - before.looks),
        bytes: ((await bytesKept()) - before.bytes) / (looked.length - before.looks),
      })
    }
    end.abort()
    await stream
    const mean = (of: (one: (typeof costs)[number]) => number) =>
      costs.reduce((sum, one) => sum + of(one), 0) / costs.length
    const looksAnHour = HOUR_MS / everyMs
    const share = (mean(({ cpu }) => cpu) / everyMs) * 100
    const disk = (mean(({ bytes }) => bytes) * looksAnHour) / MB
    console.info(
      `a look in ${everyMs} ms: ${Math.round(mean(({ cpu }) => cpu))} ms of processor time, ${share.toFixed(1)} % of a core; ${Math.round(mean(({ bytes }) => bytes) / 1000)} kB, ${disk.toFixed(1)} MB an hour (scaled from ${costs.length} looks)`,
    )
    expect(errors.filter((error) => error !== null)).toEqual([])
    expect(share).toBeLessThanOrEqual(5)
    expect(disk).toBeLessThanOrEqual(50)
  }, 600_000)

  it('and what brokers and topics gain on all five thousand partitions costs no more', async () => {
    const looked: bigint[] = []
    let everyMs = 0
    const end = new AbortController()
    const onProgress = (state: { at: bigint | null; everyMs: number; error: unknown }) => {
      expect(state.error).toBeNull()
      if (state.at === null || looked.at(-1) === state.at) return
      looked.push(state.at)
      everyMs = state.everyMs
    }
    const options = { signal: end.signal, onProgress }
    const topics = Array.from({ length: TOPICS }, (_, t) => `wide-${t}`)
    const streams = Promise.allSettled([
      app.openStream('throughput.brokers', { connectionId, since: 0n }, options),
      app.openStream('throughput.topics', { connectionId, topics, since: 0n }, { signal: end.signal }),
    ])
    await until('the first looks', () => looked.length > 1, { limitMs: 120_000 })
    const before = { cpu: await processorMs(), bytes: await bytesKept(), looks: looked.length }
    // Of six looks one asks for metadata and sizes.
    await until('six more', () => looked.length >= before.looks + 6, { limitMs: 240_000 })
    const looks = looked.length - before.looks
    const cpu = ((await processorMs()) - before.cpu) / looks
    const disk = ((((await bytesKept()) - before.bytes) / looks) * HOUR_MS) / everyMs / MB
    end.abort()
    await streams
    const share = (cpu / everyMs) * 100
    console.info(`throughput: ${Math.round(cpu)} ms of processor time a look in ${everyMs} ms, ${share.toFixed(1)} % of a core, ${disk.toFixed(1)} MB an hour (scaled from ${looks} looks)`) // oxfmt-ignore
    expect(share).toBeLessThanOrEqual(5)
    expect(disk).toBeLessThanOrEqual(50)
  }, 600_000)
})
