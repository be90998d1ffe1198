import { describe, expect, it } from 'vitest'
import type { Hole, RowColumns } from '#shared/model/rows.ts'
import { createRingBuffer } from './ring-buffer.ts'

const hole = (first: bigint): Hole => ({
  partition: 0,
  first,
  last: first,
  markers: 1n,
  aborted: 0n,
  open: 0n,
  missing: 0n,
  oldFormat: 0n,
  corrupt: 0n,
})

/** Rows `from` to `from + count - 1`: key "k<n>", value "value <n>", every third with a null key, every fifth a tombstone. */
function frame(from: number, count: number, holes: RowColumns['holes'] = []): RowColumns {
  const rows = Array.from({ length: count }, (_, index) => from + index)
  const bytes: Uint8Array[] = []
  const ends: number[] = []
  const size = { key: [] as number[], value: [] as number[] }
  let end = 0
  const add = (text: string | null, sizes: number[]): void => {
    const part = new TextEncoder().encode(text ?? '')
    bytes.push(part)
    end += part.length
    ends.push(end)
    sizes.push(text === null ? -1 : part.length)
  }
  for (const n of rows) {
    add(n % 3 === 0 ? null : `k${n}`, size.key)
    add(n % 5 === 0 ? null : `value ${n}`, size.value)
  }
  return {
    count,
    partition: new Int32Array(count),
    offset: BigInt64Array.from(rows, BigInt),
    timestamp: BigInt64Array.from(rows, (n) => BigInt(n) * 1000n),
    flags: new Int32Array(count),
    keySize: Int32Array.from(size.key),
    valueSize: Int32Array.from(size.value),
    headerCount: new Int32Array(count).fill(2),
    preview: Uint8Array.from(Buffer.concat(bytes)),
    ends: Int32Array.from(ends),
    decodedAs: new Int32Array(count),
    decodings: [{ encoding: 'UTF-8', form: 'text', attempts: [] }],
    holes,
  }
}

const offsets = (ring: ReturnType<typeof createRingBuffer>): number[] =>
  Array.from({ length: ring.length }, (_, index) => Number(ring.at(index)?.offset))
const text = (bytes: Uint8Array | null | undefined): string | null =>
  bytes == null ? null : Buffer.from(bytes).toString()

describe('the ring buffer', () => {
  it('gives each row its own columns, across frames', () => {
    const ring = createRingBuffer({ capacity: 100 })
    ring.push(frame(0, 4))
    ring.push(frame(4, 7))
    expect(ring.length).toBe(11)
    expect(offsets(ring)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (let n = 0; n < 11; n += 1) {
      const row = ring.at(n)
      expect(text(row?.key)).toBe(n % 3 === 0 ? null : `k${n}`)
      expect(text(row?.value)).toBe(n % 5 === 0 ? null : `value ${n}`)
      expect(row).toMatchObject({ timestamp: BigInt(n) * 1000n, headerCount: 2, holes: [] })
    }
    for (const out of [-1, 11, 0.5, Number.NaN]) expect(ring.at(out)).toBeUndefined()
  })

  it('drops whole old frames beyond its capacity, and counts them', () => {
    const ring = createRingBuffer({ capacity: 10 })
    for (let from = 0; from < 100; from += 4) ring.push(frame(from, 4))
    expect(ring.length).toBe(12)
    expect(ring.dropped).toBe(88)
    expect(offsets(ring)).toEqual([88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99])
    const held = ring.bytes
    for (let from = 100; from < 200; from += 4) ring.push(frame(from, 4))
    expect(ring.bytes).toBeLessThan(held * 1.2)
    ring.clear()
    expect([ring.length, ring.dropped, ring.bytes]).toEqual([0, 0, 0])
  })

  it('takes earlier pages at the front, and then lets go at the end', () => {
    const ring = createRingBuffer({ capacity: 8 })
    ring.push(frame(8, 4))
    ring.unshift(frame(4, 4))
    ring.unshift(frame(0, 4))
    expect(offsets(ring)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(ring.dropped).toBe(0)
  })

  it('keeps holes where they stand, also those of frames without rows', () => {
    const ring = createRingBuffer({ capacity: 100 })
    ring.push(
      frame(0, 2, [
        { at: 1, hole: hole(50n) },
        { at: 2, hole: hole(51n) },
      ]),
    )
    ring.push(frame(0, 0, [{ at: 0, hole: hole(52n) }]))
    ring.push(
      frame(2, 1, [
        { at: 0, hole: hole(53n) },
        { at: 1, hole: hole(54n) },
      ]),
    )
    const holes = [0, 1, 2].map((index) => ring.at(index)?.holes.map((item) => item.first))
    expect(holes).toEqual([[], [50n], [51n, 52n, 53n]])
    expect(ring.trailingHoles().map((item) => item.first)).toEqual([54n])
  })

  it('tells its listeners once for many changes, with a new version', () => {
    const due: (() => void)[] = []
    const ring = createRingBuffer({ capacity: 10, schedule: (publish) => void due.push(publish) })
    let told = 0
    const stop = ring.subscribe(() => (told += 1))
    const before = ring.version()
    ring.push(frame(0, 1))
    ring.push(frame(1, 1))
    expect([due.length, told]).toEqual([1, 0])
    due.pop()?.()
    expect(told).toBe(1)
    expect(ring.version()).not.toBe(before)
    stop()
    ring.push(frame(2, 1))
    due.pop()?.()
    expect(told).toBe(1)
  })
})
