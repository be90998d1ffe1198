import { describe, expect, it } from 'vitest'
import type { RowColumns } from '#shared/model/rows.ts'
import { settled, until } from '../../../tests/support/wait-for.ts'
import type { Line } from './grid-lines.ts'
import { createHitLines, PAGE_ROWS } from './hit-lines.ts'

/** Tombstones without keys, one an offset. */
function rowsFrom(first: number, count: number): RowColumns {
  return {
    count,
    partition: new Int32Array(count),
    offset: BigInt64Array.from({ length: count }, (_, at) => BigInt(first + at)),
    timestamp: new BigInt64Array(count),
    flags: new Int32Array(count),
    keySize: new Int32Array(count).fill(-1),
    valueSize: new Int32Array(count).fill(-1),
    headerCount: new Int32Array(count),
    preview: new Uint8Array(0),
    ends: new Int32Array(2 * count),
    decodedAs: new Int32Array(count),
    decodings: [],
    holes: [],
  }
}

function slowHits() {
  const asked: { from: number; answer: (error?: Error) => void }[] = []
  const errors: unknown[] = []
  const lines = createHitLines({
    page: (from, count) =>
      new Promise((resolve, reject) =>
        asked.push({
          from,
          answer: (error) =>
            error === undefined
              ? resolve({ rows: rowsFrom(from, count), topics: ['orders'], topic: new Int32Array(count) })
              : reject(error),
        }),
      ),
    onCame: () => undefined,
    onError: (error) => errors.push(error),
  })
  const opened: bigint[] = []
  const open = (line: Line) => void (line.kind === 'row' && opened.push(line.row.offset))
  const answer = async (from: number, error?: Error) => {
    const page = await until(`page from ${from}`, () => asked.find((one) => one.from === from))
    asked.splice(asked.indexOf(page), 1)
    page.answer(error)
    await settled()
  }
  return { lines, opened, open, answer, errors }
}

describe('what is pressed on a hit that is still on its way', () => {
  it('is done once it is here, and once', async () => {
    const { lines, opened, open, answer } = slowHits()
    lines.grow(3 * PAGE_ROWS, false)
    lines.whenHere(5, open)
    expect(opened).toEqual([])
    await answer(0)
    expect(opened).toEqual([5n])
    lines.whenHere(6, open)
    expect(opened).toEqual([5n, 6n])
    expect(lines.at(PAGE_ROWS)).toBe(undefined)
    await answer(PAGE_ROWS)
    expect(opened).toEqual([5n, 6n])
  })

  it('is forgotten for what is pressed next, and where other hits take their place', async () => {
    const { lines, opened, open, answer } = slowHits()
    lines.grow(3 * PAGE_ROWS, false)
    lines.whenHere(2 * PAGE_ROWS, open)
    lines.whenHere(1, open)
    await answer(2 * PAGE_ROWS)
    expect(opened).toEqual([])
    await answer(0)
    expect(opened).toEqual([1n])
    lines.whenHere(PAGE_ROWS, open)
    lines.clear()
    lines.grow(3 * PAGE_ROWS, false)
    expect(lines.at(PAGE_ROWS)).toBe(undefined)
    await answer(PAGE_ROWS)
    expect(opened).toEqual([1n])
  })

  it('is not done later, where the hit could not be read', async () => {
    const { lines, opened, open, answer, errors } = slowHits()
    lines.grow(10, false)
    lines.whenHere(1, open)
    await answer(0, new Error('No answer.'))
    expect(errors).toHaveLength(1)
    expect(lines.at(1)).toBe(undefined)
    await answer(0)
    expect(opened).toEqual([])
  })
})
