import { describe, expect, it } from 'vitest'
import type { RowColumns } from '#shared/model/rows.ts'
import type { Hole } from '#shared/model/hole.ts'
import { writeBatch } from '../../kafka/records/batch-writer.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { walkColumns } from '../../kafka/records/walk-columns.ts'
import { BackLane, newest } from './backward-lane.ts'
import { FrameBuilder } from './row-frames.ts'
import { Lane, oldest } from './forward-lane.ts'

const encoder = new TextEncoder()

/** Columns of a partition's stretch that holds records at these offsets, timestamps ten times as large. */
function columnsOf(from: number, to: number, offsets: number[]): RecordColumns {
  const records = offsets.map((offset) => ({
    timestamp: BigInt(offset * 10),
    key: encoder.encode(`k${offset}`),
    value: encoder.encode(`value ${offset}`),
    headers: [],
  }))
  const offsetDeltas = offsets.map((offset) => offset - from)
  const batch = writeBatch(records, { baseOffset: BigInt(from), offsetDeltas, lastOffsetDelta: to - from - 1 })
  return walkColumns(batch, { fromOffset: BigInt(from), toOffsetExclusive: BigInt(to) })
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const span = (hole: Hole | null): string | null => (hole === null ? null : `${hole.first}-${hole.last}`)

describe('a lane forward', () => {
  it('joins a hole that spans two stretches, and gives it out with the row behind it', () => {
    const lane = new Lane(0, 0n)
    lane.push(columnsOf(0, 5, [0, 1]))
    lane.push(columnsOf(5, 10, [8, 9]))
    const seen: string[] = []
    for (let row = lane.peek(); row !== null; row = lane.peek()) {
      const hole = span(lane.takeHole())
      if (hole !== null) seen.push(hole)
      seen.push(String(row.columns.offset[row.row]))
      lane.take(row)
    }
    expect(seen).toEqual(['0', '1', '2-7', '8', '9'])
    expect(lane.cursor).toBe(10n)
  })

  it('accounts for offsets between two stretches, and for what lies behind the last', () => {
    const lane = new Lane(0, 0n)
    lane.push(columnsOf(3, 5, [3, 4]))
    lane.gap(20n)
    expect(span((lane.peek(), lane.takeHole()))).toBe('0-2')
    lane.take(lane.peek()!)
    lane.take(lane.peek()!)
    expect(lane.peek()).toBeNull()
    expect(lane.cursor).toBe(5n)
    expect(span(lane.takeHole())).toBe('5-19')
    expect(lane.cursor).toBe(20n)
  })

  it('is not passed by another lane before it has said what it has', () => {
    const [a, b] = [new Lane(0, 0n), new Lane(1, 0n)]
    a.push(columnsOf(5, 6, [5]))
    expect(oldest([a, b])).toBe('wait')
    b.push(columnsOf(2, 3, [2]))
    expect(oldest([a, b])).toMatchObject({ lane: b })
    b.take(b.peek()!)
    b.ended = true
    expect(oldest([a, b])).toMatchObject({ lane: a })
  })
})

describe('a lane backward', () => {
  it('gives rows out from the end, each with the hole behind it, joined over stretches', () => {
    const lane = new BackLane(0, 0n, 10n, 4)
    expect(lane.begin()).toEqual({ partition: 0, from: 6n, to: 10n })
    lane.add(columnsOf(6, 10, [8]), 2)
    lane.complete(2)
    expect(lane.waits).toBe(false)
    const last = lane.take()
    expect([String(last.row.columns.offset[last.row.row]), span(last.hole)]).toEqual(['8', '9-9'])
    // Below it there is a hole whose start is not known yet.
    expect(lane.waits).toBe(true)
    const below = lane.begin()
    expect(below.to).toBe(6n)
    lane.add(columnsOf(Number(below.from), 6, [0, 3]), 2)
    lane.complete(2)
    const next = lane.take()
    expect([String(next.row.columns.offset[next.row.row]), span(next.hole)]).toEqual(['3', '4-7'])
    expect(lane.cursor).toBe(3n)
  })

  it('reaches further back over a hole of a million offsets in few steps', () => {
    const lane = new BackLane(0, 0n, 1_000_100n, 50)
    let steps = 0
    while (lane.waits) {
      steps++
      const { from, to } = lane.begin()
      if (from < 50n) lane.add(columnsOf(Number(from), 100, range(Number(from), 50)), 50)
      else lane.gap(to)
      lane.complete(50)
    }
    expect(steps).toBeLessThan(10)
    const { row, hole } = lane.take()
    expect(row.columns.offset[row.row]).toBe(49n)
    expect(span(hole)).toBe('50-1000099')
  })

  it('gives a stretch up that holds far more than wanted, and halves its way to the end', () => {
    const lane = new BackLane(0, 0n, 1_000_000n, 1_000_000)
    let read = 0
    let steps = 0
    while (lane.waits) {
      steps++
      const { from, to } = lane.begin()
      let enough = true
      for (let at = Number(from); at < Number(to) && enough; at += 500) {
        const end = Math.min(at + 500, Number(to))
        enough = lane.add(columnsOf(at, end, range(at, end)), 50)
        read += end - at
      }
      if (enough) lane.complete(50)
    }
    expect(steps).toBeLessThan(20)
    expect(read).toBeLessThan(40_000)
    const { row } = lane.take()
    expect(row.columns.offset[row.row]).toBe(999_999n)
  })

  it('the newest of several goes first; of equals the higher partition', () => {
    const lanes = [0, 1].map((partition) => {
      const lane = new BackLane(partition, 0n, 3n, 3)
      lane.begin()
      lane.add(columnsOf(0, 3, [0, 1, 2]), 3)
      lane.complete(3)
      return lane
    })
    expect(newest(lanes)).toBe(lanes[1])
    lanes[1]!.take()
    expect(newest(lanes)).toBe(lanes[0])
  })
})

describe('frames', () => {
  it('hold rows of several stretches with their previews, and holes at their places', () => {
    const columns = columnsOf(0, 4, [0, 1, 2, 3])
    const builder = new FrameBuilder()
    builder.row(7, { columns, row: 3 })
    builder.hole({ partition: 7, first: 4n, last: 5n, markers: 2n, aborted: 0n, open: 0n, missing: 0n, oldFormat: 0n, corrupt: 0n }) // oxfmt-ignore
    builder.row(9, { columns, row: 0 })
    const frame = builder.take()
    expect(builder.empty).toBe(true)
    expect([...frame.partition]).toEqual([7, 9])
    expect([...frame.offset]).toEqual([3n, 0n])
    expect(frame.holes).toMatchObject([{ at: 1, hole: { first: 4n } }])
    expect([0, 1].map((row) => previewOf(frame, row))).toEqual(['k3|value 3', 'k0|value 0'])
  })

  it('are full at 500 items', () => {
    const builder = new FrameBuilder()
    const columns = columnsOf(0, 500, range(0, 500))
    for (const row of range(0, 499)) builder.row(0, { columns, row })
    expect(builder.full).toBe(false)
    builder.row(0, { columns, row: 499 })
    expect(builder.full).toBe(true)
  })
})

function previewOf(frame: RowColumns, row: number): string {
  const at = (i: number) => (i < 0 ? 0 : frame.ends[i]!)
  const text = (from: number, to: number) => Buffer.from(frame.preview.subarray(at(from), at(to))).toString()
  return `${text(2 * row - 1, 2 * row)}|${text(2 * row, 2 * row + 1)}`
}
