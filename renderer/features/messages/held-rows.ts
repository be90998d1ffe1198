import { fieldAt, rowAt, type RowColumns, type RowView } from '#shared/model/rows.ts'

/** Rows with fixed numbers: a row keeps its number, however many are added before it or removed there. */
export interface Rows {
  /** The number of the first row held. */
  readonly first: number
  /** The number after the last row. */
  readonly end: number
  at(number: number): RowView | undefined
  /** The row's value for a column; null: none. */
  field(number: number, field: number): RowFieldText | null
}

export type RowFieldText = NonNullable<ReturnType<typeof fieldAt>>

export interface HeldRows extends Rows {
  /** The memory that they use. */
  readonly bytes: number
  /** Whether some rows were decoded without a schema that they wait for. */
  readonly waits: boolean
  append(frame: RowColumns): void
  /** Adds frames before all others, in their order. */
  prepend(frames: readonly RowColumns[]): void
  /** The number of rows of the frame at that end; 0: there are no rows. */
  sizeAt(end: 'front' | 'back'): number
  /** Removes and returns the frame at that end. */
  take(end: 'front' | 'back'): RowColumns | undefined
  clear(): void
  /** These rows in their current state, whatever changes later; it copies a few hundred references. */
  now(): Rows
}

/**
 * Keeps rows as the packed frames in which they arrived: fifty thousand rows are some hundred arrays, and dropping the oldest
 * means dropping a reference. So only whole frames are dropped.
 */
export function createHeldRows(): HeldRows {
  let frames: RowColumns[] = []
  /** The number of each frame's first row. */
  let starts: number[] = []
  let first = 0
  let end = 0
  let bytes = 0
  return {
    get first() {
      return first
    },
    get end() {
      return end
    },
    get bytes() {
      return bytes
    },
    get waits() {
      // Looks at the few decodings of each frame, not at its rows.
      return frames.some(({ decodings }) => decodings.some((as) => as.waits === true))
    },
    at: (number) => viewOf(frames, starts, end, number),
    field: (number, field) => fieldOf(frames, starts, end, number, field),
    append: (frame) => {
      if (frame.count === 0) return
      frames.push(frame)
      starts.push(end)
      end += frame.count
      bytes += bytesOf(frame)
    },
    prepend: (added) => {
      const some = added.filter((frame) => frame.count > 0)
      const newStarts: number[] = []
      let at = first - some.reduce((sum, frame) => sum + frame.count, 0)
      first = at
      for (const frame of some) {
        newStarts.push(at)
        at += frame.count
        bytes += bytesOf(frame)
      }
      frames = [...some, ...frames]
      starts = [...newStarts, ...starts]
    },
    sizeAt: (which) => frames.at(which === 'front' ? 0 : -1)?.count ?? 0,
    take: (which) => {
      const frame = which === 'front' ? frames.shift() : frames.pop()
      if (frame === undefined) return undefined
      if (which === 'front') starts.shift()
      else starts.pop()
      bytes -= bytesOf(frame)
      if (which === 'front') first += frame.count
      else end -= frame.count
      return frame
    },
    clear: () => {
      frames = []
      starts = []
      first = end = bytes = 0
    },
    now: () => {
      const held = [...frames]
      const at = [...starts]
      const until = end
      return {
        first,
        end: until,
        at: (number) => viewOf(held, at, until, number),
        field: (number, field) => fieldOf(held, at, until, number, field),
      }
    },
  }
}

function viewOf(
  frames: readonly RowColumns[],
  starts: readonly number[],
  end: number,
  number: number,
): RowView | undefined {
  if (!Number.isInteger(number) || number >= end) return undefined
  const which = lowerBound(starts.length, (at) => starts[at]! > number) - 1 // lowerBound passes indexes below starts.length
  return which < 0 ? undefined : rowAt(frames[which]!, number - starts[which]!) // there is a frame per start, and `which` is not below 0
}

function fieldOf(
  frames: readonly RowColumns[],
  starts: readonly number[],
  end: number,
  number: number,
  field: number,
): RowFieldText | null {
  if (!Number.isInteger(number) || number >= end) return null
  const which = lowerBound(starts.length, (at) => starts[at]! > number) - 1 // lowerBound passes indexes below starts.length
  return which < 0 ? null : fieldAt(frames[which]!, number - starts[which]!, field) // there is a frame per start, and `which` is not below 0
}

/** The first of `count` places at which a condition holds that then holds at all later ones; `count`: at none. */
export function lowerBound(count: number, holds: (at: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Columns may be views of a shared buffer, and then keep all of it in memory. */
export function bytesOf(frame: RowColumns): number {
  const columns = [frame.partition, frame.offset, frame.timestamp, frame.flags, frame.keySize, frame.valueSize, frame.headerCount, frame.preview, frame.ends, frame.decodedAs] // oxfmt-ignore
  if (frame.shorts !== undefined) columns.push(frame.shorts.rows, frame.shorts.text, frame.shorts.ends)
  if (frame.fields !== undefined) columns.push(frame.fields.kind, frame.fields.text, frame.fields.ends)
  return [...new Set(columns.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0)
}
