import type { Hole } from '#shared/model/rows.ts'
import type { RingBuffer, RowView } from '../../api/ring-buffer.ts'

/** What stands on one line of the grid. */
export type Line = { kind: 'row'; row: RowView } | { kind: 'hole'; hole: Hole }

export interface RowLines {
  /** After rows were pushed: only the new ones are looked at. */
  appended(): void
  /** After rows came in front, or everything changed. */
  rebuild(): void
  readonly count: number
  at(line: number): Line | undefined
  /** The line of a coordinate, or −1. */
  lineOf(partition: number, offset: bigint): number
}

/**
 * Rows and the holes between them as one numbered list, for a grid that knows only line numbers. A line is a stable row
 * number (which survives rows leaving at the front) or a hole; nothing else is kept per row.
 */
export function createRowLines(buffer: RingBuffer): RowLines {
  let lines: (number | Hole)[] = []
  let next = 0
  /** Holes after the last row stand at the end until a row follows; then they stand before that row. */
  let trailing = 0

  const append = (): void => {
    lines.length -= trailing
    const end = buffer.dropped + buffer.length
    for (; next < end; next += 1) {
      for (const hole of buffer.at(next - buffer.dropped)?.holes ?? []) lines.push(hole)
      lines.push(next)
    }
    const holes = buffer.trailingHoles()
    lines.push(...holes)
    trailing = holes.length
  }
  const forgetDropped = (): void => {
    if (lines.length === 0 || buffer.dropped === 0) return
    const first = lines.findIndex((line) => typeof line === 'number' && line >= buffer.dropped)
    if (first > 0) lines = lines.slice(first)
  }

  return {
    appended: () => {
      append()
      forgetDropped()
    },
    rebuild: () => {
      lines = []
      trailing = 0
      next = buffer.dropped
      append()
    },
    get count() {
      return lines.length
    },
    at: (line) => {
      const found = lines[line]
      if (found === undefined) return undefined
      if (typeof found !== 'number') return { kind: 'hole', hole: found }
      const row = buffer.at(found - buffer.dropped)
      return row === undefined ? undefined : { kind: 'row', row }
    },
    lineOf: (partition, offset) =>
      lines.findIndex((line) => {
        if (typeof line !== 'number') {
          return line.partition === partition && line.first <= offset && offset <= line.last
        }
        const row = buffer.at(line - buffer.dropped)
        return row?.partition === partition && row.offset === offset
      }),
  }
}
