import { spawn } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import type { Place } from '#shared/model/place.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { createApp } from '../../electron/app-services.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'

// Input nobody should give, and things that change underfoot: each has a sentence that says what to do, and the app goes on.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let bootstrap: string
let topic: string
let wire: WireClient

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  topic = uniqueName('bad')
  await create(topic)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

/** A topic of two partitions with five records in the first. */
async function create(name: string): Promise<void> {
  if (!(await wire.createTopic(name, 2))) throw new Error(`${name} is there already.`)
  await kcatProduce(bootstrap, { topic: name, partition: 0, input: 'a\nb\nc\nd\ne' })
}

const plan = (group: string, target: Target, scope = [{ topic }]): Promise<Plan> =>
  app.call('offsets.plan', { connectionId: id, group, scope, target })
const apply = (made: Plan) => app.call('offsets.apply', { connectionId: id, plan: made })

async function browse(name: string, start: Place, partitions?: number[]) {
  const offsets: bigint[] = []
  const done = await app.openStream(
    'messages.browse',
    { connectionId: id, topic: name, start, ...(partitions === undefined ? {} : { partitions }) },
    { onBatch: (rows) => void offsets.push(...rows.offset) },
  )
  return { offsets, done }
}

describe('an offset', () => {
  const target = (offset: bigint): Target => ({ at: 'offset', offset })

  it('past the end or before the log start is clamped, and the plan says so', async () => {
    const past = await plan(uniqueName('bad-past'), target(1_000_000n))
    expect(past.rows[0]).toMatchObject({ status: 'change', clampedFrom: 1_000_000n, after: { offset: 5n } })
    expect(past.rows[0]!.note).toMatch(/end|high watermark/i)
    const group = uniqueName('bad-shift')
    const shifted = await plan(group, { at: 'group', group, shift: -10n })
    expect(shifted.rows[0]).toMatchObject({ status: 'refused', note: expect.stringContaining('no position') })
  })

  it('that is negative is refused in words', async () => {
    const made = await plan(uniqueName('bad-negative'), target(-3n))
    expect(made.rows.map((row) => [row.status, row.note])).toEqual(
      Array(2).fill(['refused', 'An offset is never negative.']),
    )
    expect((await apply(made)).journalId).toBeNull()
  })

  it.each(['12', 12, Number.NaN, null])('given as %s is no offset', async (wrong) => {
    await expect(plan('g', target(wrong as unknown as bigint))).rejects.toMatchObject({
      code: 'call.invalid',
      message: expect.stringMatching(/target\.offset: expected bigint/),
    })
  })

  it('as large as Kafka knows is past the end, no more; a larger one is refused in words', async () => {
    const largest = 2n ** 63n - 1n
    const made = await plan(uniqueName('bad-huge'), target(largest))
    expect(made.rows[0]).toMatchObject({ clampedFrom: largest, after: { offset: 5n } })
    await expect(plan('g', target(largest + 1n))).rejects.toMatchObject({
      code: 'call.invalid',
      message: expect.stringContaining('more than 64 bits'),
    })
  })

  it('outside the log is answered when browsing, too', async () => {
    const at = (offset: bigint): Place => ({ at: 'offsets', offsets: [{ partition: 0, offset }] })
    const past = await browse(topic, at(99n), [0])
    expect(past.offsets).toEqual([])
    expect(past.done).toMatchObject({ reason: 'end', bounds: [{ highWatermark: 5n }] })
    await expect(browse(topic, at(-7n), [0])).rejects.toMatchObject({
      message: '-7 is not an offset: they start at 0.',
    })
    const record = (offset: bigint) => app.call('messages.record', { connectionId: id, topic, partition: 0, offset })
    expect(await record(99n)).toMatchObject({ kind: 'hole', outside: 'past-end', bounds: { highWatermark: 5n } })
  })
})

describe('a timestamp', () => {
  it('in the future skips nothing: the plan refuses it, a browse shows no record', async () => {
    const timestamp = BigInt(Date.now() + 86_400_000)
    const made = await plan(uniqueName('bad-future'), { at: 'timestamp', timestamp })
    expect(made.rows.map((row) => [row.status, row.note])).toEqual(
      Array(2).fill(['refused', 'No record is that new or newer.']),
    )
    const { offsets, done } = await browse(topic, { at: 'timestamp', timestamp })
    expect(offsets).toEqual([])
    expect(done.failures).toEqual([])
  })
})

