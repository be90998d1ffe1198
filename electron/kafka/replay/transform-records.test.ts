import { describe, expect, it } from 'vitest'
import { BatchWalker } from '../records/batch-walker.ts'
import { type RecordToWrite, writeBatch, writeControlBatch, type BatchOptions } from '../records/batch-writer.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import { headersOf } from '../records/fixtures/records.ts'
import type { RecordHeader } from '../records/batch-types.ts'
import { partitionForKey } from '../sending/partitioner.ts'
import { type SourcePart, type TransformedPart, type TransformOptions, transformPart } from './transform-records.ts'

const text = (s: string) => new TextEncoder().encode(s)
const record = (n: number, more: Partial<RecordToWrite> = {}): RecordToWrite => ({
  timestamp: 1_000n + BigInt(n),
  key: text(`k${n}`),
  value: text(`v${n}`),
  headers: [],
  ...more,
})
const many = (from: number, count: number, size = 0) =>
  Array.from({ length: count }, (_, i) => record(from + i, size === 0 ? {} : { value: new Uint8Array(size).fill(i) }))

const keep: TransformOptions = { byKey: null, timestamps: 'keep', shiftMs: 0n, maxBatchBytes: 1 << 20 }

function part(batches: Uint8Array[], more: Partial<SourcePart> = {}): SourcePart {
  const records = new Uint8Array(Buffer.concat(batches))
  const walker = new BatchWalker(records)
  while (walker.next() !== null);
  const next = walker.nextOffset
  return {
    partition: 3,
    from: 0n,
    next,
    records,
    aborted: [],
    wanted: [{ from: 0n, to: next }],
    ...more,
  }
}

interface Seen {
  target: number
  offset: bigint
  timestamp: bigint
  key: string | null
  value: string | null
  headers: RecordHeader[]
}

function read(result: TransformedPart): Seen[] {
  const seen: Seen[] = []
  for (const batch of result.units.flatMap((u) => u.batches)) {
    const view = new BatchWalker(batch.bytes, { verifyCrc: 'report' }).next()
    if (view?.kind !== 'batch') throw new Error(JSON.stringify(view))
    expect(view.transactional).toBe(false)
    expect(view.count).toBe(batch.count)
    expect(view.lastOffsetDelta).toBe(batch.count - 1)
    const cursor = new RecordCursor()
    cursor.open(view)
    for (let i = 0; cursor.next(); i++) {
      const string = (b: Uint8Array | null) => (b === null ? null : Buffer.from(b).toString('latin1'))
      seen.push({
        target: batch.target,
        offset: batch.firstOffset + BigInt(batch.deltas?.[i] ?? i),
        timestamp: cursor.timestamp,
        key: string(cursor.key()),
        value: string(cursor.value()),
        headers: headersOf(cursor).headers.map((h) => ({
          name: h.name.slice(),
          value: h.value?.slice() ?? null,
        })),
      })
    }
  }
  return seen
}

const sum = (result: TransformedPart, what: 'markers' | 'aborted' | 'missing') =>
  result.units.reduce((n, unit) => n + unit[what], 0n)
const refused = (result: TransformedPart) => result.units.flatMap((u) => u.refused)

/** Every wanted offset is in exactly one account. */
function balanced(result: TransformedPart, wanted: bigint): void {
  const told = refused(result).reduce((n, r) => n + r.offsets, 0n)
  const copied = BigInt(read(result).length)
  expect(copied + sum(result, 'markers') + sum(result, 'aborted') + sum(result, 'missing') + told).toBe(wanted)
}

