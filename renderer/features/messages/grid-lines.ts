import type { RowView } from '#shared/model/rows.ts'
import type { Hole } from '#shared/model/hole.ts'
import type { RowFieldText } from './held-rows.ts'

/** Lines of a grid, by their index in the list. */
export interface Lines {
  readonly count: number
  at(line: number): Line | undefined
}

/** How a column shows bytes: as text where they are text, or all in hex. */
export type ShownText = 'text' | 'hex'

/** The lines of a grid, while lines are added and removed. */
export interface ShownLines extends Lines {
  /** Whether the first line is the newest. Records keep their numbers: lines are then counted from the other end. */
  readonly isNewestFirst: boolean
  /**
   * Grows when lines are added before the first and shrinks when lines are removed there; the scroll position must follow it.
   */
  readonly shift: number
  /**
   * Changes when the lines have nothing to do with the earlier ones: another filter, read or order. `shift` then starts at zero
   * again.
   */
  readonly epoch: number
  /** Tells which lines are in view, or that the newest are. */
  look(at: 'newest' | { first: number; last: number }): void
  /** Records that arrived while the newest were not in view. */
  readonly behind: number
  /**
   * Hex for a whole column once most of its values are not text: a value that happens to be text would look like something
   * else.
   */
  readonly shown: { readonly key: ShownText; readonly value: ShownText }
  /** The record's value for a column. */
  field(line: number, field: number): RowFieldText | null
  /**
   * Calls `act` with the line once it is loaded, so that a key pressed on a line that is being fetched is not lost. Only the
   * last call counts.
   */
  whenHere(line: number, act: (line: Line) => void): void
  /** The lines in their current state, whatever changes later. */
  now(): Lines
}

/** The content of one line of the grid. */
export type Line = { kind: 'row'; row: RowView } | Note

/** A line that is not a record: offsets without one, or a time during which a Follow could not read. */
export type Note = { kind: 'hole'; hole: Hole } | { kind: 'pause'; pause: Pause }

/** Milliseconds since 1970 UTC, and the reason. */
export interface Pause {
  from: number
  to: number
  reason: string
}
