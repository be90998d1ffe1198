import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { run } from '../../scripts/lib/run-program.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { duckRows } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { every } from '../support/wait-for.ts'

// A million records are exported in memory that does not grow with them.

const COUNT = 1_000_000
const PER_BATCH = 10_000
/** What an export may take beside a process that has only begun: answers on their way, and of each worker pieces of 64 MiB. */
const MOST_BYTES = 800 << 20

let child: ChildApp
let id: ConnectionId
let folder: string
let topic: string

beforeAll(async () => {
  const { bootstrap } = await sharedKafka()
  folder = await mkdtemp(join(tmpdir(), 'seekline-million-'))
  child = await startChildApp(folder)
  const profile = newProfile('million', { name: 'million', brokers: [bootstrap] })
  await child.call('profiles.save', { profile, secrets: {} })
  id = (await child.call('connections.open', { profileId: profile.id })).connectionId
  topic = uniqueName('million')
  const wire = await connectWire(bootstrap)
  await wire.createTopic(topic, 1, { 'retention.ms': '-1', 'max.message.bytes': '16777216' })
  for (let at = 0; at < COUNT; at += PER_BATCH) {
    const records = Array.from({ length: PER_BATCH }, (_, i) => ({ timestamp: BigInt(at + i), key: Buffer.from(`order-${at + i}`), value: Buffer.from(JSON.stringify({ id: at + i, customer: { id: (at + i) * 7, name: 'Zoë' }, status: ['shipped', 'open', 'failed'][i % 3], note: 'x'.repeat(120) })), headers: [] })) // oxfmt-ignore
    await wire.produce(topic, 0, writeBatch(records, { codec: 'zstd' }))
  }
  wire.close()
}, 480_000)
afterAll(async () => {
  await child?.kill()
  await rm(folder, { recursive: true, force: true })
})

/** As the system counts it, whatever the process is busy with. */
const rss = async (): Promise<number> =>
  1_024 * Number((await run('ps', ['-o', 'rss=', '-p', String(child.pid)])).stdout)

it.each(['ndjson', 'parquet'] as const)('as %s', { timeout: 480_000 }, async (as) => {
  const { ledger } = await child.call('messages.ledger', { connectionId: id, topic })
  const path = join(folder, `all.${as}`)
  const before = await rss()
  let most = 0
  const watch = every(500, () => void rss().then((now) => (most = Math.max(most, now))))
  const start = performance.now()
  const done = await child.openStream('messages.export', { connectionId: id, ledger, format: { as }, path })
  const seconds = (performance.now() - start) / 1_000
  watch.stop()
  expect(done).toMatchObject({ reason: 'end', found: { matched: BigInt(COUNT) }, failures: [] })
  const { size } = await stat(path)
  console.log(`${as}: ${Math.round(COUNT / seconds)} records/s, ${Math.round(size / 1e6)} MB, at most ${Math.round((most - before) / 1e6)} MB more`) // oxfmt-ignore
  expect(most - before).toBeLessThan(MOST_BYTES)
})

it('and a table of a million rows is one to DuckDB', { timeout: 120_000 }, async () => {
  const [row] = await duckRows(`select count(*), sum("offset"), min(key), max(epoch_ms("timestamp")), count(value_bytes) from '${join(folder, 'all.parquet')}'`) // oxfmt-ignore
  expect(row).toEqual([String(COUNT), String((COUNT * (COUNT - 1)) / 2), 'order-0', String(COUNT - 1), '0'])
})
