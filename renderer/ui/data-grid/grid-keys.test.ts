import { describe, expect, it } from 'vitest'
import { cursorAfterClick, cursorAfterKey, emptyCursor, type GridCursor } from './grid-keys.ts'
import { addRows, countRows, eachRow, hasRow, noRows, toggleRow } from './row-ranges.ts'

const size = { rows: 100, columns: 4, page: 10 }
const press = (cursor: GridCursor, keys: string, mode: 'none' | 'single' | 'multiple' = 'multiple') => {
  const parts = keys.split('+')
  const stroke = { key: parts.at(-1)!, shift: parts.includes('Shift'), mod: parts.includes('Ctrl') }
  return cursorAfterKey(cursor, stroke, size, mode)
}
const run = (...keys: string[]) => keys.reduce((cursor, key) => press(cursor, key) ?? cursor, emptyCursor)

describe('grid keys', () => {
  it('enters at the first row and stops at the edges', () => {
    expect(run('ArrowDown').row).toBe(0)
    expect(run('ArrowDown', 'ArrowUp', 'ArrowUp').row).toBe(0)
    expect(run('ArrowDown', 'Ctrl+End', 'PageDown', 'ArrowDown').row).toBe(99)
    expect(run('ArrowDown', 'ArrowLeft').column).toBe(0)
    expect(run('ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight').column).toBe(3)
  })

  it('pages, and takes Home and End within the row first', () => {
    expect(run('ArrowDown', 'PageDown').row).toBe(10)
    const end = run('ArrowDown', 'End')
    expect([end.row, end.column]).toEqual([0, 3])
    expect(press(end, 'End')!.row).toBe(99)
    expect(run('PageDown', 'Ctrl+Home').row).toBe(0)
  })

  it('selects with the cursor, stretches with Shift, walks with Ctrl', () => {
    expect(run('ArrowDown', 'ArrowDown').selected).toEqual([{ start: 1, end: 1 }])
    expect(run('PageDown', 'Shift+ArrowDown', 'Shift+ArrowDown').selected).toEqual([{ start: 9, end: 11 }])
    expect(run('PageDown', 'Shift+ArrowDown', 'Shift+ArrowUp', 'Shift+ArrowUp').selected).toEqual([
      { start: 8, end: 9 },
    ])
    const walked = run('ArrowDown', 'Ctrl+ArrowDown', 'Ctrl+ArrowDown', ' ')
    expect(walked.selected).toEqual([
      { start: 0, end: 0 },
      { start: 2, end: 2 },
    ])
    expect(run('ArrowDown', 'Ctrl+a').selected).toEqual([{ start: 0, end: 99 }])
    expect(press(run('ArrowDown', 'Ctrl+a'), 'Escape')!.selected).toEqual([])
  })

  it('never selects more than one in single mode, and nothing in none', () => {
    const single = press(press(emptyCursor, 'ArrowDown', 'single')!, 'Shift+ArrowDown', 'single')!
    expect(countRows(single.selected)).toBe(1)
    expect(press(emptyCursor, 'ArrowDown', 'none')!.selected).toEqual([])
  })

  it('leaves keys it does not know, and empty grids, to the browser', () => {
    expect(press(emptyCursor, 'Tab')).toBeUndefined()
    expect(
      cursorAfterKey(emptyCursor, { key: 'ArrowDown', shift: false, mod: false }, { ...size, rows: 0 }, 'single'),
    ).toBeUndefined()
  })

  it('clicks like every list: plain, Ctrl, Shift', () => {
    const plain = { shift: false, mod: false }
    let cursor = cursorAfterClick(emptyCursor, 5, 1, plain, 'multiple')
    cursor = cursorAfterClick(cursor, 9, 1, { shift: true, mod: false }, 'multiple')
    expect(cursor.selected).toEqual([{ start: 5, end: 9 }])
    cursor = cursorAfterClick(cursor, 7, 1, { shift: false, mod: true }, 'multiple')
    expect([...eachRow(cursor.selected)]).toEqual([5, 6, 8, 9])
  })
})

describe('row ranges', () => {
  it('merges what touches and finds by halving', () => {
    const ranges = addRows(addRows(addRows(noRows, { start: 10, end: 20 }), { start: 30, end: 40 }), {
      start: 21,
      end: 29,
    })
    expect(ranges).toEqual([{ start: 10, end: 40 }])
    const holed = toggleRow(ranges, 25)
    expect([hasRow(holed, 24), hasRow(holed, 25), hasRow(holed, 26), hasRow(holed, 41)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(countRows(toggleRow(holed, 25))).toBe(31)
  })
})
