import type { LineDiff } from './line-diff.ts'

/** Line numbers from 0; undefined: that side has no line in this row. */
export interface SideBySideRow {
  readonly before: number | undefined
  readonly after: number | undefined
  /** The number of the change; undefined: both sides are equal. */
  readonly change: number | undefined
}

export interface SideBySideRows {
  readonly count: number
  at: (row: number) => SideBySideRow
  /** The first row of a change. */
  ofChange: (change: number) => number
}

/** The rows of two texts side by side. Equal lines are in the same row; a change has as many rows as its longer side. */
export function sideBySide({ before, changes }: Pick<LineDiff, 'before' | 'changes'>): SideBySideRows {
  /** The row at which each change starts. */
  const starts: number[] = []
  let row = 0
  let line = 0
  for (const { beforeStart, beforeEnd, afterStart, afterEnd } of changes) {
    row += beforeStart - line
    starts.push(row)
    row += Math.max(beforeEnd - beforeStart, afterEnd - afterStart)
    line = beforeEnd
  }
  const count = row + before.length - line
  return {
    count,
    ofChange: (change) => starts[change] ?? 0,
    at: (index) => {
      let low = 0
      let high = starts.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (starts[middle]! <= index) low = middle + 1 // middle < high
        else high = middle
      }
      const change = low - 1
      const of = changes[change]
      if (of === undefined) return { before: index, after: index, change: undefined }
      const into = index - starts[change]! // found by searching this list
      const height = Math.max(of.beforeEnd - of.beforeStart, of.afterEnd - of.afterStart)
      if (into >= height) {
        return { before: of.beforeEnd + into - height, after: of.afterEnd + into - height, change: undefined }
      }
      return {
        before: of.beforeStart + into < of.beforeEnd ? of.beforeStart + into : undefined,
        after: of.afterStart + into < of.afterEnd ? of.afterStart + into : undefined,
        change,
      }
    },
  }
}
