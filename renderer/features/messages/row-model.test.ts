import { describe, expect, it } from 'vitest'
import { rowFlags, type RowColumns } from '#shared/model/rows.ts'
import { type Hole } from '#shared/model/hole.ts'
import type { Lines } from './grid-lines.ts'
import { createRowModel, type Cut, type RowModel } from './row-model.ts'

const encoder = new TextEncoder()

function frame(
  partition: number,
  offsets: readonly number[],
  holes: readonly [at: number, first: number, last: number][] = [],
): RowColumns {
  const values = offsets.map((offset) => encoder.encode(`value ${offset}`))
  const preview = new Uint8Array(values.reduce((sum, value) => sum + value.length, 0))
  const ends: number[] = []
  let at = 0
  for (const value of values) {
    preview.set(value, at)
    ends.push(at, at + value.length)
    at += value.length
  }
  const count = offsets.length
  return {
    count,
    partition: new Int32Array(count).fill(partition),
    offset: BigInt64Array.from(offsets.map(BigInt)),
    timestamp: BigInt64Array.from(offsets.map(() => 1_700_000_000_000n)),
    flags: new Int32Array(count).fill(1),
    keySize: new Int32Array(count).fill(-1),
    valueSize: Int32Array.from(values.map((value) => value.length)),
    headerCount: new Int32Array(count),
    preview,
    ends: Int32Array.from(ends),
    decodedAs: new Int32Array(count),
    decodings: [{ encoding: 'UTF-8', form: 'text', attempts: [] }],
    holes: holes.map(([place, first, last]) => ({ at: place, hole: hole(partition, first, last) })),
  }
}

