import { expect, it } from 'vitest'
import type { Hole, RowColumns } from '#shared/model/rows.ts'
import { createRingBuffer } from '../../api/ring-buffer.ts'
import { createRowLines, type Line } from './row-lines.ts'

const hole = (first: bigint, last = first): Hole => ({
  partition: 0,
  first,
  last,
  markers: 1n,
  aborted: 0n,
  open: 0n,
  missing: 0n,
  oldFormat: 0n,
  corrupt: 0n,
})

function frame(offsets: bigint[], holes: [number, Hole][] = []): RowColumns {
  const n = offsets.length
  return {
    count: n,
    partition: new Int32Array(n),
    offset: new BigInt64Array(offsets),
    timestamp: new BigInt64Array(n),
    flags: new Int32Array(n),
    keySize: new Int32Array(n),
    valueSize: new Int32Array(n),
    headerCount: new Int32Array(n),
    preview: new Uint8Array(0),
    ends: new Int32Array(2 * n),
    holes: holes.map(([at, one]) => ({ at, hole: one })),
  }
}

const say = (line: Line | undefined) =>
  line === undefined ? 'nothing' : line.kind === 'row' ? String(line.row.offset) : `hole ${line.hole.first}`

function setUp(capacity = 100) {
  const buffer = createRingBuffer({ capacity })
  const lines = createRowLines(buffer)
  const push = (...args: Parameters<typeof frame>) => {
    buffer.push(frame(...args))
    lines.appended()
  }
  const all = () => Array.from({ length: lines.count }, (_, i) => say(lines.at(i)))
  return { buffer, lines, push, all }
}

it('puts holes where they stand, and a trailing one before the row that follows it', () => {
  const { push, all } = setUp()
  push([0n, 1n], [[1, hole(9n)], [2, hole(2n)]]) // prettier-ignore
  expect(all()).toEqual(['0', 'hole 9', '1', 'hole 2'])
  push([3n])
  expect(all()).toEqual(['0', 'hole 9', '1', 'hole 2', '3'])
})

it('keeps its lines right when rows leave at the front', () => {
  const { push, all, lines } = setUp(4)
  push([0n, 1n], [[0, hole(100n)]])
  push([2n, 3n])
  push([4n, 5n])
  expect(all()).toEqual(['2', '3', '4', '5'])
  expect(lines.lineOf(0, 4n)).toBe(2)
})

it('puts an older page in front', () => {
  const { buffer, push, all, lines } = setUp()
  push([5n])
  buffer.unshift(frame([3n], [[1, hole(4n)]]))
  lines.rebuild()
  expect(all()).toEqual(['3', 'hole 4', '5'])
  expect(lines.lineOf(0, 4n)).toBe(1)
})
