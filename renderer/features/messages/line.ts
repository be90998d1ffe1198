import type { Hole, RowView } from '#shared/model/rows.ts'

/** Lines of a grid, by where they stand among all. */
export interface Lines {
  readonly count: number
  at(line: number): Line | undefined
}

/** What stands on one line of the grid. */
export type Line = { kind: 'row'; row: RowView } | Note

/** A line that is no record: offsets without one, or a time in which a tail could not read. */
export type Note = { kind: 'hole'; hole: Hole } | { kind: 'pause'; pause: Pause }

/** Milliseconds since 1970 UTC, and why. */
export interface Pause {
  from: number
  to: number
  reason: string
}