describe('a partition that does not exist', () => {
  it('is refused by name while the others go on', async () => {
    const made = await app.call('offsets.plan', {
      connectionId: id,
      group: uniqueName('bad-partition'),
      scope: [{ topic, partitions: [0, 7] }],
      target: { at: 'high-watermark' },
    })
    expect(made.rows).toMatchObject([
      { partition: 0, status: 'change' },
      { partition: 7, status: 'refused', note: expect.stringContaining('no partition 7') },
    ])
    const result = await apply(made)
    expect(result.rows.map((row) => [row.partition, row.status])).toEqual([[0, 'confirmed']])
    await expect(browse(topic, { at: 'log-start' }, [0, 7])).rejects.toMatchObject({
      code: 'kafka.partition-unknown',
      message: `${topic} has no partition 7.`,
    })
  })
})

describe('a topic', () => {
  it('that is deleted while open is said to be gone, everywhere, and the connection lives', async () => {
    const gone = uniqueName('bad-gone')
    await create(gone)
    expect((await browse(gone, { at: 'log-start' })).offsets).toHaveLength(5)
    await wire.deleteTopic(gone)
    const unknown = {
      code: 'kafka.topic-unknown',
      message: expect.stringContaining(gone),
      hint: expect.stringContaining('deleted'),
    }
    await expect(app.call('topics.describe', { connectionId: id, topic: gone })).rejects.toMatchObject(unknown)
    await expect(app.call('topics.config', { connectionId: id, topic: gone })).rejects.toMatchObject({
      code: 'kafka.topic-unknown',
    })
    await expect(browse(gone, { at: 'log-start' })).rejects.toMatchObject({ code: 'kafka.topic-unknown' })
    const made = await plan(uniqueName('bad-gone-group'), { at: 'high-watermark' }, [{ topic: gone }])
    expect(made.failures).toMatchObject([{ what: gone, error: unknown }])
    expect((await app.call('topics.list', { connectionId: id })).items.map((one) => one.name)).not.toContain(gone)
  })

  it('that is deleted and created again between plan and apply is not written to', async () => {
    const again = uniqueName('bad-again')
    const group = uniqueName('bad-again-group')
    await create(again)
    const made = await plan(group, { at: 'offset', offset: 3n }, [{ topic: again }])
    const kept = await plan(uniqueName('bad-kept'), { at: 'offset', offset: 2n })
    await wire.deleteTopic(again)
    const missing = await apply(made)
    expect(missing).toMatchObject({ journalId: null })
    expect(missing.rows[0]).toMatchObject({ status: 'conflict', message: expect.stringContaining('does not exist') })
    await create(again)
    const result = await apply(made)
    expect(result).toMatchObject({ journalId: null, summary: expect.stringContaining('Nothing was written') })
    expect(result.rows[0]).toMatchObject({
      status: 'conflict',
      message: `${again} was deleted and created again since the plan was made.`,
    })
    expect(await tools.describeGroup(group)).toEqual([])
    // The new topic is read as what it is, and other work goes on.
    expect((await browse(again, { at: 'log-start' })).offsets).toEqual([0n, 1n, 2n, 3n, 4n])
    expect((await apply(kept)).rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed'].slice(0, 2))
  })

  it('that was created again is not given the positions of the old one by an undo', async () => {
    const again = uniqueName('bad-undo')
    const group = uniqueName('bad-undo-group')
    await create(again)
    const scope = [{ topic: again, partitions: [0] }]
    await apply(await plan(group, { at: 'offset', offset: 4n }, scope))
    const moved = await apply(await plan(group, { at: 'offset', offset: 1n }, scope))
    await wire.deleteTopic(again)
    await create(again)
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: moved.journalId ?? '' })
    expect(undo.rows).toMatchObject([
      { status: 'refused', note: expect.stringContaining('was deleted and created again') },
    ])
    expect((await apply(undo)).journalId).toBeNull()
  })
})

