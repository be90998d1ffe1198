import type { RowView } from '#shared/model/rows.ts'
import type { Hole } from '#shared/model/hole.ts'
import type { RowFieldText } from './held-rows.ts'

/** Lines of a grid, by where they stand among all. */
export interface Lines {
  readonly count: number
  at(line: number): Line | undefined
}

/** How a column shows bytes: text where it is text, or hex throughout. */
export type ShownText = 'text' | 'hex'

/** Lines as a grid shows them while they come and go. */
export interface ShownLines extends Lines {
  /** Which end the first line is at. Records keep their numbers: lines are counted from the other end. */
  readonly isNewestFirst: boolean
  /** Grows with lines put before the first, shrinks with lines taken there; what a scroll position must follow. */
  readonly shift: number
  /** Changes when lines have nothing to do with those before: another filter, read or order. `shift` starts anew then. */
  readonly epoch: number
  /** The lines in sight, or that the newest are. */
  look(at: 'newest' | { first: number; last: number }): void
  /** Records that came while the newest were out of sight. */
  readonly behind: number
  /** Hex for a whole column once most of what it holds is no text: what is text by chance would look like something else. */
  readonly shown: { readonly key: ShownText; readonly value: ShownText }
  /** What the record on a line brings along for a column. */
  field(line: number, field: number): RowFieldText | null
  /** Does it with the line, once that is here: what is pressed on a line that is still on its way is not lost. The last alone. */
  whenHere(line: number, act: (line: Line) => void): void
  /** The lines as they are now, whatever comes or goes. */
  now(): Lines
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