function hole(partition: number, first: number, last: number): Hole {
  const zero = { markers: 0n, aborted: 0n, open: 0n, oldFormat: 0n, corrupt: 0n }
  return { partition, first: BigInt(first), last: BigInt(last), ...zero, missing: BigInt(last - first + 1) }
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const model = (capacity = 1_000, onCut?: (cut: Cut) => void): RowModel =>
  createRowModel({ capacity, breathe: (run) => run(), ...(onCut === undefined ? {} : { onCut }) })

/** Offsets as the grid shows them; holes in brackets. */
function shown(rows: RowModel): string {
  return range(0, rows.count)
    .map((at) => {
      const item = rows.at(at)!
      if (item.kind === 'pause') return item.pause.reason
      return item.kind === 'row' ? String(item.row.offset) : `[${item.hole.first}-${item.hole.last}]`
    })
    .join(' ')
}

/** The line of a record, or of the hole that covers an offset; −1 when it is not among those shown. */
const lineOf = (rows: Lines, partition: number, offset: bigint): number =>
  range(0, rows.count).findIndex((at) => {
    const line = rows.at(at)!
    if (line.kind === 'pause') return false
    if (line.kind === 'row') return line.row.partition === partition && line.row.offset === offset
    return line.hole.partition === partition && line.hole.first <= offset && offset <= line.hole.last
  })

describe('the rows of a browse', () => {
  it('show where a tail could not read, between the rows before and after, apart from holes', () => {
    const rows = model()
    rows.append(frame(0, [1], [[1, 2, 3]]))
    rows.mark({ from: 10, to: 20, reason: 'away' })
    rows.append(frame(0, [6], [[0, 4, 5]]))
    expect(shown(rows)).toBe('1 [2-3] away [4-5] 6')
    expect(lineOf(rows, 0, 5n)).toBe(3)
    rows.setFilter('nothing like it')
    expect(rows.count).toBe(0)
  })

  it('stand between their holes, also over pages in both directions', () => {
    const rows = model()
    rows.append(frame(0, [10, 11, 15], [[2, 12, 14]]))
    rows.append(frame(0, [18], [[0, 16, 17]]))
    rows.prepend([frame(0, [3, 4], [[0, 1, 2]]), frame(0, [9], [[0, 5, 8]])])
    expect(shown(rows)).toBe('[1-2] 3 4 [5-8] 9 10 11 [12-14] 15 [16-17] 18')
    expect(rows.loaded).toBe(7)
    expect(rows.shift).toBe(5)
    expect(lineOf(rows, 0, 18n)).toBe(10)
    expect(lineOf(rows, 0, 13n)).toBe(7)
    expect(lineOf(rows, 1, 13n)).toBe(-1)
  })

  it('make one hole of two that meet at a seam', () => {
    const rows = model()
    rows.append(frame(0, [1], [[1, 2, 4]]))
    rows.append(frame(0, [], [[0, 5, 8]]))
    rows.append(frame(0, [9]))
    expect(shown(rows)).toBe('1 [2-8] 9')
    expect(rows.at(1)).toMatchObject({ hole: { missing: 7n } })
  })

  it('drop the oldest beyond the capacity and say where reading back must go on', () => {
    const cuts: unknown[] = []
    const rows = model(10, (cut) => void cuts.push([cut.end, [...cut.offsets]]))
    rows.append(frame(0, range(0, 6), [[3, 100, 100]]))
    rows.append(frame(0, range(6, 6)))
    expect(cuts).toEqual([])
    rows.append(frame(0, range(12, 6)))
    expect(cuts).toEqual([['front', [[0, 101n]]]])
    expect(rows.dropped).toBe(6)
    expect(rows.shift).toBe(-7)
    expect(rows.loaded).toBe(12)
    rows.prepend([frame(0, range(0, 6))])
    expect(cuts[1]).toEqual(['back', [[0, 12n]]])
    expect(shown(rows)).toBe(range(0, 12).join(' '))
  })

  it('filter what is loaded, what comes later, and what is put before', () => {
    const rows = model()
    rows.append(frame(0, range(100, 30)))
    rows.setFilter(' VALUE 12')
    expect(rows.count).toBe(10)
    rows.append(frame(0, [1200, 1300]))
    rows.prepend([frame(0, [12, 13], [[1, 50, 60]])])
    expect(shown(rows)).toBe(`12 ${range(120, 10).join(' ')} 1200`)
    expect(rows.filter).toEqual({ text: 'value 12', matches: 12, looked: 34, unseen: 0 })
    expect(lineOf(rows, 0, 125n)).toBe(6)
    expect(lineOf(rows, 0, 100n)).toBe(-1)
    rows.setFilter('')
    expect(rows.count).toBe(35)
  })

  it('looks through fifty thousand rows in slices of some milliseconds, breathing in between', () => {
    const waiting: (() => void)[] = []
    let clock = 0
    // Each look at the clock takes a millisecond, so that the busy machine of a test run has no say.
    const now = () => (clock += 1)
    const rows = createRowModel({ capacity: 60_000, breathe: (run) => void waiting.push(run), now })
    for (let at = 0; at < 100; at += 1) rows.append(frame(0, range(at * 500, 500)))
    let longest = 0
    const timed = (run: () => void) => {
      const start = clock
      run()
      longest = Math.max(longest, clock - start)
    }
    timed(() => rows.setFilter('49999'))
    expect(rows.filter.looked).toBeLessThan(1_000)
    while (waiting.length > 0) timed(waiting.shift()!)
    expect(rows.filter).toEqual({ text: '49999', matches: 1, looked: 50_000, unseen: 0 })
    expect(longest).toBeLessThan(12)
  })

  it('do not take a beginning for the whole: rows that are cut or have headers stay open until they are decided', () => {
    const rows = model()
    const cut = frame(0, range(10, 5))
    cut.flags[1] = rowFlags.nullKey | rowFlags.valueCut
    cut.headerCount[3] = 2
    rows.append(cut)
    rows.setFilter('behind')
    expect(rows.filter).toMatchObject({ matches: 0, looked: 5, unseen: 2 })
    expect(rows.unseen()).toEqual([{ partition: 0, from: 11n, to: 14n }])
    // What was not looked at is not decided.
    rows.decide([{ partition: 0, from: 11n, to: 12n }], new Map([[0, new Set([13n])]]))
    expect([shown(rows), rows.filter.unseen]).toEqual(['13', 0])
    rows.prepend([Object.assign(frame(0, [9]), { headerCount: Int32Array.of(1) })])
    expect(rows.filter).toMatchObject({ matches: 1, unseen: 1 })
    rows.decide([], new Map([[0, new Set([9n])]]))
    expect(shown(rows)).toBe('9 13')
    rows.clear()
    expect(rows.filter.unseen).toBe(0)
  })

  it('keep a frame’s own columns, across frames and pages in front', () => {
    const rows = model()
    rows.append(frame(3, [10, 11]))
    rows.append(frame(4, [20]))
    rows.prepend([frame(5, [1, 2]), frame(6, [3])])
    const seen = range(0, rows.count).map((at) => {
      const line = rows.at(at)!
      return line.kind === 'row' ? [line.row.partition, new TextDecoder().decode(line.row.value!), line.row.key] : line
    })
    expect(seen).toEqual([
      [5, 'value 1', null],
      [5, 'value 2', null],
      [6, 'value 3', null],
      [3, 'value 10', null],
      [3, 'value 11', null],
      [4, 'value 20', null],
    ])
    for (const out of [-1, 6, 0.5, Number.NaN]) expect(rows.at(out)).toBeUndefined()
  })

  it('stay as they were for whoever took them, whatever comes and goes', () => {
    const rows = model(4)
    rows.append(frame(0, range(0, 4), [[2, 100, 100]]))
    const then = rows.now()
    for (let from = 4; from < 40; from += 4) rows.append(frame(0, range(from, 4)))
    const offsets = range(0, then.count).map((at) => {
      const line = then.at(at)!
      return line.kind === 'row' ? line.row.offset : 'hole'
    })
    expect(offsets).toEqual([0n, 1n, 'hole', 2n, 3n])
    expect(shown(rows)).toBe('36 37 38 39')
  })

  it('are given up far from what is in sight, whole frames at a time, and can be read again there', () => {
    const cuts: unknown[] = []
    const rows = model(10_000, (cut) => void cuts.push([cut.end, [...cut.offsets]]))
    for (let at = 0; at < 10; at += 1) rows.append(frame(0, range(at * 100, 100)))
    const all = rows.bytes
    rows.look({ first: 120, last: 150 })
    rows.giveUp(all / 2, false)
    expect(rows.bytes).toBeLessThanOrEqual(all / 2)
    // Below 120 lie one frame and a part, above 150 eight: from there the most may go.
    expect(cuts.at(-1)).toEqual(['back', [[0, 500n]]])
    expect(rows.givenUp).toEqual({ front: 0, back: 500 })
    rows.giveUp(all, false)
    expect(shown(rows)).toBe(range(100, 100).join(' '))
    expect(rows.givenUp).toEqual({ front: 100, back: 800 })
    expect(rows.shift).toBe(-100)
    rows.prepend([frame(0, range(0, 100))])
    expect(rows.givenUp).toEqual({ front: 0, back: 800 })
  })

  it('are given up at the front where more come at the end, also those in sight, but for the newest', () => {
    const rows = model(10_000)
    for (let at = 0; at < 5; at += 1) rows.append(frame(0, range(at * 100, 100)))
    rows.look({ first: 0, last: 30 })
    rows.giveUp(rows.bytes, true)
    expect(shown(rows)).toBe(range(400, 100).join(' '))
    expect([rows.givenUp, rows.dropped]).toEqual([{ front: 400, back: 0 }, 400])
  })

  it('count what came while their end was out of sight', () => {
    const rows = model()
    rows.append(frame(0, range(0, 100)))
    expect(rows.behind).toBe(0)
    rows.look({ first: 10, last: 40 })
    rows.append(frame(0, range(100, 7)))
    expect(rows.behind).toBe(7)
    rows.look('newest')
    rows.append(frame(0, range(107, 5)))
    expect(rows.behind).toBe(0)
  })
})

describe('lines with the newest first', () => {
  const turned = () => {
    const rows = model(1_000)
    rows.setNewestFirst(true)
    return rows
  }

  it('are the same ones from the other end, with what stands between them', () => {
    const rows = turned()
    rows.append(frame(0, [1, 2, 5], [[2, 3, 4]]))
    expect(shown(rows)).toBe('5 [3-4] 2 1')
    rows.append(frame(0, [6]))
    rows.prepend([frame(0, [0])])
    expect(shown(rows)).toBe('6 5 [3-4] 2 1 0')
    rows.setNewestFirst(false)
    expect(shown(rows)).toBe('0 1 2 [3-4] 5 6')
  })

  it('move down by what comes, and not by older pages', () => {
    const rows = turned()
    rows.append(frame(0, range(10, 10)))
    const before = rows.shift
    rows.append(frame(0, range(20, 3), [[1, 30, 31]]))
    expect(rows.shift - before).toBe(4)
    rows.prepend([frame(0, range(0, 10))])
    expect(rows.shift - before).toBe(4)
  })

  it('do not move when the oldest leave, which are below', () => {
    const rows = createRowModel({ capacity: 4, breathe: (run) => run() })
    rows.setNewestFirst(true)
    for (const at of [0, 2, 4]) rows.append(frame(0, [at, at + 1]))
    const before = rows.shift
    rows.append(frame(0, [6, 7]))
    expect(shown(rows)).toBe('7 6 5 4')
    expect(rows.shift - before).toBe(2)
  })

  it('are filtered and copied as they are shown', () => {
    const rows = turned()
    rows.append(frame(0, range(0, 30)))
    rows.setFilter('value 1')
    expect(shown(rows)).toBe([...range(10, 10).toReversed(), 1].join(' '))
    const now = rows.now()
    const before = rows.shift
    rows.append(frame(0, [100]))
    expect(rows.shift - before).toBe(1)
    expect(shown(rows)).toBe([100, ...range(10, 10).toReversed(), 1].join(' '))
    expect(now.at(0)).toMatchObject({ row: { offset: 19n } })
  })

  it('are another list than before, and what lies far from those in sight is given up first', () => {
    const rows = model(10_000)
    const before = rows.epoch
    rows.setNewestFirst(true)
    expect(rows.epoch).toBe(before + 1)
    for (let at = 0; at < 10; at += 1) rows.append(frame(0, range(at * 100, 100)))
    // Lines 0 to 30 are the newest: the oldest lie far from them.
    rows.look({ first: 0, last: 30 })
    rows.giveUp(rows.bytes / 2, false)
    expect(rows.at(0)).toMatchObject({ row: { offset: 999n } })
    expect(rows.givenUp.front).toBeGreaterThan(0)
    expect(rows.givenUp.back).toBe(0)
  })
})
