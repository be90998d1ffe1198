import { expect, it } from 'vitest'
import { cpuMs, heldBytes } from '../../../tests/support/measure.ts'
import { type RowColumns } from '#shared/model/rows.ts'
import { holeOf } from '#shared/model/hole.ts'
import { createRowBudget, ROW_BUDGET } from '../../workbench/row-budget.ts'
import { createRowModel, type RowModel } from './row-model.ts'

const ROWS = 500
const value = new TextEncoder().encode(JSON.stringify({ customer: 'c-17', note: 'x'.repeat(300) }))

/** Rows of three hundred bytes; between any two of them the marker of a transaction, if so asked. */
function frame(first: number, hasMarkers: boolean): RowColumns {
  const fill = (each: number) => new Int32Array(ROWS).fill(each)
  const preview = new Uint8Array(ROWS * value.length)
  for (let i = 0; i < ROWS; i += 1) preview.set(value, i * value.length)
  return {
    count: ROWS,
    partition: fill(0),
    offset: BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(2 * (first + i))),
    timestamp: new BigInt64Array(ROWS),
    flags: fill(1),
    keySize: fill(-1),
    valueSize: fill(value.length),
    headerCount: fill(0),
    preview,
    ends: Int32Array.from({ length: 2 * ROWS }, (_, i) => Math.ceil(i / 2) * value.length),
    decodedAs: fill(0),
    decodings: [{ encoding: 'JSON', form: 'json', attempts: [] }],
    holes: hasMarkers ? Array.from({ length: ROWS }, (_, at) => ({ at, hole: holeOf(0, BigInt(2 * (first + at) - 1), BigInt(2 * (first + at) - 1), 'markers') })) : [], // oxfmt-ignore
  }
}

function full(hasMarkers: boolean, rows = createRowModel({ capacity: 50_000 })): RowModel {
  for (let at = 0; at < 50_000; at += ROWS) rows.append(frame(at, hasMarkers))
  return rows
}

/** All of it in one go: the page breathes in between. */
async function filterMs(hasMarkers: boolean): Promise<number> {
  const waiting: (() => void)[] = []
  const rows = full(hasMarkers, createRowModel({ capacity: 50_000, breathe: (next) => void waiting.push(next) }))
  const ms = await cpuMs(() => {
    rows.setFilter('nowhere')
    while (waiting.length > 0) waiting.shift()!()
  })
  expect(rows.filter).toMatchObject({ looked: 50_000, matches: 0 })
  return ms
}

it('fifty thousand rows with a marker before each are filtered as fast as without', async () => {
  const plain: number[] = []
  const marked: number[] = []
  for (let round = 0; round < 5; round += 1) {
    plain.push(await filterMs(false))
    marked.push(await filterMs(true))
  }
  const [without, withMarkers] = [Math.min(...plain), Math.min(...marked)]
  console.log(`filtering 50 000 rows: ${without.toFixed(0)} ms, with a marker before each ${withMarkers.toFixed(0)} ms`)
  expect(withMarkers).toBeLessThan(1.5 * without)
})

it('a hundred lists full of rows keep what the budget of all allows, and each what is in sight', async () => {
  const budget = createRowBudget()
  const before = await heldBytes()
  const lists: RowModel[] = []
  for (let tab = 0; tab < 100; tab += 1) {
    const rows = createRowModel({ capacity: 50_000 })
    const share = budget.hold({
      get bytes() {
        return rows.bytes
      },
      giveUp: (bytes) => rows.giveUp(bytes, false),
    })
    share.shown()
    for (let at = 0; at < 50_000; at += ROWS) {
      rows.append(frame(at, tab % 2 === 0))
      if (at === 0) rows.look({ first: 0, last: 40 })
      share.grew()
    }
    lists.push(rows)
  }
  const held = (await heldBytes()) - before
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0)
  console.log(`a hundred lists: ${mb(held)} MB held, ${mb(budget.bytes)} MB counted, ${mb(ROW_BUDGET)} MB allowed`)
  expect(held).toBeLessThan(1.1 * ROW_BUDGET)
  // What was counted is what there is.
  expect(budget.bytes).toBeGreaterThan(0.8 * held)
  for (const rows of lists) expect(rows.at(0)).toMatchObject(rows.at(0)?.kind === 'row' ? { row: { offset: 0n } } : { kind: 'hole' }) // oxfmt-ignore
  expect(lists.at(-1)!.loaded).toBe(50_000)
})