describe('transformPart', () => {
  it('passes a large whole batch on undecoded, byte for byte from the records on', () => {
    const batch = writeBatch(many(0, 100, 2_000), { producerId: 9n, producerEpoch: 1, baseSequence: 5, codec: 'lz4' })
    const big = writeBatch(many(0, 100, 2_000), { producerId: 9n, transactional: true, leaderEpoch: 4 })
    expect(big.length).toBeGreaterThan(64 << 10)
    const result = transformPart(part([big]), keep)
    const out = result.units.flatMap((u) => u.batches)
    expect(out).toHaveLength(1)
    expect(Buffer.from(out[0]!.bytes.subarray(61)).equals(big.subarray(61))).toBe(true)
    expect(read(transformPart(part([batch]), keep))).toHaveLength(100)
  })

  it('keeps null and empty keys and values, and headers as a list, names that are no text included', () => {
    const headers: RecordHeader[] = [
      { name: text('b'), value: null },
      { name: text('a'), value: new Uint8Array(0) },
      { name: new Uint8Array([0xff, 0xfe]), value: text('x') },
      { name: text('b'), value: text('2') },
      { name: new Uint8Array(0), value: text('nameless') },
    ]
    const records = [
      record(0, { key: null, value: null, headers }),
      record(1, { key: new Uint8Array(0), value: new Uint8Array(0) }),
    ]
    const seen = read(transformPart(part([writeBatch(records)]), keep))
    expect(seen.map(({ key, value }) => [key, value])).toEqual([
      [null, null],
      ['', ''],
    ])
    expect(seen[0]!.headers).toEqual(headers)
  })

  it('joins small batches in their order, and says of each record where it came from', () => {
    const batches = Array.from({ length: 50 }, (_, i) => writeBatch(many(i * 3, 3), { baseOffset: BigInt(i * 3) }))
    const result = transformPart(part(batches), keep)
    expect(result.units.flatMap((u) => u.batches)).toHaveLength(1)
    expect(read(result).map((r) => [r.offset, r.key])).toEqual(
      Array.from({ length: 150 }, (_, i) => [BigInt(i), `k${i}`]),
    )
    expect(result.units.at(-1)!.upTo).toBe(150n)
  })

  it('leaves out markers, aborted records and compacted offsets, and counts each', () => {
    const batches = [
      writeBatch(many(0, 2), { baseOffset: 0n, producerId: 1n, transactional: true }),
      writeControlBatch('abort', { baseOffset: 2n, producerId: 1n }),
      writeBatch(many(3, 2), { baseOffset: 3n, producerId: 1n, transactional: true }),
      writeControlBatch('commit', { baseOffset: 5n, producerId: 1n }),
      writeBatch([record(8), record(11)], { baseOffset: 8n, offsetDeltas: [0, 3], lastOffsetDelta: 5 }),
    ]
    const result = transformPart(part(batches, { aborted: [{ producerId: 1n, firstOffset: 0n }] }), keep)
    expect(read(result).map((r) => r.offset)).toEqual([3n, 4n, 8n, 11n])
    expect([sum(result, 'aborted'), sum(result, 'markers'), sum(result, 'missing')]).toEqual([2n, 2n, 6n])
    balanced(result, 14n)
  })

  it('copies only what is wanted, each span in units of its own', () => {
    const batches = [writeBatch(many(0, 10)), writeBatch(many(10, 10), { baseOffset: 10n })]
    const wanted = [
      { from: 2n, to: 4n },
      { from: 8n, to: 12n },
      { from: 19n, to: 30n },
    ]
    const result = transformPart(part(batches, { wanted }), keep)
    expect(read(result).map((r) => r.offset)).toEqual([2n, 3n, 8n, 9n, 10n, 11n, 19n])
    expect(result.units.map((u) => [u.span, u.upTo])).toEqual([
      [2n, 4n],
      [8n, 12n],
      [19n, 20n],
    ])
    balanced(result, 7n)
  })

  it('starts within a batch that begins before the part', () => {
    const result = transformPart(part([writeBatch(many(0, 10))], { from: 6n, wanted: [{ from: 0n, to: 100n }] }), keep)
    expect(read(result).map((r) => r.offset)).toEqual([6n, 7n, 8n, 9n])
    balanced(result, 4n)
  })

  it('never passes a batch with a bad checksum on, and goes on behind it', () => {
    const bad = writeBatch(many(10, 100, 2_000), { baseOffset: 10n })
    bad[5_000]! ^= 1
    const batches = [writeBatch(many(0, 10)), bad, writeBatch(many(110, 5), { baseOffset: 110n })]
    const result = transformPart(part(batches), keep)
    expect(read(result).map((r) => r.offset)).toEqual([...Array(10).keys(), 110, 111, 112, 113, 114].map(BigInt))
    expect(refused(result)).toMatchObject([{ first: 10n, last: 109n, offsets: 100n }])
    expect(refused(result)[0]!.reason).toContain('checksum')
    balanced(result, 115n)
  })

  it('asks to read anew behind damage where transactions were aborted: the damaged batch may have been a marker', () => {
    const marker = writeControlBatch('abort', { baseOffset: 2n, producerId: 1n })
    marker[70]! ^= 1
    const batches = [
      writeBatch(many(0, 2), { producerId: 1n, transactional: true }),
      marker,
      writeBatch(many(3, 2), { baseOffset: 3n, producerId: 1n, transactional: true }),
    ]
    const result = transformPart(part(batches, { aborted: [{ producerId: 1n, firstOffset: 0n }] }), keep)
    expect(result.rereadFrom).toBe(3n)
    expect(read(result)).toEqual([])
    balanced(result, 3n)
  })

  it('refuses what cannot be decompressed or decoded, and nothing else', () => {
    const codec = writeBatch(many(0, 3), { codec: 'gzip' })
    const body = new Uint8Array(codec)
    body.fill(7, 61)
    // A good checksum over a broken body: damage that happened before the broker.
    const rewritten = transformPart(part([restamp(body), writeBatch(many(3, 1), { baseOffset: 3n })]), keep)
    expect(refused(rewritten)).toMatchObject([{ first: 0n, last: 2n, offsets: 3n }])
    expect(read(rewritten).map((r) => r.offset)).toEqual([3n])
  })

  it('shifts every timestamp alike, but not the absent one', () => {
    const records = [record(0), record(1, { timestamp: -1n }), record(2)]
    const seen = read(transformPart(part([writeBatch(records)]), { ...keep, timestamps: 'shift', shiftMs: 500n }))
    expect(seen.map((r) => r.timestamp)).toEqual([1_500n, -1n, 1_502n])
    const big = part([writeBatch(many(0, 100, 2_000))])
    const shifted = read(transformPart(big, { ...keep, timestamps: 'shift', shiftMs: 500n }))
    expect(shifted.map((r) => r.timestamp)).toEqual(Array.from({ length: 100 }, (_, i) => 1_500n + BigInt(i)))
  })

  it.each([
    [[5n, 5n + 2n ** 31n, 6n, 5n - 2n ** 30n, 5n + 2n ** 30n]],
    [[-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n]],
    [[2n ** 60n + 1n, 2n ** 60n + 3n, 7n]],
  ])('keeps timestamps of all 64 bits, and the batch’s newest: %s', (timestamps) => {
    const records = timestamps.map((timestamp, i) => record(i, { timestamp }))
    const result = transformPart(part([writeBatch(records)]), keep)
    expect(read(result).map((r) => r.timestamp)).toEqual(timestamps)
    const [batch] = result.units.flatMap((u) => u.batches)
    const view = new BatchWalker(batch!.bytes).next()
    const newest = timestamps.reduce((a, b) => (a > b ? a : b))
    expect(view?.kind === 'batch' && view.maxTimestamp).toBe(newest)
  })

  it('joins batches of different base times without a change to any', () => {
    const times = [1_700_000_000_000n, 1n, 1_699_999_000_000n, 2n ** 40n]
    const batches = times.map((t, i) =>
      writeBatch([record(2 * i, { timestamp: t }), record(2 * i + 1, { timestamp: t + 9n })], {
        baseOffset: BigInt(2 * i),
      }),
    )
    const result = transformPart(part(batches), keep)
    expect(read(result).map((r) => r.timestamp)).toEqual(times.flatMap((t) => [t, t + 9n]))
  })

  it('fills a batch to its limit and not beyond, records of many sizes in it', () => {
    const records = Array.from({ length: 3_000 }, (_, i) =>
      record(i, { value: new Uint8Array((i * 37) % 700).fill(i) }),
    )
    const batches = [writeBatch(records.slice(0, 1_500)), writeBatch(records.slice(1_500), { baseOffset: 1_500n })]
    const result = transformPart(part(batches), { ...keep, maxBatchBytes: 60_000 })
    const out = result.units.flatMap((u) => u.batches)
    expect(Math.max(...out.map((b) => b.bytes.length))).toBeLessThanOrEqual(60_000)
    expect(out.length).toBeLessThan(25)
    const latin = (b: Uint8Array | null) => Buffer.from(b!).toString('latin1')
    expect(read(result).map((r) => r.value)).toEqual(records.map((r) => latin(r.value)))
  })

  it('stamps now, and gives records of a LogAppendTime batch the time of their append', () => {
    const before = BigInt(Date.now())
    const [now] = read(transformPart(part([writeBatch([record(0)])]), { ...keep, timestamps: 'now' }))
    expect(now!.timestamp).toBeGreaterThanOrEqual(before)
    const options: BatchOptions = { timestampType: 'LogAppendTime', maxTimestamp: 77_000n }
    const seen = read(transformPart(part([writeBatch(many(0, 2), options)]), keep))
    expect(seen.map((r) => r.timestamp)).toEqual([77_000n, 77_000n])
  })

  it('spreads records by key as Java does, in order, and keeps those without key together', () => {
    const records = Array.from({ length: 60 }, (_, i) => record(i, { key: i % 10 === 0 ? null : text(`k${i % 7}`) }))
    const seen = read(transformPart(part([writeBatch(records)]), { ...keep, byKey: 4 }))
    expect(seen).toHaveLength(60)
    for (const { target, key } of seen) {
      expect(target).toBe(key === null ? 3 : partitionForKey(text(key), 4))
    }
    for (let target = 0; target < 4; target++) {
      const offsets = seen.filter((r) => r.target === target).map((r) => r.offset)
      expect(offsets).toEqual(offsets.toSorted((a, b) => Number(a - b)))
    }
  })

  it('takes a batch apart that is larger than the target allows', () => {
    const big = writeBatch(many(0, 100, 2_000))
    const result = transformPart(part([big]), { ...keep, maxBatchBytes: 50_000 })
    const sizes = result.units.flatMap((u) => u.batches).map((b) => b.bytes.length)
    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(50_000)
    expect(read(result)).toHaveLength(100)
    expect(result.units.map((u) => u.upTo)).toEqual(result.units.map((u) => u.upTo).toSorted((a, b) => Number(a - b)))
  })
})

function restamp(batch: Uint8Array): Uint8Array {
  const view = new BatchWalker(batch).next()
  if (view?.kind !== 'batch') throw new Error('no batch')
  new DataView(batch.buffer).setUint32(17, view.computeCrc())
  return batch
}
