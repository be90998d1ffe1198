import { renderHook } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { useEdge } from './use-list-end.ts'

/** A list whose count is known before it is drawn, as the page's is. */
function list(count: number) {
  const listeners = new Set<(state: { reading: string | undefined }) => void>()
  const lines = { count }
  let drawnCount = count
  let row = 0
  const grid: Partial<DataGridHandle> = {
    scrollToRow: (to) => (row = Math.min(to, drawnCount - 1)),
    isAtStart: () => row === 0,
    isAtEnd: () => row === drawnCount - 1,
  }
  return {
    grid: { current: grid as DataGridHandle },
    store: {
      lines,
      drawn: {
        subscribe: (listener: (state: { reading: string | undefined }) => void) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
    } as unknown as Parameters<typeof useEdge>[1],
    /** So many rows are there, and drawn. */
    grow: (to: number, reading?: 'tail') => {
      lines.count = drawnCount = to
      for (const listener of listeners) listener({ reading })
    },
    row: () => row,
    listeners,
  }
}

describe('an end that is kept in sight', () => {
  const frames: (() => void)[] = []
  const frame = () => {
    for (const call of frames.splice(0)) call()
  }
  beforeEach(() => {
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => frames.push(call))
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    frames.length = 0
  })

  test('as what narrows the list finds its rows one after another', () => {
    const { grid, store, grow, row } = list(31)
    const { result } = renderHook(() => useEdge(grid, store))
    result.current('end')
    frame()
    expect(row()).toBe(30)
    for (const count of [60, 61, 125]) {
      grow(count)
      frame()
      expect(row()).toBe(count - 1)
    }
  })

  test.each(['keydown', 'pointerdown', 'wheel'])('until somebody does something: %s', (done) => {
    const { grid, store, grow, row, listeners } = list(31)
    const { result } = renderHook(() => useEdge(grid, store))
    result.current('end')
    frame()
    window.dispatchEvent(new Event(done))
    grow(125)
    frame()
    expect(row()).toBe(30)
    expect(listeners.size).toBe(0)
  })

  test('and not of a tail, which keeps its own', () => {
    const { grid, store, grow, row, listeners } = list(31)
    const { result } = renderHook(() => useEdge(grid, store))
    result.current('end')
    grow(40, 'tail')
    frame()
    expect(row()).toBe(39)
    expect(listeners.size).toBe(0)
  })

  test('nor of a list that is gone', () => {
    const { grid, store, listeners } = list(31)
    const { result, unmount } = renderHook(() => useEdge(grid, store))
    result.current('end')
    unmount()
    expect(listeners.size).toBe(0)
  })
})
