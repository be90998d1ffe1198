import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Receipt, ReplayPlan } from '#shared/contract/replay.ts'
import { createReceiptStore } from './receipts.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-receipts-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const plan = ReplayPlan.parse({
  version: 1,
  spec: {
    source: 'a',
    topic: 'orders',
    range: { by: 'places', from: { at: 'log-start' } },
    target: 'b',
    targetTopic: { create: false, name: 'orders' },
  },
  sourceClusterId: 'c1',
  sourceTopicId: null,
  targetClusterId: 'c2',
  targetTopicId: null,
  targetPartitions: 1,
  rows: [],
  offsets: 3n,
  estimatedBytes: null,
  shiftMs: null,
  concerns: [],
  refusal: null,
  summary: 'Copy 3.',
  madeAt: 1n,
})

it('keeps a receipt for each replay that ended, pages them, and says which did not', async () => {
  const store = createReceiptStore(folder)
  const finished: string[] = []
  for (let i = 0; i < 5; i += 1) {
    const id = await store.start(plan)
    if (i % 2 === 1) continue
    finished.unshift(id)
    const end = { startedAt: 1n, endedAt: 2n, topicCreated: false, rows: [], copied: BigInt(i), bytes: 0n }
    await store.finish(Receipt.parse({ id, plan, ...end, outcome: 'complete', summary: 'Done.' }))
  }
  const first = await store.list({ limit: 2 })
  expect(first.items.map((receipt) => receipt.id)).toEqual(finished.slice(0, 2))
  expect(first.more).toBe(true)
  const second = await store.list({ limit: 2, before: finished[1] ?? '' })
  expect(second.items.map((receipt) => receipt.copied)).toEqual([0n])
  expect(second.more).toBe(false)
  expect((await store.list({ limit: 10 })).damaged).toHaveLength(2)
})

it.each([
  ['{"by":"all","partitions":[1]}', { by: 'places', from: { at: 'log-start' }, partitions: [1] }, undefined],
  [
    '{"by":"timestamps","from":{"$int64":"5"},"to":{"$int64":"9"},"ifNone":"refuse"}',
    { by: 'places', from: { at: 'timestamp', timestamp: 5n }, to: { at: 'timestamp', timestamp: 9n } },
    'refuse',
  ],
  [
    '{"by":"offsets","ranges":[{"partition":0,"from":{"$int64":"5"}}]}',
    { by: 'offsets', ranges: [{ partition: 0, from: 5n }] },
    undefined,
  ],
])('reads a receipt whose range an older version wrote as %s', async (older, range, ifNone) => {
  const store = createReceiptStore(folder)
  const id = await store.start(plan)
  const end = { startedAt: 1n, endedAt: 2n, topicCreated: false, rows: [], copied: 3n, bytes: 0n }
  await store.finish(Receipt.parse({ id, plan, ...end, outcome: 'complete', summary: 'Done.' }))
  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'))
  const file = join(folder, name!) // One journal, one file.
  const written = await readFile(file, 'utf8')
  const now = '{"by":"places","from":{"at":"log-start"}}'
  expect(written.split(now)).toHaveLength(3)
  await writeFile(file, written.replaceAll(now, older))
  const { items, damaged } = await createReceiptStore(folder).list({ limit: 10 })
  expect(damaged).toEqual([])
  expect(items).toMatchObject([{ id, plan: { spec: { range } } }])
  expect(items[0]?.plan.spec.ifNone).toBe(ifNone)
})
