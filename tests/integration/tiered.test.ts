import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { tieredStorageJars } from '../../scripts/lib/kafka-jars.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { holdsFor, until } from '../support/wait-for.ts'

// A topic whose older segments are in remote storage only (KIP-405). A broker waits for remote storage for a moment
// (remote.fetch.max.wait.ms) and then answers with no records at all, as if there were none.

const COUNT = 6_000
const topic = 'tiered'

let kafka: RunningKafka
let remote: string
let app: TestApp
let id: Awaited<ReturnType<TestApp['connect']>>

beforeAll(async () => {
  remote = await fs.mkdtemp(path.join(process.env['TMPDIR'] ?? '/tmp', 'seekline-remote-'))
  // Of 4.4.0's own tests there are no jars, and its brokers do not start with those of another version.
  const version = '4.3.0'
  kafka = await startKafka({
    version,
    properties: {
      'remote.log.storage.system.enable': 'true',
      'remote.log.storage.manager.class.name': 'org.apache.kafka.server.log.remote.storage.LocalTieredStorage',
      'remote.log.storage.manager.class.path': await tieredStorageJars(version),
      'rsm.config.dir': remote,
      'remote.log.metadata.manager.listener.name': 'INTERNAL',
      'rlmm.config.remote.log.metadata.topic.replication.factor': '1',
      'rlmm.config.remote.log.metadata.topic.num.partitions': '1',
      'remote.log.manager.task.interval.ms': '500',
      'log.retention.check.interval.ms': '500',
      // Every read of remote storage looks its index up anew.
      'remote.log.index.file.cache.total.size.bytes': '1',
    },
  })
  const wire = await connectWire(kafka.bootstrap)
  await wire.createTopic(topic, 1, {
    'remote.storage.enable': 'true',
    'retention.ms': '-1',
    'local.retention.ms': '1000',
    'segment.bytes': '1048576',
  })
  for (let at = 0; at < COUNT; at += 500) {
    const value = (i: number) => Buffer.from(`${at + i} `.padEnd(1_000, '.'))
    const records = Array.from({ length: 500 }, (_, i) => ({ timestamp: BigInt(Date.now()), key: null, value: value(i), headers: [] })) // oxfmt-ignore
    await wire.produce(topic, 0, writeBatch(records))
  }
  wire.close()
  const first = path.join(kafka.dir, 'node-1', 'data', `${topic}-0`, '00000000000000000000.log')
  const isThere = () => fs.access(first).then(() => true, () => false) // oxfmt-ignore
  await until('the first segment leaves the broker’s disk', async () => !(await isThere()), { limitMs: 120_000 })
  app = await startApp()
  id = await app.connect(kafka.bootstrap, { name: 'Tiered', profile: { accessMode: 'full' } })
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
  await fs.rm(remote, { recursive: true, force: true })
})

/** Remote storage that hangs until told: the first segment's index comes out of a pipe into which nobody writes. */
async function hang(): Promise<() => void> {
  const files = await fs.readdir(remote, { recursive: true })
  const name = files.find((file) => /00000000000000000000-[^/]*\.index$/.test(file))
  const index = path.join(remote, name!)
  const content = await fs.readFile(index)
  await fs.rm(index)
  await promisify(execFile)('mkfifo', [index])
  const { promise: told, resolve: end } = Promise.withResolvers<void>()
  const serve = async () => {
    await told
    // Whoever has opened the pipe gets what was in it; whoever comes later finds the file.
    const pipe = await fs.open(index, 'r+')
    await fs.rename(index, `${index}.pipe`)
    await fs.writeFile(index, content)
    await pipe.write(content)
    await pipe.close()
    await fs.rm(`${index}.pipe`)
  }
  const served = serve()
  onTestFinished(() => (end(), served))
  return end
}

async function browse(options: { onProgress?: (waiting: string | null) => void } = {}): Promise<string[]> {
  const rows: string[] = []
  const onBatch = (frame: RowColumns) => {
    for (let i = 0; i < frame.count; i++) rows.push(`${rowAt(frame, i).offset}`)
  }
  const done = await app.openStream(
    'messages.browse',
    { connectionId: id, topic, start: { at: 'log-start' }, limit: 10_000 },
    { onBatch, onProgress: ({ waiting }) => options.onProgress?.(waiting?.code ?? null) },
  )
  expect(done.failures).toEqual([])
  expect(done.counts.missing).toBe(0n)
  return rows
}

describe('a topic in remote storage', () => {
  const all = Array.from({ length: COUNT }, (_, i) => `${i}`)

  it('is read like any other', async () => {
    expect(await browse()).toEqual(all)
  })

  it('is waited for while remote storage hangs: nothing of it is called missing', async () => {
    const end = await hang()
    const told = new Set<string | null>()
    const onProgress = (waiting: string | null) => {
      told.add(waiting)
      if (waiting === 'kafka.remote-slow') end()
    }
    expect(await browse({ onProgress })).toEqual(all)
    expect(told).toContain('kafka.remote-slow')
  })

  it('is replayed whole while remote storage hangs, judged by kcat', async () => {
    const end = await hang()
    const copy = { create: true as const, name: 'copied', partitions: 1, replicationFactor: 1, configs: [] }
    const plan = await app.call('replay.plan', { source: id, target: id, topic, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: copy }) // oxfmt-ignore
    let isOver = false
    const running = app.openStream('replay.run', { source: id, target: id, plan })
    void running.catch(() => undefined).finally(() => (isOver = true))
    // Six times as long as the broker waits before it answers that there is nothing.
    await holdsFor(3_000, () => expect(isOver).toBe(false))
    end()
    const receipt = await running
    expect(receipt.rows.map((row) => [row.copied, row.missing])).toEqual([[BigInt(COUNT), 0n]])
    const values = async (name: string) =>
      (await kcatConsume(kafka.bootstrap, { topic: name })).map(
        (one) => `${one.timestamp} ${one.value?.toString('hex')}`,
      )
    expect(await values('copied')).toEqual(await values(topic))
  })
})
