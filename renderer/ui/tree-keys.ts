interface Row {
  readonly text: string
  readonly level: number
  readonly isExpandable?: boolean | undefined
  readonly isExpanded?: boolean | undefined
}

/** The rows in order: an array, or a list that makes each row when it is read. */
interface Rows {
  readonly length: number
  at: (index: number) => Row | undefined
}

export type TreeMove = { kind: 'go'; index: number } | { kind: 'expand' } | { kind: 'collapse' }

/** What a key does in a tree, by the ARIA pattern; `undefined` if nothing. */
export function treeMove(rows: Rows, active: number, key: string, page: number): TreeMove | undefined {
  const row = rows.at(active)
  if (row === undefined) return undefined
  const go = (index: number): TreeMove => ({ kind: 'go', index: Math.min(Math.max(index, 0), rows.length - 1) })
  switch (key) {
    case 'ArrowDown':
      return go(active + 1)
    case 'ArrowUp':
      return go(active - 1)
    case 'PageDown':
      return go(active + page)
    case 'PageUp':
      return go(active - page)
    case 'Home':
      return go(0)
    case 'End':
      return go(rows.length - 1)
    case 'ArrowRight':
      if (row.isExpandable !== true) return go(active)
      return row.isExpanded === true ? go(active + 1) : { kind: 'expand' }
    case 'ArrowLeft': {
      if (row.isExpandable === true && row.isExpanded === true) return { kind: 'collapse' }
      for (let parent = active - 1; parent >= 0; parent--)
        if ((rows.at(parent)?.level ?? 0) < row.level) return go(parent)
      return go(active)
    }
    default:
      return undefined
  }
}

/**
 * Typing moves to a matching row: a single letter continues after the current row, several letters may stay on it. It wraps
 * around.
 */
export function findByPrefix(rows: Rows, typed: string, active: number): number {
  const needle = typed.toLowerCase()
  const from = typed.length > 1 ? active : active + 1
  for (let i = 0; i < rows.length; i++) {
    const index = (from + i) % rows.length
    if (rows.at(index)?.text.toLowerCase().startsWith(needle) === true) return index
  }
  return -1
}