describe('a share group', () => {
  it('is not taken for a group of another kind by a plan that was made for one', async () => {
    const group = uniqueName('bad-share')
    const args = ['--bootstrap-server', bootstrap, '--topic', topic, '--group', group]
    await tools.call('ShareGroupCommand', [...args, '--reset-offsets', '--to-latest', '--execute'])
    const { items } = await app.call('groups.list', { connectionId: id })
    expect(items.find((one) => one.group === group)).toMatchObject({ type: 'share' })
    expect(await app.call('groups.describe', { connectionId: id, group })).toMatchObject({
      exists: true,
      type: 'share',
    })
    // A plan made for another group and renamed is trusted in nothing.
    const other = await plan(uniqueName('bad-not-share'), { at: 'high-watermark' })
    await expect(apply({ ...other, group, refusal: null })).rejects.toMatchObject({
      code: 'plan.refused',
      message: `${group} is a share group now.`,
    })
    const share = await plan(group, { at: 'log-start' })
    expect(share).toMatchObject({ groupType: 'share', refusal: null })
    await expect(apply({ ...share, groupType: 'consumer' })).rejects.toMatchObject({ code: 'plan.refused' })
  })
})

describe('our own files', () => {
  it('a profile with garbage is set aside and said, and the others stay', async () => {
    const folder = path.join(app.dataDir, 'profiles')
    const sound = (await app.call('profiles.list', {})).items.length
    await fs.writeFile(path.join(folder, 'garbage.json'), '{"kind":"seekline.pro\u0000\u0000')
    await fs.writeFile(path.join(folder, 'wrong-shape.json'), JSON.stringify({ kind: 'seekline.profile', version: 1, data: { id: 'wrong-shape' } })) // oxfmt-ignore
    const { items, damaged } = await app.call('profiles.list', {})
    expect(items).toHaveLength(sound)
    expect(damaged.toSorted()).toMatchObject([
      expect.stringMatching(/^garbage\.json could not be read and was set aside as .*garbage\.json\.damaged-/),
      expect.stringMatching(/^wrong-shape\.json could not be read and was set aside/),
    ])
    expect(await fs.readdir(folder)).not.toContain('garbage.json')
    const profile = newProfile('garbage', { name: 'In its place' })
    await app.call('profiles.save', { profile })
    expect((await app.call('profiles.list', {})).items).toHaveLength(sound + 1)
    await app.call('profiles.delete', { id: profile.id })
  })

  it('settings with garbage fall back part by part', async () => {
    const file = path.join(app.dataDir, 'settings.json')
    const defaults = await app.call('settings.get', {})
    const data = { theme: 'dark', zone: 7, sidebarWidth: 'wide', tabs: 'x' }
    await fs.writeFile(file, JSON.stringify({ kind: 'seekline.settings', version: 1, data }))
    expect(await app.call('settings.get', {})).toEqual({ ...defaults, theme: 'dark' })
    await fs.writeFile(file, '\u0000\u0000not json')
    expect(await app.call('settings.get', {})).toEqual(defaults)
    await app.call('settings.save', { theme: 'light' })
    expect((await app.call('settings.get', {})).theme).toBe('light')
    expect((await fs.readdir(app.dataDir)).some((name) => name.startsWith('settings.json.damaged-'))).toBe(true)
  })

  it('are shared by processes that write at once, and nothing is lost', async () => {
    const api = path.join(import.meta.dirname, '../../electron/api.ts')
    const names = Array.from({ length: 4 }, (_, i) => `other-${i}`)
    const profileOf = (name: string) => newProfile(name, { name, brokers: [bootstrap] })
    const elsewhere = names.map(async (name) => {
      const args = [api, 'profiles.save', JSON.stringify({ profile: profileOf(name) })]
      const child = spawn(process.execPath, args, {
        env: { ...process.env, SEEKLINE_HOME: app.dataDir },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 240_000,
      })
      let problem = ''
      child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()))
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect(`${String(code)} ${problem}`).toMatch(/^0 /)
    })
    const second = await createApp({ dataDir: app.dataDir })
    const run = { signal: new AbortController().signal, transport: 'in-process' as const }
    const here = Array.from({ length: 8 }, async (_, i) => {
      const profile = profileOf(`here-${i}`)
      if (i % 2 === 0) await app.call('profiles.save', { profile })
      else await second.router.call('profiles.save', { profile }, run)
      if (i === 0) await app.call('settings.save', { zone: 'Asia/Tokyo' })
      if (i === 1) await second.router.call('settings.save', { sidebarWidth: 300 }, run)
    })
    await Promise.all([...elsewhere, ...here])
    await second.close()
    const { items } = await app.call('profiles.list', {})
    const saved = items.map((one) => one.profile.name)
    expect(saved).toEqual(expect.arrayContaining([...names, ...Array.from({ length: 8 }, (_, i) => `here-${i}`)]))
    expect(await app.call('settings.get', {})).toMatchObject({ zone: 'Asia/Tokyo', sidebarWidth: 300 })
  })
})
