import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ProfileId } from '#shared/model/ids.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import { chance } from '../../tests/support/hostile-values.ts'
import type { Sample, SampledEnds, SamplePoint } from './sample-blocks.ts'
import { SampleLog } from './sample-log.ts'
import { ThroughputLog, type ThroughputLook } from './throughput-log.ts'

const profile = ProfileId.parse('eu')
const of = { profile, clusterId: 'c' }
const signal = new AbortController().signal
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-samples-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const ends = (highWatermark: bigint, more: Partial<SampledEnds> = {}): SampledEnds => ({
  logStart: null,
  lastStable: null,
  highWatermark,
  ...more,
})
const look = (at: bigint, group: string, position: bigint, end: SampledEnds): Sample => ({
  at,
  ends: new Map([[partitionKey('orders', 0), end]]),
  positions: new Map([[group, new Map([[partitionKey('orders', 0), position]])]]),
})
async function read(log: SampleLog, group: string, part: { from?: bigint; to?: bigint; clusterId?: string } = {}) {
  const looks: { at: bigint; points: readonly SamplePoint[] }[] = []
  const wanted = { ...of, group, from: 0n, to: 1n << 60n, ...part }
  const { damaged } = await log.read(wanted, (at, points) => looks.push({ at, points }), signal)
  return { looks, damaged }
}
const files = async () => (await readdir(join(folder, 'samples', 'eu'))).toSorted()

describe('looks that are kept', () => {
  it('come back as they were: any groups, partitions that come and go, bounds now and then', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = chance(seed)
      const log = new SampleLog(join(folder, String(seed)))
      const kept: Sample[] = []
      for (let n = 1; n <= 40; n += 1) {
        const hasEdges = random.below(3) === 0
        const wide = 1n << BigInt(random.below(62))
        const partitions = Array.from({ length: 1 + random.below(6) }, () =>
          partitionKey(random.pick(['orders', 'a/b', 'üben']), random.below(4)),
        )
        const positions = new Map(
          Array.from(
            { length: random.below(4) },
            () =>
              [
                random.pick(['billing', 'audit', 'ship/ping']),
                new Map(
                  partitions.filter(() => random.below(2) === 0).map((key) => [key, wide + BigInt(random.below(90))]),
                ),
              ] as const,
          ),
        )
        const one: Sample = {
          at: BigInt(n),
          ends: new Map(
            partitions.map((key) => {
              const start = BigInt(random.below(3))
              const edges = hasEdges
                ? { logStart: start, lastStable: start + 7n }
                : { logStart: null, lastStable: null }
              return [key, { ...edges, highWatermark: random.below(9) === 0 ? null : wide }]
            }),
          ),
          positions,
        }
        kept.push(one)
        await log.append(of, one)
      }
      for (const group of ['billing', 'audit', 'ship/ping']) {
        const { looks, damaged } = await read(log, group)
        expect(damaged).toEqual([])
        const wanted = kept.filter(({ positions }) => positions.has(group))
        expect(looks.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at))
        for (const [i, { points }] of looks.entries()) {
          const now = wanted[i]!
          const found = points.filter(({ position }) => position !== null)
          expect(new Map(found.map((point) => [partitionKey(point.topic, point.partition), point.position]))).toEqual(
            now.positions.get(group),
          )
          for (const point of found) {
            const end = now.ends.get(partitionKey(point.topic, point.partition))!
            expect(point.highWatermark).toBe(end.highWatermark)
            expect(point.lastStable).toBe(end.lastStable)
            expect([end.logStart ?? point.logStart]).toEqual([point.logStart])
          }
        }
      }
      await log.close()
    }
  })

  it('are of the cluster and the time that is asked about', async () => {
    const log = new SampleLog(folder, () => 1)
    for (const at of [10n, 20n, 30n]) await log.append(of, look(at, 'billing', at, ends(99n)))
    await log.append({ ...of, clusterId: 'other' }, look(40n, 'billing', 1n, ends(9n)))
    expect((await read(log, 'billing', { from: 20n, to: 30n })).looks.map(({ at }) => at)).toEqual([20n])
    expect((await read(log, 'billing', { clusterId: 'other' })).looks.map(({ at }) => at)).toEqual([40n])
    expect((await read(log, 'nobody')).looks).toEqual([])
    await log.close()
  })

  it('stand up to the last whole one after a crash, and what comes later is in a file of its own', async () => {
    const before = new SampleLog(folder, () => 1_000)
    for (const at of [1n, 2n, 3n]) await before.append(of, look(at, 'billing', at, ends(9n)))
    const [name] = await files()
    const path = join(folder, 'samples', 'eu', name!)
    await truncate(path, (await stat(path)).size - 5)
    const after = new SampleLog(folder, () => 2_000)
    await after.append(of, look(4n, 'billing', 4n, ends(9n)))
    expect((await read(after, 'billing')).looks.map(({ at }) => at)).toEqual([1n, 2n, 4n])
    expect(await files()).toHaveLength(2)
    await before.close()
    await after.close()
  })

  it('name a stranger’s file and read the others', async () => {
    const log = new SampleLog(folder)
    await log.append(of, look(1n, 'billing', 1n, ends(9n)))
    const [ours] = await files()
    const at = (name: string) => join(folder, 'samples', 'eu', name)
    const bytes = await readFile(at(ours!))
    await writeFile(at('1-noise.samples'), Buffer.alloc(300, 7))
    await writeFile(at('2-empty.samples'), '')
    // A whole block that holds something else.
    await writeFile(at('3-other.samples'), Buffer.concat([bytes, bytes]))
    await writeFile(at('4-huge.samples'), '')
    await truncate(at('4-huge.samples'), 40 << 20)
    await writeFile(at('notes.txt'), 'x')
    const { looks, damaged } = await read(log, 'billing')
    expect(looks.filter(({ at: time }) => time === 1n).length).toBeGreaterThanOrEqual(1)
    expect(damaged).toEqual([at('3-other.samples'), at('4-huge.samples')])
    await log.close()
  })

  it('are rolled by the hour, and the oldest go', async () => {
    let now = 1_000_000_000_000
    const log = new SampleLog(folder, () => now)
    await log.append(of, look(1n, 'billing', 1n, ends(9n)))
    now += 3_600_000
    await log.append(of, look(2n, 'billing', 2n, ends(9n)))
    expect(await files()).toHaveLength(2)
    const [old] = await files()
    const longAgo = now / 1000 - 15 * 86_400
    await utimes(join(folder, 'samples', 'eu', old!), longAgo, longAgo)
    now += 3_600_000
    await log.append(of, look(3n, 'billing', 3n, ends(9n)))
    expect(await files()).not.toContain(old)
    await log.close()
  })
})

