import { describe, expect, it } from 'vitest'
import { findByPrefix, treeMove } from './tree-keys.ts'

const rows = [
  { text: 'production', level: 0, isExpandable: true, isExpanded: true },
  { text: 'Topics', level: 1 },
  { text: 'Groups', level: 1 },
  { text: 'staging', level: 0, isExpandable: true, isExpanded: false },
]

describe('tree keys', () => {
  it('opens, enters, leaves and closes sideways', () => {
    expect(treeMove(rows, 3, 'ArrowRight', 10)).toEqual({ kind: 'expand' })
    expect(treeMove(rows, 0, 'ArrowRight', 10)).toEqual({ kind: 'go', index: 1 })
    expect(treeMove(rows, 2, 'ArrowLeft', 10)).toEqual({ kind: 'go', index: 0 })
    expect(treeMove(rows, 0, 'ArrowLeft', 10)).toEqual({ kind: 'collapse' })
    expect(treeMove(rows, 0, 'End', 10)).toEqual({ kind: 'go', index: 3 })
    expect(treeMove(rows, 0, 'x', 10)).toBeUndefined()
  })
  it('finds by what is typed, going round', () => {
    expect(findByPrefix(rows, 'p', 2)).toBe(0)
    expect(findByPrefix(rows, 'st', 3)).toBe(3)
    expect(findByPrefix(rows, 'zz', 0)).toBe(-1)
  })
})