describe('what topics and brokers gained', () => {
  it('comes back as it was: names that come and go, numbers that are not known; beside looks at groups, not among them', async () => {
    const log = new ThroughputLog(folder, () => 1)
    const random = chance(7)
    const kept: ThroughputLook[] = []
    for (let n = 1; n <= 40; n += 1) {
      const names = ['t/orders', 't/üben', 'b/1', 'b/2'].filter(() => random.below(3) > 0)
      const hasSizes = random.below(3) === 0
      const number = () => (random.below(4) === 0 ? null : BigInt(random.below(1e9)))
      const points = new Map(names.map((name) => [name, { offsets: number(), bytes: hasSizes ? number() : null, lacks: random.below(4) }])) // oxfmt-ignore
      kept.push({ at: BigInt(n), overMs: BigInt(random.below(9)), bytesOverMs: hasSizes ? 60_000n : 0n, points })
      await log.append(of, kept.at(-1)!)
    }
    const groups = new SampleLog(folder)
    await groups.append(of, look(1n, 'billing', 3n, ends(9n)))
    const wanted = { ...of, from: 5n, to: 31n }
    const found: ThroughputLook[] = []
    const isWanted = (name: string) => name === 't/orders' || name === 'b/2'
    expect(await log.read(wanted, isWanted, (one) => found.push(one), signal)).toEqual({ damaged: [] })
    expect(found).toEqual(
      kept.slice(4, 30).flatMap((one) => {
        const points = new Map([...one.points].filter(([name]) => isWanted(name)))
        return points.size === 0 ? [] : [{ ...one, points }]
      }),
    )
    expect((await read(groups, 'billing')).looks).toHaveLength(1)
    await Promise.all([log.close(), groups.close()])
  })
})
